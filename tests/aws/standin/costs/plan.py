"""What a test says about an organization's costs (`POST /_costs`), checked and typed."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import Any, Callable

from .amounts import amount
from .catalogue import DEFAULT_SERVICES, service

Day = datetime.date
_NO_LATENESS = "none"
_AGES = (0.05, 0.60, 0.97)
_PAGE_SIZE = 1000
_HISTORY_DAYS = 430
_REGION = "ap-northeast-1"
RECORD_TYPES = ("Usage", "Credit", "Refund", "Tax", "Support fee", "Fee", "Recurring", "Upfront", "Discount", "SavingsPlanRecurringFee",
                "SavingsPlanNegation", "SavingsPlanCoveredUsage", "DiscountedUsage", "Enterprise Discount Program Discount")
"""Values of the RECORD_TYPE dimension (UG, "Filtering the data that you want to view": charge type)."""


@dataclass(frozen=True)
class Account:
    """One account: the level of its cost on the anchor day and how that moves.

    Its noise comes from its name, so that a plan gives the same figures whatever the ids are.
    """

    id: str
    name: str
    monthly: float
    services: tuple[tuple[str, float], ...]
    regions: tuple[tuple[str, float], ...]
    growth: float
    weekend: float
    noise: float
    opened: Day
    closed: Day | None
    tags: dict[str, str]
    service_tags: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Addition:
    """A spike or an event: cost on top (`usd` a day) or a multiple (`factor`), from the first to the last day."""

    accounts: tuple[str, ...]
    first: Day
    last: Day
    service: str | None
    usage_type: str | None
    region: str | None
    usd: int
    factor: float
    ramp: bool
    tags: dict[str, str]

    def part(self, day: Day) -> float:
        """How much of the addition falls on a day: all of it, or with `ramp` a share that grows evenly to all of it."""
        if not self.first <= day <= self.last:
            return 0.0
        return ((day - self.first).days + 1) / ((self.last - self.first).days + 1) if self.ramp else 1.0


@dataclass(frozen=True)
class Figure:
    """A line that a test sets exactly."""

    account: str
    day: Day
    service: str
    usage_type: str
    region: str
    record_type: str
    cost: int
    quantity: int
    tags: dict[str, str]
    is_late: bool


@dataclass(frozen=True)
class Charge:
    """Something that is charged once a month, on `day` of the month."""

    account: str
    service: str
    usage_type: str
    record_type: str
    cost: int
    day: int
    is_amortized: bool
    first: Day | None
    last: Day | None


@dataclass(frozen=True)
class Late:
    """How much of a day can be seen how many days later, and what can't be seen at all yet."""

    ages: tuple[float, ...] = _AGES
    missing: tuple[tuple[str | None, str | None, int], ...] = ()
    final_on: int = 1

    def is_over(self, age: int) -> bool:
        """Whether a day so many days old can be seen whole, whatever it holds."""
        return age >= max(len(self.ages), *(days for _, _, days in self.missing), 0)

    def share(self, account: str, service_name: str, age: int) -> float:
        """The visible share of a day that is `age` days old (0 is today)."""
        for wanted_account, wanted_service, days in self.missing:
            if wanted_account in (None, account) and wanted_service in (None, service_name) and age < days:
                return 0.0
        return self.ages[age] if 0 <= age < len(self.ages) else 1.0


@dataclass(frozen=True)
class Category:
    """A cost category: the first value whose accounts or services match, else the default."""

    name: str
    values: tuple[tuple[str, frozenset[str], frozenset[str]], ...]
    default: str

    def value(self, account: str, service_name: str) -> str:
        """The category's value for a line; empty when nothing matches."""
        for value, accounts, services in self.values:
            if account in accounts or service_name in services:
                return value
        return self.default


@dataclass(frozen=True)
class Plan:
    """Everything that decides the figures of a payer."""

    seed: int
    anchor: Day
    accounts: dict[str, Account]
    additions: tuple[Addition, ...] = ()
    figures: tuple[Figure, ...] = ()
    charges: tuple[Charge, ...] = ()
    late: Late = Late()
    categories: tuple[Category, ...] = ()
    allocation_tags: dict[str, str] = field(default_factory=dict)
    tax_percent: float = 0.0
    discount_permille: int = 0
    page_size: int = _PAGE_SIZE
    is_enabled: bool = True
    has_hourly: bool = False
    has_years: bool = False
    has_member_access: bool = True


