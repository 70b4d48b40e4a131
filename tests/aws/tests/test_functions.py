"""Functions, their mappings and their roles: states that pass, and what is refused."""

from __future__ import annotations

import json

from functions_under_test import FunctionTestCase, statement
from harness import control

_ECHO = '''
def handle(event, headers):
    return event
'''
_RECEIVE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


class States(FunctionTestCase):
    def test_pending_then_active(self) -> None:
        self.settings(transition_ms=3000)
        functions = self.client("lambda")
        arn = self.function("echo", _ECHO)
        shown = functions.get_function(FunctionName="echo")["Configuration"]
        self.assertEqual((shown["State"], shown["StateReasonCode"], shown.get("LastUpdateStatus")), ("Pending", "Creating", None))
        message = self.refused("ResourceConflictException", functions.invoke, 409, FunctionName="echo", Payload=b"{}")
        self.assertIn("following state: Pending", message)
        self.refused("ResourceConflictException", functions.update_function_configuration, 409, FunctionName="echo", Timeout=5)
        self.eventually(lambda: functions.get_function_configuration(FunctionName=arn)["State"] == "Active")
        changed = functions.update_function_configuration(FunctionName="echo", Timeout=5)
        self.assertEqual((changed["State"], changed["LastUpdateStatus"], changed["Timeout"]), ("Active", "InProgress", 5))
        message = self.refused("ResourceConflictException", functions.update_function_code, 409, FunctionName="echo", ZipFile=b"x")
        self.assertIn(f"An update is in progress for resource: {arn}", message)
        self.assertEqual(self.invoke("echo", {"a": 1}), ({"a": 1}, None))
        self.eventually(lambda: functions.get_function_configuration(FunctionName="echo")["LastUpdateStatus"] == "Successful")
        functions.delete_function(FunctionName="echo")
        self.refused("ResourceNotFoundException", functions.get_function, 404, FunctionName="echo")

    def test_reserved_variables_and_new_roles(self) -> None:
        self.settings(role_refusals=1)
        role = self.role_of("new", "lambda.amazonaws.com")
        other = self.role_of("other", "ec2.amazonaws.com")
        functions = self.client("lambda")
        request = {"FunctionName": "a", "Role": role, "Runtime": "provided.al2023", "Handler": "bootstrap", "Code": {"ZipFile": b"PK"}}
        variables = {"Environment": {"Variables": {"AWS_REGION": "x"}}}
        self.assertIn("AWS_REGION", self.refused("InvalidParameterValueException", functions.create_function, **request, **variables))
        for wrong in (role, other):
            message = self.refused("InvalidParameterValueException", functions.create_function, **{**request, "Role": wrong})
            self.assertIn("cannot be assumed by Lambda", message)
        place = {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}
        self.assertIn("CreateNetworkInterface", self.refused("InvalidParameterValueException", functions.create_function, **request, **place))

    def test_an_environment_is_for_the_role_that_was(self) -> None:
        self.settings(transition_ms=0, role_refusals=0)
        functions, iam = self.client("lambda"), self.client("iam")
        self.function("echo", _ECHO, Environment={"Variables": {"ONE": "1"}})
        role = functions.get_function_configuration(FunctionName="echo")["Role"]
        self.assertEqual(self.invoke("echo", 1), (1, None))
        name = role.rpartition("/")[2]
        trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        iam.delete_role(RoleName=name)
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        self.refused("KMSAccessDeniedException", functions.invoke, 502, FunctionName="echo", Payload=b"1")
        functions.update_function_configuration(FunctionName="echo", Role=role, Timeout=5)
        self.refused("KMSAccessDeniedException", functions.invoke, 502, FunctionName="echo", Payload=b"1")

    def test_tags_permissions_and_concurrency(self) -> None:
        functions = self.client("lambda")
        arn = self.function("echo", _ECHO, Tags={"a": "1"})
        functions.tag_resource(Resource=arn, Tags={"b": "2"})
        functions.untag_resource(Resource=arn, TagKeys=["a"])
        self.assertEqual(functions.list_tags(Resource=arn)["Tags"], {"b": "2"})
        functions.add_permission(FunctionName="echo", StatementId="s", Action="lambda:InvokeFunction", Principal="sns.amazonaws.com")
        self.assertIn("sns.amazonaws.com", functions.get_policy(FunctionName="echo")["Policy"])
        functions.put_function_concurrency(FunctionName="echo", ReservedConcurrentExecutions=0)
        self.refused("TooManyRequestsException", functions.invoke, 429, FunctionName="echo", Payload=b"{}")
        functions.delete_function_concurrency(FunctionName="echo")
        self.assertEqual(self.invoke("echo", 1), (1, None))


