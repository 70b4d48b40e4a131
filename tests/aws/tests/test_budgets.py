"""Budgets: defaults, replacement, notifications and subscribers in place, refusals."""

from __future__ import annotations

import datetime

from harness import StandinTestCase, control

LIMIT = {"BudgetName": "monthly", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": "100", "Unit": "USD"}}
EMAIL = {"SubscriptionType": "EMAIL", "Address": "ops@example.com"}


def notification(threshold: float = 80, **changes):
    return {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": threshold,
            "ThresholdType": "PERCENTAGE", **changes}


class BudgetLife(StandinTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.budgets = self.client("budgets", "us-east-1")

    def create(self, *notifications, **changes):
        items = [{"Notification": item, "Subscribers": [EMAIL]} for item in notifications]
        self.budgets.create_budget(AccountId=self.account, Budget={**LIMIT, **changes}, NotificationsWithSubscribers=items)

    def call(self, operation, **params):
        return getattr(self.budgets, operation)(AccountId=self.account, BudgetName="monthly", **params)

    def test_defaults_and_whole_life(self) -> None:
        self.create(notification())
        budget = self.call("describe_budget")["Budget"]
        self.assertEqual(budget["BudgetLimit"], {"Amount": "100.0", "Unit": "USD"})
        self.assertTrue(budget["CostTypes"]["IncludeTax"])
        self.assertFalse(budget["CostTypes"]["UseBlended"])
        today = datetime.datetime.now(datetime.timezone.utc)
        self.assertEqual(budget["TimePeriod"]["Start"], today.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
        self.assertEqual(budget["TimePeriod"]["End"].year, 2087)
        self.refused("DuplicateRecordException", self.create)
        self.budgets.update_budget(AccountId=self.account, NewBudget={**LIMIT, "BudgetLimit": {"Amount": "12.50", "Unit": "USD"}})
        self.assertEqual(self.call("describe_budget")["Budget"]["BudgetLimit"]["Amount"], "12.5")
        self.assertEqual(len(self.call("describe_notifications_for_budget")["Notifications"]), 1)
        objects = control("GET", f"/_objects?account={self.account}")
        self.assertEqual(objects, {self.account: {"global": {"budgets:budget": ["monthly"]}}})
        self.call("delete_budget")
        self.refused("NotFoundException", self.call, operation="describe_budget")
        self.assertEqual(control("GET", f"/_objects?account={self.account}"), {})

    def test_filter_expression_is_shown_on_demand(self) -> None:
        expression = {"Dimensions": {"Key": "SERVICE", "Values": ["AmazonCloudWatch"]}}
        self.create(FilterExpression=expression, Metrics=["UnblendedCost"])
        self.assertNotIn("FilterExpression", self.call("describe_budget")["Budget"])
        self.assertEqual(self.call("describe_budget", ShowFilterExpression=True)["Budget"]["FilterExpression"], expression)
        shown = self.budgets.describe_budgets(AccountId=self.account, ShowFilterExpression=True)["Budgets"][0]
        self.assertEqual(shown["Metrics"], ["UnblendedCost"])

    def test_notifications_in_place(self) -> None:
        self.create(notification())
        self.call("update_notification", OldNotification=notification(), NewNotification=notification(90))
        shown = self.call("describe_notifications_for_budget")["Notifications"]
        self.assertEqual(shown, [{**notification(90.0), "NotificationState": "OK"}])
        self.assertEqual(self.call("describe_subscribers_for_notification", Notification=notification(90))["Subscribers"], [EMAIL])
        self.refused("NotFoundException", self.call, operation="delete_notification", Notification=notification())
        duplicate = {"Notification": notification(90), "Subscribers": [EMAIL]}
        self.refused("DuplicateRecordException", self.call, operation="create_notification", **duplicate)
        for threshold in (1, 2, 3, 4):
            self.call("create_notification", Notification=notification(threshold), Subscribers=[EMAIL])
        sixth = {"Notification": notification(5), "Subscribers": [EMAIL]}
        self.refused("CreationLimitExceededException", self.call, operation="create_notification", **sixth)

    def test_subscribers_in_place(self) -> None:
        self.create(notification())
        topic = {"SubscriptionType": "SNS", "Address": f"arn:aws:sns:us-east-1:{self.account}:alerts"}
        self.call("create_subscriber", Notification=notification(), Subscriber=topic)
        self.call("update_subscriber", Notification=notification(), OldSubscriber=EMAIL,
                  NewSubscriber={**EMAIL, "Address": "new@example.com"})
        shown = self.call("describe_subscribers_for_notification", Notification=notification())["Subscribers"]
        self.assertEqual([item["Address"] for item in shown], ["new@example.com", topic["Address"]])
        second = {**topic, "Address": f"arn:aws:sns:us-east-1:{self.account}:second"}
        self.refused("CreationLimitExceededException", self.call, operation="create_subscriber", Notification=notification(), Subscriber=second)
        for item in shown:
            self.call("delete_subscriber", Notification=notification(), Subscriber=item)
        self.assertEqual(self.call("describe_notifications_for_budget")["Notifications"], [])

    def test_refusals(self) -> None:
        cases = {
            "InvalidParameterException": [
                {"BudgetLimit": None}, {"TimeUnit": "DAILY", "forecast": True},
                {"PlannedBudgetLimits": {"1": {"Amount": "1", "Unit": "USD"}}},
                {"CostFilters": {"Service": ["x"]}, "FilterExpression": {"Dimensions": {"Key": "SERVICE", "Values": ["x"]}}},
                {"BudgetType": "USAGE", "CostTypes": {"IncludeTax": True}},
                {"TimePeriod": {"Start": datetime.datetime(2030, 1, 1), "End": datetime.datetime(2029, 1, 1)}},
            ],
            "ValidationException": [
                {"BudgetName": "with:colon"}, {"BudgetName": "x/action/y"}, {"BudgetName": "x" * 101}, {"TimeUnit": "WEEKLY"},
                {"BudgetLimit": {"Amount": "-1", "Unit": "USD"}}, {"Metrics": ["UnblendedCost", "BlendedCost"]},
            ],
        }
        for code, changes in cases.items():
            for change in changes:
                with self.subTest(change=change):
                    forecast = change.pop("forecast", False) if isinstance(change, dict) else False
                    items = [notification(NotificationType="FORECASTED")] if forecast else []
                    values = {key: value for key, value in {**LIMIT, **change}.items() if value is not None}
                    params = {"AccountId": self.account, "Budget": values,
                              "NotificationsWithSubscribers": [{"Notification": item, "Subscribers": [EMAIL]} for item in items]}
                    self.refused(code, self.budgets.create_budget, 400, **params)
        self.assertEqual(self.budgets.describe_budgets(AccountId=self.account).get("Budgets"), [])

    def test_subscribers_refused(self) -> None:
        other_topic = {"SubscriptionType": "SNS", "Address": "arn:aws:sns:us-east-1:999988887777:alerts"}
        many = [{"SubscriptionType": "EMAIL", "Address": f"u{i}@example.com"} for i in range(11)]
        for code, subscribers in (("InvalidParameterException", [other_topic]), ("CreationLimitExceededException", many),
                                  ("ValidationException", []), ("DuplicateRecordException", [EMAIL, EMAIL])):
            with self.subTest(code=code):
                item = {"Notification": notification(), "Subscribers": subscribers}
                self.refused(code, self.budgets.create_budget, 400, AccountId=self.account, Budget=LIMIT, NotificationsWithSubscribers=[item])
        self.refused("AccessDeniedException", self.budgets.describe_budgets, AccountId="999988887777")

    def test_tags(self) -> None:
        self.budgets.create_budget(AccountId=self.account, Budget=LIMIT, ResourceTags=[{"Key": "a", "Value": "1"}])
        arn = f"arn:aws:budgets::{self.account}:budget/monthly"
        self.budgets.tag_resource(ResourceARN=arn, ResourceTags=[{"Key": "b", "Value": "2"}])
        self.budgets.untag_resource(ResourceARN=arn, ResourceTagKeys=["a"])
        self.assertEqual(self.budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"], [{"Key": "b", "Value": "2"}])

    def test_planned_limits_show_both(self) -> None:
        start = datetime.datetime.now(datetime.timezone.utc).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        months = [start.replace(year=start.year + (start.month - 1 + i) // 12, month=(start.month - 1 + i) % 12 + 1) for i in range(12)]
        planned = {str(int(month.timestamp())): {"Amount": str(10 + i), "Unit": "USD"} for i, month in enumerate(months)}
        values = {key: value for key, value in LIMIT.items() if key != "BudgetLimit"}
        self.budgets.create_budget(AccountId=self.account, Budget={**values, "PlannedBudgetLimits": planned})
        self.assertEqual(self.call("describe_budget")["Budget"]["BudgetLimit"]["Amount"], "10.0")
