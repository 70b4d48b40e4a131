"""Rules for budgets that stand only in prose. Each names its source.

API: botocore's copy of the Budgets API reference. UG: AWS Cost Management user guide, "Managing your costs
with AWS Budgets" and "Creating an Amazon SNS topic for budget notifications".
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

from ..exchange import Refusal

_NOTIFICATION_LIMIT = 5
_EMAIL_LIMIT = 10
_SPEND_TYPES = ("COST", "USAGE")
_ADJUSTMENT_LIMITS = {"DAILY": 60, "MONTHLY": 12, "QUARTERLY": 4, "ANNUALLY": 1}
_PLANNED_COUNTS = {"MONTHLY": 12, "QUARTERLY": 4}
LAST_DAY = datetime.datetime(2087, 6, 15, tzinfo=datetime.timezone.utc)


def refuse(message: str) -> Refusal:
    """The error of Budgets for a request that makes no sense."""
    return Refusal("InvalidParameterException", message)


def period_start(unit: str, moment: datetime.datetime) -> datetime.datetime:
    """The start of the period that holds a moment (API, TimePeriod.Start)."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "DAILY":
        return day
    month = {"QUARTERLY": (day.month - 1) // 3 * 3 + 1, "ANNUALLY": 1}.get(unit, day.month)
    return day.replace(day=1, month=month)


def check_budget(budget: dict[str, Any]) -> None:
    """What must hold between the members of a budget."""
    _check_limits(budget)
    _check_filters(budget)
    if budget["BudgetType"] != "COST" and "CostTypes" in budget:
        # API, Budget.CostTypes: only COST budgets have them.
        raise refuse("CostTypes are available only for COST budgets")
    period = budget.get("TimePeriod", {})
    if "Start" in period and "End" in period and period["Start"] >= period["End"]:
        # API, Budget.TimePeriod: the start date must come before the end date.
        raise refuse("The start date must come before the end date")
    if "End" in period and period["End"] > LAST_DAY:
        raise refuse("The end date must come before 06/15/87 00:00 UTC")


def _check_limits(budget: dict[str, Any]) -> None:
    given = [name for name in ("BudgetLimit", "PlannedBudgetLimits", "AutoAdjustData") if name in budget]
    if budget["BudgetType"] not in _SPEND_TYPES:
        # API, Budget.BudgetLimit: 100 is the only value for utilization and coverage budgets.
        if "BudgetLimit" in budget and Decimal(budget["BudgetLimit"]["Amount"]) != 100:
            raise refuse("The limit of a utilization or coverage budget must be 100")
        return
    if len(given) != 1:
        # The words come from getmoto/moto, which took them from AWS.
        raise refuse("Unable to create/update budget - please provide one of the followings: "
                     "Budget Limit/ Planned Budget Limit/ Auto Adjust Data")
    if "PlannedBudgetLimits" in budget:
        _check_planned(budget)
    options = budget.get("AutoAdjustData", {}).get("HistoricalOptions")
    if options and options["BudgetAdjustmentPeriod"] > _ADJUSTMENT_LIMITS.get(budget["TimeUnit"], 0):
        # API, HistoricalOptions.BudgetAdjustmentPeriod.
        raise refuse(f"BudgetAdjustmentPeriod is too long for {budget['TimeUnit']}")


def _check_planned(budget: dict[str, Any]) -> None:
    """API, Budget.PlannedBudgetLimits: 12 months or 4 quarters from the current one, keys = epoch seconds."""
    unit = budget["TimeUnit"]
    if unit not in _PLANNED_COUNTS:
        raise refuse("PlannedBudgetLimits are available only for MONTHLY and QUARTERLY budgets")
    start = period_start(unit, datetime.datetime.now(datetime.timezone.utc))
    start = max(start, budget.get("TimePeriod", {}).get("Start", start))
    months = 12 // _PLANNED_COUNTS[unit]
    wanted = set()
    for index in range(_PLANNED_COUNTS[unit]):
        month = start.month - 1 + index * months
        wanted.add(str(int(start.replace(year=start.year + month // 12, month=month % 12 + 1).timestamp())))
    if set(budget["PlannedBudgetLimits"]) != wanted:
        raise refuse(f"PlannedBudgetLimits must have {_PLANNED_COUNTS[unit]} entries from the start of the current period")


def _check_filters(budget: dict[str, Any]) -> None:
    # API, CreateBudget: FilterExpression and Metrics, or CostFilters and CostTypes, never a mixture.
    new, old = {"FilterExpression", "Metrics"} & set(budget), {"CostFilters", "CostTypes"} & set(budget)
    if new and old:
        raise refuse("Use either FilterExpression and Metrics, or CostFilters and CostTypes")
    if "FilterExpression" in budget:
        _check_expression(budget["FilterExpression"])


def _check_expression(expression: dict[str, Any]) -> None:
    # API of Cost Explorer, Expression: each node carries exactly one of its members.
    if len(expression) != 1:
        raise refuse("An expression must have exactly one root of And, Or, Not, Dimensions, Tags, CostCategories")
    for name in ("And", "Or"):
        if name in expression:
            if len(expression[name]) < 2:
                raise refuse(f"{name} needs two expressions or more")
            for inner in expression[name]:
                _check_expression(inner)
    if "Not" in expression:
        _check_expression(expression["Not"])


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two notifications are the same one: a notification has no id but its values."""
    return identity(one) == identity(other)


def identity(notification: dict[str, Any]) -> tuple[Any, ...]:
    """The values that make a notification what it is; PERCENTAGE is the default."""
    return (notification["NotificationType"], notification["ComparisonOperator"], float(notification["Threshold"]),
            notification.get("ThresholdType", "PERCENTAGE"))


def check_notification(budget: dict[str, Any], notification: dict[str, Any], others: list[dict[str, Any]]) -> None:
    """A notification beside the ones that a budget has."""
    if any(same(notification, other) for other in others):
        raise Refusal("DuplicateRecordException", "The notification already exists.")
    if len(others) >= _NOTIFICATION_LIMIT:
        # UG, "Quotas and restrictions" and the API reference: five notifications per budget.
        raise Refusal("CreationLimitExceededException", "You have exceeded the limit of 5 notifications for a budget.")
    if notification["NotificationType"] == "FORECASTED" and budget["TimeUnit"] == "DAILY":
        # UG, "Creating a cost budget": daily budgets have no forecast alerts.
        raise refuse("FORECASTED notifications are not available for DAILY budgets")


def check_subscribers(subscribers: list[dict[str, Any]], account: str) -> None:
    """The subscribers of one notification: 1 to 11, at most 10 e-mails and 1 SNS topic (API, CreateNotification)."""
    if not subscribers:
        raise refuse("A notification needs at least one subscriber")
    keys = [(item["SubscriptionType"], item["Address"]) for item in subscribers]
    if len(set(keys)) != len(keys):
        raise Refusal("DuplicateRecordException", "The subscriber already exists.")
    if sum(kind == "EMAIL" for kind, _ in keys) > _EMAIL_LIMIT:
        raise Refusal("CreationLimitExceededException", "A notification can have at most 10 e-mail subscribers.")
    if sum(kind == "SNS" for kind, _ in keys) > 1:
        raise Refusal("CreationLimitExceededException", "A notification can have at most 1 SNS subscriber.")
    for kind, address in keys:
        _check_address(kind, address, account)


def _check_address(kind: str, address: str, account: str) -> None:
    if kind == "EMAIL":
        # API, Subscriber.Address: an e-mail address without line breaks.
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
            raise refuse("Invalid e-mail address")
        return
    match = re.fullmatch(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:(\d{12}):[A-Za-z0-9_-]{1,256}", address)
    if match is None:
        raise refuse("Invalid SNS topic ARN")
    if match.group(1) != account:
        # UG, "Creating an Amazon SNS topic for budget notifications": the topic is in the budget's account.
        raise refuse("The SNS topic must be in the same account as the budget")
