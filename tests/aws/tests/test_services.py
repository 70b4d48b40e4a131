"""What the layer adds to the services that ministack serves."""

from __future__ import annotations

import json

from harness import REGION, StandinTestCase, canary_request, client, control, wait_for_state


class Parameters(StandinTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.ssm = self.client("ssm")

    def put(self, name: str = "/a", value: str = "1", **params):
        return self.ssm.put_parameter(**{"Name": name, "Value": value, "Type": "SecureString", **params})

    def test_refusals(self) -> None:
        self.put()
        cases = (
            ("ValidationException", {"Value": "x" * 4097}), ("ValidationException", {"Name": "a/b"}),
            ("ValidationException", {"Name": "/aws/x"}), ("ValidationException", {"Name": "/sp ace"}),
            ("HierarchyLevelLimitExceededException", {"Name": "/x" * 16}), ("ValidationException", {"Type": "Secret"}),
            ("ValidationException", {"Overwrite": True, "Tags": [{"Key": "a", "Value": "b"}]}),
            ("ParameterAlreadyExists", {}), ("InvalidKeyId", {"Name": "/k", "KeyId": "alias/absent"}),
            ("HierarchyTypeMismatchException", {"Type": "String", "Overwrite": True}),
            ("SerializationException", {"Unknown": 1}),
        )
        for code, change in cases:
            with self.subTest(code=code, change=str(change)[:60]):
                raw = {"Name": "/a", "Value": "1", "Type": "SecureString", **change}
                self.refused(code, lambda **params: raw_json_call(self.ssm, "PutParameter", params), 400, **raw)
        self.refused("InvalidResourceId", self.ssm.list_tags_for_resource, 400, ResourceType="Parameter", ResourceId="/none")
        names = control("GET", f"/_objects?account={self.account}")[self.account][REGION]["ssm:parameter"]
        self.assertEqual(names, ["/a"])

    def test_key_of_the_account(self) -> None:
        key = self.client("kms").create_key()["KeyMetadata"]["KeyId"]
        self.put(KeyId=key)
        self.put("/x" * 15, "x" * 4096)
        self.assertEqual(self.ssm.get_parameter(Name="/a", WithDecryption=True)["Parameter"]["Value"], "1")


def raw_json_call(ssm, operation: str, params) -> None:
    """Sends members as they are: botocore itself would leave out the ones that it doesn't know."""
    import botocore.exceptions
    import urllib.error
    import urllib.request

    account = ssm._request_signer._credentials.access_key
    scope = f"{account}/20260101/{REGION}/ssm/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
               "X-Amz-Target": f"AmazonSSM.{operation}", "Content-Type": "application/x-amz-json-1.1"}
    request = urllib.request.Request(ssm.meta.endpoint_url, data=json.dumps(params).encode(), headers=headers)
    try:
        urllib.request.urlopen(request, timeout=10).close()
    except urllib.error.HTTPError as error:
        with error:
            body = json.loads(error.read())
        raise botocore.exceptions.ClientError(
            {"Error": {"Code": body["__type"], "Message": body.get("message", "")},
             "ResponseMetadata": {"HTTPStatusCode": error.code}}, operation) from None


