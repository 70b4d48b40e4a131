"""GetMetricWidgetImage: the widget's definition, and the data for its chart.

The rules are those of the API reference, "GetMetricWidgetImage: metric widget structure and syntax". What is drawn is `chart.py`.
"""

from __future__ import annotations

import datetime
import json
import math
import re
import time
from typing import Any, Callable

from ..exchange import Call, Refusal
from .alarm import AlarmStore
from .chart import Chart, Line, Mark, draw
from .expression import ExpressionError
from .mathematics import Series
from .metrics import aligned
from .queries import Queries, check_expressions, is_statistic
from .store import MetricStore

_MEMBERS = {"accountId", "annotations", "end", "height", "legend", "liveData", "metrics", "period", "region", "setPeriodToTimeRange",
            "singleValueFullPrecision", "sparkline", "stacked", "start", "stat", "table", "theme", "timezone", "title", "trend", "view", "width",
            "yAxis"}
_RENDERING = {"accountId", "color", "expression", "id", "label", "period", "region", "stat", "visible", "yAxis"}
_HORIZONTAL = {"value", "label", "color", "fill", "visible", "yAxis"}
_VERTICAL = {"value", "label", "color", "fill", "visible"}
_LARGEST = 2000
_MOST_METRICS = 500
_MOST_POINTS = 1440
_RELATIVE = re.compile(r"(-?)P(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_COLOUR = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")


def _wrong(what: str) -> Refusal:
    return Refusal("ValidationError", f"Invalid metric widget: {what}")


class Widgets:
    """The operation, over the metrics and alarms."""

    def __init__(self, metrics: MetricStore, alarms: AlarmStore, fresh: Callable[[], None]) -> None:
        self._metrics = metrics
        self._alarms = alarms
        self._fresh = fresh

    def handlers(self) -> dict[str, Callable[[Call], dict[str, Any]]]:
        """Operation to what answers it."""
        return {"GetMetricWidgetImage": self.image}

    def image(self, call: Call) -> dict[str, Any]:
        """GetMetricWidgetImage: the bytes of a PNG."""
        if call.params.get("OutputFormat", "png") != "png":
            raise Refusal("InvalidParameterValue", "The stand-in answers GetMetricWidgetImage with OutputFormat png only.")
        try:
            widget = json.loads(call.params["MetricWidget"])
        except ValueError as error:
            raise _wrong(f"it is not valid JSON ({error})") from None
        check(widget)
        self._fresh()
        return {"MetricWidgetImage": draw(self._chart(call, widget))}

    def _chart(self, call: Call, widget: dict[str, Any]) -> Chart:
        now = time.time()
        start, end = moment_of(widget.get("start", "-PT3H"), now), moment_of(widget.get("end", "PT0H"), now)
        if start >= end:
            raise _wrong("start must be before end")
        queries = _queries(widget, math.ceil((end - start) / _MOST_POINTS / 60) * 60)
        try:
            check_expressions(queries, None)
            evaluation = Queries(self._metrics, (call.account, widget.get("region", call.region)), queries,
                                 lambda period: aligned(start, end, period))
            lines = [line for query in queries if query["ReturnData"] for line in _lines(query, evaluation)]
        except ExpressionError as error:
            raise _wrong(str(error)) from None
        annotations = widget.get("annotations", {})
        return Chart(
            title=widget.get("title", ""), width=widget.get("width", 600), height=widget.get("height", 400), start=start, end=end,
            zone=_zone(widget.get("timezone", "+0000")), lines=lines, dark=widget.get("theme") == "dark",
            stacked=bool(widget.get("stacked")), legend=widget.get("legend", {}).get("position", "bottom"),
            horizontal=[mark for item in annotations.get("horizontal", []) for mark in _horizontal(item)],
            vertical=[Mark(moment_of(item["value"], now), item.get("label", ""), item.get("color"), None)
                      for item in annotations.get("vertical", []) if item.get("visible", True)],
            least=widget.get("yAxis", {}).get("left", {}).get("min"), most=widget.get("yAxis", {}).get("left", {}).get("max"),
            unit=widget.get("yAxis", {}).get("left", {}).get("label", ""))


