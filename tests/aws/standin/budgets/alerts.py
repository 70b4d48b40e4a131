"""What Budgets tells when a cost passes a threshold: a plain text to the topic, once in a period.

The text is AWS's own, from public reports: of months (rribeiro1/terraform-aws-budget-alarms), of days ("per day. Yesterday, the ACTUAL
Cost"), with a reference [1] to the dashboard. Those of quarters, years and custom periods were never seen. E-mails go nowhere.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..costs.amounts import ONE, dollars
from ..policies import topic_admits
from ..underlay import Underlay, UnderlayError
from .spend import Standing
from .store import Budget, Notification, Store

_SERVICE = "budgets.amazonaws.com"
_WORDS = {"GREATER_THAN": ("greater than", ">"), "LESS_THAN": ("less than", "<"), "EQUAL_TO": ("equal to", "=")}
_PERIODS = {"MONTHLY": "for the current month", "QUARTERLY": "for the current quarter", "ANNUALLY": "for the current year",
            "CUSTOM": "for the current period"}
_DASHBOARD = "https://console.aws.amazon.com/billing/home#/budgets"


class Alerts:
    """`POST /_budgets/evaluate`: what AWS does up to three times a day (UG, "Best practices for AWS Budgets")."""

    def __init__(self, store: Store, underlay: Underlay) -> None:
        self._store = store
        self._underlay = underlay

    def evaluate(self, account: str) -> dict[str, Any]:
        """Looks at every notification of an account; answers what changed and what was sent."""
        found = []
        with self._store.lock:
            due: list[tuple[Budget, Notification, Standing]] = []
            for budget in self._store.listed(account):
                standing = self._store.spending.standing(account, budget.values)
                for notification in budget.notifications:
                    before = notification.state
                    notification.state = "ALARM" if _is_passed(notification.values, standing) else "OK"
                    is_new = notification.state == "ALARM" and notification.told != standing.period[0]
                    if is_new:
                        notification.told = standing.period[0]
                        due.append((budget, notification, standing))
                    if is_new or before != notification.state:
                        found.append({"budget": budget.name, "notification": notification.shown(), "from": before, "to": notification.state})
        notices = [notice for entry in due for notice in self._publish(*entry)]
        return {"changes": found, "notices": notices}

    def _publish(self, budget: Budget, notification: Notification, standing: Standing) -> list[dict[str, Any]]:
        notices = []
        for subscriber in notification.subscribers:
            notice = {"budget": budget.name, "address": subscriber["Address"], "error": None}
            if subscriber["SubscriptionType"] == "SNS":
                notice["error"] = self._to_topic(budget, subscriber["Address"], _text(budget, notification.values, standing, self._store))
            notices.append(notice)
        return notices

    def _to_topic(self, budget: Budget, topic: str, text: str) -> str | None:
        """UG, "Creating an Amazon SNS topic for budget notifications": the topic's policy must admit the service for this account."""
        parts = topic.split(":")
        if not topic_admits(self._underlay, budget.account, parts[3], topic, _SERVICE, budget.account, budget.arn, as_owner=False):
            return f"{_SERVICE} may not publish to {topic}, or there is no such topic"
        try:
            self._underlay.call("sns", "Publish", parts[4], parts[3], TopicArn=topic, Message=text,
                                Subject=f"AWS Budgets: {budget.name} has exceeded your alert threshold"[:100])
        except UnderlayError as error:
            return f"{error.code}: {error.message}"
        return None


def _threshold(values: dict[str, Any], standing: Standing) -> int:
    """The amount that a notification waits for: a share of the limit unless it is an absolute value (API, Notification.ThresholdType)."""
    threshold = Decimal(str(values["Threshold"]))
    if values.get("ThresholdType", "PERCENTAGE") == "PERCENTAGE":
        return int(standing.limit * threshold / 100)
    return int(threshold * ONE)


def _amount(values: dict[str, Any], standing: Standing) -> int | None:
    return standing.actual if values["NotificationType"] == "ACTUAL" else standing.forecast


def _is_passed(values: dict[str, Any], standing: Standing) -> bool:
    reached, threshold = _amount(values, standing), _threshold(values, standing)
    if reached is None:
        return False
    operator = values["ComparisonOperator"]
    return reached > threshold if operator == "GREATER_THAN" else reached < threshold if operator == "LESS_THAN" else reached == threshold


def _text(budget: Budget, values: dict[str, Any], standing: Standing, store: Store) -> str:
    kind, budget_type = values["NotificationType"], budget.values["BudgetType"].replace("_", " ").capitalize()
    words, sign = _WORDS[values["ComparisonOperator"]]
    threshold, reached = dollars(_threshold(values, standing)), dollars(_amount(values, standing) or 0)
    daily = budget.values["TimeUnit"] == "DAILY"
    when = "per day" if daily else _PERIODS[budget.values["TimeUnit"]]
    told = f"{'Yesterday, the' if daily else 'The'} {kind} {budget_type} associated with this budget is {reached}."
    return "\n".join((
        f"AWS Budget Notification {store.spending.now(budget.account).strftime('%B %d, %Y')}", f"AWS Account {budget.account}", "",
        "Dear AWS Customer,", "",
        f"You requested that we alert you when the {kind} {budget_type} associated with your {budget.name} budget is {words} {threshold} {when}. "
        f"{told} You can find additional details below and by accessing the AWS Budgets dashboard [1].", "",
        f"Budget Name: {budget.name}", f"Budget Type: {budget_type}", f"Budgeted Amount: {dollars(standing.limit)}", f"Alert Type: {kind}",
        f"Alert Threshold: {sign} {threshold}", f"{kind} Amount: {reached}", "", f"[1] {_DASHBOARD}", ""))
