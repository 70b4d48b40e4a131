"""Cost Anomaly Detection: monitors, subscriptions, what both refuse, anomalies and their notices."""

from __future__ import annotations

import json
from typing import Any

from costs_under_test import HOME, TODAY, PayerTestCase
from harness import client, control

SERVICES = {"MonitorName": "services", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}
EMAIL = {"Address": "ops@example.com", "Type": "EMAIL"}


def threshold(value: str = "100", key: str = "ABSOLUTE", **changes: Any) -> dict[str, Any]:
    return {"Dimensions": {"Key": f"ANOMALY_TOTAL_IMPACT_{key}", "Values": [value], "MatchOptions": ["GREATER_THAN_OR_EQUAL"], **changes}}


class AnomalyTestCase(PayerTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.settings(default_monitor="absent", today=TODAY)

    def monitor(self, **changes: Any) -> str:
        return self.ce.create_anomaly_monitor(AnomalyMonitor={**SERVICES, **changes})["MonitorArn"]

    def subscription(self, *arns: str, **changes: Any) -> str:
        values = {"SubscriptionName": "alerts", "MonitorArnList": list(arns), "Frequency": "DAILY", "Subscribers": [EMAIL],
                  "ThresholdExpression": threshold(), **changes}
        return self.ce.create_anomaly_subscription(AnomalySubscription={key: value for key, value in values.items() if value is not None})["SubscriptionArn"]

    def shown(self, arn: str) -> dict[str, Any]:
        return self.ce.get_anomaly_subscriptions(SubscriptionArnList=[arn])["AnomalySubscriptions"][0]


class Monitors(AnomalyTestCase):
    def test_what_enabling_cost_explorer_made(self) -> None:
        self.settings(default_monitor="made")
        monitor = self.ce.get_anomaly_monitors()["AnomalyMonitors"][0]
        self.assertEqual((monitor["MonitorName"], monitor["MonitorType"], monitor["MonitorDimension"]),
                         ("Default-Services-Monitor", "DIMENSIONAL", "SERVICE"))
        subscription = self.ce.get_anomaly_subscriptions(MonitorArn=monitor["MonitorArn"])["AnomalySubscriptions"][0]
        self.assertEqual((subscription["SubscriptionName"], subscription["Frequency"]), ("Default-Services-Subscription", "DAILY"))
        self.assertEqual([item["Dimensions"]["Values"] for item in subscription["ThresholdExpression"]["And"]], [["100.0"], ["40.0"]])
        text = self.refused("ValidationException", self.monitor, 400)
        self.assertEqual(text, "Limit exceeded on dimensional spend monitor creation")
        self.assertEqual(control("GET", f"/_objects?account={self.account}"), {})
        self.subscription(monitor["MonitorArn"])
        self.assertEqual(control("GET", f"/_objects?account={self.account}"), {self.account: {"global": {"ce:anomaly-subscription": ["alerts"]}}})
        self.refused("ValidationException", self.ce.delete_anomaly_monitor, 400, MonitorArn=monitor["MonitorArn"])

    def test_life(self) -> None:
        arn = self.monitor()
        self.assertRegex(arn, rf"^arn:aws:ce::{self.account}:anomalymonitor/[0-9a-f-]{{36}}$")
        self.ce.update_anomaly_monitor(MonitorArn=arn, MonitorName="renamed")
        shown = self.ce.get_anomaly_monitors(MonitorArnList=[arn])["AnomalyMonitors"][0]
        self.assertEqual((shown["MonitorName"], shown["CreationDate"], shown["DimensionalValueCount"]), ("renamed", "2026-11-15T06:00:00Z", 0))
        self.ce.delete_anomaly_monitor(MonitorArn=arn)
        for act, params in ((self.ce.get_anomaly_monitors, {"MonitorArnList": [arn]}), (self.ce.update_anomaly_monitor, {"MonitorArn": arn}),
                            (self.ce.delete_anomaly_monitor, {"MonitorArn": arn})):
            self.refused("UnknownMonitorException", act, 400, **params)
        self.monitor()

    def test_kinds(self) -> None:
        accounts = {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": ["111122223333"]}}
        good = ({}, {"MonitorDimension": "LINKED_ACCOUNT"}, {"MonitorDimension": "TAG", "MonitorSpecification": {"Tags": {"Key": "team"}}},
                {"MonitorDimension": "COST_CATEGORY", "MonitorSpecification": {"CostCategories": {"Key": "purpose"}}},
                {"MonitorType": "CUSTOM", "MonitorDimension": None, "MonitorSpecification": accounts},
                {"MonitorType": "CUSTOM", "MonitorDimension": None, "MonitorSpecification": {"Tags": {"Key": "team", "Values": ["a", "b"]}}},
                {"MonitorType": "CUSTOM", "MonitorDimension": None, "MonitorSpecification": {"CostCategories": {"Key": "purpose", "Values": ["event"]}}})
        for changes in good:
            with self.subTest(changes=changes):
                values = {key: value for key, value in {**SERVICES, **changes}.items() if value is not None}
                self.ce.create_anomaly_monitor(AnomalyMonitor=values)
        custom = {"MonitorType": "CUSTOM", "MonitorDimension": None}
        bad = ({"MonitorDimension": None}, {"MonitorSpecification": accounts}, {"MonitorDimension": "TAG"}, {"MonitorName": " "},
               {"MonitorDimension": "TAG", "MonitorSpecification": {"Tags": {"Key": "team", "Values": ["a"]}}},
               {"MonitorType": "CUSTOM", "MonitorSpecification": accounts}, custom,
               {**custom, "MonitorSpecification": {"Dimensions": {"Key": "SERVICE", "Values": ["x"]}}},
               {**custom, "MonitorSpecification": {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": ["1"]}}},
               {**custom, "MonitorSpecification": {"Tags": {"Key": "team", "Values": [str(number) for number in range(11)]}}},
               {**custom, "MonitorSpecification": {"CostCategories": {"Key": "purpose", "Values": ["a", "b"]}}},
               {**custom, "MonitorSpecification": {"And": [accounts, accounts]}}, {"MonitorDimension": "REGION"})
        for changes in bad:
            with self.subTest(changes=changes):
                values = {key: value for key, value in {**SERVICES, "MonitorName": "bad", **changes}.items() if value is not None}
                self.refused("ValidationException", self.ce.create_anomaly_monitor, 400, AnomalyMonitor=values)

    def test_a_member_watches_services_only(self) -> None:
        self.seed_members()
        control("POST", "/_settings", {"account": self.web, "default_monitor": "absent"})
        member = client("ce", self.web, HOME)
        member.create_anomaly_monitor(AnomalyMonitor=SERVICES)
        for changes in ({"MonitorDimension": "LINKED_ACCOUNT"}, {"MonitorDimension": "TAG", "MonitorSpecification": {"Tags": {"Key": "team"}}}):
            self.refused("AccessDeniedException", member.create_anomaly_monitor, 400, AnomalyMonitor={**SERVICES, **changes})
        self.assertEqual(self.ce.get_anomaly_monitors()["AnomalyMonitors"], [])

    def test_tags_and_pages(self) -> None:
        tags = [{"Key": " stack ", "Value": "s"}]
        arn = self.ce.create_anomaly_monitor(AnomalyMonitor=SERVICES, ResourceTags=tags)["MonitorArn"]
        self.ce.tag_resource(ResourceArn=arn, ResourceTags=[{"Key": "b", "Value": "2"}])
        self.ce.untag_resource(ResourceArn=arn, ResourceTagKeys=["b", "absent"])
        self.assertEqual(self.ce.list_tags_for_resource(ResourceArn=arn)["ResourceTags"], [{"Key": "stack", "Value": "s"}])
        self.refused("ResourceNotFoundException", self.ce.list_tags_for_resource, 400, ResourceArn=arn[:-1] + "x")
        self.refused("TooManyTagsException", self.ce.tag_resource, 400, ResourceArn=arn, ResourceTags=[{"Key": str(n), "Value": ""} for n in range(50)])
        found = self.client("resourcegroupstaggingapi", HOME).get_resources(ResourceTypeFilters=["ce"])["ResourceTagMappingList"]
        self.assertEqual([item["ResourceARN"] for item in found], [arn])
        self.monitor(MonitorDimension="LINKED_ACCOUNT")
        first = self.ce.get_anomaly_monitors(MaxResults=1)
        second = self.ce.get_anomaly_monitors(MaxResults=1, NextPageToken=first["NextPageToken"])
        self.assertEqual(first["AnomalyMonitors"][0]["MonitorArn"], arn)
        self.assertNotIn("NextPageToken", second)
        self.refused("InvalidNextTokenException", self.ce.get_anomaly_monitors, 400, NextPageToken="x")


class Subscriptions(AnomalyTestCase):
    def test_life(self) -> None:
        monitor = self.monitor()
        arn = self.subscription(monitor)
        self.refused("ValidationException", self.ce.delete_anomaly_monitor, 400, MonitorArn=monitor)
        self.ce.update_anomaly_subscription(SubscriptionArn=arn, Frequency="WEEKLY")
        shown = self.shown(arn)
        self.assertEqual((shown["Frequency"], shown["SubscriptionName"], shown["MonitorArnList"], shown["AccountId"]),
                         ("WEEKLY", "alerts", [monitor], self.account))
        self.assertEqual(shown["Subscribers"], [{**EMAIL, "Status": "CONFIRMED"}])
        self.ce.update_anomaly_subscription(SubscriptionArn=arn, ThresholdExpression={"Or": [threshold(), threshold("40", "PERCENTAGE")]})
        self.assertEqual(self.shown(arn)["Frequency"], "WEEKLY")
        self.ce.delete_anomaly_subscription(SubscriptionArn=arn)
        for act, params in ((self.ce.get_anomaly_subscriptions, {"SubscriptionArnList": [arn]}), (self.ce.update_anomaly_subscription, {"SubscriptionArn": arn}),
                            (self.ce.delete_anomaly_subscription, {"SubscriptionArn": arn})):
            self.refused("UnknownSubscriptionException", act, 400, **params)
        self.ce.delete_anomaly_monitor(MonitorArn=monitor)

    def test_an_update_takes_a_threshold_of_either_kind(self) -> None:
        arn = self.subscription(self.monitor(), ThresholdExpression=None, Threshold=5)
        self.assertEqual((self.shown(arn)["Threshold"], self.shown(arn)["ThresholdExpression"]), (5.0, threshold("5")))
        self.ce.update_anomaly_subscription(SubscriptionArn=arn, ThresholdExpression=threshold("7"))
        self.assertNotIn("Threshold", self.shown(arn))
        self.ce.update_anomaly_subscription(SubscriptionArn=arn, SubscriptionName="renamed")
        self.assertEqual(self.shown(arn)["ThresholdExpression"], threshold("7"))

    def test_refusals(self) -> None:
        monitor = self.monitor()
        topic = {"Address": f"arn:aws:sns:eu-west-1:{self.account}:alerts", "Type": "SNS"}
        many = [{"Address": f"u{number}@example.com", "Type": "EMAIL"} for number in range(11)]
        cases = (
            ({"Frequency": "IMMEDIATE"}, "Immediate frequencies only support SNSTopic subscriptions"),
            ({"Subscribers": [topic]}, "Daily or weekly frequencies only support Email subscriptions"),
            ({"Frequency": "WEEKLY", "Subscribers": [EMAIL, topic]}, "Daily or weekly frequencies only support Email subscriptions"),
            ({"ThresholdExpression": None}, "Threshold and ThresholdExpression cannot both be null"), ({"Threshold": 5}, "cannot both be specified"),
            ({"Subscribers": many}, "up to 10 email recipients"), ({"Subscribers": []}, "At least one subscriber"),
            ({"Frequency": "IMMEDIATE", "Subscribers": [topic, {**topic, "Address": topic["Address"] + "2"}]}, "1 SNS topic"),
            ({"Subscribers": [{**EMAIL, "Type": "SNS"}], "Frequency": "IMMEDIATE"}, "doesn't fit the type"), ({"MonitorArnList": []}, "At least one monitor"),
            ({"ThresholdExpression": {"Not": threshold()}}, "doesn't support Not"), ({"ThresholdExpression": {"And": [threshold()]}}, "combines two"),
            ({"ThresholdExpression": {"And": [threshold(), {"Or": [threshold(), threshold()]}]}}, "combines two"),
            ({"ThresholdExpression": threshold(MatchOptions=["EQUALS"])}, "GREATER_THAN_OR_EQUAL is required"),
            ({"ThresholdExpression": threshold("-1")}, "between 0 and 10,000,000,000"), ({"ThresholdExpression": threshold("10000000001")}, "between 0"),
            ({"ThresholdExpression": threshold("x")}, "a number"), ({"ThresholdExpression": threshold(Key="SERVICE")}, "supports the dimensions"),
            ({"Frequency": "HOURLY"}, "enum value set"), ({"Subscribers": [{"Address": "nobody", "Type": "EMAIL"}]}, "regular expression"),
        )
        for changes, words in cases:
            with self.subTest(changes=changes):
                self.assertIn(words, self.refused("ValidationException", self.subscription, 400, **{"MonitorArnList": [monitor], **changes}))
        self.refused("UnknownMonitorException", self.subscription, 400, MonitorArnList=[monitor[:-1] + "x"])
        arn = self.subscription(monitor)
        self.refused("ValidationException", self.ce.update_anomaly_subscription, 400, SubscriptionArn=arn, Frequency="IMMEDIATE")
        self.assertEqual(self.shown(arn)["Frequency"], "DAILY")


class Anomalies(AnomalyTestCase):
    def inject(self, **changes: Any) -> dict[str, Any]:
        return control("POST", "/_costs/anomalies", {"account": self.account, "actual": 300, "expected": 100, "service": "Amazon Bedrock",
                                                     "region": "us-east-1", "usage_type": "Tokens", **changes})

    def test_a_notice_to_the_topic_and_the_bus(self) -> None:
        monitor, (topic, queue) = self.monitor(), self.topic_with_queue("costalerts.amazonaws.com")
        arn = self.subscription(monitor, Frequency="IMMEDIATE", Subscribers=[{"Address": topic, "Type": "SNS"}], ThresholdExpression={
            "And": [threshold("200"), threshold("50", "PERCENTAGE")]})
        bus, hub = client("events", self.account, HOME), self.bus_queue()
        bus.put_rule(Name="anomalies", EventPattern=json.dumps({"source": ["aws.ce"]}))
        bus.put_targets(Rule="anomalies", Targets=[{"Id": "q", "Arn": hub[1]}])
        found = self.inject()
        self.assertEqual(found["notices"], [{"subscription": arn, "topic": topic, "error": None}])
        message = json.loads(self.received(queue)[0]["Message"])
        self.assertEqual((message["accountId"], message["anomalyId"], message["dimensionalValue"]), (self.account, found["anomaly_id"], "Amazon Bedrock"))
        self.assertEqual(message["impact"], {"maxImpact": 200.0, "totalImpact": 200.0, "totalActualSpend": 300.0, "totalExpectedSpend": 100.0,
                                             "totalImpactPercentage": 200.0})
        self.assertEqual(message["rootCauses"][0]["impact"], {"contribution": 200.0})
        self.assertEqual((message["subscriptionId"], message["subscriptionName"]), (arn.rpartition("/")[2], "alerts"))
        event = self.received(hub[0], HOME)[0]
        self.assertEqual((event["detail-type"], event["resources"], event["detail"]["dimensionValue"]), ("Anomaly Detected", [monitor], "Amazon Bedrock"))

    def bus_queue(self) -> tuple[str, str]:
        sqs = client("sqs", self.account, HOME)
        url = sqs.create_queue(QueueName="hub")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        admit = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage",
                                                         "Resource": arn}]}
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(admit)})
        return url, arn

    def test_who_is_not_told(self) -> None:
        monitor = self.monitor()
        closed, _ = self.topic_with_queue("costalerts.amazonaws.com", "closed", admitted=False)
        sealed, _ = self.topic_with_queue("costalerts.amazonaws.com", "sealed", KmsMasterKeyId="alias/aws/sns")
        for topic in (closed, sealed):
            self.subscription(monitor, SubscriptionName=topic, Frequency="IMMEDIATE", Subscribers=[{"Address": topic, "Type": "SNS"}])
        self.subscription(monitor)
        self.assertEqual(len(self.inject(actual=150)["notices"]), 0)
        notices = self.inject()["notices"]
        self.assertEqual([notice["topic"] for notice in notices if "may not publish" in notice["error"]], [closed, sealed])

    def test_reading_and_feedback(self) -> None:
        self.monitor()
        first = self.inject(start="2026-11-01", end="2026-11-03")["anomaly_id"]
        second = self.inject(expected=0, actual=40, start="2026-11-10", end="2026-11-12")["anomaly_id"]

        def ids(**params: Any) -> list[str]:
            interval = params.pop("DateInterval", {"StartDate": "2026-10-01"})
            return [item["AnomalyId"] for item in self.ce.get_anomalies(DateInterval=interval, **params)["Anomalies"]]

        self.assertEqual(ids(), [second, first])
        self.assertEqual(ids(DateInterval={"StartDate": "2026-11-03", "EndDate": "2026-11-11"}), [first])
        self.assertEqual(ids(TotalImpact={"NumericOperator": "BETWEEN", "StartValue": 30, "EndValue": 50}), [second])
        self.ce.provide_anomaly_feedback(AnomalyId=first, Feedback="PLANNED_ACTIVITY")
        self.assertEqual(ids(Feedback="PLANNED_ACTIVITY"), [first])
        self.inject(id=first, actual=500, end="2026-11-05")
        grown = self.ce.get_anomalies(DateInterval={"StartDate": "2026-11-05", "EndDate": "2026-11-05"})["Anomalies"][0]
        self.assertEqual((grown["AnomalyStartDate"], grown["Impact"]["TotalImpact"], grown["Feedback"]), ("2026-11-01T00:00:00Z", 400.0, "PLANNED_ACTIVITY"))
        self.assertNotIn("TotalImpactPercentage", self.ce.get_anomalies(DateInterval={"StartDate": "2026-11-12"})["Anomalies"][0]["Impact"])
        text = self.refused("ValidationException", self.ce.get_anomalies, 400, DateInterval={"StartDate": "2026-11-01", "EndDate": TODAY})
        self.assertIn("Latest supported detectionDate", text)
        self.refused("ValidationException", self.ce.provide_anomaly_feedback, 400, AnomalyId="none", Feedback="YES")
        self.settings(today="2027-03-01")
        self.assertEqual(ids(), [])
