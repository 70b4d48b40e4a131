"""What the functions and operators of metric math do (user guide, "Using metric math").

Values are a number, a series, or a list of series. A series maps the start of a period to its value; a period
without a value is missing. In arithmetic and in comparisons of two series a missing value counts as 0.
"""

from __future__ import annotations

import datetime
import math
import operator
import statistics
from dataclasses import dataclass, field
from typing import Any, Callable, Union

from .expression import Array, ExpressionError, Invocation, Negation, Node, Number, Operation, Reference, Text, Word


@dataclass(frozen=True)
class Series:
    """One time series, with the Id and the label of what it came from."""

    points: dict[float, float]
    identifier: str = ""
    label: str = ""
    period: int | None = None

    def with_points(self, points: dict[float, float]) -> Series:
        """The same origin with other values. It is no metric any more, so it has no period."""
        return Series(points, self.identifier, self.label)


Value = Union[float, Series, list[Series]]


@dataclass
class Environment:
    """What an expression can see: periods (oldest first), the metrics of the request, and values by Id."""

    periods: list[float]
    metrics: list[Series] = field(default_factory=list)
    lookup: Callable[[str], Value] = lambda identifier: 0.0


def _divide(left: float, right: float) -> float | None:
    return left / right if right else None


def _power(left: float, right: float) -> float | None:
    try:
        result = left**right
    except (OverflowError, ZeroDivisionError):
        return None
    return result if isinstance(result, (int, float)) else None


_BINARY: dict[str, Callable[[float, float], float | None]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": _divide, "^": _power,
    "==": lambda a, b: float(a == b), "!=": lambda a, b: float(a != b), "<=": lambda a, b: float(a <= b), ">=": lambda a, b: float(a >= b),
    "<": lambda a, b: float(a < b), ">": lambda a, b: float(a > b),
    "AND": lambda a, b: float(bool(a) and bool(b)), "OR": lambda a, b: float(bool(a) or bool(b)),
}


def evaluate(node: Node, environment: Environment) -> Value:
    """The value of a tree; ExpressionError where types don't fit."""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Reference):
        return environment.lookup(node.identifier)
    if isinstance(node, Array):
        return [series for item in node.items for series in _all_series(evaluate(item, environment))]
    if isinstance(node, Negation):
        return _binary(operator.mul, -1.0, evaluate(node.inner, environment))
    if isinstance(node, Operation):
        return _binary(_BINARY[node.operator], evaluate(node.left, environment), evaluate(node.right, environment))
    if isinstance(node, Invocation):
        return _invoke(node, environment)
    raise ExpressionError(f"Invalid syntax: {node.value!r} is no value")


def _all_series(value: Value) -> list[Series]:
    if isinstance(value, Series):
        return [value]
    if isinstance(value, list):
        return value
    raise ExpressionError("An array holds time series only")


def _binary(act: Callable[[float, float], float | None], left: Value, right: Value) -> Value:
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            raise ExpressionError("Arrays must have the same length")
        return [_pair(act, one, other) for one, other in zip(left, right, strict=True)]
    if isinstance(left, list):
        return [_pair(act, one, right) for one in left]
    if isinstance(right, list):
        return [_pair(act, left, other) for other in right]
    if isinstance(left, Series) or isinstance(right, Series):
        return _pair(act, left, right)
    result = act(left, right)
    # A number that can't be computed drops every data point that it is used for.
    return math.nan if result is None else result


def _pair(act: Callable[[float, float], float | None], left: Any, right: Any) -> Series:
    one = left.points if isinstance(left, Series) else None
    other = right.points if isinstance(right, Series) else None
    points = {}
    for at in sorted({*(one or {}), *(other or {})}):
        result = act(one.get(at, 0.0) if one is not None else left, other.get(at, 0.0) if other is not None else right)
        if result is not None and math.isfinite(result):
            points[at] = result
    origin: Series = left if one is not None else right
    return origin.with_points(points)


