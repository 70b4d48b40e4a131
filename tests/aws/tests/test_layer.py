"""The layer itself: identities, faults, counts, unknown operations, the end of the process."""

from __future__ import annotations

import concurrent.futures
import json
import os
import tempfile
import time
import urllib.error
import urllib.request

import botocore.exceptions

from harness import Instance, StandinTestCase, client, control, shared


class Identity(StandinTestCase):
    def assume(self, role_arn, caller=None, **params):
        sts = caller or self.client("sts")
        return sts.assume_role(RoleArn=role_arn, RoleSessionName="session", **params)["Credentials"]

    def test_assumed_keys_act_in_the_target_account(self) -> None:
        target = str(int(self.account) + 500)
        role = self.role("watch", {"AWS": f"arn:aws:iam::{self.account}:root"}, account=target)
        keys = self.assume(role)
        identity = client("sts", "", credentials=keys).get_caller_identity()
        self.assertEqual(identity["Account"], target)
        self.assertEqual(identity["Arn"], f"arn:aws:sts::{target}:assumed-role/watch/session")
        topic = client("sns", "", credentials=keys).create_topic(Name="alerts")["TopicArn"]
        self.assertIn(f":{target}:", topic)
        budgets = client("budgets", "", "us-east-1", credentials=keys)
        self.refused("AccessDeniedException", budgets.describe_budgets, AccountId=self.account)
        self.assertEqual(budgets.describe_budgets(AccountId=target)["Budgets"], [])
        chained = self.role("second", {"AWS": role}, account=self.account)
        self.assume(chained, client("sts", "", credentials=keys))

    def test_refused(self) -> None:
        target = str(int(self.account) + 500)
        absent = f"arn:aws:iam::{target}:role/absent"
        self.refused("AccessDenied", self.assume, 403, role_arn=absent)
        other = self.role("other", {"AWS": "arn:aws:iam::999988887777:root"}, account=target)
        self.refused("AccessDenied", self.assume, 403, role_arn=other)
        condition = {"StringEquals": {"sts:ExternalId": "secret-id"}}
        guarded = self.role("guarded", {"AWS": self.account}, condition, account=target)
        self.refused("AccessDenied", self.assume, 403, role_arn=guarded)
        self.refused("AccessDenied", self.assume, 403, role_arn=guarded, ExternalId="wrong")
        self.assume(guarded, ExternalId="secret-id")

    def test_a_condition_on_the_callers_arn(self) -> None:
        """An account's root is trusted, and the condition says which of its roles: AssumeRole sees the role's ARN with its path."""
        home = str(int(self.account) + 500)
        iam, trust = self.client("iam"), json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": self.account}}]})
        callers = {}
        for path, name in (("/", "hinomi-main_tokyo-probe"), ("/", "hinomi-main_tokyo-schedule"), ("/watch/", "hinomi-main_osaka-probe")):
            arn = iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
            callers[name.partition("_")[2]] = client("sts", "", credentials=self.assume(arn))
        for operator, pattern, expected in (
            ("ArnLike", "arn:aws:iam::*:role/hinomi-*-probe", ["tokyo-probe"]),
            ("ArnEquals", "arn:aws:iam::*:role/hinomi-*-probe", ["tokyo-probe"]),
            ("ArnLike", "arn:aws:iam::*:role/watch/hinomi-*-probe", ["osaka-probe"]),
            ("ArnLike", f"arn:aws:iam::{self.account}:role/hinomi-main_tokyo-probe", ["tokyo-probe"]),
            ("ArnLike", "arn:aws:iam::*:role/*", ["osaka-probe", "tokyo-probe", "tokyo-schedule"]),
            ("ArnLike", "arn:aws:iam::999988887777:role/*", []),
            ("ArnLike", "arn:aws:iam::*:role/Hinomi-*", []),
            ("ArnLike", "arn:*", []),  # A wildcard doesn't reach beyond its own part.
        ):
            condition = {operator: {"aws:PrincipalArn": [pattern]}}
            role = self.role("metrics", {"AWS": f"arn:aws:iam::{self.account}:root"}, condition, account=home)
            taken = []
            for name, caller in callers.items():
                if name in expected:
                    self.assume(role, caller)
                    taken.append(name)
                else:
                    self.refused("AccessDenied", self.assume, 403, role_arn=role, caller=caller)
            self.assertEqual(sorted(taken), expected, pattern)
            self.refused("AccessDenied", self.assume, 403, role_arn=role)
            client("iam", home).delete_role(RoleName="metrics")

    def test_unknown_key(self) -> None:
        keys = {"AccessKeyId": "AKIAUNKNOWN", "SecretAccessKey": "x", "SessionToken": None}
        self.refused("InvalidClientTokenId", client("sts", "", credentials=keys).get_caller_identity, 403)
        self.refused("UnrecognizedClientException", client("ssm", "", credentials=keys).describe_parameters, 400)


