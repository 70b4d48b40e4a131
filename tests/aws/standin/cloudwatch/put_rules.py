"""What PutMetricData refuses beyond the model (API reference, PutMetricData and MetricDatum)."""

from __future__ import annotations

import math
from typing import Any

from ..exchange import Refusal

_OLDEST = 14 * 86400
_NEWEST = 2 * 3600
_LARGEST = 2.0**360


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidParameterValue", message)


def _combination(message: str) -> Refusal:
    return Refusal("InvalidParameterCombination", message)


def check_data(params: dict[str, Any], now: float) -> None:
    """Refuses the whole request, as CloudWatch does, when one datum of it is wrong."""
    if params["Namespace"].startswith("AWS/"):
        raise _invalid("The value AWS/ for parameter Namespace is invalid.")
    data = params.get("MetricData") or []
    if "EntityMetricData" in params:
        raise Refusal("UnknownOperationException", "The stand-in does not implement EntityMetricData of PutMetricData.")
    if not data:
        raise Refusal("MissingParameter", "The parameter MetricData is required.")
    if len(data) > 1000:
        raise _invalid("The collection MetricData must not have a size greater than 1000.")
    for number, datum in enumerate(data, 1):
        _check_datum(datum, f"MetricData.member.{number}", now)


def _check_datum(datum: dict[str, Any], name: str, now: float) -> None:
    dimensions = datum.get("Dimensions") or []
    if len(dimensions) > 30:
        raise _invalid(f"The collection {name}.Dimensions must not have a size greater than 30.")
    if len({item["Name"] for item in dimensions}) != len(dimensions):
        raise _invalid(f"No duplicate names are allowed in {name}.Dimensions.")
    if datum.get("StorageResolution", 60) not in (1, 60):
        raise _invalid(f"The parameter {name}.StorageResolution must be 1 or 60.")
    if "Timestamp" in datum:
        _check_timestamp(datum["Timestamp"].timestamp(), name, now)
    given = [kind for kind in ("Value", "StatisticValues", "Values") if datum.get(kind) is not None]
    if not given:
        raise Refusal("MissingParameter", f"At least one of the parameters {name}.Value, {name}.StatisticValues and {name}.Values must be specified.")
    if len(given) > 1:
        raise _combination(f"The parameters {name}.{given[0]} and {name}.{given[1]} are mutually exclusive and you have specified both.")
    if given == ["Values"]:
        _check_values(datum, name)
    elif "Counts" in datum:
        raise _combination(f"The parameter {name}.Counts needs {name}.Values.")
    if given == ["StatisticValues"]:
        _check_set(datum["StatisticValues"], name)
    if given == ["Value"]:
        _check_number(datum["Value"], f"{name}.Value")


def _check_timestamp(at: float, name: str, now: float) -> None:
    if at < now - _OLDEST:
        raise _invalid(f"The parameter {name}.Timestamp must specify a time within the past two weeks.")
    if at > now + _NEWEST:
        raise _invalid(f"The parameter {name}.Timestamp must specify a time no more than two hours in the future.")


def _check_number(value: float, name: str) -> None:
    if not math.isfinite(value) or abs(value) > _LARGEST:
        raise _invalid(f"The value {value} for parameter {name} is invalid.")


def _check_values(datum: dict[str, Any], name: str) -> None:
    values, counts = datum["Values"], datum.get("Counts")
    if not 1 <= len(values) <= 150:
        raise _invalid(f"The collection {name}.Values must have a size of 1 to 150.")
    if counts is not None and len(counts) != len(values):
        raise _combination(f"The parameters {name}.Values and {name}.Counts must be of the same size.")
    for value in values:
        _check_number(value, f"{name}.Values")
    for count in counts or []:
        if not math.isfinite(count) or count < 0:
            raise _invalid(f"The value {count} for parameter {name}.Counts is invalid.")


def _check_set(values: dict[str, float], name: str) -> None:
    for member in ("SampleCount", "Sum", "Minimum", "Maximum"):
        _check_number(values[member], f"{name}.StatisticValues.{member}")
    if values["SampleCount"] <= 0:
        raise _invalid(f"The parameter {name}.StatisticValues.SampleCount must be greater than 0.")
    if values["Maximum"] < values["Minimum"]:
        raise _combination(f"The parameter {name}.StatisticValues.Maximum must be greater than {name}.StatisticValues.Minimum.")
