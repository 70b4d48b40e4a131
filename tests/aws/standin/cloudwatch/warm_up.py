"""The time in which a new alarm waits for its first data (user guide, "Alarm warm-up periods"; API, WarmUpConfiguration).

It comes once, when an alarm is made: an update may lengthen, shorten or end it while it lasts, and starts none. "During the
warm-up period, the alarm stays in INSUFFICIENT_DATA": SetAlarmState changes nothing then.
"""

from __future__ import annotations

from .alarm import Alarm
from .store import MetricStore


def may_begin(alarm: Alarm, metrics: MetricStore, window: int, now: float) -> bool:
    """Whether an alarm is evaluated; ends its warm-up when that is over."""
    if alarm.warming and _is_over(alarm, metrics, window, now):
        alarm.warming = False
    return not alarm.warming


def _is_over(alarm: Alarm, metrics: MetricStore, window: int, now: float) -> bool:
    settings = alarm.configuration.get("WarmUpConfiguration")
    if settings is None or now >= alarm.created + 60 * settings["WarmUpPeriodDurationInMinutes"]:
        return True
    if settings.get("OnlyStartEvaluatingAfterWarmUpPeriodEnds", False):
        return False
    # The guide's example: made at 10:00, first datum at 10:04, a window of 15 minutes is full at 10:19.
    first = _first_datum(alarm, metrics, now)
    return first is not None and now >= first + window


def _first_datum(alarm: Alarm, metrics: MetricStore, now: float) -> float | None:
    # Metrics have whole minutes: the one that the alarm was made in counts.
    since = alarm.created // 60 * 60
    first = [data[0].at for account, key in alarm.keys if (data := metrics.between(account, alarm.region, key, since, now))]
    return min(first, default=None)
