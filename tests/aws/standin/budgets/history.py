"""How a budget did in the past, as far as the bill goes back. Past limits are taken to be the present one."""

from __future__ import annotations

from typing import Any

from ..costs.amounts import cents
from ..exchange import Refusal
from .store import Budget, Store

# How many periods a history goes back (API, DescribeBudgetPerformanceHistory).
_HISTORY = {"DAILY": 60, "MONTHLY": 12, "QUARTERLY": 4}


def performance(budget: Budget, store: Store) -> dict[str, Any]:
    """The budgeted and actual amounts of the past periods, and of the current one."""
    values = budget.values
    if values["TimeUnit"] not in _HISTORY:
        raise Refusal("InvalidParameterException", f"Budget history is not available for {values['TimeUnit']} budgets")
    now, spending = store.spending.now(budget.account), store.spending
    standing = spending.standing(budget.account, values)
    periods = [*spending.past(budget.account, values, _HISTORY[values["TimeUnit"]], now), (*standing.period, standing.actual)]
    amounts = [{"TimePeriod": {"Start": start, "End": end}, "BudgetedAmount": {"Amount": cents(standing.limit), "Unit": standing.unit},
                "ActualAmount": {"Amount": cents(actual), "Unit": standing.unit}} for start, end, actual in periods]
    shown: dict[str, Any] = {name: values[name] for name in ("CostFilters", "CostTypes", "FilterExpression", "Metrics") if name in values}
    return {"BudgetName": budget.name, "BudgetType": values["BudgetType"], "TimeUnit": values["TimeUnit"], **shown,
            "BudgetedAndActualAmountsList": amounts}
