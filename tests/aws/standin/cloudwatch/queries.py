"""Metrics and expressions together: the values of MetricDataQueries over some periods."""

from __future__ import annotations

from typing import Any, Sequence

from .expression import ExpressionError, Node, parse, references
from .mathematics import Environment, Series, Value, evaluate
from .store import PERCENTILE, STATISTICS, Datum, MetricKey, MetricStore, statistic

Place = tuple[str, str]


def is_statistic(name: str) -> bool:
    """Whether the stand-in can compute a statistic."""
    return name in STATISTICS or PERCENTILE.fullmatch(name) is not None


def key_of(stat: dict[str, Any]) -> MetricKey:
    """The metric of a MetricStat."""
    metric = stat["Metric"]
    return MetricKey.of(metric["Namespace"], metric["MetricName"], metric.get("Dimensions"))


def by_period(data: Sequence[Datum], periods: Sequence[float], period: int) -> dict[float, list[Datum]]:
    """The data that fall into each period; both oldest first."""
    result: dict[float, list[Datum]] = {}
    position = 0
    for start in periods:
        while position < len(data) and data[position].at < start:
            position += 1
        while position < len(data) and data[position].at < start + period:
            result.setdefault(start, []).append(data[position])
            position += 1
    return result


class Queries:
    """The queries of one request or alarm, over the same range."""

    def __init__(self, store: MetricStore, place: Place, queries: Sequence[dict[str, Any]], periods_of: Any) -> None:
        """`periods_of` gives the starts of the periods, oldest first, for a length in seconds."""
        self._store = store
        self._place = place
        self._queries = {query["Id"]: query for query in queries}
        self._periods_of = periods_of
        self._values: dict[str, Value] = {}
        self._open: list[str] = []
        self.counts: dict[str, dict[float, float]] = {}

    def period_of(self, identifier: str) -> int:
        """The length of a query's periods: its own, or the longest of the metrics that the request has."""
        query = self._queries[identifier]
        own = query.get("MetricStat", {}).get("Period") or query.get("Period")
        return int(own or max((item["MetricStat"]["Period"] for item in self._queries.values() if "MetricStat" in item), default=300))

    def value(self, identifier: str) -> Value:
        """The value of a metric or expression; ExpressionError when it can't have one."""
        if identifier in self._values:
            return self._values[identifier]
        if identifier not in self._queries:
            raise ExpressionError(f"Undefined variable '{identifier}'")
        if identifier in self._open:
            raise ExpressionError(f"Circular dependency: {' -> '.join([*self._open, identifier])}")
        self._open.append(identifier)
        query = self._queries[identifier]
        value = self._metric(query) if "MetricStat" in query else self._expression(query)
        self._open.pop()
        self._values[identifier] = value
        return value

    def _metric(self, query: dict[str, Any]) -> Series:
        stat, key = query["MetricStat"], key_of(query["MetricStat"])
        period = int(stat["Period"])
        periods = self._periods_of(period)
        points: dict[float, float] = {}
        counts = self.counts.setdefault(query["Id"], {})
        if periods:
            account = query.get("AccountId") or self._place[0]
            data = self._store.between(account, self._place[1], key, periods[0], periods[-1] + period, stat.get("Unit"))
            for at, found in by_period(data, periods, period).items():
                value = statistic(found, stat["Stat"])
                if value is not None:
                    points[at] = value
                    counts[at] = sum(datum.count for datum in found)
        return Series(points, query["Id"], query.get("Label") or key.name, period)

    def _expression(self, query: dict[str, Any]) -> Value:
        tree: Node = parse(query["Expression"])
        environment = Environment(self._periods_of(self.period_of(query["Id"])), lookup=self.value)
        for item in self._queries.values():
            if "MetricStat" in item:
                found = self.value(item["Id"])
                assert isinstance(found, Series)
                environment.metrics.append(found)
        return evaluate(tree, environment)


def check_expressions(queries: Sequence[dict[str, Any]], only_one_series: str | None) -> None:
    """Refuses what CloudWatch refuses when queries are put: grammar, unknown functions and Ids, circles, results of a wrong type.

    `only_one_series` is the Id of the query that an alarm watches; its result must be a single time series.
    """
    trial = Queries(MetricStore(), ("", ""), queries, lambda period: [0.0, float(period)])
    for query in queries:
        if "Expression" not in query:
            continue
        identifier = query["Id"]
        try:
            unknown = references(parse(query["Expression"])) - {item["Id"] for item in queries}
            if unknown:
                raise ExpressionError(f"Undefined variable '{sorted(unknown)[0]}'")
            value = trial.value(identifier)
            if query.get("ReturnData", True) and isinstance(value, float):
                raise ExpressionError("The result must be a time series, not a number")
            if identifier == only_one_series and not isinstance(value, Series):
                raise ExpressionError("An alarm watches a single time series")
        except ExpressionError as error:
            raise ExpressionError(f"Error in expression '{identifier}': {error}") from None
