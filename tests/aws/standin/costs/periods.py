"""Time periods: what Cost Explorer refuses, and the buckets of an answer.

The quoted words are AWS's own, from public reports: aws/aws-sdk-js issue 2732 (end), aws/aws-sdk-net issue 3033 (hours),
zoph-io/instance-watcher issues 13 and 18 (order), redhat-performance/cloud-governance pull request 1011 (more than 14 months).
"""

from __future__ import annotations

import calendar
import datetime
from dataclasses import dataclass

from ..exchange import Refusal
from .plan import Day, Plan

_ONE_DAY = datetime.timedelta(days=1)
_MONTHS = 14
_MONTHS_WITH_HISTORY = 38
_HOURLY_DAYS = 14


@dataclass(frozen=True)
class Bucket:
    """One period of an answer; `end` is exclusive."""

    start: Day
    end: Day


def refuse(message: str) -> Refusal:
    """The error of Cost Explorer for a request that makes no sense."""
    return Refusal("ValidationException", message)


def months_later(day: Day, count: int) -> Day:
    """The same day so many months later (or earlier), or the last one of a shorter month."""
    number = day.year * 12 + day.month - 1 + count
    year, month = divmod(number, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def parsed(period: dict[str, str], is_hourly: bool) -> tuple[Day, Day]:
    """Start and end of a TimePeriod."""
    texts = (period["Start"], period["End"])
    with_time = [len(text) > len("2026-11-07") for text in texts]
    if is_hourly and not all(with_time):
        raise refuse("Time period is invalid. Valid format is yyyy-MM-ddThh:mm:ssZ.")
    if not is_hourly and any(with_time):
        raise refuse("Hourly timePeriod is not supported for this request")
    try:
        moments = [datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) for text in texts]
    except ValueError:
        raise refuse("Time period is invalid. Valid format is yyyy-MM-dd.") from None
    if moments[0] >= moments[1]:
        raise refuse("Start date (and hour) should be before end date (and hour)")
    if is_hourly and any(moment.hour or moment.minute or moment.second for moment in moments):
        raise Refusal("StandInFailure", "The stand-in splits whole days into hours only.")
    return moments[0].date(), moments[1].date()


def checked(period: dict[str, str], granularity: str, plan: Plan, today: Day) -> tuple[Day, Day]:
    """Start and end of a query of the past."""
    start, end = parsed(period, granularity == "HOURLY")
    next_month = months_later(today.replace(day=1), 1)
    if start > today:
        # API, DateInterval.Start: no later than the current date. Not the words of AWS.
        raise refuse("Start date should not be after today")
    if end > next_month:
        raise refuse("end date past the beginning of next month")
    if granularity == "HOURLY":
        _check_hours(start, plan, today)
    elif start < months_later(today, -_MONTHS):
        _check_history(start, granularity, plan, today)
    return start, end


def _check_hours(start: Day, plan: Plan, today: Day) -> None:
    """UG, "Enabling multi-year and granular data": hours only where they are enabled, for the last 14 days. Not the words of AWS."""
    if not plan.has_hourly:
        raise Refusal("AccessDeniedException", "Hourly data granularity is not enabled for this account.")
    if start < today - _HOURLY_DAYS * _ONE_DAY:
        raise refuse("Hourly data is available for the last 14 days only")


def _check_history(start: Day, granularity: str, plan: Plan, today: Day) -> None:
    """UG, "Enabling multi-year and granular data": up to 38 months, by month."""
    if not plan.has_years:
        raise refuse("You haven't enabled historical data beyond 14 months.")
    if start.day != 1 or granularity != "MONTHLY":
        raise refuse("To retrieve data beyond the past 14 months, your start date needs to be the first day of the month.")
    if start < months_later(today.replace(day=1), -_MONTHS_WITH_HISTORY):
        raise refuse("Data is available for the past 38 months only")


def buckets(start: Day, end: Day, granularity: str) -> list[Bucket]:
    """The periods from start to end; months are cut at both ends."""
    found = []
    while start < end:
        following = start + _ONE_DAY if granularity != "MONTHLY" else months_later(start.replace(day=1), 1)
        found.append(Bucket(start, min(following, end)))
        start = following
    return found


def is_estimated(bucket: Bucket, today: Day, final_on: int) -> bool:
    """Whether the bill of the bucket's month is still open: the current month, and the one before until its bill is final."""
    last = bucket.end - _ONE_DAY
    month = today.replace(day=1)
    if today.day < final_on:
        month = months_later(month, -1)
    return last >= month