def _invoke(node: Invocation, environment: Environment) -> Value:
    name, arguments = node.function, node.arguments
    if name == "METRICS":
        wanted = arguments[0] if arguments else Text("")
        if not isinstance(wanted, Text):
            raise ExpressionError("METRICS takes a text")
        return [series for series in environment.metrics if wanted.value in series.identifier]
    if name == "SORT":
        return _sort(node, environment)
    if name == "FILL":
        kind = arguments[1]
        filler = kind.value if isinstance(kind, Word) else evaluate(kind, environment)
        return _each(evaluate(arguments[0], environment), lambda series: _fill(series, filler, environment.periods))
    values = [evaluate(argument, environment) for argument in arguments]
    if name == "IF":
        return _if(values)
    if name == "SLICE":
        return _slice(values)
    if name == "TIME_SERIES":
        number = _scalar(values[0], name)
        return Series(dict.fromkeys(environment.periods, number) if math.isfinite(number) else {})
    return _of_one(name, values[0], environment)


def _of_one(name: str, value: Value, environment: Environment) -> Value:
    if name in _REDUCERS:
        return _reduce(name, value)
    if name in _POINTWISE:
        return _each(value, lambda series: series.with_points({at: _POINTWISE[name](v) for at, v in series.points.items() if _valid(name, v)}))
    if name in _STEPWISE:
        return _each(value, lambda series: series.with_points(_STEPWISE[name](sorted(series.points.items()))))
    if name in _CALENDAR:
        return _each(value, lambda series: series.with_points({at: _CALENDAR[name](_utc(at)) for at in environment.periods}))
    if name == "PERIOD":
        if not isinstance(value, Series) or value.period is None:
            raise ExpressionError("PERIOD takes a metric")
        return float(value.period)
    if not isinstance(value, list):
        raise ExpressionError(f"{name} takes an array of time series")
    if name == "METRIC_COUNT":
        return float(len(value))
    if name == "REMOVE_EMPTY":
        return [series for series in value if series.points]
    return (value[0] if name == "FIRST" else value[-1]) if value else Series({})


def _each(value: Value, act: Callable[[Series], Series]) -> Value:
    if isinstance(value, list):
        return [act(series) for series in value]
    if isinstance(value, Series):
        return act(value)
    raise ExpressionError("The function takes a time series or an array of them")


def _scalar(value: Value, name: str) -> float:
    if isinstance(value, (Series, list)):
        raise ExpressionError(f"{name} takes a number here")
    return value


def _average(values: list[float], of: int) -> float:
    return math.fsum(values) / of


# For a single series over its values, and for an array period by period; `of` is how many series there are.
_REDUCERS: dict[str, Callable[[list[float], int], float]] = {
    "SUM": lambda values, of: math.fsum(values), "AVG": _average, "MIN": lambda values, of: min(values),
    "MAX": lambda values, of: max(values), "STDDEV": lambda values, of: statistics.pstdev(values),
    "DATAPOINT_COUNT": lambda values, of: float(len(values)),
}


def _reduce(name: str, value: Value) -> Value:
    act = _REDUCERS[name]
    if isinstance(value, Series):
        values = list(value.points.values())
        return act(values, len(values)) if values else 0.0
    if not isinstance(value, list):
        raise ExpressionError(f"{name} takes a time series or an array of them")
    periods = sorted({at for series in value for at in series.points})
    columns = {at: [series.points[at] for series in value if at in series.points] for at in periods}
    return Series({at: act(column, len(value)) for at, column in columns.items()})


_POINTWISE: dict[str, Callable[[float], float]] = {
    "ABS": abs, "CEIL": lambda v: float(math.ceil(v)), "FLOOR": lambda v: float(math.floor(v)), "LOG": math.log, "LOG10": math.log10,
}


def _valid(name: str, value: float) -> bool:
    return value > 0 or name not in ("LOG", "LOG10")


_Points = list[tuple[float, float]]


