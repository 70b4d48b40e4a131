"""Budgets over a seeded bill: spend, limits that move, end dates, health, and what passing a threshold tells."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from costs_under_test import HOME, TODAY, PayerTestCase
from harness import client, control

BUDGET = {"BudgetName": "shop", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": "100", "Unit": "USD"}}
EMAIL = {"SubscriptionType": "EMAIL", "Address": "ops@example.com"}


def utc(*date: int) -> datetime.datetime:
    return datetime.datetime(*date, tzinfo=datetime.timezone.utc)


def usd(amount: object) -> dict[str, str]:
    return {"Amount": str(amount), "Unit": "USD"}


def notification(threshold: float, kind: str = "ACTUAL", operator: str = "GREATER_THAN", unit: str = "PERCENTAGE") -> dict[str, Any]:
    return {"NotificationType": kind, "ComparisonOperator": operator, "Threshold": threshold, "ThresholdType": unit}


class SpendTestCase(PayerTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.budgets = self.client("budgets", HOME)

    def create(self, *notifications: Any, **changes: Any) -> None:
        values = {key: value for key, value in {**BUDGET, **changes}.items() if value is not None}
        items = [{"Notification": item, "Subscribers": subscribers} for item, subscribers in notifications]
        self.budgets.create_budget(AccountId=self.account, Budget=values, NotificationsWithSubscribers=items)

    def shown(self, **params: Any) -> dict[str, Any]:
        return self.budgets.describe_budget(AccountId=self.account, BudgetName="shop", ShowFilterExpression=True, **params)["Budget"]

    def spent(self, **changes: Any) -> str:
        """The actual spend of a budget that is made for this and deleted."""
        self.create(**changes)
        amount = self.shown()["CalculatedSpend"]["ActualSpend"]["Amount"]
        self.budgets.delete_budget(AccountId=self.account, BudgetName="shop")
        return amount

    def evaluate(self) -> dict[str, Any]:
        return control("POST", "/_budgets/evaluate", {"account": self.account})


class Spend(SpendTestCase):
    def setUp(self) -> None:
        super().setUp()
        accounts = [{"id": account, "name": name} for account, name in ((self.account, "payer"), (self.web, "web"), (self.dev, "dev"))]
        self.seed(today=TODAY, accounts=accounts, cost_categories=[{"name": "purpose", "values": [{"value": "production", "accounts": [self.web]}]}], figures=[
            {"account": self.web, "date": "2026-10-31", "usd": 7, "service": "AWS Lambda"},
            {"account": self.web, "date": "2026-11-02", "usd": 10, "service": "AWS Lambda", "tags": {"team": "shop"}},
            {"account": self.dev, "date": "2026-11-14", "usd": 4, "service": "Amazon Simple Storage Service"},
            {"account": self.dev, "date": "2026-11-14", "usd": -1, "service": "AWS Lambda", "record_type": "Credit"}])

    def test_filters(self) -> None:
        expression = {"And": [{"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [self.web]}}, {"Not": {"Tags": {"Key": "team", "Values": [""], "MatchOptions": ["ABSENT"]}}}]}
        cases = (
            ({}, "13.0"), ({"CostFilters": {"LinkedAccount": [self.dev]}}, "3.0"), ({"CostTypes": {"IncludeCredit": False}}, "14.0"),
            ({"CostFilters": {"Service": ["AWS Lambda"], "LinkedAccount": [self.web, self.dev]}}, "9.0"),
            ({"CostFilters": {"TagKeyValue": ["user:team$shop"]}}, "10.0"), ({"CostFilters": {"TagKeyValue": ["team$shop"]}}, "0.0"),
            ({"CostFilters": {"CostCategory": ["purpose$production"]}}, "10.0"), ({"FilterExpression": expression, "Metrics": ["UnblendedCost"]}, "10.0"),
            ({"FilterExpression": {"Dimensions": {"Key": "SERVICE", "Values": ["aws lambda"], "MatchOptions": ["CASE_INSENSITIVE"]}}, "Metrics": ["BlendedCost"]}, "9.0"),
            ({"TimeUnit": "DAILY"}, "0.0"),
            ({"TimeUnit": "DAILY", "TimePeriod": {"Start": utc(2026, 11, 1)}}, "3.0"), ({"TimeUnit": "QUARTERLY"}, "20.0"),
            ({"TimeUnit": "CUSTOM", "TimePeriod": {"Start": utc(2026, 10, 31), "End": utc(2026, 11, 20)}}, "20.0"),
            ({"TimePeriod": {"Start": utc(2026, 11, 10), "End": utc(2027, 1, 1)}}, "3.0"),
        )
        for changes, wanted in cases:
            with self.subTest(changes=changes):
                self.assertEqual(self.spent(**changes), wanted)
        member = client("budgets", self.dev, HOME)
        member.create_budget(AccountId=self.dev, Budget=BUDGET)
        self.assertEqual(member.describe_budgets(AccountId=self.dev)["Budgets"][0]["CalculatedSpend"]["ActualSpend"]["Amount"], "3.0")

    def test_refusals(self) -> None:
        leaf = {"Dimensions": {"Key": "SERVICE", "Values": ["x"]}}
        cases = ({"TimeUnit": "CUSTOM"}, {"BudgetLimit": {"Amount": "1", "Unit": "EUR"}}, {"CostFilters": {"Colour": ["red"]}}, {"CostFilters": {"Service": []}},
                 {"Metrics": ["UsageQuantity"]}, {"BudgetType": "USAGE", "Metrics": ["UnblendedCost"]}, {"FilterExpression": {**leaf, "Not": leaf}},
                 {"FilterExpression": {"And": [leaf]}}, {"FilterExpression": {"Tags": {"Key": "team", "MatchOptions": ["ABSENT"]}}},
                 {"FilterExpression": {"Not": {"CostCategories": {"Key": "purpose", "MatchOptions": ["ABSENT"]}}}}, {"FilterExpression": {"Dimensions": {**leaf["Dimensions"], "MatchOptions": ["EQUALS", "CONTAINS"]}}},
                 {"BudgetLimit": None, "AutoAdjustData": {"AutoAdjustType": "HISTORICAL"}},
                 {"BudgetLimit": None, "AutoAdjustData": {"AutoAdjustType": "FORECAST", "HistoricalOptions": {"BudgetAdjustmentPeriod": 3}}},
                 {"BudgetLimit": None, "AutoAdjustData": {"AutoAdjustType": "HISTORICAL", "HistoricalOptions": {"BudgetAdjustmentPeriod": 13}}},
                 {"AutoAdjustData": {"AutoAdjustType": "FORECAST"}}, {"BudgetType": "RI_COVERAGE", "AutoAdjustData": {"AutoAdjustType": "FORECAST"}, "BudgetLimit": None})
        for changes in cases:
            with self.subTest(changes=changes):
                self.refused("InvalidParameterException", self.create, 400, **changes)

    def test_health(self) -> None:
        self.create(CostFilters={"LinkedAccount": [self.web, "999988887777"]})
        health = self.shown()["HealthStatus"]
        self.assertEqual((health["Status"], health["StatusReason"]), ("UNHEALTHY", "FILTER_INVALID"))
        self.budgets.update_budget(AccountId=self.account, NewBudget={**BUDGET, "CostFilters": {"LinkedAccount": [self.web]}})
        self.assertEqual(self.shown()["HealthStatus"]["Status"], "HEALTHY")

    def test_planned_limits_follow_the_clock(self) -> None:
        months = [utc(2026, 11, 1), utc(2026, 12, 1), *(utc(2027, month, 1) for month in range(1, 11))]

        def planned(count: int, skip: int = 0) -> dict[str, Any]:
            return {str(int(month.timestamp())): usd(10 + number) for number, month in enumerate(months[skip:count], start=skip)}

        period = {"Start": utc(2026, 11, 1), "End": utc(2027, 2, 1)}
        self.create(BudgetLimit=None, PlannedBudgetLimits=planned(3), TimePeriod=period)
        self.assertEqual(self.shown()["BudgetLimit"], usd("10.0"))
        self.seed(today="2026-12-20")
        self.assertEqual(self.shown()["BudgetLimit"], usd("11.0"))
        self.seed(today=TODAY)
        self.budgets.delete_budget(AccountId=self.account, BudgetName="shop")
        for changes in ({"PlannedBudgetLimits": planned(11)}, {"PlannedBudgetLimits": planned(12), "TimePeriod": period}, {"PlannedBudgetLimits": planned(4, 1)}):
            self.refused("InvalidParameterException", self.create, 400, BudgetLimit=None, **changes)
        self.create(BudgetLimit=None, PlannedBudgetLimits=planned(12))
        self.seed(today="2028-05-05")
        self.assertEqual(self.shown()["BudgetLimit"], usd("21.0"))

    def test_a_budget_ends(self) -> None:
        self.create(TimePeriod={"Start": utc(2026, 11, 1), "End": utc(2026, 11, 20)})
        self.seed(today="2026-11-19")
        self.shown()
        self.seed(today="2026-11-20")
        self.refused("NotFoundException", self.shown, 400)
        self.assertEqual(self.budgets.describe_budgets(AccountId=self.account)["Budgets"], [])

    def test_performance_history(self) -> None:
        self.create()
        history = self.budgets.describe_budget_performance_history(AccountId=self.account, BudgetName="shop")["BudgetPerformanceHistory"]
        amounts = [item["ActualAmount"]["Amount"] for item in history["BudgetedAndActualAmountsList"]]
        self.assertEqual((len(amounts), amounts[-2:]), (13, ["7.0", "13.0"]))
        self.budgets.update_budget(AccountId=self.account, NewBudget={**BUDGET, "TimeUnit": "ANNUALLY"})
        self.refused("InvalidParameterException", self.budgets.describe_budget_performance_history, 400, AccountId=self.account, BudgetName="shop")


class Adjusting(SpendTestCase):
    def test_history_and_forecast(self) -> None:
        self.seed(today=TODAY, late="none", accounts=[{"id": self.account, "name": "one", "monthly_usd": 300, "opened_on": "2026-09-01", "noise": 0, "weekend": 1}])
        data = {"AutoAdjustType": "HISTORICAL", "HistoricalOptions": {"BudgetAdjustmentPeriod": 6}}
        self.create(BudgetLimit=None, AutoAdjustData=data)
        shown = self.shown()
        self.assertEqual(shown["AutoAdjustData"]["HistoricalOptions"], {"BudgetAdjustmentPeriod": 6, "LookBackAvailablePeriods": 2})
        self.assertTrue(Decimal(290) < Decimal(shown["BudgetLimit"]["Amount"]) < Decimal(310), shown["BudgetLimit"])
        self.assertEqual(shown["AutoAdjustData"]["LastAutoAdjustTime"], utc(2026, 11, 1))
        forecast = Decimal(shown["CalculatedSpend"]["ForecastedSpend"]["Amount"])
        self.assertTrue(Decimal(285) < forecast < Decimal(305), forecast)
        following = {key: value for key, value in BUDGET.items() if key != "BudgetLimit"}
        self.budgets.update_budget(AccountId=self.account, NewBudget={**following, "AutoAdjustData": {"AutoAdjustType": "FORECAST"}})
        self.assertEqual(round(Decimal(self.shown()["BudgetLimit"]["Amount"]), 1), round(forecast, 1))


class Alerts(SpendTestCase):
    def seed_day(self, cost: int, date: str = "2026-11-10", **body: Any) -> None:
        self.seed(figures=[{"account": self.account, "date": date, "usd": cost, "service": "AWS Lambda"}], **body)

    def test_a_text_to_the_topic_once_a_period(self) -> None:
        self.seed_day(70, today=TODAY)
        topic, queue = self.topic_with_queue("budgets.amazonaws.com", region="ap-northeast-1")
        self.create((notification(80), [{"SubscriptionType": "SNS", "Address": topic}, EMAIL]), (notification(20, operator="LESS_THAN", unit="ABSOLUTE_VALUE"), [EMAIL]))
        self.assertEqual(self.evaluate(), {"changes": [], "notices": []})
        self.seed_day(90)
        found = self.evaluate()
        self.assertEqual([(change["from"], change["to"]) for change in found["changes"]], [("OK", "ALARM")])
        self.assertEqual([notice["error"] for notice in found["notices"]], [None, None])
        envelope = self.received(queue, "ap-northeast-1")[0]
        self.assertEqual(envelope["Subject"], "AWS Budgets: shop has exceeded your alert threshold")
        self.assertEqual(envelope["Message"], (
            f"AWS Budget Notification November 15, 2026\nAWS Account {self.account}\n\nDear AWS Customer,\n\n"
            "You requested that we alert you when the ACTUAL Cost associated with your shop budget is greater than $80.00 for the current month. "
            "The ACTUAL Cost associated with this budget is $90.00. You can find additional details below and by accessing the AWS Budgets dashboard [1].\n\n"
            "Budget Name: shop\nBudget Type: Cost\nBudgeted Amount: $100.00\nAlert Type: ACTUAL\nAlert Threshold: > $80.00\nACTUAL Amount: $90.00\n\n"
            "[1] https://console.aws.amazon.com/billing/home#/budgets\n"))
        self.assertEqual(self.evaluate(), {"changes": [], "notices": []})
        states = self.budgets.describe_notifications_for_budget(AccountId=self.account, BudgetName="shop")["Notifications"]
        self.assertEqual([item["NotificationState"] for item in states], ["ALARM", "OK"])
        self.seed_day(90, "2026-12-02", today="2026-12-03")
        self.assertEqual(len(self.evaluate()["notices"]), 2)

    def test_days_and_forecasts(self) -> None:
        self.seed(today=TODAY, late="none", accounts=[{"id": self.account, "name": "one", "monthly_usd": 300, "noise": 0, "weekend": 1}])
        topic, queue = self.topic_with_queue("budgets.amazonaws.com")
        sns = [{"SubscriptionType": "SNS", "Address": topic}]
        self.create((notification(90, "FORECASTED"), sns))
        self.create((notification(5, unit="ABSOLUTE_VALUE"), sns), BudgetName="daily", TimeUnit="DAILY", BudgetLimit=usd(20),
                    TimePeriod={"Start": utc(2026, 11, 1)})
        self.evaluate()
        texts = sorted(envelope["Message"] for envelope in self.received(queue, count=2))
        daily = r"your daily budget is greater than \$5\.00 per day\. Yesterday, the ACTUAL Cost associated with this budget is \$\d+\.\d\d\. You"
        self.assertRegex(texts[0], daily)
        self.assertIn("Alert Type: FORECASTED\nAlert Threshold: > $90.00\nFORECASTED Amount: $2", texts[1])

    def test_a_topic_that_admits_nobody(self) -> None:
        self.seed_day(90, today=TODAY)
        topic, queue = self.topic_with_queue("budgets.amazonaws.com", admitted=False)
        self.create((notification(80), [{"SubscriptionType": "SNS", "Address": topic}]))
        self.assertIn("may not publish", self.evaluate()["notices"][0]["error"])
        self.assertEqual(self.received(queue, count=0), [])
