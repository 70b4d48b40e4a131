"""Budgets of all accounts."""

from __future__ import annotations

import datetime
import threading
from dataclasses import dataclass, field
from typing import Any

from ..exchange import Refusal
from . import filters
from .periods import period_start
from .rules import LAST_DAY, identity, same
from .spend import Spending, written

_COST_TYPES = {
    "IncludeTax": True, "IncludeSubscription": True, "UseBlended": False, "IncludeRefund": True, "IncludeCredit": True,
    "IncludeUpfront": True, "IncludeRecurring": True, "IncludeOtherSubscription": True, "IncludeSupport": True,
    "IncludeDiscount": True, "UseAmortized": False,
}
_READ_ONLY = ("CalculatedSpend", "LastUpdatedTime", "HealthStatus")


@dataclass
class Notification:
    """One notification and who gets it. `told` is the start of the period for which it was sent last."""

    values: dict[str, Any]
    subscribers: list[dict[str, Any]]
    state: str = "OK"
    told: datetime.datetime | None = None

    def shown(self) -> dict[str, Any]:
        """As the describe operations show it."""
        return {"ThresholdType": "PERCENTAGE", **self.values, "NotificationState": self.state}


@dataclass
class Budget:
    """One budget with its notifications and tags."""

    account: str
    values: dict[str, Any]
    updated: datetime.datetime
    notifications: list[Notification] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The budget's name."""
        return str(self.values["BudgetName"])

    @property
    def arn(self) -> str:
        """The budget's ARN."""
        return f"arn:aws:budgets::{self.account}:budget/{self.name}"

    def notification(self, values: dict[str, Any]) -> Notification:
        """The notification with these values; NotFoundException when there is none."""
        for notification in self.notifications:
            if same(notification.values, values):
                return notification
        raise Refusal("NotFoundException", f"Unable to get notification: {identity(values)} - the notification doesn't exist.", 400)

    def shown(self, show_expression: bool, spending: Spending) -> dict[str, Any]:
        """As DescribeBudget shows it: an expression only when it is asked for."""
        shown = {**self.values, **spending.members(self.account, self.values)}
        if not show_expression:
            shown.pop("FilterExpression", None)
            shown.pop("Metrics", None)
        shown["LastUpdatedTime"] = self.updated
        shown["HealthStatus"] = self._health(spending)
        return shown

    def _health(self, spending: Spending) -> dict[str, Any]:
        """API, HealthStatus.StatusReason: FILTER_INVALID when the filter refers to an account without access."""
        if filters.linked_accounts(self.values) - spending.accessible(self.account):
            return {"Status": "UNHEALTHY", "StatusReason": "FILTER_INVALID", "LastUpdatedTime": self.updated}
        return {"Status": "HEALTHY", "LastUpdatedTime": self.updated}


def completed(given: dict[str, Any], now: datetime.datetime) -> dict[str, Any]:
    """A budget with the defaults that AWS fills in and without what only AWS may write."""
    values = {key: value for key, value in given.items() if key not in _READ_ONLY}
    period = values.get("TimePeriod", {})
    values["TimePeriod"] = {"Start": period.get("Start", period_start(values["TimeUnit"], now)), "End": period.get("End", LAST_DAY)}
    if values["BudgetType"] == "COST" and not {"FilterExpression", "Metrics"} & set(values):
        values["CostTypes"] = {**_COST_TYPES, **values.get("CostTypes", {})}
        values.setdefault("CostFilters", {})
    if values["BudgetType"] not in ("COST", "USAGE"):
        values.setdefault("BudgetLimit", {"Amount": "100", "Unit": "PERCENTAGE"})
    if "PlannedBudgetLimits" in values:
        # API, DescribeBudgets: the answer holds BudgetLimit too, that of the current period; it follows from the plan.
        values["PlannedBudgetLimits"] = {key: _spend(item) for key, item in values["PlannedBudgetLimits"].items()}
    elif "BudgetLimit" in values:
        values["BudgetLimit"] = _spend(values["BudgetLimit"])
    if "AutoAdjustData" in values:
        # API: AWS alone writes LastAutoAdjustTime and LookBackAvailablePeriods.
        data = {key: value for key, value in values["AutoAdjustData"].items() if key != "LastAutoAdjustTime"}
        if "HistoricalOptions" in data:
            data["HistoricalOptions"] = {"BudgetAdjustmentPeriod": data["HistoricalOptions"]["BudgetAdjustmentPeriod"]}
        values["AutoAdjustData"] = data
    return values


def _spend(spend: dict[str, str]) -> dict[str, str]:
    return {"Amount": written(spend["Amount"]), "Unit": spend["Unit"]}


class Store:
    """All budgets."""

    def __init__(self, spending: Spending) -> None:
        self.spending = spending
        self._budgets: dict[tuple[str, str], Budget] = {}
        self.lock = threading.RLock()

    def add(self, budget: Budget) -> None:
        """Adds a budget; a name that is taken is refused."""
        with self.lock:
            if self.find(budget.account, budget.name):
                raise Refusal("DuplicateRecordException", f"Error creating budget: {budget.name} - the budget already exists.")
            self._budgets[(budget.account, budget.name)] = budget

    def find(self, account: str, name: str) -> Budget | None:
        """A budget. One whose end date has passed is deleted with its notifications (API, TimePeriod.End)."""
        with self.lock:
            budget = self._budgets.get((account, name))
            if budget and budget.values["TimePeriod"]["End"] <= self.spending.now(account):
                del self._budgets[(account, name)]
                return None
            return budget

    def remove(self, budget: Budget) -> None:
        """Deletes a budget."""
        with self.lock:
            self._budgets.pop((budget.account, budget.name), None)

    def listed(self, account: str | None) -> list[Budget]:
        """The budgets of an account, or all, by name."""
        with self.lock:
            keys = sorted(key for key in self._budgets if account in (None, key[0]))
            return [budget for key in keys if (budget := self.find(*key))]

    def forget(self, account: str | None) -> None:
        """Drops the budgets of one account, or all."""
        with self.lock:
            self._budgets = {key: value for key, value in self._budgets.items() if account not in (None, key[0])}
