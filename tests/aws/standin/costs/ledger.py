"""The bill itself, line by line and day by day, made from a plan: the same plan gives the same lines in every run.

What can be seen of a line depends on the day of asking: figures of recent days are incomplete and grow until they are final
(UG, "Exploring your data using Cost Explorer": data are refreshed at least once a day, bills are final after the month's end).
"""

from __future__ import annotations

import calendar
import datetime
import hashlib
from dataclasses import dataclass, replace
from typing import Iterator

from .amounts import ONE
from .catalogue import GLOBAL_REGION, PREFIXES, Usage, service
from .plan import Account, Addition, Day, Figure, Plan

_DAYS_OF_A_MONTH = 365.25 / 12
_ONE_DAY = datetime.timedelta(days=1)
_NO_TAGS: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a day. Amounts are whole ten-billionths (`amounts.py`)."""

    account: str
    service: str
    usage_type: str
    region: str
    record_type: str
    operation: str
    instance: str
    unit: str
    quantity: int
    cost: int
    amortized: int
    tags: dict[str, str]
    is_late: bool = True


class Ledger:
    """The lines of all accounts of a plan. Final lines are kept once made."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._final: dict[tuple[str, Day], list[Line]] = {}
        self._set: dict[tuple[str, Day], list[Figure]] = {}
        for figure in plan.figures:
            self._set.setdefault((figure.account, figure.day), []).append(figure)

    def share(self, other: Ledger) -> None:
        """Takes over the lines of a ledger whose plan differs only in what can be seen of them."""
        self._final = other._final

    def accounts(self) -> list[str]:
        """The accounts that have, or may have, lines."""
        extra = {figure.account for figure in self.plan.figures} | {charge.account for charge in self.plan.charges}
        return sorted(extra | set(self.plan.accounts) | {account for item in self.plan.additions for account in item.accounts})

    def visible(self, account: str, day: Day, today: Day) -> list[Line]:
        """What can be seen today of a day of an account."""
        age = (today - day).days
        if age < 0:
            return []
        late, found, final = self.plan.late, [], self.final(account, day)
        if late.is_over(age) and not (self.plan.tax_percent and day.day == 1):
            return final
        for line in final:
            share = late.share(account, line.service, age) if line.is_late else 1.0
            if share >= 1:
                found.append(line)
            elif share > 0:
                found.append(replace(line, quantity=int(line.quantity * share), cost=int(line.cost * share), amortized=int(line.amortized * share)))
        if self.plan.tax_percent and day.day == 1:
            found.extend(self._tax(account, day, today))
        return found

    def _tax(self, account: str, first: Day, today: Day) -> list[Line]:
        """Tax stands on the first of the month and grows with the month's charges."""
        days = calendar.monthrange(first.year, first.month)[1]
        total = 0
        for offset in range(days):
            day = first + offset * _ONE_DAY
            if day > today:
                break
            for line in self.final(account, day):
                share = self.plan.late.share(account, line.service, (today - day).days) if line.is_late else 1.0
                total += int(line.cost * share) if line.record_type not in ("Credit", "Refund") else 0
        cost = int(total * self.plan.tax_percent / 100)
        if not cost:
            return []
        return [Line(account, "Tax", "NoUsageType", "NoRegion", "Tax", "NoOperation", "", "", 0, cost, cost, _NO_TAGS)]

    def final(self, account: str, day: Day) -> list[Line]:
        """The lines of a day as they end up."""
        key = (account, day)
        if key not in self._final:
            self._final[key] = list(self._made(account, day))
        return self._final[key]

    def _made(self, account: str, day: Day) -> Iterator[Line]:
        known = self.plan.accounts.get(account)
        is_open = known is None or (known.opened <= day and (known.closed is None or day < known.closed))
        if known is not None and known.monthly and is_open:
            yield from self._usage(known, day)
        if is_open:
            yield from self._additions(account, day)
            yield from self._charges(account, day)
        for figure in self._set.get((account, day), ()):
            yield Line(account, figure.service, figure.usage_type, figure.region, figure.record_type, "NoOperation", "", "N/A", figure.quantity,
                       figure.cost, figure.cost, figure.tags, figure.is_late)

    def _usage(self, account: Account, day: Day) -> Iterator[Line]:
        level = account.monthly / _DAYS_OF_A_MONTH * (1 + account.growth) ** ((day - self.plan.anchor).days / _DAYS_OF_A_MONTH)
        season = account.weekend if day.weekday() >= 5 else 1.0
        level *= season * 7 / (5 + 2 * account.weekend) * (1 + account.noise * 0.6 * self._noise(account.name, "", day))
        for name, share in account.services:
            found = service(name)
            tags = {**account.tags, **account.service_tags.get(name, _NO_TAGS)}
            factor = self._factor(account.id, name, day)
            for usage in found.usages:
                if usage.days < 100 and self._chance(account.name, name + usage.name, day) * 100 >= usage.days:
                    continue
                noise = 1 + account.noise * self._noise(account.name, name + usage.name, day)
                regions = ((GLOBAL_REGION, 1.0),) if found.is_global else account.regions
                for region, part in regions:
                    usd = level * share * usage.share * part * factor * 100 / usage.days * max(noise, 0.0)
                    yield _used(account.id, name, usage, region, int(usd * ONE), tags)

    def _factor(self, account: str, name: str, day: Day) -> float:
        factor = 1.0
        for item in self.plan.additions:
            if not item.usd and account in item.accounts and item.service in (None, name):
                factor *= 1 + (item.factor - 1) * item.part(day)
        return factor

    def _additions(self, account: str, day: Day) -> Iterator[Line]:
        known = self.plan.accounts.get(account)
        for item in self.plan.additions:
            part = item.part(day) if item.usd and account in item.accounts else 0.0
            if part:
                yield self._added(account, known, item, int(item.usd * part))

    @staticmethod
    def _added(account: str, known: Account | None, item: Addition, cost: int) -> Line:
        found = service(item.service or "")
        usage = next((entry for entry in found.usages if entry.name == item.usage_type), None)
        usage = usage or (Usage(item.usage_type, "Usage", 1, 0.01, "Units") if item.usage_type else found.usages[0])
        region = item.region or (GLOBAL_REGION if found.is_global else known.regions[0][0] if known else "us-east-1")
        tags = {**(known.tags if known else _NO_TAGS), **(known.service_tags.get(found.name, _NO_TAGS) if known else _NO_TAGS), **item.tags}
        return _used(account, found.name, usage, region, cost, tags)

    def _charges(self, account: str, day: Day) -> Iterator[Line]:
        for charge in self.plan.charges:
            outside = (charge.first is not None and day < charge.first) or (charge.last is not None and day > charge.last)
            if charge.account != account or outside:
                continue
            due = charge.cost if day.day == charge.day else 0
            share = charge.cost // calendar.monthrange(day.year, day.month)[1] if charge.is_amortized else due
            if due or share:
                yield Line(account, charge.service, charge.usage_type, "NoRegion", charge.record_type, "NoOperation", "", "N/A", ONE if due else 0, due,
                           share, _NO_TAGS, False)

    def _digest(self, name: str, what: str, day: Day) -> bytes:
        return hashlib.blake2b(f"{self.plan.seed}|{name}|{what}|{day.toordinal()}".encode(), digest_size=8).digest()

    def _noise(self, name: str, what: str, day: Day) -> float:
        """About normal, mean 0 and deviation 1, never beyond 3.5: the sum of four bytes."""
        return (sum(self._digest(name, what, day)[:4]) - 510) / 147.8

    def _chance(self, name: str, what: str, day: Day) -> float:
        return self._digest(name, f"?{what}", day)[7] / 256


def _used(account: str, name: str, usage: Usage, region: str, cost: int, tags: dict[str, str]) -> Line:
    usage_type = f"{PREFIXES.get(region, '')}{usage.name}"
    return Line(account, name, usage_type, region, "Usage", usage.operation or "NoOperation", usage.instance, usage.unit, int(cost / usage.price), cost,
                cost, tags)
