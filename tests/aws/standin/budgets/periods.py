"""The periods of budgets."""

from __future__ import annotations

import datetime
from typing import Any

Moment = datetime.datetime
_MONTHS = {"MONTHLY": 1, "QUARTERLY": 3, "ANNUALLY": 12}


def period_start(unit: str, moment: Moment) -> Moment:
    """The start of the period that holds a moment (API, TimePeriod.Start). A custom period counts as a day."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit in ("DAILY", "CUSTOM"):
        return day
    month = {"QUARTERLY": (day.month - 1) // 3 * 3 + 1, "ANNUALLY": 1}.get(unit, day.month)
    return day.replace(day=1, month=month)


def following(unit: str, start: Moment, count: int = 1) -> Moment:
    """The start of the period that comes so many periods later, or earlier."""
    if unit == "DAILY":
        return start + datetime.timedelta(days=count)
    month = start.year * 12 + start.month - 1 + count * _MONTHS[unit]
    return start.replace(year=month // 12, month=month % 12 + 1)


def current(budget: dict[str, Any], now: Moment) -> tuple[Moment, Moment]:
    """The period that a budget looks at now, within its own dates. A daily one looks at yesterday, the last day that is over."""
    unit, span = budget["TimeUnit"], budget["TimePeriod"]
    if unit == "CUSTOM":
        return span["Start"], span["End"]
    start = period_start(unit, now)
    if unit == "DAILY":
        start = following(unit, start, -1)
    return max(start, span["Start"]), min(following(unit, start), span["End"])