class Disturbance(StandinTestCase):
    def fault(self, **body):
        control("POST", "/_faults", {"account": self.account, "service": "ssm", "operation": "GetParameter", **body})

    def setUp(self) -> None:
        super().setUp()
        self.ssm = self.client("ssm")
        self.ssm.put_parameter(Name="/a", Value="1", Type="SecureString")

    def read(self):
        return self.ssm.get_parameter(Name="/a", WithDecryption=True)["Parameter"]["Value"]

    def test_error_at_the_nth_call(self) -> None:
        self.fault(nth=2, times=2, action={"error": {"code": "InternalServerError", "status": 500, "message": "boom"}})
        self.assertEqual(self.read(), "1")
        self.refused("InternalServerError", self.read, 500)
        self.refused("InternalServerError", self.read, 500)
        self.assertEqual(self.read(), "1")
        faults = control("GET", f"/_faults?account={self.account}")["faults"]
        self.assertEqual((faults[0]["seen"], faults[0]["fired"]), (4, 2))

    def test_throttle_has_the_services_own_code(self) -> None:
        self.fault(action="throttle")
        self.refused("ThrottlingException", self.read, 400)
        control("POST", "/_faults", {"account": self.account, "service": "synthetics", "operation": "*", "action": "throttle"})
        self.refused("TooManyRequestsException", self.client("synthetics").describe_canaries, 429)

    def test_drops(self) -> None:
        self.fault(operation="PutParameter", action="drop_before")
        with self.assertRaises(botocore.exceptions.HTTPClientError):
            self.ssm.put_parameter(Name="/b", Value="1", Type="String")
        self.assertEqual(self.ssm.get_parameters(Names=["/b"])["InvalidParameters"], ["/b"])
        self.fault(operation="PutParameter", action="drop_after")
        with self.assertRaises(botocore.exceptions.HTTPClientError):
            self.ssm.put_parameter(Name="/b", Value="1", Type="String")
        self.assertEqual(self.ssm.get_parameters(Names=["/b"])["InvalidParameters"], [])

    def test_delay(self) -> None:
        self.fault(action={"delay_ms": 300})
        began = time.monotonic()
        self.read()
        self.assertGreaterEqual(time.monotonic() - began, 0.3)

    def test_other_accounts_are_not_disturbed(self) -> None:
        self.fault(times=100, action="throttle")
        other = client("ssm", str(int(self.account) + 500))
        self.refused("ParameterNotFound", other.get_parameter, Name="/a")
        control("DELETE", f"/_faults?account={self.account}")
        self.assertEqual(self.read(), "1")

    def test_wrong_fault_is_refused(self) -> None:
        for body in ({"action": "explode"}, {"action": "throttle", "nth": 0}, {"action": "throttle", "extra": 1}):
            with self.assertRaises(urllib.error.HTTPError) as raised:
                self.fault(**body)
            self.assertEqual(raised.exception.code, 400)
            raised.exception.close()

    def test_counts(self) -> None:
        self.read()
        self.read()
        counted = control("GET", f"/_calls?account={self.account}")["calls"]
        self.assertEqual(counted, [
            {"service": "ssm", "operation": "GetParameter", "account": self.account, "region": "eu-west-1", "count": 2},
            {"service": "ssm", "operation": "PutParameter", "account": self.account, "region": "eu-west-1", "count": 1},
        ])

    def test_reset_of_one_account(self) -> None:
        other = client("ssm", str(int(self.account) + 500))
        other.put_parameter(Name="/kept", Value="1", Type="String")
        _, bucket = self.seed_canary_needs()
        self.client("s3").put_object(Bucket=bucket, Key="folder/x y", Body=b"1")
        self.client("iam").put_role_policy(RoleName="canary", PolicyName="p", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}))
        self.assertEqual(control("POST", f"/_reset?account={self.account}"), {"left": []})
        self.assertEqual(control("GET", f"/_objects?account={self.account}"), {})
        self.refused("ParameterNotFound", self.read)
        self.assertEqual(self.client("s3").list_buckets()["Buckets"], [])
        self.assertEqual(self.client("iam").list_roles()["Roles"], [])
        self.assertEqual(other.get_parameter(Name="/kept")["Parameter"]["Value"], "1")


