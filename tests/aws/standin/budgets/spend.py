"""What a budget's costs are, were and will be, and what its limit is: from the bill of its account."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Callable

from ..costs.amounts import ONE, amount, cents, shown
from ..costs.forecast import Outlook
from ..costs.ledger import Line
from ..costs.store import Store as Costs
from . import filters
from .periods import Moment, current, following, period_start

_ONE_DAY = datetime.timedelta(days=1)
_SPEND_TYPES = ("COST", "USAGE")


@dataclass(frozen=True)
class Standing:
    """A budget at a moment. Amounts are whole ten-billionths; `forecast` is None where there is too little history."""

    period: tuple[Moment, Moment]
    limit: int
    unit: str
    actual: int
    forecast: int | None
    look_back: int | None = None


class Spending:
    """Looks budgets up in the bills."""

    def __init__(self, costs: Costs) -> None:
        self._costs = costs

    def now(self, account: str) -> Moment:
        """The moment by which an account's budgets are looked at."""
        return self._costs.now(account)

    def accessible(self, account: str) -> set[str]:
        """The accounts that a filter may name without being invalid."""
        organization = self._costs.organizations.of(account)
        managed = set(organization.members) if organization and organization.management == account else set()
        return {account, *managed, *self._costs.seen_by(account)}

    def standing(self, account: str, values: dict[str, Any]) -> Standing:
        """Where a budget stands now."""
        now = self.now(account)
        start, end = current(values, now)
        unit = _unit(values)
        if values["BudgetType"] not in _SPEND_TYPES:
            return Standing((start, end), 100 * ONE, unit, 0, None)
        forecast = self._forecast(account, values, start, end)
        limit, look_back = self._limit(account, values, now, forecast)
        return Standing((start, end), limit, unit, self._total(account, values, start, min(end, now + _ONE_DAY)), forecast, look_back)

    def _reader(self, account: str, values: dict[str, Any]) -> Callable[[Line], int] | None:
        book = self._costs.book(account)
        return filters.reads(values, book) if book else None

    def _total(self, account: str, values: dict[str, Any], start: Moment, end: Moment) -> int:
        """The cost of days that can be seen, from one day until before another."""
        read = self._reader(account, values)
        return sum(read(line) for _, line in self._costs.lines(account, start.date(), end.date())) if read else 0

    def _forecast(self, account: str, values: dict[str, Any], start: Moment, end: Moment) -> int | None:
        read = self._reader(account, values)
        if read is None or values["TimeUnit"] == "DAILY":
            return None
        outlook = Outlook(self._costs, account, lambda line: True, read)
        today = self.now(account).replace(hour=0, minute=0, second=0, microsecond=0)
        if not outlook.is_enough:
            return None
        middle = min(max(start, today), end)
        return self._total(account, values, start, middle) + outlook.total(middle.date(), end.date())

    def _limit(self, account: str, values: dict[str, Any], now: Moment, forecast: int | None) -> tuple[int, int | None]:
        """The limit of the current period, and for a historical one how many periods it looks back on."""
        planned = values.get("PlannedBudgetLimits")
        if planned:
            # API: after the last planned limit the budget goes on with it.
            due = [key for key in planned if int(key) <= now.timestamp()] or [min(planned, key=int)]
            return amount(planned[max(due, key=int)]["Amount"]), None
        data = values.get("AutoAdjustData")
        if data is None:
            return amount(values["BudgetLimit"]["Amount"]), None
        if data["AutoAdjustType"] == "FORECAST":
            return forecast or 0, None
        return self._average(account, values, data["HistoricalOptions"]["BudgetAdjustmentPeriod"], now)

    def _average(self, account: str, values: dict[str, Any], count: int, now: Moment) -> tuple[int, int]:
        """API, HistoricalOptions: the mean of so many periods before the current one; the oldest ones without cost don't count."""
        totals = [total for _, _, total in self.past(account, values, count, now)]
        while totals and not totals[0]:
            totals.pop(0)
        return (sum(totals) // len(totals), len(totals)) if totals else (0, 0)

    def past(self, account: str, values: dict[str, Any], count: int, now: Moment) -> list[tuple[Moment, Moment, int]]:
        """The last so many periods before the current one, oldest first, with their cost."""
        unit, found = values["TimeUnit"], []
        this = period_start(unit, now)
        for number in range(count, 0, -1):
            start, end = following(unit, this, -number), following(unit, this, 1 - number)
            found.append((start, end, self._total(account, values, start, end)))
        return found

    def members(self, account: str, values: dict[str, Any]) -> dict[str, Any]:
        """The members of a budget that follow from the bill: limit, spend and, where it adjusts itself, how."""
        standing = self.standing(account, values)
        members: dict[str, Any] = {"BudgetLimit": {"Amount": written(shown(standing.limit)), "Unit": standing.unit},
                                   "CalculatedSpend": {"ActualSpend": {"Amount": cents(standing.actual), "Unit": standing.unit}}}
        if standing.forecast is not None:
            members["CalculatedSpend"]["ForecastedSpend"] = {"Amount": cents(standing.forecast), "Unit": standing.unit}
        if "AutoAdjustData" in values:
            data = {**values["AutoAdjustData"], "LastAutoAdjustTime": standing.period[0]}
            if standing.look_back is not None:
                data["HistoricalOptions"] = {**data["HistoricalOptions"], "LookBackAvailablePeriods": standing.look_back or None}
            members["AutoAdjustData"] = data
        return members


def written(text: str) -> str:
    """A limit as Budgets writes it back: `100` becomes `100.0`."""
    plain = f"{Decimal(text).normalize():f}"
    return plain if "." in plain else f"{plain}.0"


def _unit(values: dict[str, Any]) -> str:
    limits = [values["BudgetLimit"]] if "BudgetLimit" in values else list(values.get("PlannedBudgetLimits", {}).values())
    return str(limits[0]["Unit"]) if limits else "USD"
