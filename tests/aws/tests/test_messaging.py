"""Queues, topics, tables, rules and the price list."""

from __future__ import annotations

import json

from functions_under_test import FunctionTestCase, statement
from harness import client, control


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class Queues(FunctionTestCase):
    def test_a_deleted_name_stays_taken(self) -> None:
        self.settings(queue_reuse_seconds=60)
        sqs = self.client("sqs")
        url, _ = self.queue("once")
        sqs.delete_queue(QueueUrl=url)
        message = self.refused("AWS.SimpleQueueService.QueueDeletedRecently", sqs.create_queue, 400, QueueName="once")
        self.assertIn("60 seconds", message)
        self.settings(queue_reuse_seconds=0)
        self.queue("once")

    def test_a_deleted_queue_may_answer_for_a_while(self) -> None:
        self.settings(queue_lingers_seconds=0.5, queue_reuse_seconds=0.5)
        sqs = self.client("sqs")
        url, _ = self.queue("once")
        sqs.delete_queue(QueueUrl=url)
        self.assertEqual(sqs.get_queue_url(QueueName="once")["QueueUrl"], url)
        self.refused("AWS.SimpleQueueService.QueueDeletedRecently", sqs.create_queue, 400, QueueName="once")

        def is_gone() -> bool:
            try:
                sqs.get_queue_url(QueueName="once")
            except sqs.exceptions.QueueDoesNotExist:
                return True
            return False

        self.eventually(is_gone)

    def test_a_queue_is_encrypted_one_way(self) -> None:
        sqs = self.client("sqs")
        url, _ = self.queue("a")
        both = {"KmsMasterKeyId": "alias/aws/sqs", "SqsManagedSseEnabled": "true"}
        self.refused("InvalidAttributeValue", sqs.set_queue_attributes, QueueUrl=url, Attributes=both)
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": "alias/aws/sqs"})
        shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        self.assertEqual(shown["SqsManagedSseEnabled"], "false")

    def test_values(self) -> None:
        sqs = self.client("sqs")
        self.refused("InvalidParameterValue", sqs.create_queue, QueueName="a b")
        self.refused("InvalidParameterValue", sqs.create_queue, QueueName="a" * 81)
        for name, value in (("VisibilityTimeout", "43201"), ("MessageRetentionPeriod", "59"), ("DelaySeconds", "x"), ("Policy", "{}"),
                            ("Policy", policy(statement("sqs:SendMessage"))), ("Policy", policy(statement("sns:Publish", Principal="*")))):
            self.refused("InvalidAttributeValue", sqs.create_queue, QueueName="a", Attributes={name: value})
        long = policy(statement("sqs:SendMessage", Principal="*", resource=["arn:aws:sqs:eu-west-1:111111111111:a"] * 300))
        self.refused("InvalidAttributeValue", sqs.create_queue, QueueName="a", Attributes={"Policy": long})
        url, arn = self.queue("a")
        for most, target in ((0, arn), (1001, arn), (5, f"{arn}-absent"), (5, arn.replace("eu-west-1", "us-east-1"))):
            redrive = json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": most})
            self.refused("InvalidParameterValue", sqs.set_queue_attributes, QueueUrl=url, Attributes={"RedrivePolicy": redrive})
        sqs.tag_queue(QueueUrl=url, Tags={"a": "1"})
        self.assertEqual(sqs.list_queue_tags(QueueUrl=url)["Tags"], {"a": "1"})

    def test_other_accounts_need_the_policy(self) -> None:
        other = str(int(self.account) + 500)
        url, arn = self.queue("shared")
        foreign = client("sqs", other)
        message = self.refused("AccessDenied", foreign.send_message, 403, QueueUrl=url, MessageBody="x")
        self.assertIn(f"arn:aws:iam::{other}:root is not authorized to perform: sqs:sendmessage on resource: {arn}", message)
        admitted = statement("sqs:SendMessage", resource=arn, Principal={"AWS": f"arn:aws:iam::{other}:root"})
        self.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(admitted)})
        foreign.send_message(QueueUrl=url, MessageBody="x")
        self.refused("AccessDenied", foreign.receive_message, 403, QueueUrl=url)