def _horizontal(item: Any) -> list[Mark]:
    """A line, or a band of two."""
    found = item if isinstance(item, list) else [item]
    return [Mark(float(one["value"]), one.get("label", ""), one.get("color"), one.get("fill")) for one in found if one.get("visible", True)]


def _lines(query: dict[str, Any], evaluation: Queries) -> list[Line]:
    value = evaluation.value(query["Id"])
    found = value if isinstance(value, list) else [value]
    period = evaluation.period_of(query["Id"])
    lines = []
    for series in found:
        if isinstance(series, Series):
            label = f"{query['Label']} {series.label}".strip() if len(found) > 1 else query["Label"]
            lines.append(Line(label, sorted(series.points.items()), query["colour"], period))
    return lines


def check(widget: Any) -> None:
    """Refuses a definition that breaks the documented structure. Members that it doesn't name are refused too."""
    if not isinstance(widget, dict):
        raise _wrong("it must be an object")
    unknown = sorted(set(widget) - _MEMBERS)
    if unknown:
        raise _wrong(f"unknown members {', '.join(unknown)}")
    if not isinstance(widget.get("metrics"), list) or not 1 <= len(widget["metrics"]) <= _MOST_METRICS:
        raise _wrong(f"metrics must be an array of 1 to {_MOST_METRICS}")
    for name in ("width", "height"):
        size = widget.get(name, 1)
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= _LARGEST:
            raise _wrong(f"{name} must be a whole number from 1 to {_LARGEST}")
    _check_period(widget.get("period", 300))
    for name, allowed in (("view", ("timeSeries",)), ("theme", ("light", "dark")), ("stacked", (True, False)), ("liveData", (True, False))):
        if name in widget and widget[name] not in allowed:
            raise _wrong(f"{name} must be one of {', '.join(str(value) for value in allowed)} (the stand-in draws no others)")
    if not isinstance(widget.get("title", ""), str) or not isinstance(widget.get("stat", "Average"), str):
        raise _wrong("title and stat must be texts")
    _zone(widget.get("timezone", "+0000"))
    if widget.get("legend", {}).get("position", "bottom") not in ("bottom", "right", "hidden"):
        raise _wrong("legend.position must be bottom, right or hidden")
    if set(widget.get("yAxis", {})) - {"left", "right"}:
        raise _wrong("yAxis has left and right")
    for side in widget.get("yAxis", {}).values():
        if set(side) - {"label", "min", "max", "showUnits"}:
            raise _wrong("an axis has label, min, max and showUnits")
    _check_annotations(widget.get("annotations", {}))


def _check_period(period: Any) -> None:
    if isinstance(period, bool) or not isinstance(period, int) or (period not in (1, 5, 10, 20, 30) and (period < 60 or period % 60)):
        raise _wrong("period must be 1, 5, 10, 20, 30 or a multiple of 60")


def _check_annotations(annotations: Any) -> None:
    if not isinstance(annotations, dict) or set(annotations) - {"horizontal", "vertical"}:
        raise _wrong("annotations has horizontal and vertical")
    for item in annotations.get("horizontal", []):
        for line in item if isinstance(item, list) else [item]:
            number = line.get("value") if isinstance(line, dict) else None
            if isinstance(number, bool) or not isinstance(number, (int, float)) or set(line) - _HORIZONTAL:
                raise _wrong(f"a horizontal annotation has a number as value and any of {', '.join(sorted(_HORIZONTAL - {'value'}))}")
            _check_colour(line.get("color", "#000000"))
    for line in annotations.get("vertical", []):
        if not isinstance(line, dict) or not isinstance(line.get("value"), str) or set(line) - _VERTICAL:
            raise _wrong("a vertical annotation has a time as value")
        moment_of(line["value"], 0.0)
        _check_colour(line.get("color", "#000000"))