def _running(points: _Points) -> dict[float, float]:
    total, result = 0.0, {}
    for at, value in points:
        total += value
        result[at] = total
    return result


_STEPWISE: dict[str, Callable[[_Points], dict[float, float]]] = {
    "DIFF": lambda p: {b[0]: b[1] - a[1] for a, b in zip(p, p[1:])},
    "DIFF_TIME": lambda p: {b[0]: b[0] - a[0] for a, b in zip(p, p[1:])},
    "RATE": lambda p: {b[0]: (b[1] - a[1]) / (b[0] - a[0]) for a, b in zip(p, p[1:])},
    "RUNNING_SUM": _running,
}


def _utc(at: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(at, datetime.timezone.utc)


_CALENDAR: dict[str, Callable[[datetime.datetime], float]] = {
    "MINUTE": lambda t: float(t.minute), "HOUR": lambda t: float(t.hour), "DAY": lambda t: float(t.isoweekday()),
    "DATE": lambda t: float(t.day), "MONTH": lambda t: float(t.month), "YEAR": lambda t: float(t.year), "EPOCH": lambda t: t.timestamp(),
}


def _fill(series: Series, filler: Any, periods: list[float]) -> Series:
    """Every period without a value gets the filler: a number, another series' value, the last one, or one on the line between."""
    points = dict(series.points)
    known = sorted(points.items())
    for at in periods:
        if at in points:
            continue
        before = next((item for item in reversed(known) if item[0] < at), None)
        after = next((item for item in known if item[0] > at), None)
        if isinstance(filler, Series):
            value = filler.points.get(at)
        elif filler == "REPEAT":
            value = before[1] if before else None
        elif filler == "LINEAR":
            value = before[1] + (after[1] - before[1]) * (at - before[0]) / (after[0] - before[0]) if before and after else None
        elif isinstance(filler, float):
            value = filler
        else:
            raise ExpressionError("FILL takes a number, a time series, REPEAT or LINEAR")
        if value is not None:
            points[at] = value
    return series.with_points(dict(sorted(points.items())))


def _if(values: list[Value]) -> Value:
    condition, then = values[0], values[1]
    otherwise: Value | None = values[2] if len(values) > 2 else None
    if isinstance(condition, list) or isinstance(then, list) or isinstance(otherwise, list):
        raise ExpressionError("IF takes no arrays")
    if not isinstance(condition, Series):
        chosen = then if condition else otherwise
        if isinstance(chosen, Series):
            return chosen
        if chosen is None:
            return Series({})
        return chosen
    points = {}
    for at, holds in condition.points.items():
        if holds:
            points[at] = then.points.get(at, 0.0) if isinstance(then, Series) else then
        elif isinstance(otherwise, Series):
            if at in otherwise.points:
                points[at] = otherwise.points[at]
        elif otherwise is not None:
            points[at] = otherwise
    return condition.with_points(points)


def _slice(values: list[Value]) -> Value:
    if not isinstance(values[0], list):
        raise ExpressionError("SLICE takes an array of time series")
    start = int(_scalar(values[1], "SLICE"))
    found = values[0][start:int(_scalar(values[2], "SLICE"))] if len(values) > 2 else values[0][start:]
    return found[0] if len(found) == 1 else found


def _sort(node: Invocation, environment: Environment) -> Value:
    value = evaluate(node.arguments[0], environment)
    by, order = node.arguments[1], node.arguments[2]
    if not isinstance(value, list) or not isinstance(by, Word) or not isinstance(order, Word) or order.value not in ("ASC", "DESC"):
        raise ExpressionError("SORT takes an array, one of AVG, MIN, MAX and SUM, and ASC or DESC")
    ordered = sorted(value, key=lambda series: _scalar(_reduce(by.value, series), "SORT"), reverse=order.value == "DESC")
    limit = int(_scalar(evaluate(node.arguments[3], environment), "SORT")) if len(node.arguments) > 3 else None
    return ordered[:limit]
