"""What a role may do decides its own policies; a role without any keeps what the account may."""

from __future__ import annotations

import json

from functions_under_test import FunctionTestCase, statement
from harness import client, control


class Sessions(FunctionTestCase):
    def session(self, name: str, *statements, boundary=None):
        """Credentials of a role that carries a policy."""
        arn = self.role(name, {"AWS": self.account})
        iam = self.client("iam")
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=json.dumps(
                {"Version": "2012-10-17", "Statement": list(statements)}))
        if boundary:
            policy = iam.create_policy(PolicyName=f"{name}-limit", PolicyDocument=json.dumps(
                {"Version": "2012-10-17", "Statement": [boundary]}))["Policy"]["Arn"]
            iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=policy)
        return self.client("sts").assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]

    def denied(self, code, act, status, reason, **params):
        message = self.refused(code, act, status, **params)
        self.assertIn(reason, message)
        self.assertIn(f"User: arn:aws:sts::{self.account}:assumed-role/", message)
        return message

    def test_a_role_without_policies_may_do_what_the_account_may(self) -> None:
        keys = self.session("bare")
        client("sns", "", credentials=keys).create_topic(Name="any")

    def test_actions_resources_and_conditions(self) -> None:
        prefix = f"arn:aws:sns:*:{self.account}:hinomi-*"
        keys = self.session(
            "some", statement("sns:Create*", "sns:ListTopics", resource="*"), statement("sns:SetTopicAttributes", resource=prefix),
            {"Effect": "Deny", "Action": "sns:CreateTopic", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}},
            {"Effect": "Allow", "NotAction": ["sns:*", "iam:*", "sqs:*"], "Resource": "*"})
        sns = client("sns", "", credentials=keys)
        good, bad = sns.create_topic(Name="hinomi-a")["TopicArn"], sns.create_topic(Name="other")["TopicArn"]
        sns.set_topic_attributes(TopicArn=good, AttributeName="DisplayName", AttributeValue="x")
        own = json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": self.account}, "Action": "sns:*", "Resource": bad}]})
        self.client("sns").set_topic_attributes(TopicArn=bad, AttributeName="Policy", AttributeValue=own)
        message = self.denied("AuthorizationError", sns.set_topic_attributes, 403, "because no identity-based policy allows the SNS:SetTopicAttributes action",
                              TopicArn=bad, AttributeName="DisplayName", AttributeValue="x")
        self.assertIn(f"is not authorized to perform: SNS:SetTopicAttributes on resource: {bad}", message)
        self.denied("AuthorizationError", client("sns", "", "us-east-1", credentials=keys).create_topic, 403,
                    "with an explicit deny in an identity-based policy", Name="hinomi-a")
        client("ssm", "", credentials=keys).put_parameter(Name="/a", Value="1", Type="String")
        self.denied("AccessDenied", client("sqs", "", credentials=keys).create_queue, 403, "sqs:createqueue", QueueName="a")
        self.denied("AccessDenied", client("iam", "", credentials=keys).get_role, 403, "iam:GetRole", RoleName="some")

    def test_the_services_of_costs(self) -> None:
        control("POST", "/_organizations", {"account": self.account, "accounts": []})
        root = client("organizations", self.account, "us-east-1").list_roots()["Roots"][0]
        place = f"eu-west-1:{self.account}"
        keys = self.session(
            "costs", statement("ce:GetCostAndUsage", "ce:GetAnomalyMonitors"), statement("ce:DeleteAnomalyMonitor", resource=f"arn:aws:ce::{self.account}:anomalymonitor/mine"),
            statement("organizations:ListAccountsForParent", resource=root["Arn"]), statement("athena:*", resource=f"arn:aws:athena:{place}:workgroup/hinomi"),
            statement("glue:*", resource=f"arn:aws:glue:{place}:catalog"), statement("glue:*", resource=f"arn:aws:glue:{place}:database/costs"),
            statement("budgets:ViewBudget", resource=f"arn:aws:budgets::{self.account}:budget/own"))

        def at(service: str, region: str = "us-east-1"):
            return client(service, "", region, credentials=keys)

        ce, period = at("ce"), {"Start": "2026-11-01", "End": "2026-11-02"}
        self.refused("DataUnavailableException", ce.get_cost_and_usage, 400, TimePeriod=period, Granularity="DAILY", Metrics=["UnblendedCost"])
        ce.get_anomaly_monitors()
        message = self.denied("AccessDeniedException", ce.get_cost_forecast, 400, "because no identity-based policy allows the ce:GetCostForecast action",
                              TimePeriod=period, Granularity="DAILY", Metric="UNBLENDED_COST")
        self.assertIn(f"on resource: arn:aws:ce:us-east-1:{self.account}:/GetCostForecast", message)
        self.refused("UnknownMonitorException", ce.delete_anomaly_monitor, 400, MonitorArn=f"arn:aws:ce::{self.account}:anomalymonitor/mine")
        self.denied("AccessDeniedException", ce.delete_anomaly_monitor, 400, "ce:DeleteAnomalyMonitor", MonitorArn=f"arn:aws:ce::{self.account}:anomalymonitor/other")
        at("organizations").list_accounts_for_parent(ParentId=root["Id"])
        self.denied("AccessDeniedException", at("organizations").list_accounts, 400, "organizations:ListAccounts")
        glue = at("glue", "eu-west-1")
        glue.create_database(DatabaseInput={"Name": "costs"})
        self.denied("AccessDeniedException", glue.create_table, 400, f"arn:aws:glue:{place}:table/costs/daily", DatabaseName="costs", TableInput={"Name": "daily"})
        athena = at("athena", "eu-west-1")
        athena.create_work_group(Name="hinomi")
        query = athena.create_named_query(Name="q", Database="costs", QueryString="select 1", WorkGroup="hinomi")["NamedQueryId"]
        athena.get_named_query(NamedQueryId=query)
        self.denied("AccessDeniedException", athena.create_named_query, 400, f"arn:aws:athena:{place}:workgroup/primary", Name="q", Database="c", QueryString="s")
        self.refused("NotFoundException", at("budgets").describe_budget, 400, AccountId=self.account, BudgetName="own")
        self.denied("AccessDeniedException", at("budgets").describe_budget, 400, "budgets:ViewBudget", AccountId=self.account, BudgetName="other")

    def test_a_change_of_policy_counts_at_once(self) -> None:
        keys = self.session("changing", statement("ssm:GetParameter"))
        ssm = client("ssm", "", credentials=keys)
        self.denied("AccessDeniedException", ssm.put_parameter, 400, "ssm:PutParameter", Name="/a", Value="1", Type="String")
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement("ssm:PutParameter")]})
        self.client("iam").put_role_policy(RoleName="changing", PolicyName="more", PolicyDocument=document)
        ssm.put_parameter(Name="/a", Value="1", Type="String")

    def test_a_boundary_narrows(self) -> None:
        keys = self.session("bounded", statement("*"), boundary=statement("ssm:*", "logs:*"))
        client("ssm", "", credentials=keys).describe_parameters()
        self.denied("AccessDeniedException", client("lambda", "", credentials=keys).list_functions, 403,
                    "because no permissions boundary allows the lambda:ListFunctions action")

    def test_passing_a_role(self) -> None:
        target = self.role_of("target", "lambda.amazonaws.com")
        request = {"FunctionName": "a", "Role": target, "Runtime": "provided.al2023", "Handler": "bootstrap", "Code": {"ZipFile": b"PK"}}
        keys = self.session("maker", statement("lambda:*"))
        message = self.denied("AccessDeniedException", client("lambda", "", credentials=keys).create_function, 403, "iam:PassRole", **request)
        self.assertIn(f"iam:PassRole on resource: {target}", message)
        for service, refused in (("scheduler.amazonaws.com", True), ("lambda.amazonaws.com", False)):
            passing = statement("iam:PassRole", resource=target, Condition={"StringEquals": {"iam:PassedToService": service}})
            keys = self.session(f"passer-{refused}", statement("lambda:*"), passing)
            act = client("lambda", "", credentials=keys).create_function
            if refused:
                self.denied("AccessDeniedException", act, 403, "iam:PassRole", **request)
            else:
                # Past the permissions: what is wrong now is the archive.
                self.refused("InvalidParameterValueException", act, **request)

    def test_items_by_their_leading_key(self) -> None:
        tables = self.client("dynamodb")
        tables.create_table(TableName="things", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
        arn = f"arn:aws:dynamodb:eu-west-1:{self.account}:table/things"
        keys = self.session("writer", statement("dynamodb:PutItem", resource=arn, Condition={
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["incident#*"]}}))
        items = client("dynamodb", "", credentials=keys)
        items.put_item(TableName="things", Item={"id": {"S": "incident#1"}})
        self.denied("AccessDeniedException", items.put_item, 400, f"dynamodb:PutItem on resource: {arn}", TableName="things", Item={"id": {"S": "settings"}})
        self.denied("AccessDeniedException", items.scan, 400, "dynamodb:Scan", TableName="things")


