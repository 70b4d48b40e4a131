"""The operations on metrics: PutMetricData, ListMetrics, GetMetricData, GetMetricStatistics."""

from __future__ import annotations

import datetime
import math
import time
from typing import Any, Callable

from ..exchange import Call, Refusal
from ..paging import page
from .expression import ExpressionError
from .mathematics import Series
from .put_rules import check_data
from .queries import Queries, by_period, check_expressions, is_statistic
from .store import Datum, MetricKey, MetricStore, statistic, stored_at

_LIST_PAGE = 500
_RECENT = 3 * 3600
_MOST_DATAPOINTS = 100_800
_MOST_STATISTICS = 1440
_MOST_QUERIES = 500


def aligned(start: float, end: float, period: int) -> list[float]:
    """The starts of the periods that a query from start to end covers: multiples of the period (API, GetMetricData.StartTime)."""
    first = math.floor(start / period) * period
    return [first + index * period for index in range(max(0, math.ceil((end - first) / period)))]


def check_period(period: int, name: str = "Period") -> None:
    """API, GetMetricData: 1, 5, 10, 20, 30 or a multiple of 60."""
    if period not in (1, 5, 10, 20, 30) and (period <= 0 or period % 60):
        raise Refusal("InvalidParameterValue", f"The parameter {name} must be 1, 5, 10, 20, 30 or a multiple of 60.")


def check_statistic(name: str, parameter: str) -> None:
    """Statistics that CloudWatch has but the stand-in can't compute are refused too, with words that say so."""
    if not is_statistic(name):
        raise Refusal("InvalidParameterValue", f"The value {name} for parameter {parameter} is not supported (the stand-in knows "
                                               "SampleCount, Sum, Average, Minimum, Maximum and percentiles).")


def utc(at: float) -> datetime.datetime:
    """A time as the API's answers hold it."""
    return datetime.datetime.fromtimestamp(at, datetime.timezone.utc)


class Metrics:
    """The operations, over one store."""

    def __init__(self, store: MetricStore, fresh: Callable[[], None]) -> None:
        """`fresh` takes over what ministack has reported meanwhile; it is called before every read."""
        self._store = store
        self._fresh = fresh

    def handlers(self) -> dict[str, Callable[[Call], dict[str, Any]]]:
        """Operation to what answers it."""
        return {"PutMetricData": self.put, "ListMetrics": self.list, "GetMetricData": self.query, "GetMetricStatistics": self.statistics}

    def put(self, call: Call) -> dict[str, Any]:
        """PutMetricData."""
        now = time.time()
        check_data(call.params, now)
        for item in call.params["MetricData"]:
            at = stored_at(item["Timestamp"].timestamp() if "Timestamp" in item else now, item.get("StorageResolution", 60))
            key = MetricKey.of(call.params["Namespace"], item["MetricName"], item.get("Dimensions"))
            self._store.put(call.account, call.region, key, _datum(item, at))
        return {}

    def list(self, call: Call) -> dict[str, Any]:
        """ListMetrics: those that got data in the last two weeks."""
        self._fresh()
        params, now = call.params, time.time()
        oldest = now - (_RECENT if params.get("RecentlyActive") else 14 * 86400)
        found = [key for key, at in self._store.listed(call.account, call.region) if at >= oldest and _wanted(key, params)]
        shown, token = page(found, params.get("NextToken"), _LIST_PAGE, "InvalidParameterValue")
        return {"Metrics": [key.shown() for key in shown], "NextToken": token}

    def query(self, call: Call) -> dict[str, Any]:
        """GetMetricData. All data fit one page here, except with MaxDatapoints."""
        self._fresh()
        params = call.params
        start, end = params["StartTime"].timestamp(), params["EndTime"].timestamp()
        wanted = params["MetricDataQueries"]
        check_queries(wanted, start, end)
        queries = Queries(self._store, (call.account, call.region), wanted, lambda period: aligned(start, end, period))
        results: list[dict[str, Any]] = []
        for item in wanted:
            if item.get("ReturnData", True):
                value = queries.value(item["Id"])
                results += _results(item, value if isinstance(value, list) else [value])
        descending = params.get("ScanBy", "TimestampDescending") == "TimestampDescending"
        for result in results:
            points = sorted(result.pop("points").items(), reverse=descending)
            result.update(Timestamps=[utc(at) for at, _ in points], Values=[value for _, value in points], StatusCode="Complete")
        return _limited(results, params)

    def statistics(self, call: Call) -> dict[str, Any]:
        """GetMetricStatistics."""
        self._fresh()
        params = call.params
        start, end, period = params["StartTime"].timestamp(), params["EndTime"].timestamp(), params["Period"]
        names, extended = params.get("Statistics") or [], params.get("ExtendedStatistics") or []
        if bool(names) == bool(extended):
            raise Refusal("InvalidParameterCombination", "Either Statistics or ExtendedStatistics must be specified.")
        for name in extended:
            check_statistic(name, "ExtendedStatistics")
        check_period(period)
        _check_range(start, end)
        periods = aligned(start, end, period)
        if len(periods) > _MOST_STATISTICS:
            raise Refusal("InvalidParameterCombination", f"You have requested up to {len(periods)} datapoints, which exceeds the limit of "
                                                         f"{_MOST_STATISTICS}.")
        key = MetricKey.of(params["Namespace"], params["MetricName"], params.get("Dimensions"))
        data = self._store.between(call.account, call.region, key, periods[0], periods[-1] + period, params.get("Unit"))
        points = []
        for at, found in by_period(data, periods, period).items():
            point: dict[str, Any] = {name: statistic(found, name) for name in names}
            computed = {name: statistic(found, name) for name in extended}
            point["ExtendedStatistics"] = {name: value for name, value in computed.items() if value is not None} or None
            points.append({"Timestamp": utc(at), "Unit": found[0].unit, **point})
        return {"Label": params["MetricName"], "Datapoints": points}


