"""What the tests of costs, anomalies, budgets and Organizations share: a payer with two members, on a fixed day."""

from __future__ import annotations

import json
import time
from typing import Any

from harness import StandinTestCase, client, control, new_account

TODAY = "2026-11-15"
HOME = "us-east-1"


class PayerTestCase(StandinTestCase):
    """A test whose account is a payer; `web` and `dev` are its members."""

    def setUp(self) -> None:
        super().setUp()
        self.web, self.dev = new_account(), new_account()
        self.ce = self.client("ce", HOME)

    def seed(self, **body: Any) -> dict[str, Any]:
        """`POST /_costs` for the payer."""
        return control("POST", "/_costs", {"account": self.account, **body})

    def seed_members(self, **body: Any) -> dict[str, Any]:
        """A payer without costs of its own, a member of production and one of development."""
        accounts = [
            {"id": self.account, "name": "payer"},
            {"id": self.web, "name": "web", "unit": "Production", "tags": {"purpose": "production"}, "monthly_usd": 3000, "cost_tags": {"team": "shop"},
             "regions": {"ap-northeast-1": 0.8, "us-east-1": 0.2}},
            {"id": self.dev, "name": "dev", "unit": "Development", "tags": {"purpose": "development"}, "monthly_usd": 300, "weekend": 0.2},
        ]
        return self.seed(**{"today": TODAY, "seed": 7, "late": "none", "accounts": accounts, **body})

    def usage(self, start: str, end: str, *groups: str, granularity: str = "DAILY", of: Any = None, **params: Any) -> dict[str, Any]:
        """GetCostAndUsage, grouped by `SERVICE`, `tag:team` or `category:purpose`."""
        kinds = {"tag": "TAG", "category": "COST_CATEGORY"}
        definitions = []
        for group in groups:
            kind, _, key = group.rpartition(":")
            definitions.append({"Type": kinds.get(kind, "DIMENSION"), "Key": key})
        if definitions:
            params["GroupBy"] = definitions
        return (of or self.ce).get_cost_and_usage(
            TimePeriod={"Start": start, "End": end}, Granularity=granularity, **{"Metrics": ["UnblendedCost"], **params})

    @staticmethod
    def amounts(answer: dict[str, Any], metric: str = "UnblendedCost") -> dict[tuple[str, ...], list[str]]:
        """Group to its amounts, a period after the other; `-` where the group is absent."""
        keys = sorted({tuple(group["Keys"]) for result in answer["ResultsByTime"] for group in result["Groups"]})
        found = {}
        for key in keys:
            found[key] = [next((group["Metrics"][metric]["Amount"] for group in result["Groups"] if tuple(group["Keys"]) == key), "-")
                          for result in answer["ResultsByTime"]]
        return found

    @staticmethod
    def totals(answer: dict[str, Any], metric: str = "UnblendedCost") -> list[str]:
        """The totals of an answer without groups."""
        return [result["Total"][metric]["Amount"] for result in answer["ResultsByTime"]]

    def topic_with_queue(self, service: str, name: str = "alerts", region: str = "eu-west-1", admitted: bool = True, **attributes: str) -> tuple[str, str]:
        """A topic that a service may publish to, and the URL of a queue that it feeds."""
        sns, sqs = client("sns", self.account, region), client("sqs", self.account, region)
        topic = sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]
        if admitted:
            policy = {"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"Service": service}, "Action": "SNS:Publish", "Resource": topic,
                "Condition": {"StringEquals": {"aws:SourceAccount": self.account}}}]}
            sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        admit = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
                                                         "Resource": arn}]}
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(admit)})
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        return topic, url

    def received(self, url: str, region: str = "eu-west-1", count: int = 1) -> list[dict[str, Any]]:
        """The SNS envelopes or events in a queue, once so many are there; fails after ten seconds. With 0, what is there now."""
        sqs, found = client("sqs", self.account, region), []
        deadline = time.monotonic() + 10
        while True:
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1 if count else 0)
            found += [json.loads(message["Body"]) for message in answer.get("Messages", [])]
            if len(found) >= count:
                return found
            self.assertLess(time.monotonic(), deadline, f"only {len(found)} of {count} messages came")
