"""GetCostForecast: the mean of the same weekday over four weeks, with a spread by what those weeks left unexplained.

Refusals: API, GetCostForecast; their words (`Earliest supported Start`, `Requested Start`, `Insufficient amount of historical data`) are
AWS's own, from public reports (zoph-io/instance-watcher issues 13 and 38, and a connector's README that quotes live answers).
"""

from __future__ import annotations

import datetime
import math
import statistics
from typing import Any, Callable

from ..exchange import Call, Refusal
from . import expression
from .amounts import shown
from .ledger import Line
from .periods import buckets, months_later, refuse
from .plan import Day
from .query import measure, required
from .store import Store

_ONE_DAY = datetime.timedelta(days=1)
_WEEKS = 4
# The newest days are incomplete, so a forecast looks at the four weeks before them.
_SETTLED = 3
_LATEST_MONTHS = {"DAILY": 3, "MONTHLY": 18}
_METRICS = {"AMORTIZED_COST": "AmortizedCost", "BLENDED_COST": "BlendedCost", "NET_AMORTIZED_COST": "NetAmortizedCost",
            "NET_UNBLENDED_COST": "NetUnblendedCost", "UNBLENDED_COST": "UnblendedCost"}


class Outlook:
    """What an account's costs will be, as far as the past tells."""

    def __init__(self, store: Store, account: str, meant: Callable[[Line], bool], read: Callable[[Line], int]) -> None:
        self._today = store.today(account)
        first = self._today - (_SETTLED - 1 + 7 * _WEEKS) * _ONE_DAY
        self._seen: dict[Day, int] = {}
        for day, line in store.lines(account, first, self._today + _ONE_DAY):
            if meant(line):
                self._seen[day] = self._seen.get(day, 0) + read(line)
        past = [first + offset * _ONE_DAY for offset in range(7 * _WEEKS)]
        self._weekdays = {weekday: statistics.fmean(self._seen.get(day, 0) for day in past if day.weekday() == weekday) for weekday in range(7)}
        self._deviation = statistics.pstdev(self._seen.get(day, 0) - self._weekdays[day.weekday()] for day in past)
        opened = store.first_day(account)
        # UG, "Forecasting with Cost Explorer": less than one full billing cycle is too little.
        self.is_enough = opened is not None and opened <= months_later(self._today.replace(day=1), -1) and any(self._seen.get(day) for day in past)

    def day(self, day: Day) -> int:
        """The cost of a day: what was seen of one that is over, else the mean."""
        return self._seen.get(day, 0) if day < self._today else int(self._weekdays[day.weekday()])

    def total(self, start: Day, end: Day) -> int:
        """The cost from one day until before another."""
        return sum(self.day(start + offset * _ONE_DAY) for offset in range((end - start).days))

    def spread(self, days: int, level: int) -> int:
        """Half the width of the interval that holds the total of so many days with a probability of `level` percent."""
        return int(statistics.NormalDist().inv_cdf(0.5 + level / 200) * self._deviation * math.sqrt(days))


class Forecast:
    """Serves GetCostForecast over the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def cost_forecast(self, call: Call) -> dict[str, Any]:
        """GetCostForecast."""
        params, book = call.params, required(self._store, call)
        today = self._store.today(call.account)
        start, end = _checked(params, today)
        if params.get("Filter"):
            expression.check(params["Filter"], refuse)
        meant = expression.predicate(params.get("Filter"), book, refuse)
        outlook = Outlook(self._store, call.account, meant, measure(_METRICS[params["Metric"]], book.plan.discount_permille))
        if not outlook.is_enough:
            raise Refusal("DataUnavailableException", "Insufficient amount of historical data.")
        level, results = params.get("PredictionIntervalLevel"), []
        for bucket in buckets(start, end, params["Granularity"]):
            mean = outlook.total(bucket.start, bucket.end)
            result = {"TimePeriod": {"Start": bucket.start.isoformat(), "End": bucket.end.isoformat()}, "MeanValue": shown(mean)}
            if level is not None:
                spread = outlook.spread((bucket.end - bucket.start).days, level)
                result.update(PredictionIntervalLowerBound=shown(mean - spread), PredictionIntervalUpperBound=shown(mean + spread))
            results.append(result)
        return {"Total": {"Amount": shown(outlook.total(start, end)), "Unit": "USD"}, "ForecastResultsByTime": results}


def _checked(params: dict[str, Any], today: Day) -> tuple[Day, Day]:
    """Start and end of a forecast."""
    granularity = params["Granularity"]
    if granularity not in _LATEST_MONTHS:
        raise refuse("GetCostForecast supports only DAILY and MONTHLY granularities.")
    if params["Metric"] not in _METRICS:
        raise refuse(f"Metric {params['Metric']} is not valid for GetCostForecast. Valid values are {', '.join(_METRICS)}")
    try:
        start, end = (datetime.date.fromisoformat(params["TimePeriod"][name]) for name in ("Start", "End"))
    except ValueError:
        raise refuse("Time period is invalid. Valid format is yyyy-MM-dd.") from None
    if start >= end:
        raise refuse(f"Requested Start: {start} must be before requested End: {end}")
    if start < today - _ONE_DAY:
        raise refuse(f"Earliest supported Start is {today - _ONE_DAY}")
    latest = months_later(today, _LATEST_MONTHS[granularity])
    if end > latest:
        raise refuse(f"Latest supported End is {latest}")
    return start, end