class Topics(FunctionTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.other = str(int(self.account) + 500)
        self.topic = self.client("sns").create_topic(Name="bell")["TopicArn"]

    def listed(self) -> list[str]:
        found = self.client("sns").list_subscriptions_by_topic(TopicArn=self.topic)["Subscriptions"]
        return [item["SubscriptionArn"] for item in found]

    def test_who_must_confirm(self) -> None:
        sns = self.client("sns")
        _, own = self.queue("own")
        _, foreign = self.queue("foreign", account=self.other)
        arn = sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=own)["SubscriptionArn"]
        self.assertEqual(self.listed(), [arn])
        for protocol, endpoint in (("sqs", foreign), ("email", "a@example.com")):
            for _ in range(2):
                made = sns.subscribe(TopicArn=self.topic, Protocol=protocol, Endpoint=endpoint)
                self.assertEqual(made["SubscriptionArn"], "pending confirmation")
        self.assertEqual(sorted(self.listed()), sorted([arn, "PendingConfirmation", "PendingConfirmation"]))
        self.refused("InvalidParameter", sns.unsubscribe, SubscriptionArn="PendingConfirmation")
        sns.unsubscribe(SubscriptionArn=arn)
        self.assertNotIn(arn, self.listed())

    def test_the_queues_owner_subscribes_when_the_topic_lets_it(self) -> None:
        hub = client("sns", self.other)
        url, queue = self.queue("hub", account=self.other)
        request = {"TopicArn": self.topic, "Protocol": "sqs", "Endpoint": queue}
        self.refused("AuthorizationError", hub.subscribe, 403, **request)
        self.refused("AuthorizationError", hub.publish, 403, TopicArn=self.topic, Message="x")
        admitted = statement("sns:Subscribe", resource=self.topic, Principal={"AWS": f"arn:aws:iam::{self.other}:root"},
                             Condition={"StringEquals": {"sns:Protocol": "sqs"}})
        self.client("sns").set_topic_attributes(TopicArn=self.topic, AttributeName="Policy", AttributeValue=policy(admitted))
        arn = hub.subscribe(**request)["SubscriptionArn"]
        self.assertTrue(arn.startswith(f"{self.topic}:"))
        self.assertEqual(hub.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["PendingConfirmation"], "false")
        sqs = client("sqs", self.other)
        delivered = statement("sqs:SendMessage", resource=queue, Principal={"Service": "sns.amazonaws.com"},
                              Condition={"StringEquals": {"aws:SourceAccount": self.account}})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(delivered)})
        self.client("sns").publish(TopicArn=self.topic, Message="across")
        got = self.eventually(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))
        self.assertEqual(json.loads(got[0]["Body"])["TopicArn"], self.topic)
        hub.unsubscribe(SubscriptionArn=arn)
        self.assertEqual(self.listed(), [])

    def test_policies_and_regions(self) -> None:
        sns = self.client("sns")
        for text in ("no", "{}", policy(statement("sns:Publish")), policy(statement("sqs:SendMessage", Principal="*"))):
            self.refused("InvalidParameter", sns.set_topic_attributes, TopicArn=self.topic, AttributeName="Policy", AttributeValue=text)
        self.refused("InvalidParameter", self.client("sns", "us-east-1").publish, TopicArn=self.topic, Message="x")


