"""Metrics inside log lines (user guide, "Specification: Embedded metric format")."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Iterator

from .store import Datum, MetricKey, stored_at

_DIMENSIONS = 30
_METRICS = 100
_VALUES = 100
_UNITS_NONE = "None"


class Malformed(Exception):
    """A line that asks for metrics but breaks the specification. CloudWatch keeps the line and makes no metric of it."""


@dataclass(frozen=True)
class Measured:
    """One metric that a line reports."""

    key: MetricKey
    datum: Datum


def measured(line: str) -> list[Measured]:
    """The metrics of a log line; empty when it isn't one of this format. Lambda may put time and request before the document."""
    start = line.find("{")
    if start < 0 or '"CloudWatchMetrics"' not in line:
        return []
    try:
        root = json.loads(line[start:])
    except ValueError:
        return []
    if not isinstance(root, dict) or not isinstance(root.get("_aws"), dict) or "CloudWatchMetrics" not in root["_aws"]:
        return []
    metadata = root["_aws"]
    timestamp = metadata.get("Timestamp")
    if isinstance(timestamp, bool) or not isinstance(timestamp, int):
        raise Malformed("_aws.Timestamp must be a whole number of milliseconds")
    directives = metadata["CloudWatchMetrics"]
    if not isinstance(directives, list):
        raise Malformed("_aws.CloudWatchMetrics must be an array")
    return [item for directive in directives for item in _of_directive(root, directive, timestamp / 1000)]


def _of_directive(root: dict[str, Any], directive: Any, timestamp: float) -> Iterator[Measured]:
    if not isinstance(directive, dict) or {"Namespace", "Dimensions", "Metrics"} - set(directive):
        raise Malformed("a metric directive needs Namespace, Dimensions and Metrics")
    namespace, sets, metrics = directive["Namespace"], directive["Dimensions"], directive["Metrics"]
    if not isinstance(namespace, str) or not 1 <= len(namespace) <= 255:
        raise Malformed("Namespace must be a string of 1 to 255 characters")
    if not isinstance(sets, list) or not all(isinstance(names, list) for names in sets):
        raise Malformed("Dimensions must be an array of arrays")
    if not isinstance(metrics, list) or len(metrics) > _METRICS:
        raise Malformed(f"Metrics must be an array of at most {_METRICS}")
    dimension_sets = [_dimensions(root, names) for names in sets] or [()]
    for definition in metrics:
        name, datum = _datum(root, definition, timestamp)
        for dimensions in dimension_sets:
            yield Measured(MetricKey(namespace, name, dimensions), datum)


def _dimensions(root: dict[str, Any], names: list[Any]) -> tuple[tuple[str, str], ...]:
    if len(names) > _DIMENSIONS:
        raise Malformed(f"a dimension set has at most {_DIMENSIONS} keys")
    for name in names:
        if not isinstance(name, str) or not isinstance(root.get(name), str) or not root[name]:
            raise Malformed(f"the dimension {name!r} must be a member of the root with a string")
    return tuple(sorted((name, root[name]) for name in names))


def _datum(root: dict[str, Any], definition: Any, timestamp: float) -> tuple[str, Datum]:
    if not isinstance(definition, dict) or not isinstance(definition.get("Name"), str):
        raise Malformed("a metric definition needs a Name")
    name, resolution = definition["Name"], definition.get("StorageResolution", 60)
    if resolution not in (1, 60):
        raise Malformed(f"the StorageResolution of {name} must be 1 or 60")
    target = root.get(name)
    values: list[Any] = target if isinstance(target, list) else [target]
    if not 1 <= len(values) <= _VALUES or not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
        raise Malformed(f"the metric {name} must be a number, or an array of 1 to {_VALUES} numbers")
    unit = definition.get("Unit") or _UNITS_NONE
    return name, Datum.of_values(stored_at(timestamp, resolution), values, [1] * len(values), unit)