class Mappings(FunctionTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.url, self.arn = self.queue("events", VisibilityTimeout="60")
        self.functions = self.client("lambda")

    def test_what_a_mapping_needs(self) -> None:
        self.function("relay", _ECHO, statement(*_RECEIVE, resource=self.arn))
        self.function("blind", _ECHO)
        create = self.functions.create_event_source_mapping
        request = {"FunctionName": "relay", "EventSourceArn": self.arn}
        self.refused("ResourceNotFoundException", create, 404, **{**request, "FunctionName": "absent"})
        self.assertIn("ReceiveMessage on SQS", self.refused("InvalidParameterValueException", create, **{**request, "FunctionName": "blind"}))
        self.assertIn("batch window", self.refused("InvalidParameterValueException", create, BatchSize=100, **request))
        self.refused("ValidationException", create, ScalingConfig={"MaximumConcurrency": 1}, **request)
        self.refused("InvalidParameterValueException", create, **{**request, "EventSourceArn": f"{self.arn}-absent"})
        self.client("sqs").set_queue_attributes(QueueUrl=self.url, Attributes={"VisibilityTimeout": "5"})
        self.assertEqual(self.refused("InvalidParameterValueException", create, **request),
                         "Queue visibility timeout: 5 seconds is less than Function timeout: 10 seconds")
        self.client("sqs").set_queue_attributes(QueueUrl=self.url, Attributes={"VisibilityTimeout": "60"})
        create(BatchSize=100, MaximumBatchingWindowInSeconds=1, **request)
        self.assertIn("already exists", self.refused("ResourceConflictException", create, 409, **request))
        self.refused("InvalidParameterValueException", self.functions.update_function_configuration, FunctionName="relay", Timeout=61)

    def test_states(self) -> None:
        self.function("relay", _ECHO, statement(*_RECEIVE, resource=self.arn))
        self.settings(transition_ms=3000)
        made = self.functions.create_event_source_mapping(FunctionName="relay", EventSourceArn=self.arn, Tags={"a": "1"})
        name, read = made["UUID"], self.functions.get_event_source_mapping
        self.assertEqual(made["State"], "Creating")
        self.refused("ResourceInUseException", self.functions.update_event_source_mapping, 400, UUID=name, BatchSize=5)
        self.eventually(lambda: read(UUID=name)["State"] == "Enabled")
        self.assertEqual(self.functions.list_tags(Resource=made["EventSourceMappingArn"])["Tags"], {"a": "1"})
        self.assertEqual(self.functions.update_event_source_mapping(UUID=name, BatchSize=5)["State"], "Updating")
        self.eventually(lambda: read(UUID=name)["State"] == "Enabled")
        self.assertEqual(self.functions.delete_event_source_mapping(UUID=name)["State"], "Deleting")
        self.assertEqual(read(UUID=name)["State"], "Deleting")
        self.assertEqual(len(self.functions.list_event_source_mappings(FunctionName="relay")["EventSourceMappings"]), 1)
        self.eventually(lambda: not self.functions.list_event_source_mappings(FunctionName="relay")["EventSourceMappings"])
        self.refused("ResourceNotFoundException", read, 404, UUID=name)


class Roles(FunctionTestCase):
    def test_boundaries_and_sizes(self) -> None:
        iam = self.client("iam")
        trust = json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]})
        request = {"RoleName": "r", "Path": "/hinomi/", "AssumeRolePolicyDocument": trust, "Tags": [{"Key": "a", "Value": "1"}]}
        absent = f"arn:aws:iam::{self.account}:policy/absent"
        self.refused("NoSuchEntity", iam.create_role, 404, **request, PermissionsBoundary=absent)
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement("*")]})
        boundary = iam.create_policy(PolicyName="limit", PolicyDocument=document)["Policy"]["Arn"]
        made = iam.create_role(**request, PermissionsBoundary=boundary)["Role"]
        self.assertEqual(made["Arn"], f"arn:aws:iam::{self.account}:role/hinomi/r")
        self.assertEqual(iam.get_role(RoleName="r")["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"], boundary)
        self.assertEqual(iam.list_role_tags(RoleName="r")["Tags"], [{"Key": "a", "Value": "1"}])
        big = json.dumps({"Version": "2012-10-17", "Statement": [statement("s3:GetObject", resource=["arn:aws:s3:::" + "x" * 500] * 15)]})
        iam.put_role_policy(RoleName="r", PolicyName="one", PolicyDocument=big)
        iam.put_role_policy(RoleName="r", PolicyName="one", PolicyDocument=big)
        self.refused("LimitExceeded", iam.put_role_policy, 409, RoleName="r", PolicyName="two", PolicyDocument=big)
        self.refused("DeleteConflict", iam.delete_role, 409, RoleName="r")
        iam.delete_role_policy(RoleName="r", PolicyName="one")
        iam.delete_role(RoleName="r")
        self.assertNotIn("global", control("GET", f"/_objects?account={self.account}").get(self.account, {}))

    def test_a_trusted_role_exists(self) -> None:
        """An account's root may be trusted before anything of it exists, and a role only once it does."""
        other = f"arn:aws:iam::{int(self.account) + 500}"
        self.role("roots", {"AWS": [f"{other}:root", self.account]})
        for named in (f"{other}:role/absent", f"{other}:role/*"):
            message = self.refused("MalformedPolicyDocument", lambda named=named: self.role("named", {"AWS": [named]}), 400)
            self.assertIn(f'Invalid principal in policy: "AWS":"{named}"', message)
        named = self.role("named", {"AWS": self.role("trusted", {"AWS": self.account})})
        trust = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"{other}:role/absent"}}}
        self.refused("MalformedPolicyDocument", self.client("iam").update_assume_role_policy, 400,
                     RoleName=named.rpartition("/")[2], PolicyDocument=json.dumps(trust))