class FunctionsOfRoles(FunctionTestCase):
    def test_a_function_without_a_policy_may_do_nothing(self) -> None:
        role = self.role("bare", {"Service": "lambda.amazonaws.com"})
        self.function("bare-function", '''
def handle(event, headers):
    aws("ssm").get_parameter(Name="/a")
''', Role=role)
        answer, error = self.invoke("bare-function", {})
        self.assertIsNotNone(error)
        self.assertIn("is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:eu-west-1:", answer["errorMessage"])

    def test_a_function_becomes_a_role_of_another_account(self) -> None:
        other = str(int(self.account) + 500)
        # The function's role doesn't exist yet: its account is trusted, and a condition says which roles of it.
        trusted = {"ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/writer-*"]}}
        foreign = self.role("metrics", {"AWS": f"arn:aws:iam::{self.account}:root"}, trusted, account=other)
        put = statement("cloudwatch:PutMetricData", Condition={"StringEquals": {"cloudwatch:namespace": ["Hinomi"]}})
        client("iam", other).put_role_policy(RoleName="metrics", PolicyName="p", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [put]}))
        self.function("writer", '''
def handle(event, headers):
    keys = aws("sts").assume_role(RoleArn=event["role"], RoleSessionName="writer")["Credentials"]
    import botocore.session
    there = botocore.session.Session().create_client("cloudwatch", region_name="us-east-1", aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"])
    there.put_metric_data(Namespace=event.get("namespace", "Hinomi"), MetricData=[{"MetricName": "Success", "Value": 1}])
    return keys["AccessKeyId"][:4]
''', statement("sts:AssumeRole", resource=foreign))
        self.assertEqual(self.invoke("writer", {"role": foreign})[1], None)
        calls = control("GET", f"/_calls?account={other}")["calls"]
        self.assertIn(("PutMetricData", "us-east-1"), [(call["operation"], call["region"]) for call in calls])
        answer, error = self.invoke("writer", {"role": foreign, "namespace": "Other"})
        self.assertIsNotNone(error)
        self.assertIn("because no identity-based policy allows the cloudwatch:PutMetricData action", answer["errorMessage"])
        answer, error = self.invoke("writer", {"role": f"{foreign}-other"})
        self.assertIsNotNone(error)
        self.assertIn("because no identity-based policy allows the sts:AssumeRole action", answer["errorMessage"])