class Tables(FunctionTestCase):
    REQUEST = {"TableName": "incidents", "BillingMode": "PAY_PER_REQUEST", "Tags": [{"Key": "a", "Value": "1"}],
               "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
               "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}

    def test_states_and_time_to_live(self) -> None:
        self.settings(transition_ms=3000)
        tables = self.client("dynamodb")
        self.assertEqual(tables.create_table(**self.REQUEST)["TableDescription"]["TableStatus"], "CREATING")
        self.refused("ResourceInUseException", tables.create_table, **self.REQUEST)
        self.refused("ResourceInUseException", tables.delete_table, TableName="incidents")
        self.refused("ResourceNotFoundException", tables.get_item, TableName="incidents", Key={"id": {"S": "x"}})
        self.eventually(lambda: tables.describe_table(TableName="incidents")["Table"]["TableStatus"] == "ACTIVE")
        ttl = {"Enabled": True, "AttributeName": "expires"}
        tables.update_time_to_live(TableName="incidents", TimeToLiveSpecification=ttl)
        self.assertEqual(tables.describe_time_to_live(TableName="incidents")["TimeToLiveDescription"]["AttributeName"], "expires")
        message = self.refused("ValidationException", tables.update_time_to_live, TableName="incidents", TimeToLiveSpecification=ttl)
        self.assertIn("already enabled", message)
        message = self.refused("ValidationException", tables.update_time_to_live, TableName="incidents",
                               TimeToLiveSpecification={**ttl, "Enabled": False})
        self.assertIn("multiple times", message)
        item = {"id": {"S": "x"}, "n": {"N": "1"}}
        tables.put_item(TableName="incidents", Item=item, ConditionExpression="attribute_not_exists(id)")
        self.refused("ConditionalCheckFailedException", tables.put_item, TableName="incidents", Item=item,
                     ConditionExpression="attribute_not_exists(id)")
        arn = tables.describe_table(TableName="incidents")["Table"]["TableArn"]
        self.assertEqual(tables.list_tags_of_resource(ResourceArn=arn)["Tags"], [{"Key": "a", "Value": "1"}])
        self.assertEqual(tables.delete_table(TableName="incidents")["TableDescription"]["TableStatus"], "DELETING")
        self.assertEqual(tables.describe_table(TableName="incidents")["Table"]["TableStatus"], "DELETING")
        self.assertEqual(tables.list_tables()["TableNames"], ["incidents"])
        self.refused("ResourceInUseException", tables.create_table, **self.REQUEST)
        self.eventually(lambda: not tables.list_tables()["TableNames"])
        self.refused("ResourceNotFoundException", tables.describe_table, TableName="incidents")


class Rules(FunctionTestCase):
    def test_rules_and_targets(self) -> None:
        events = self.client("events")
        topic = self.client("sns").create_topic(Name="bell")["TopicArn"]
        pattern = json.dumps({"source": ["aws.health"]})
        self.refused("ValidationException", events.put_rule, Name="r")
        self.refused("InvalidEventPatternException", events.put_rule, Name="r", EventPattern="{")
        arn = events.put_rule(Name="r", EventPattern=pattern, Tags=[{"Key": "a", "Value": "1"}])["RuleArn"]
        events.put_rule(Name="r", EventPattern=pattern, Tags=[{"Key": "b", "Value": "1"}])
        self.assertEqual(events.list_tags_for_resource(ResourceARN=arn)["Tags"], [{"Key": "a", "Value": "1"}])
        self.refused("ResourceNotFoundException", events.put_targets, Rule="absent", Targets=[{"Id": "1", "Arn": topic}])
        self.refused("ValidationException", events.put_targets, Rule="r", Targets=[{"Id": "1", "Arn": "bell"}])
        self.refused("LimitExceededException", events.put_targets, Rule="r", Targets=[{"Id": str(n), "Arn": topic} for n in range(6)])
        events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": topic}])
        self.refused("ValidationException", events.delete_rule, Name="r")
        events.remove_targets(Rule="r", Ids=["1"])
        events.delete_rule(Name="r")
        self.refused("ResourceNotFoundException", events.describe_rule, Name="r")


class Buckets(FunctionTestCase):
    def test_a_private_bucket_with_versions(self) -> None:
        s3, name = self.client("s3"), f"reports-{self.account}"
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=encryption)
        block = {key: True for key in ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")}
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block)
        rule = {"ID": "expire", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 31}}
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [rule]})
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "a", "Value": "1"}]})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        self.assertEqual(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"], block)
        self.assertEqual(s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"][0]["Expiration"], {"Days": 31})
        self.assertEqual(s3.get_bucket_tagging(Bucket=name)["TagSet"], [{"Key": "a", "Value": "1"}])
        for body in (b"1", b"2"):
            s3.put_object(Bucket=name, Key="a", Body=body)
        s3.delete_object(Bucket=name, Key="a")
        self.refused("BucketNotEmpty", s3.delete_bucket, 409, Bucket=name)
        self.assertEqual(control("POST", f"/_reset?account={self.account}")["left"], [])
        self.assertEqual(control("GET", f"/_objects?account={self.account}"), {})


class Prices(FunctionTestCase):
    def products(self, service: str, region: str = "us-east-1", **filters: str):
        wanted = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in filters.items()]
        answer = self.client("pricing", region).get_products(ServiceCode=service, Filters=wanted, MaxResults=50)
        return [json.loads(text) for text in answer["PriceList"]]

    def test_products(self) -> None:
        found = self.products("AmazonCloudWatch", regionCode="ap-northeast-1", usagetype="APN1-DataProcessing-Bytes")
        self.assertEqual(len(found), 1)
        term = next(iter(found[0]["terms"]["OnDemand"].values()))
        dimension = next(iter(term["priceDimensions"].values()))
        self.assertEqual((dimension["unit"], dimension["pricePerUnit"]), ("GB", {"USD": "0.7600000000"}))
        self.assertEqual(self.products("AmazonCloudWatch", usagetype="absent"), [])
        durations = self.products("AWSLambda", regionCode="us-east-1", group="AWS-Lambda-Duration")
        tiers = next(iter(durations[0]["terms"]["OnDemand"].values()))["priceDimensions"].values()
        self.assertEqual([tier["beginRange"] for tier in tiers], ["0", "6000000000", "15000000000"])
        for region in ("us-east-1", "eu-west-1", "ap-northeast-1"):
            self.assertEqual(len(self.products("AWSEvents", regionCode=region)), 1)

    def test_pages_and_places(self) -> None:
        pricing = self.client("pricing", "us-east-1")
        first = pricing.get_products(ServiceCode="AWSLambda", MaxResults=5)
        rest = pricing.get_products(ServiceCode="AWSLambda", NextToken=first["NextToken"])
        self.assertEqual(len(first["PriceList"]) + len(rest["PriceList"]), 12)
        self.refused("UnknownOperationException", self.client("pricing").get_products, ServiceCode="AWSLambda")
        self.refused("InvalidParameterException", pricing.get_products, ServiceCode="AmazonNothing")
