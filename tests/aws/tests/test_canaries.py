"""Canaries: their life, their conflicts, what they leave behind."""

from __future__ import annotations

import copy

import botocore.exceptions

from harness import (HTTP_CHECK, REGION, StandinTestCase, archive, blueprint_archive, canary_request, control,
                     wait_for_state)


class CanaryLife(StandinTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.role_arn, self.bucket = self.seed_canary_needs()
        self.synthetics = self.client("synthetics")

    def request(self, **changes):
        return canary_request(self.role_arn, self.bucket, **changes)

    def kinds(self, region=REGION):
        return control("GET", f"/_objects?account={self.account}").get(self.account, {}).get(region, {})

    def test_whole_life(self) -> None:
        # Long enough for several calls in one state, also on a machine that is busy.
        self.settings(transition_ms=600)
        created = self.synthetics.create_canary(**self.request())["Canary"]
        self.assertEqual(created["Status"]["State"], "CREATING")
        self.refused("ConflictException", self.synthetics.start_canary, 409, Name="home")
        self.refused("ConflictException", self.synthetics.create_canary, 409, **self.request())
        ready = wait_for_state(self.synthetics, "home", "READY")
        self.assertEqual(ready["Tags"], {"team": "web"})
        self.assertEqual(ready["RunConfig"]["TimeoutInSeconds"], 60)
        self.assertEqual(ready["Code"]["BlueprintTypes"], ["multi-checks"])
        self.assertNotIn("ZipFile", ready["Code"])
        self.assertEqual(ready["ArtifactS3Location"], f"{self.bucket}/canaries")
        function = f"cwsyn-home-{ready['Id']}"
        self.assertEqual(self.kinds(), {"synthetics:canary": ["home"], "lambda:function": [function], "lambda:layer": [function]})
        functions = self.client("lambda")
        self.assertEqual(functions.get_function(FunctionName=function)["Configuration"]["MemorySize"], 960)

        self.synthetics.start_canary(Name="home")
        self.refused("ConflictException", self.synthetics.stop_canary, 409, Name="home")
        wait_for_state(self.synthetics, "home", "RUNNING")
        self.assertEqual(self.kinds()["logs:log-group"], [f"/aws/lambda/{function}"])
        self.refused("ConflictException", self.synthetics.update_canary, 409, Name="home", SuccessRetentionPeriodInDays=7)
        self.refused("ConflictException", self.synthetics.delete_canary, 409, Name="home")
        runs = self.synthetics.get_canary_runs(Name="home")["CanaryRuns"]
        self.assertEqual([run["Status"]["State"] for run in runs], ["PASSED"])
        last = self.synthetics.describe_canaries_last_run(Names=["home"])["CanariesLastRun"]
        self.assertEqual(last[0]["LastRun"]["Id"], runs[0]["Id"])

        self.synthetics.stop_canary(Name="home")
        wait_for_state(self.synthetics, "home", "STOPPED")
        self.synthetics.update_canary(Name="home", SuccessRetentionPeriodInDays=7)
        self.assertEqual(self.synthetics.get_canary(Name="home")["Canary"]["Status"]["State"], "UPDATING")
        stopped = wait_for_state(self.synthetics, "home", "STOPPED")
        self.assertEqual(stopped["SuccessRetentionPeriodInDays"], 7)

        self.synthetics.delete_canary(Name="home")
        self.assertEqual(self.synthetics.get_canary(Name="home")["Canary"]["Status"]["State"], "DELETING")
        self.gone("home")
        self.assertEqual(self.kinds(), {"logs:log-group": [f"/aws/lambda/{function}"]})

    def gone(self, name) -> None:
        import time

        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                self.synthetics.get_canary(Name=name)
            except botocore.exceptions.ClientError as error:
                self.assertEqual(error.response["Error"]["Code"], "ResourceNotFoundException")
                self.assertEqual(error.response["ResponseMetadata"]["HTTPStatusCode"], 404)
                return
            time.sleep(0.01)
        self.fail(f"{name} is still there")

    def test_cleanup_off_leaves_the_function(self) -> None:
        self.synthetics.create_canary(**self.request(ProvisionedResourceCleanup="OFF"))
        ready = wait_for_state(self.synthetics, "home", "READY")
        self.synthetics.delete_canary(Name="home")
        self.gone("home")
        self.assertEqual(self.kinds()["lambda:function"], [f"cwsyn-home-{ready['Id']}"])

    def test_new_role_fails_the_first_two_creations(self) -> None:
        self.settings(role_refusals=2)
        self.role_arn = self.role("fresh", {"Service": "lambda.amazonaws.com"})
        for _ in range(2):
            self.synthetics.create_canary(**self.request())
            failed = wait_for_state(self.synthetics, "home", "ERROR")
            self.assertEqual(failed["Status"]["StateReasonCode"], "CREATE_FAILED")
            self.assertIn("cannot be assumed by Lambda", failed["Status"]["StateReason"])
            self.assertEqual(self.kinds(), {"synthetics:canary": ["home"]})
            self.synthetics.delete_canary(Name="home")
            self.gone("home")
        self.synthetics.create_canary(**self.request())
        wait_for_state(self.synthetics, "home", "READY")

    def test_role_that_does_not_trust_lambda(self) -> None:
        self.role_arn = self.role("other", {"Service": "ec2.amazonaws.com"})
        self.synthetics.create_canary(**self.request())
        self.assertEqual(wait_for_state(self.synthetics, "home", "ERROR")["Status"]["StateReasonCode"], "CREATE_FAILED")

    def test_injected_error_state(self) -> None:
        self.settings(canary_fault={"transition": "start", "code": "INVALID_PERMISSIONS", "reason": "no"})
        self.synthetics.create_canary(**self.request())
        wait_for_state(self.synthetics, "home", "READY")
        self.synthetics.start_canary(Name="home")
        self.assertEqual(wait_for_state(self.synthetics, "home", "ERROR")["Status"]["StateReasonCode"], "INVALID_PERMISSIONS")

    def test_code_is_needed_for_another_runtime(self) -> None:
        self.synthetics.create_canary(**self.request(RuntimeVersion="syn-nodejs-3.0"))
        before = wait_for_state(self.synthetics, "home", "READY")
        self.refused("ValidationException", self.synthetics.update_canary, 400, Name="home", RuntimeVersion="syn-nodejs-3.1")
        self.synthetics.update_canary(Name="home", RuntimeVersion="syn-nodejs-3.1", Code=self.request()["Code"])
        after = wait_for_state(self.synthetics, "home", "READY")
        self.assertEqual(after["RuntimeVersion"], "syn-nodejs-3.1")
        self.assertNotEqual(after["Code"]["SourceLocationArn"], before["Code"]["SourceLocationArn"])

    def test_refused_settings(self) -> None:
        create = self.synthetics.create_canary
        script = {"ZipFile": archive(index__js="exports.handler = 1"), "Handler": "index.handler"}
        blueprint = self.request()["Code"]
        wrong = [
            {"Name": "Upper"},
            {"Schedule": {"Expression": "rate(2 hours)"}},
            {"Schedule": {"Expression": "rate(61 minutes)"}},
            {"Schedule": {"Expression": "rate(1 minute)"}, "RunConfig": {"TimeoutInSeconds": 61}},
            {"Schedule": {"Expression": "rate(15 minutes)", "RetryConfig": {"MaxRetries": 2}}, "RunConfig": {"TimeoutInSeconds": 600}},
            {"RunConfig": {"MemoryInMB": 1000}},
            {"RunConfig": {"TimeoutInSeconds": 2}},
            {"RunConfig": {"EnvironmentVariables": {"A": "1"}}},
            {"RunConfig": {"EnvironmentVariables": {"AWS_REGION": "1"}}},
            {"RunConfig": {"EnvironmentVariables": {"LONG": "x" * 4096}}},
            {"SuccessRetentionPeriodInDays": 456},
            {"ArtifactS3Location": "s3://with.period/x"},
            {"ArtifactS3Location": "s3://never-made-bucket/x"},
            {"RuntimeVersion": "syn-nodejs-puppeteer-7.0", "Code": script},
            {"RuntimeVersion": "syn-nodejs-9.9"},
            {"RuntimeVersion": "syn-nodejs-puppeteer-13.0"},
            {"Code": {**blueprint, "Handler": "index.handler"}},
            {"Code": {"ZipFile": script["ZipFile"]}},
            {"Code": {**blueprint, "ZipFile": script["ZipFile"]}},
            {"Code": {**blueprint, "ZipFile": b"no archive"}},
            {"ResourcesToReplicateTags": ["lambda-function"], "Tags": {}},
            {"ExecutionRoleArn": "arn:aws:iam::111122223333:role/elsewhere"},
        ]
        for changes in wrong:
            with self.subTest(changes=changes):
                self.refused("ValidationException", create, 400, **self.request(**changes))
        self.assertEqual(self.kinds(), {})

    def test_blueprint_grammar(self) -> None:
        def step(**changes):
            config = copy.deepcopy(HTTP_CHECK)
            config["steps"]["1"].update(changes)
            return config

        wrong = {
            "no JSON": "{",
            "unknown root key": {**HTTP_CHECK, "extra": 1},
            "user agent": {**HTTP_CHECK, "globalSettings": {"userAgent": "x"}},
            "no steps": {"steps": {}},
            "eleventh step": {"steps": {"11": HTTP_CHECK["steps"]["1"]}},
            "unknown step key": step(method="GET"),
            "method": step(httpMethod="get"),
            "timeout": step(timeout=999),
            "name": step(stepName="1st"),
            "relative URL": step(url="/health"),
            "operator": step(assertions=[{"type": "STATUS_CODE", "operator": "equals", "value": 200}]),
            "no range": step(assertions=[{"type": "STATUS_CODE", "operator": "IN_RANGE", "value": 200}]),
            "body without path": step(assertions=[{"type": "BODY", "operator": "CONTAINS", "value": "x"}]),
            "assertion of another checker": step(assertions=[{"type": "TTL", "operator": "EQUALS", "value": 1}]),
            "authentication": step(authentication={"type": "BASIC", "username": "x"}),
        }
        for name, config in wrong.items():
            with self.subTest(name):
                code = {"ZipFile": blueprint_archive(config), "BlueprintTypes": ["multi-checks"]}
                text = self.refused("ValidationException", self.synthetics.create_canary, 400, **self.request(Code=code))
                self.assertIn("blueprint", text)

    def test_wrong_blueprint_fails_its_run_when_let_through(self) -> None:
        self.settings(blueprint_errors="run")
        code = {"ZipFile": blueprint_archive({"steps": {}}), "BlueprintTypes": ["multi-checks"]}
        self.synthetics.create_canary(**self.request(Code=code))
        wait_for_state(self.synthetics, "home", "READY")
        self.synthetics.start_canary(Name="home")
        wait_for_state(self.synthetics, "home", "RUNNING")
        self.assertEqual(self.synthetics.get_canary_runs(Name="home")["CanaryRuns"][0]["Status"]["State"], "FAILED")

    def test_code_from_s3(self) -> None:
        code = {"S3Bucket": self.bucket, "S3Key": "code.zip", "BlueprintTypes": ["multi-checks"]}
        self.refused("ValidationException", self.synthetics.create_canary, 400, **self.request(Code=code))
        self.client("s3").put_object(Bucket=self.bucket, Key="code.zip", Body=blueprint_archive(HTTP_CHECK))
        self.synthetics.create_canary(**self.request(Code=code))
        wait_for_state(self.synthetics, "home", "READY")

    def test_paging_and_names(self) -> None:
        for index in range(23):
            self.synthetics.create_canary(**self.request(name=f"many-{index:02}", Name=f"many-{index:02}"))
        first = self.synthetics.describe_canaries()
        self.assertEqual(len(first["Canaries"]), 20)
        second = self.synthetics.describe_canaries(NextToken=first["NextToken"])
        self.assertEqual(len(second["Canaries"]), 3)
        self.assertNotIn("NextToken", second)
        named = self.synthetics.describe_canaries(Names=["many-03", "absent"])["Canaries"]
        self.assertEqual([canary["Name"] for canary in named], ["many-03"])
        self.refused("ValidationException", self.synthetics.describe_canaries, 400, MaxResults=21)
        self.refused("ValidationException", self.synthetics.describe_canaries, 400, Names=[f"n{i}" for i in range(6)])

    def test_tags(self) -> None:
        self.synthetics.create_canary(**self.request(ResourcesToReplicateTags=["lambda-function"]))
        arn = f"arn:aws:synthetics:{REGION}:{self.account}:canary:home"
        self.synthetics.tag_resource(ResourceArn=arn, Tags={"stage": "test"})
        self.synthetics.untag_resource(ResourceArn=arn, TagKeys=["team"])
        self.assertEqual(self.synthetics.list_tags_for_resource(ResourceArn=arn)["Tags"], {"stage": "test"})
        ready = wait_for_state(self.synthetics, "home", "READY")
        self.assertEqual(ready["Tags"], {"stage": "test"})
        function = self.client("lambda").get_function(FunctionName=f"cwsyn-home-{ready['Id']}")
        self.assertEqual(function["Tags"], {"stage": "test"})
        self.refused("NotFoundException", self.synthetics.list_tags_for_resource, 404, ResourceArn=arn + "x")

    def test_runtime_versions(self) -> None:
        versions = {item["VersionName"]: item for item in self.synthetics.describe_runtime_versions()["RuntimeVersions"]}
        self.assertNotIn("DeprecationDate", versions["syn-nodejs-3.1"])
        self.assertEqual(versions["syn-nodejs-puppeteer-7.0"]["DeprecationDate"].year, 2026)

    def test_dry_run(self) -> None:
        self.synthetics.create_canary(**self.request())
        wait_for_state(self.synthetics, "home", "READY")
        run = self.synthetics.start_canary_dry_run(Name="home", SuccessRetentionPeriodInDays=9)["DryRunConfig"]["DryRunId"]
        self.refused("ValidationException", self.synthetics.update_canary, 400, Name="home", DryRunId=run, SuccessRetentionPeriodInDays=3)
        import time

        time.sleep(0.05)
        self.synthetics.update_canary(Name="home", DryRunId=run)
        self.assertEqual(wait_for_state(self.synthetics, "home", "READY")["SuccessRetentionPeriodInDays"], 9)

    def test_run_once_stops(self) -> None:
        self.synthetics.create_canary(**self.request(Schedule={"Expression": "rate(0 minute)"}))
        wait_for_state(self.synthetics, "home", "READY")
        self.synthetics.start_canary(Name="home")
        wait_for_state(self.synthetics, "home", "STOPPED")
        self.assertEqual(len(self.synthetics.get_canary_runs(Name="home")["CanaryRuns"]), 1)

    def test_regions_are_apart(self) -> None:
        self.synthetics.create_canary(**self.request())
        other = self.client("synthetics", "us-east-1")
        self.refused("ResourceNotFoundException", other.get_canary, 404, Name="home")
        self.assertEqual(other.describe_canaries()["Canaries"], [])