class Together(StandinTestCase):
    def test_many_at_once(self) -> None:
        """Twelve clients in twelve accounts; a slow call of one does not hold the others."""
        control("POST", "/_faults", {"account": self.account, "service": "ssm", "operation": "GetParameter", "action": {"delay_ms": 10_000}})
        accounts = [str(int(self.account) + 600 + index) for index in range(12)]

        def work(account: str) -> str:
            ssm = client("ssm", account)
            ssm.put_parameter(Name="/mine", Value=account, Type="SecureString")
            return ssm.get_parameter(Name="/mine", WithDecryption=True)["Parameter"]["Value"]

        with concurrent.futures.ThreadPoolExecutor(13) as pool:
            slow = pool.submit(self.client("ssm").get_parameters, Names=["/x"])
            held = pool.submit(self.refused, "ParameterNotFound", self.client("ssm").get_parameter, Name="/x")
            self.assertEqual(list(pool.map(work, accounts)), accounts)
            self.assertFalse(held.done(), "the delayed call should still wait")
            held.result()
            slow.result()


class Unknown(StandinTestCase):
    def send(self, service: str, path: str = "/", **headers):
        scope = f"{self.account}/20260101/us-east-1/{service}/aws4_request"
        headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
                   **{name.replace("_", "-"): value for name, value in headers.items()}}
        request = urllib.request.Request(shared().endpoint + path, data=b"{}", headers=headers, method="POST")
        with self.assertRaises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(request, timeout=10)
        with raised.exception as answer:
            return answer.code, f"{answer.headers} {answer.read().decode('utf-8', 'replace')}"

    def test_unknown_operations_are_a_clear_400(self) -> None:
        form = "application/x-www-form-urlencoded"
        for answer in (
            self.send("ssm", X_Amz_Target="AmazonSSM.Nonsense"),
            self.send("synthetics", "/nonsense"),
            self.send("monitoring", "/service/GraniteServiceVersion20100801/operation/Nonsense", smithy_protocol="rpc-v2-cbor"),
            self.send("sts", "/?Action=Nonsense", Content_Type=form),
            self.send("nonsense"),
        ):
            self.assertEqual(answer[0], 400, answer)
            self.assertIn("UnknownOperationException", answer[1])

    def test_operation_without_an_implementation(self) -> None:
        budgets = self.client("budgets", "us-east-1")
        params = {"AccountId": self.account, "BudgetName": "x"}
        self.refused("UnknownOperationException", budgets.describe_budget_actions_for_budget, 400, **params)


class Process(StandinTestCase):
    def test_end_of_input_ends_everything(self) -> None:
        instance = Instance()
        children = _children(instance.process.pid)
        self.assertEqual(len(children), 1)
        instance.stop()
        for _ in range(200):
            if not any(_alive(pid) for pid in children):
                break
            time.sleep(0.01)
        self.assertFalse(any(_alive(pid) for pid in children))
        self.assertEqual(instance.process.returncode, 0)

    def test_killed_layer_takes_ministack_along(self) -> None:
        # A killed process can't remove its temporary folder, so it gets one that the test removes.
        with tempfile.TemporaryDirectory() as folder:
            instance = Instance(TMPDIR=folder)
            children = _children(instance.process.pid)
            instance.process.kill()
            instance.stop()
            for _ in range(200):
                if not any(_alive(pid) for pid in children):
                    return
                time.sleep(0.01)
            self.fail("ministack outlives the layer")


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as listed:
        return [int(child) for child in listed.read().split()]


def _alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as status:
            return status.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


if not os.path.isdir("/proc/self"):
    del Process  # It reads /proc.
