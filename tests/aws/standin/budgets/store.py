"""Budgets of all accounts."""

from __future__ import annotations

import datetime
import threading
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..exchange import Refusal
from .rules import LAST_DAY, identity, period_start, same

_COST_TYPES = {
    "IncludeTax": True, "IncludeSubscription": True, "UseBlended": False, "IncludeRefund": True, "IncludeCredit": True,
    "IncludeUpfront": True, "IncludeRecurring": True, "IncludeOtherSubscription": True, "IncludeSupport": True,
    "IncludeDiscount": True, "UseAmortized": False,
}


@dataclass
class Notification:
    """One notification and who gets it."""

    values: dict[str, Any]
    subscribers: list[dict[str, Any]]

    def shown(self) -> dict[str, Any]:
        """As the describe operations show it."""
        return {"ThresholdType": "PERCENTAGE", **self.values, "NotificationState": "OK"}


@dataclass
class Budget:
    """One budget with its notifications and tags."""

    account: str
    values: dict[str, Any]
    notifications: list[Notification] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    updated: datetime.datetime = field(default_factory=lambda: datetime.datetime.now(datetime.timezone.utc))

    @property
    def name(self) -> str:
        """The budget's name."""
        return self.values["BudgetName"]

    def notification(self, values: dict[str, Any]) -> Notification:
        """The notification with these values; NotFoundException when there is none."""
        for notification in self.notifications:
            if same(notification.values, values):
                return notification
        raise Refusal("NotFoundException", f"Unable to get notification: {identity(values)} - the notification doesn't exist.", 400)

    def shown(self, show_expression: bool) -> dict[str, Any]:
        """As DescribeBudget shows it: an expression only when it is asked for."""
        shown = dict(self.values)
        if not show_expression:
            shown.pop("FilterExpression", None)
            shown.pop("Metrics", None)
        unit = shown.get("BudgetLimit", {}).get("Unit", "USD")
        shown["CalculatedSpend"] = {"ActualSpend": {"Amount": "0.0", "Unit": unit}}
        shown["LastUpdatedTime"] = self.updated
        shown["HealthStatus"] = {"Status": "HEALTHY", "LastUpdatedTime": self.updated}
        return shown


def amount(text: str) -> str:
    """A decimal as Budgets writes it back: `100` becomes `100.0`."""
    value = Decimal(text).normalize()
    plain = f"{value:f}"
    return plain if "." in plain else f"{plain}.0"


def completed(given: dict[str, Any]) -> dict[str, Any]:
    """A budget with the defaults that AWS fills in and without what only AWS may write."""
    values = {key: value for key, value in given.items() if key not in ("CalculatedSpend", "LastUpdatedTime", "HealthStatus")}
    now = datetime.datetime.now(datetime.timezone.utc)
    period = values.get("TimePeriod", {})
    values["TimePeriod"] = {"Start": period.get("Start", period_start(values["TimeUnit"], now)), "End": period.get("End", LAST_DAY)}
    if values["BudgetType"] == "COST" and not {"FilterExpression", "Metrics"} & set(values):
        values["CostTypes"] = {**_COST_TYPES, **values.get("CostTypes", {})}
        values.setdefault("CostFilters", {})
    if values["BudgetType"] not in ("COST", "USAGE"):
        values.setdefault("BudgetLimit", {"Amount": "100", "Unit": "PERCENTAGE"})
    if "PlannedBudgetLimits" in values:
        planned = values["PlannedBudgetLimits"]
        values["PlannedBudgetLimits"] = {key: _spend(item) for key, item in planned.items()}
        # API, DescribeBudgets: the answer holds both, BudgetLimit being that of the current period.
        values["BudgetLimit"] = _spend(planned[min(planned, key=int)])
    elif "BudgetLimit" in values:
        values["BudgetLimit"] = _spend(values["BudgetLimit"])
    elif "AutoAdjustData" in values:
        # No cost data exists here, so an automatic limit has nothing to follow.
        values["BudgetLimit"] = {"Amount": "0.0", "Unit": "USD"}
    return values


def _spend(spend: dict[str, str]) -> dict[str, str]:
    return {"Amount": amount(spend["Amount"]), "Unit": spend["Unit"]}


class Store:
    """All budgets."""

    def __init__(self) -> None:
        self._budgets: dict[tuple[str, str], Budget] = {}
        self.lock = threading.RLock()

    def add(self, budget: Budget) -> None:
        """Adds a budget; a name that is taken is refused."""
        with self.lock:
            if self.find(budget.account, budget.name):
                raise Refusal("DuplicateRecordException", f"Error creating budget: {budget.name} - the budget already exists.")
            self._budgets[(budget.account, budget.name)] = budget

    def find(self, account: str, name: str) -> Budget | None:
        """A budget. One whose end date has passed is deleted (API, TimePeriod.End)."""
        with self.lock:
            budget = self._budgets.get((account, name))
            if budget and budget.values["TimePeriod"]["End"] <= datetime.datetime.now(datetime.timezone.utc):
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