class Others(StandinTestCase):
    def test_policies(self) -> None:
        iam = self.client("iam")
        good = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]}
        for policy in ("{", {"Statement": []}, {**good, "Version": "2020-01-01"}, {**good, "extra": 1},
                       {"Statement": [{**good["Statement"][0], "Effect": "Maybe"}]},
                       {"Statement": [{**good["Statement"][0], "Resource": "*"}]},
                       {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}):
            with self.subTest(policy=policy):
                text = policy if isinstance(policy, str) else json.dumps(policy)
                self.refused("MalformedPolicyDocument", iam.create_role, 400, RoleName="r", AssumeRolePolicyDocument=text)
        iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(good))
        self.refused("MalformedPolicyDocument", iam.put_role_policy, 400, RoleName="r", PolicyName="p", PolicyDocument=json.dumps(good))
        self.refused("ValidationError", iam.create_role, 400, RoleName="x" * 65, AssumeRolePolicyDocument=json.dumps(good))

    def test_log_retention(self) -> None:
        logs = self.client("logs")
        logs.create_log_group(logGroupName="/x")
        self.refused("InvalidParameterException", logs.put_retention_policy, 400, logGroupName="/x", retentionInDays=31)
        logs.put_retention_policy(logGroupName="/x", retentionInDays=30)
        self.refused("InvalidParameterException", logs.create_log_group, 400, logGroupName="with space")

    def test_buckets(self) -> None:
        s3 = self.client("s3")
        self.refused("IllegalLocationConstraintException", s3.create_bucket, 400, Bucket=f"b-{self.account}")
        self.refused("InvalidBucketName", s3.create_bucket, 400, Bucket="Upper-Case", CreateBucketConfiguration={"LocationConstraint": REGION})
        lifecycle = {"Rules": [{"ID": "all", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 3}}]}
        s3.create_bucket(Bucket=f"b-{self.account}", CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_lifecycle_configuration(Bucket=f"b-{self.account}", LifecycleConfiguration=lifecycle)
        key = "folder/with space+plus/ä.txt"
        s3.put_object(Bucket=f"b-{self.account}", Key=key, Body=b"x" * 300000)
        self.assertEqual(len(s3.get_object(Bucket=f"b-{self.account}", Key=key)["Body"].read()), 300000)
        self.assertEqual(s3.head_object(Bucket=f"b-{self.account}", Key=key)["ContentLength"], 300000)

    def test_a_bucket_is_not_made_anew_at_once(self) -> None:
        s3, place = self.client("s3"), {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
        name = f"again-{self.account}"
        control("POST", "/_settings", {"account": self.account, "bucket_refusals": 2})
        s3.create_bucket(Bucket=name, **place)
        s3.delete_bucket(Bucket=name)
        for _ in range(2):
            self.refused("OperationAborted", s3.create_bucket, 409, Bucket=name, **place)
        s3.create_bucket(Bucket=name, **place)

    def test_new_role_for_a_function(self) -> None:
        role = self.role("fresh", {"Service": "lambda.amazonaws.com"})
        from harness import archive

        request = {"FunctionName": "f", "Role": role, "Runtime": "provided.al2023", "Handler": "bootstrap",
                   "Code": {"ZipFile": archive(bootstrap="#!/bin/sh\n")}}
        functions = self.client("lambda")
        for _ in range(2):
            text = self.refused("InvalidParameterValueException", functions.create_function, 400, **request)
            self.assertIn("cannot be assumed", text)
        functions.create_function(**request)

    def test_chained_session_of_more_than_an_hour(self) -> None:
        first = self.role("first", {"AWS": self.account})
        keys = self.client("sts").assume_role(RoleArn=first, RoleSessionName="one", DurationSeconds=3600)["Credentials"]
        second = self.role("second", {"AWS": first})
        chained = client("sts", "", credentials=keys)
        self.refused("ValidationError", chained.assume_role, 400, RoleArn=second, RoleSessionName="two", DurationSeconds=3601)
        chained.assume_role(RoleArn=second, RoleSessionName="two")

    def test_tagging_api_sees_everything(self) -> None:
        role, bucket = self.seed_canary_needs()
        tags = [{"Key": "stack", "Value": "s"}]
        self.client("synthetics").create_canary(**canary_request(role, bucket, Tags={"stack": "s"}))
        self.client("ssm").put_parameter(Name="/p", Value="1", Type="String", Tags=tags)
        self.client("logs").create_log_group(logGroupName="/g", tags={"stack": "s"})
        self.client("sns").create_topic(Name="t", Tags=tags)
        self.client("sns").create_topic(Name="other", Tags=[{"Key": "stack", "Value": "other"}])
        self.client("cloudwatch").put_metric_alarm(
            AlarmName="a", Namespace="N", MetricName="m", Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1,
            ComparisonOperator="LessThanThreshold", Tags=tags)
        api = self.client("resourcegroupstaggingapi")
        found = api.get_resources(TagFilters=[{"Key": "stack", "Values": ["s"]}])["ResourceTagMappingList"]
        kinds = [item["ResourceARN"].split(":")[2] for item in found]
        self.assertEqual(kinds, ["cloudwatch", "logs", "sns", "ssm", "synthetics"])
        only = api.get_resources(TagFilters=[{"Key": "stack"}], ResourceTypeFilters=["synthetics:canary"])["ResourceTagMappingList"]
        self.assertEqual(only[0]["Tags"], tags)
        first = api.get_resources(ResourcesPerPage=2)
        self.assertEqual(len(first["ResourceTagMappingList"]), 2)
        self.assertTrue(first["PaginationToken"])
        wait_for_state(self.client("synthetics"), "home", "READY")