def _check_colour(colour: Any) -> None:
    if not isinstance(colour, str) or _COLOUR.fullmatch(colour) is None:
        raise _wrong(f"{colour!r} is no colour such as #d62728")


def moment_of(text: Any, now: float) -> float:
    """An absolute time (ISO 8601) or one before now, such as -PT3H."""
    if not isinstance(text, str):
        raise _wrong(f"{text!r} is no time")
    match = _RELATIVE.fullmatch(text)
    if match:
        months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
        length = datetime.timedelta(days=30 * months + days, weeks=weeks, hours=hours, minutes=minutes, seconds=seconds)
        return now + length.total_seconds() * (-1 if match.group(1) else 1)
    try:
        found = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise _wrong(f"{text!r} is neither a time nor a duration such as -PT3H") from None
    return (found if found.tzinfo else found.replace(tzinfo=datetime.timezone.utc)).timestamp()


def _zone(text: Any) -> datetime.timezone:
    match = re.fullmatch(r"([+-])(\d{2})(\d{2})", text) if isinstance(text, str) else None
    if match is None:
        raise _wrong("timezone must look like +0900")
    minutes = int(match.group(2)) * 60 + int(match.group(3))
    return datetime.timezone(datetime.timedelta(minutes=minutes if match.group(1) == "+" else -minutes))


def _queries(widget: dict[str, Any], least_period: int) -> list[dict[str, Any]]:
    """The metrics as queries. `.` repeats the part above it, `...` all that is left out."""
    queries: list[dict[str, Any]] = []
    above: list[str] = []
    for number, row in enumerate(widget["metrics"]):
        if not isinstance(row, list) or not row:
            raise _wrong("each of metrics is an array")
        rendering = row[-1] if isinstance(row[-1], dict) else {}
        if set(rendering) - _RENDERING:
            raise _wrong(f"unknown rendering properties {', '.join(sorted(set(rendering) - _RENDERING))}")
        if "color" in rendering:
            _check_colour(rendering["color"])
        query: dict[str, Any] = {"Id": rendering.get("id", f"hidden{number}"), "ReturnData": rendering.get("visible", True), "colour": rendering.get("color")}
        period = rendering.get("period", widget.get("period", 300))
        _check_period(period)
        period = max(period, least_period) if least_period > 60 else period
        if "expression" in rendering:
            if len(row) != 1:
                raise _wrong("an expression stands alone in its array")
            query.update(Expression=rendering["expression"], Label=rendering.get("label", rendering["expression"]), Period=period)
        else:
            above = _names(row[:-1] if isinstance(row[-1], dict) else row, above)
            query.update(MetricStat=_stat(above, rendering.get("stat", widget.get("stat", "Average")), period), Label=rendering.get("label", above[1]))
        queries.append(query)
    if len({query["Id"] for query in queries}) != len(queries):
        raise _wrong("every id must be unique")
    return queries


def _names(row: list[Any], above: list[str]) -> list[str]:
    if not all(isinstance(item, str) for item in row):
        raise _wrong("a metric is named by texts: namespace, name, and pairs of dimension and value")
    if "..." in row:
        position = row.index("...")
        row = row[:position] + above[position: len(above) - (len(row) - position - 1)] + row[position + 1:]
    names = [above[index] if item == "." and index < len(above) else item for index, item in enumerate(row)]
    if len(names) < 2 or len(names) % 2 or "." in names:
        raise _wrong("a metric is named by namespace, name, and pairs of dimension and value")
    return names


def _stat(names: list[str], stat: Any, period: int) -> dict[str, Any]:
    if not isinstance(stat, str) or not is_statistic(stat):
        raise _wrong(f"the stand-in doesn't know the statistic {stat!r}")
    dimensions = [{"Name": names[index], "Value": names[index + 1]} for index in range(2, len(names), 2)]
    return {"Metric": {"Namespace": names[0], "MetricName": names[1], "Dimensions": dimensions}, "Period": period, "Stat": stat}
