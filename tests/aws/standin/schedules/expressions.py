"""Schedule expressions: at(), rate() and cron() (Scheduler user guide, "Schedule types in EventBridge Scheduler")."""

from __future__ import annotations

import calendar
import datetime
import re
import zoneinfo
from dataclasses import dataclass

from ..exchange import Refusal

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)}
_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
# Field, least, most, names.
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minutes", 0, 59, {}), ("hours", 0, 23, {}), ("day-of-month", 1, 31, {}), ("month", 1, 12, _MONTHS),
    ("day-of-week", 1, 7, _DAYS), ("year", 1970, 2199, {}),
)


def _invalid(text: str) -> Refusal:
    return Refusal("ValidationException", f"Invalid Schedule Expression {text}.")


@dataclass(frozen=True)
class At:
    """Once."""

    moment: datetime.datetime


@dataclass(frozen=True)
class Rate:
    """Every so many seconds."""

    seconds: int


@dataclass(frozen=True)
class Cron:
    """In each minute that fits all fields, in the time zone."""

    fields: tuple[str, ...]
    zone: zoneinfo.ZoneInfo

    def matches(self, moment: datetime.datetime) -> bool:
        """Whether it fires in the minute of this moment."""
        local = moment.astimezone(self.zone)
        minutes, hours, day, month, weekday, year = self.fields
        last = calendar.monthrange(local.year, local.month)[1]
        return (
            _in(minutes, 0, local.minute) and _in(hours, 1, local.hour) and _in(month, 3, local.month) and _in(year, 5, local.year)
            and _day_fits(day, local, last) and _weekday_fits(weekday, local, last)
        )


Expression = At | Rate | Cron


def parse_expression(text: str, zone_name: str) -> Expression:
    """An expression in its time zone; a Refusal in the service's words when one of them is wrong."""
    try:
        zone = zoneinfo.ZoneInfo(zone_name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        raise Refusal("ValidationException", f"The time zone {zone_name} is not valid.") from None
    kind, _, rest = text.partition("(")
    inner = rest.removesuffix(")")
    if rest == inner:
        raise _invalid(text)
    if kind == "at":
        return _at(text, inner, zone)
    if kind == "rate":
        return _rate(text, inner)
    if kind == "cron":
        return _cron(text, inner, zone)
    raise _invalid(text)


def _at(text: str, inner: str, zone: zoneinfo.ZoneInfo) -> At:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", inner):
        raise _invalid(text)
    try:
        return At(datetime.datetime.fromisoformat(inner).replace(tzinfo=zone))
    except ValueError:
        raise _invalid(text) from None


def _rate(text: str, inner: str) -> Rate:
    match = re.fullmatch(r"([1-9]\d*) (minute|hour|day)s?", inner)
    if match is None:
        raise _invalid(text)
    return Rate(int(match.group(1)) * _UNITS[match.group(2)])


def _cron(text: str, inner: str, zone: zoneinfo.ZoneInfo) -> Cron:
    fields = tuple(inner.upper().split(" "))
    # "You can't use * in both the day-of-month and day-of-week fields": one of the two is a question mark.
    if len(fields) != 6 or (fields[2] == "?") == (fields[4] == "?"):
        raise _invalid(text)
    for position, field in enumerate(fields):
        if not _field_is_valid(field, position):
            raise _invalid(text)
    return Cron(fields, zone)


def _number(text: str, position: int) -> int | None:
    _, least, most, names = _FIELDS[position]
    number = names.get(text, int(text) if text.isdigit() else None)
    return number if number is not None and least <= number <= most else None


def _field_is_valid(field: str, position: int) -> bool:
    if field == "?":
        return position in (2, 4)
    if position == 2 and re.fullmatch(r"L|LW|([1-9]|[12]\d|3[01])W", field):
        return True
    if position == 4 and re.fullmatch(r"L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5])", field):
        return True
    return all(_part(part, position) is not None for part in field.split(","))


def _part(part: str, position: int) -> range | None:
    """One item of a list: `*`, `5`, `MON-FRI`, `0/15`, `10-20/2`."""
    span, slash, step_text = part.partition("/")
    _, least, most, _ = _FIELDS[position]
    if slash and not re.fullmatch(r"[1-9]\d*", step_text):
        return None
    step = int(step_text) if slash else 1
    if span == "*":
        return range(least, most + 1, step)
    first_text, dash, last_text = span.partition("-")
    first = _number(first_text, position)
    last = _number(last_text, position) if dash else (most if slash else first)
    return None if first is None or last is None or first > last else range(first, last + 1, step)


def _in(field: str, position: int, value: int) -> bool:
    return any(value in (_part(part, position) or ()) for part in field.split(","))


def _day_fits(field: str, local: datetime.datetime, last: int) -> bool:
    if field == "?":
        return True
    if field == "L":
        return local.day == last
    if field.endswith("W"):
        wanted = last if field == "LW" else min(int(field[:-1]), last)
        return local.day == _nearest_weekday(local.year, local.month, wanted, last)
    return _in(field, 2, local.day)


def _nearest_weekday(year: int, month: int, day: int, last: int) -> int:
    weekday = calendar.weekday(year, month, day)
    if weekday == calendar.SATURDAY:
        return day - 1 if day > 1 else day + 2
    if weekday == calendar.SUNDAY:
        return day + 1 if day < last else day - 2
    return day


def _weekday_fits(field: str, local: datetime.datetime, last: int) -> bool:
    if field == "?":
        return True
    today = local.isoweekday() % 7 + 1  # Sunday is 1.
    if field == "L":
        return today == 7
    match = re.fullmatch(r"(\w+?)(L|#(\d))", field)
    if match and _number(match.group(1), 4) is not None:
        if today != _number(match.group(1), 4):
            return False
        return local.day > last - 7 if match.group(2) == "L" else (local.day - 1) // 7 + 1 == int(match.group(3))
    return _in(field, 4, today)