ORGANIZATION_MEMBERS = frozenset({"id", "name", "email", "unit", "state", "tags", "joined"})
"""What an account's entry says for Organizations."""
MEMBERS = {"account", "accounts", "seed", "spikes", "events", "credits", "charges", "figures", "late", "today", "cost_categories", "allocation_tags",
           "tax_percent", "discount_percent", "page_size", "cost_explorer", "hourly", "multi_year", "member_access"}


def plan(body: dict[str, Any], anchor: Day) -> Plan:
    """The plan behind a merged body; ValueError says what is wrong."""
    _known(body, MEMBERS, "a cost plan")
    known = {account.id: account for account in (_account(item, anchor) for item in body.get("accounts", []))}

    def several(name: str, read: Callable[[dict[str, Any]], Any]) -> tuple[Any, ...]:
        return tuple(read(item) for item in body.get(name, []))

    return Plan(
        seed=int(body.get("seed", 1)), anchor=anchor, accounts=known,
        additions=several("spikes", _addition) + several("events", _addition),
        figures=several("credits", _credit) + several("figures", _figure), charges=several("charges", _charge), late=_late(body.get("late", {})),
        categories=several("cost_categories", _category), allocation_tags=_tag_states(body, known),
        tax_percent=float(body.get("tax_percent", 0)), discount_permille=round(float(body.get("discount_percent", 0)) * 10),
        page_size=int(body.get("page_size", _PAGE_SIZE)), is_enabled=_choice(body, "cost_explorer", ("enabled", "disabled")) == "enabled",
        has_hourly=bool(body.get("hourly", False)), has_years=bool(body.get("multi_year", False)),
        has_member_access=bool(body.get("member_access", True)))


def _account(item: dict[str, Any], anchor: Day) -> Account:
    _known(item, {*ORGANIZATION_MEMBERS, "monthly_usd", "services", "region", "regions", "growth", "weekend", "noise", "opened_on", "closed_on",
                  "cost_tags", "service_tags"}, "an account")
    if not re.fullmatch(r"\d{12}", str(item.get("id"))):
        raise ValueError("an account needs an id of twelve digits")
    named = item.get("services", {name: service(name).weight for name in DEFAULT_SERVICES})
    shares = {name: service(name).weight or 1 for name in named} if isinstance(named, list) else {name: float(share) for name, share in named.items()}
    regions = item.get("regions", {item.get("region", _REGION): 1.0})
    return Account(
        item["id"], item.get("name", item["id"]), float(item.get("monthly_usd", 0)), _portions(shares), _portions({name: float(share) for name, share in regions.items()}),
        float(item.get("growth", 0)), float(item.get("weekend", 0.85)), float(item.get("noise", 0.05)),
        _day(item["opened_on"]) if "opened_on" in item else anchor - datetime.timedelta(days=_HISTORY_DAYS),
        _day(item["closed_on"]) if item.get("closed_on") else None, dict(item.get("cost_tags", {})), dict(item.get("service_tags", {})))


def _portions(shares: dict[str, float]) -> tuple[tuple[str, float], ...]:
    total = sum(shares.values())
    if shares and total <= 0:
        raise ValueError("shares must add up to more than nothing")
    return tuple((name, share / total) for name, share in shares.items())


def _addition(item: dict[str, Any]) -> Addition:
    _known(item, {"name", "account", "accounts", "start", "end", "service", "usage_type", "region", "usd", "factor", "ramp", "tags"}, "a spike or event")
    accounts = tuple(item.get("accounts", [item["account"]] if "account" in item else []))
    if not accounts or ("usd" in item) == ("factor" in item):
        raise ValueError("a spike or event needs account or accounts, and either usd or factor")
    if "usd" in item and "service" not in item:
        raise ValueError("a spike or event of so many usd needs a service")
    first = _day(item["start"])
    last = _day(item.get("end", item["start"]))
    if last < first:
        raise ValueError("a spike or event ends on its first day or later")
    return Addition(accounts, first, last, item.get("service"), item.get("usage_type"), item.get("region"), amount(item.get("usd", 0)),
                    float(item.get("factor", 1)), bool(item.get("ramp", False)), dict(item.get("tags", {})))


