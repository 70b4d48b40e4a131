"""From the values of the latest periods to the state of an alarm, with CloudWatch's words for it.

The rules are those of the user guide, "Alarm evaluation" and "Configuring how CloudWatch alarms treat missing data".
The words follow the samples there and those that public reports of alarms quote.
"""

from __future__ import annotations

import datetime
import decimal
from dataclasses import dataclass
from typing import Any

# CloudWatch looks at more periods than it needs; its health checks report "requested: 4" for two, the guide shows five for three.
EXTRA_PERIODS = 2
_LISTED = 5
_WORDS = {
    "GreaterThanOrEqualToThreshold": "greater than or equal to", "GreaterThanThreshold": "greater than",
    "LessThanThreshold": "less than", "LessThanOrEqualToThreshold": "less than or equal to",
}
_TREATED = {"breaching": "Breaching", "notBreaching": "NonBreaching"}


@dataclass(frozen=True)
class Rule:
    """What an alarm compares. `datapoints` is None when only `periods` was given; then all of them count."""

    operator: str
    threshold: float
    periods: int
    datapoints: int | None
    treat_missing: str

    @property
    def needed(self) -> int:
        """How many periods must breach."""
        return self.datapoints or self.periods

    def breaches(self, value: float) -> bool:
        """Whether a value is on the wrong side of the threshold."""
        return {
            "GreaterThanOrEqualToThreshold": value >= self.threshold, "GreaterThanThreshold": value > self.threshold,
            "LessThanThreshold": value < self.threshold, "LessThanOrEqualToThreshold": value <= self.threshold,
        }[self.operator]


@dataclass(frozen=True)
class Point:
    """One period; without a value it is missing."""

    at: float
    value: float | None
    count: float | None = None


@dataclass(frozen=True)
class Verdict:
    """A state and its reason; `used` are the points that were evaluated, newest first."""

    state: str
    reason: str
    used: tuple[Point, ...]


def judge(rule: Rule, newest_first: list[Point]) -> Verdict | None:
    """What the points of the evaluation range say; None where the alarm keeps its state."""
    real = [point for point in newest_first if point.value is not None]
    if len(real) >= rule.periods:
        return _threshold(rule, tuple(real[: rule.periods]), 0)
    missing = rule.periods - len(real)
    if rule.treat_missing in _TREATED:
        return _threshold(rule, tuple(real), missing)
    if not real:
        return _unknown(rule, newest_first) if rule.treat_missing == "missing" else None
    breaching = sum(rule.breaches(_value(point)) for point in real)
    if breaching >= rule.needed:
        return Verdict("ALARM", _reason(rule, tuple(real), 0, True), tuple(real))
    if breaching < len(real):
        return Verdict("OK", _reason(rule, tuple(real), 0, False), tuple(real))
    if rule.treat_missing == "ignore":
        return None
    # "Avoiding premature transitions to alarm state": only breaching data, too little of it, but old enough.
    oldest = max(age for age, point in enumerate(newest_first, 1) if point.value is not None)
    if oldest >= rule.needed:
        return Verdict("ALARM", _reason(rule, tuple(real), 0, True), tuple(real))
    return _unknown(rule, newest_first)


def _value(point: Point) -> float:
    assert point.value is not None
    return point.value


def _threshold(rule: Rule, real: tuple[Point, ...], missing: int) -> Verdict:
    breaching = sum(rule.breaches(_value(point)) for point in real) + (missing if rule.treat_missing == "breaching" else 0)
    alarm = breaching >= rule.needed
    return Verdict("ALARM" if alarm else "OK", _reason(rule, real, missing, alarm), real)


def _unknown(rule: Rule, newest_first: list[Point]) -> Verdict:
    words = "1 datapoint was" if rule.periods == 1 else f"{rule.periods} datapoints were"
    return Verdict("INSUFFICIENT_DATA", f"Insufficient Data: {words} unknown.", tuple(newest_first[: rule.periods]))


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _treated(rule: Rule, missing: int) -> str:
    if not missing:
        return ""
    verb = "was" if missing == 1 else "were"
    return f" and {_counted(missing, 'missing datapoint')} {verb} treated as [{_TREATED[rule.treat_missing]}]"


def _reason(rule: Rule, real: tuple[Point, ...], missing: int, alarm: bool) -> str:
    proving = [point for point in real if rule.breaches(_value(point)) == alarm]
    if not proving:
        received = f"{_counted(len(real), 'datapoint')} {'was' if len(real) == 1 else 'were'}" if real else "no datapoints were"
        return f"Threshold Crossed: {received} received for {_counted(rule.periods, 'period')}{_treated(rule, missing)}."
    subject = _counted(len(proving), "datapoint")
    if rule.datapoints is not None:
        subject = f"{len(proving)} out of the last {rule.periods} datapoints"
    listed = ", ".join(f"{number(_value(point))} ({_time(point.at)})" for point in proving[:_LISTED])
    verb = f"{'was' if len(proving) == 1 else 'were'}{'' if alarm else ' not'} {_WORDS[rule.operator]} the threshold ({number(rule.threshold)})"
    if len(proving) < _LISTED:
        text = f"{subject} [{listed}] {verb}{_treated(rule, missing)}"
    else:
        crossed = " which crossed the threshold" if alarm else " which didn't cross the threshold"
        text = f"{subject} {verb}{_treated(rule, missing)}. The most recent datapoints{crossed}: [{listed}]"
    if rule.datapoints is not None:
        least = rule.needed if alarm else rule.periods - rule.needed + 1
        text += f" (minimum {_counted(least, 'datapoint')} for {'OK -> ALARM' if alarm else 'ALARM -> OK'} transition)"
    return f"Threshold Crossed: {text}."


def reason_data(rule: Rule, verdict: Verdict, period: int, statistic: str | None, unit: str | None, now: float) -> dict[str, Any]:
    """What StateReasonData holds, before it becomes a text."""
    real = [point for point in verdict.used if point.value is not None]
    data: dict[str, Any] = {"version": "1.0", "queryDate": moment(now)}
    if real:
        data["startDate"] = moment(real[-1].at)
    data.update({name: value for name, value in (("unit", unit), ("statistic", statistic)) if value})
    data.update(period=period, recentDatapoints=[point.value for point in reversed(real)], threshold=rule.threshold)
    data["evaluatedDatapoints"] = [_evaluated(point) for point in verdict.used]
    return data


def _evaluated(point: Point) -> dict[str, Any]:
    shown: dict[str, Any] = {"timestamp": moment(point.at)}
    if point.value is not None:
        shown.update({"sampleCount": point.count} if point.count is not None else {}, value=point.value)
    return shown


def number(value: float) -> str:
    """As Java writes a double: 0.0, 1.0E7, 1.0E-4."""
    value = float(value)
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    sign, digits, _ = decimal.Decimal(repr(value)).normalize().as_tuple()
    text = "".join(str(digit) for digit in digits)
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{decimal.Decimal(repr(value)).adjusted()}"


def _time(at: float) -> str:
    return datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%d/%m/%y %H:%M:%S")


def moment(at: float) -> str:
    """2019-10-02T17:04:40.985+0000, as notices and reasons write a time."""
    text = datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return f"{text[:-3]}+0000"