def _datum(item: dict[str, Any], at: float) -> Datum:
    unit = item.get("Unit", "None")
    if item.get("StatisticValues") is not None:
        values = item["StatisticValues"]
        return Datum(at, values["SampleCount"], values["Sum"], values["Minimum"], values["Maximum"], None, unit)
    values = item["Values"] if item.get("Values") is not None else [item["Value"]]
    return Datum.of_values(at, values, item.get("Counts") or [1.0] * len(values), unit)


def _wanted(key: MetricKey, params: dict[str, Any]) -> bool:
    """API, ListMetrics: a dimension filter without a value matches every value; more dimensions than asked for are fine."""
    if params.get("Namespace") not in (None, key.namespace) or params.get("MetricName") not in (None, key.name):
        return False
    has = dict(key.dimensions)
    return all(item["Name"] in has and item.get("Value") in (None, has[item["Name"]]) for item in params.get("Dimensions") or [])


def _check_range(start: float, end: float) -> None:
    if start >= end:
        raise Refusal("ValidationError", "The parameter StartTime must be less than the parameter EndTime.")


def check_queries(queries: list[dict[str, Any]], start: float, end: float) -> None:
    """The rules of GetMetricData's queries (API, MetricDataQuery)."""
    _check_range(start, end)
    if not queries or len(queries) > _MOST_QUERIES:
        raise Refusal("ValidationError", f"1 to {_MOST_QUERIES} MetricDataQueries must be given.")
    if len({query["Id"] for query in queries}) != len(queries):
        raise Refusal("ValidationError", "The values for parameter Id in MetricDataQueries must be unique.")
    for query in queries:
        if ("Expression" in query) == ("MetricStat" in query):
            raise Refusal("ValidationError", f"The query {query['Id']} needs either MetricStat or Expression.")
        if "MetricStat" in query:
            check_period(query["MetricStat"]["Period"], "MetricStat.Period")
            check_statistic(query["MetricStat"]["Stat"], "MetricStat.Stat")
        elif query.get("Period"):
            check_period(query["Period"])
    try:
        check_expressions(queries, None)
    except ExpressionError as error:
        raise Refusal("ValidationError", str(error)) from None


def _results(query: dict[str, Any], found: list[Any]) -> list[dict[str, Any]]:
    label = query.get("Label")
    results = []
    for series in found:
        if not isinstance(series, Series):
            continue  # An IF on a number that chose a number; no time series came of it.
        own = series.label if "MetricStat" in query or len(found) > 1 else query["Id"]
        shown = f"{label} {series.label}".strip() if label is not None and len(found) > 1 else label or own
        results.append({"Id": query["Id"], "Label": shown, "points": series.points})
    return results


def _limited(results: list[dict[str, Any]], params: dict[str, Any]) -> dict[str, Any]:
    """MaxDatapoints over all results; the next page goes on where this one ended."""
    most = params.get("MaxDatapoints", _MOST_DATAPOINTS)
    flat = [(number, position) for number, result in enumerate(results) for position in range(len(result["Values"]))]
    shown, token = page(flat, params.get("NextToken"), most, "InvalidNextToken")
    for number, result in enumerate(results):
        kept = [position for owner, position in shown if owner == number]
        partial = len(kept) < len(result["Values"]) and token is not None
        result["Timestamps"] = [result["Timestamps"][position] for position in kept]
        result["Values"] = [result["Values"][position] for position in kept]
        result["StatusCode"] = "PartialData" if partial else "Complete"
    return {"MetricDataResults": results, "NextToken": token, "Messages": []}