def _credit(item: dict[str, Any]) -> Figure:
    """A credit or refund: its amount is given as a positive number and stands in the bill as a negative one."""
    _known(item, {"account", "date", "usd", "service", "record_type"}, "a credit")
    kind = _choice(item, "record_type", ("Credit", "Refund"))
    named = item.get("service", DEFAULT_SERVICES[0])
    return Figure(item["account"], _day(item["date"]), named, "NoUsageType", "NoRegion", kind, -abs(amount(item["usd"])), 0, {}, False)


def _figure(item: dict[str, Any]) -> Figure:
    _known(item, {"account", "date", "usd", "service", "usage_type", "region", "record_type", "quantity", "tags", "late"}, "a figure")
    if not {"account", "date", "usd", "service"} <= set(item):
        raise ValueError("a figure needs account, date, service and usd")
    kind = _choice(item, "record_type", RECORD_TYPES)
    return Figure(item["account"], _day(item["date"]), item["service"], item.get("usage_type", service(item["service"]).usages[0].name),
                  item.get("region", _REGION), kind, amount(item["usd"]), amount(item.get("quantity", 1)), dict(item.get("tags", {})),
                  bool(item.get("late", False)))


def _charge(item: dict[str, Any]) -> Charge:
    _known(item, {"account", "service", "usd", "usage_type", "record_type", "day", "amortize", "start", "end"}, "a charge")
    if not {"account", "service", "usd"} <= set(item) or not 1 <= int(item.get("day", 1)) <= 28:
        raise ValueError("a charge needs account, service and usd, and comes on one of the days 1 to 28 of a month")
    return Charge(item["account"], item["service"], item.get("usage_type", "NoUsageType"), _choice(item, "record_type", ("Recurring", *RECORD_TYPES)),
                  amount(item["usd"]), int(item.get("day", 1)), bool(item.get("amortize", False)),
                  _day(item["start"]) if "start" in item else None, _day(item["end"]) if "end" in item else None)


def _late(item: Any) -> Late:
    if item == _NO_LATENESS:
        return Late(())
    _known(item, {"ages", "missing", "final_on"}, "late")
    missing = []
    for entry in item.get("missing", []):
        _known(entry, {"account", "service", "days"}, "late.missing")
        missing.append((entry.get("account"), entry.get("service"), int(entry["days"])))
    return Late(tuple(float(share) for share in item.get("ages", _AGES)), tuple(missing), int(item.get("final_on", 1)))


def _category(item: dict[str, Any]) -> Category:
    _known(item, {"name", "values", "default"}, "a cost category")
    values = []
    for entry in item["values"]:
        _known(entry, {"value", "accounts", "services"}, "a value of a cost category")
        values.append((entry["value"], frozenset(entry.get("accounts", [])), frozenset(entry.get("services", []))))
    return Category(item["name"], tuple(values), item.get("default", ""))


def _tag_states(body: dict[str, Any], accounts: dict[str, Account]) -> dict[str, str]:
    """Every key that some cost carries is active unless told otherwise."""
    keys: set[str] = set()
    for account in accounts.values():
        keys |= set(account.tags).union(*account.service_tags.values())
    for name in ("spikes", "events", "figures"):
        for item in body.get(name, []):
            keys |= set(item.get("tags", {}))
    states = {key: "Active" for key in sorted(keys)}
    for key, state in body.get("allocation_tags", {}).items():
        if state not in ("Active", "Inactive"):
            raise ValueError("the state of an allocation tag is Active or Inactive")
        states[key] = state
    return states


def _day(text: Any) -> Day:
    return datetime.date.fromisoformat(str(text))


def _choice(item: dict[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = item.get(name, allowed[0])
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(dict.fromkeys(allowed))}")
    return str(value)


def _known(item: Any, members: set[str], what: str) -> None:
    if not isinstance(item, dict):
        raise ValueError(f"{what} must be an object")
    unknown = set(item) - members
    if unknown:
        raise ValueError(f"{what} has no {', '.join(sorted(unknown))}; expected {', '.join(sorted(members))}")
