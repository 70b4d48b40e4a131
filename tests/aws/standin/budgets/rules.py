"""Rules for budgets that stand only in prose. Each names its source.

API: botocore's copy of the Budgets API reference. UG: AWS Cost Management user guide, "Managing your costs
with AWS Budgets" and "Creating an Amazon SNS topic for budget notifications".
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

from ..costs import expression
from ..exchange import Refusal
from .filters import FILTER_KEYS
from .periods import following, period_start

_NOTIFICATION_LIMIT = 5
_EMAIL_LIMIT = 10
_SPEND_TYPES = ("COST", "USAGE")
_USAGE_METRICS = ("UsageQuantity", "NormalizedUsageAmount", "Hours")
_ADJUSTMENT_LIMITS = {"DAILY": 60, "MONTHLY": 12, "QUARTERLY": 4, "ANNUALLY": 1}
_PLANNED_COUNTS = {"MONTHLY": 12, "QUARTERLY": 4}
_EVERY_OPTION = {"EQUALS", "ABSENT", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "CASE_SENSITIVE", "CASE_INSENSITIVE"}
_OPTIONS = {"Dimensions": _EVERY_OPTION - {"ABSENT"}, "Tags": _EVERY_OPTION, "CostCategories": _EVERY_OPTION}
LAST_DAY = datetime.datetime(2087, 6, 15, tzinfo=datetime.timezone.utc)


def refuse(message: str) -> Refusal:
    """The error of Budgets for a request that makes no sense."""
    return Refusal("InvalidParameterException", message)


def check_budget(budget: dict[str, Any], now: datetime.datetime) -> None:
    """What must hold between the members of a budget."""
    _check_period(budget)
    _check_limits(budget, now)
    _check_filters(budget)
    if budget["BudgetType"] != "COST" and "CostTypes" in budget:
        # API, Budget.CostTypes: only COST budgets have them.
        raise refuse("CostTypes are available only for COST budgets")


def _check_period(budget: dict[str, Any]) -> None:
    period = budget.get("TimePeriod", {})
    if "Start" in period and "End" in period and period["Start"] >= period["End"]:
        # API, Budget.TimePeriod: the start date must come before the end date.
        raise refuse("The start date must come before the end date")
    if "End" in period and period["End"] > LAST_DAY:
        raise refuse("The end date must come before 06/15/87 00:00 UTC")
    if budget["TimeUnit"] == "CUSTOM" and "End" not in period:
        # UG, "Creating a cost budget": a custom period runs from a start date to an end date. Whether the API asks for it was never seen.
        raise refuse("A budget with a CUSTOM time unit needs an end date")


def _check_limits(budget: dict[str, Any], now: datetime.datetime) -> None:
    given = [name for name in ("BudgetLimit", "PlannedBudgetLimits", "AutoAdjustData") if name in budget]
    if budget["BudgetType"] not in _SPEND_TYPES:
        # API, Budget.BudgetLimit: 100 is the only value for utilization and coverage budgets.
        if "BudgetLimit" in budget and Decimal(budget["BudgetLimit"]["Amount"]) != 100:
            raise refuse("The limit of a utilization or coverage budget must be 100")
        if "PlannedBudgetLimits" in budget or "AutoAdjustData" in budget:
            # API, PlannedBudgetLimits: available for cost or usage budgets; UG, "Budget methods": so is auto-adjusting.
            raise refuse("PlannedBudgetLimits and AutoAdjustData are available only for COST and USAGE budgets")
        return
    if len(given) != 1:
        # The words come from getmoto/moto, which took them from AWS.
        raise refuse("Unable to create/update budget - please provide one of the followings: "
                     "Budget Limit/ Planned Budget Limit/ Auto Adjust Data")
    limits = [budget["BudgetLimit"]] if "BudgetLimit" in budget else list(budget.get("PlannedBudgetLimits", {}).values())
    if budget["BudgetType"] == "COST" and any(limit["Unit"] != "USD" for limit in limits):
        # UG, "Creating a cost budget": amounts are in US dollars.
        raise refuse("The unit of a COST budget must be USD")
    if "PlannedBudgetLimits" in budget:
        _check_planned(budget, now)
    if "AutoAdjustData" in budget:
        _check_adjustment(budget)


def _check_adjustment(budget: dict[str, Any]) -> None:
    """API, AutoAdjustData and HistoricalOptions."""
    data, unit = budget["AutoAdjustData"], budget["TimeUnit"]
    options = data.get("HistoricalOptions")
    if unit not in _ADJUSTMENT_LIMITS:
        raise refuse(f"AutoAdjustData is not available for {unit} budgets")
    if (data["AutoAdjustType"] == "HISTORICAL") != (options is not None):
        raise refuse("HistoricalOptions are required for the type HISTORICAL, and only for it")
    if options and options["BudgetAdjustmentPeriod"] > _ADJUSTMENT_LIMITS[unit]:
        raise refuse(f"BudgetAdjustmentPeriod is too long for {unit}")


def _check_planned(budget: dict[str, Any], now: datetime.datetime) -> None:
    """API, Budget.PlannedBudgetLimits: 12 months or 4 quarters from the current one, keys = epoch seconds.

    From the budget's start when that is in the future; fewer when the budget ends before.
    """
    unit = budget["TimeUnit"]
    if unit not in _PLANNED_COUNTS:
        raise refuse("PlannedBudgetLimits are available only for MONTHLY and QUARTERLY budgets")
    period = budget.get("TimePeriod", {})
    start = max(period_start(unit, now), period_start(unit, period.get("Start", now)))
    wanted: list[str] = []
    while len(wanted) < _PLANNED_COUNTS[unit] and start < period.get("End", LAST_DAY):
        wanted.append(str(int(start.timestamp())))
        start = following(unit, start)
    if set(budget["PlannedBudgetLimits"]) != set(wanted):
        raise refuse(f"PlannedBudgetLimits must have {len(wanted)} entries from the start of the current period")


def _check_filters(budget: dict[str, Any]) -> None:
    # API, CreateBudget: FilterExpression and Metrics, or CostFilters and CostTypes, never a mixture.
    new, old = {"FilterExpression", "Metrics"} & set(budget), {"CostFilters", "CostTypes"} & set(budget)
    if new and old:
        raise refuse("Use either FilterExpression and Metrics, or CostFilters and CostTypes")
    for metric in budget.get("Metrics", []):
        if (metric in _USAGE_METRICS) != (budget["BudgetType"] == "USAGE"):
            raise refuse(f"The metric {metric} doesn't fit a {budget['BudgetType']} budget")
    for key, values in budget.get("CostFilters", {}).items():
        # The keys are those of Terraform's and CloudFormation's documentation; AWS names no list.
        if key not in FILTER_KEYS or not values:
            raise refuse(f"Invalid cost filter: {key}")
    if "FilterExpression" in budget:
        expression.check(budget["FilterExpression"], refuse, _OPTIONS)
        _check_options(budget["FilterExpression"])


def _check_options(node: dict[str, Any]) -> None:
    """API, ExpressionDimensionValues.MatchOptions: only one value in the array."""
    for inner in [*node.get("And", []), *node.get("Or", []), *([node["Not"]] if "Not" in node else [])]:
        _check_options(inner)
    if len(node.get("Dimensions", {}).get("MatchOptions", [])) > 1:
        raise refuse("Only one match option can be specified for Dimensions")
    if any(name in node and not node[name].get("Values") for name in _OPTIONS):
        # What the API answered to ABSENT without values, whatever its reference says (hashicorp/terraform-provider-aws pull request 46501).
        raise refuse('Missing required parameter : "Values"')


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
