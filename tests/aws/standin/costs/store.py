"""The bills of all payers, who may see what of them, by which clock, and how often Cost Explorer was asked."""

from __future__ import annotations

import datetime
import threading
from collections import Counter
from typing import Any, Iterator

from ..organizations.store import Store as Organizations
from ..settings import Settings
from .ledger import Ledger, Line
from .plan import MEMBERS, ORGANIZATION_MEMBERS, Day, Plan, plan

_PRICE_CENTS = 1
# What leaves the lines as they are; everything else makes them anew.
_VIEW_ONLY = {"account", "today", "late", "page_size", "cost_explorer", "hourly", "multi_year", "member_access", "cost_categories"}


class Book:
    """One payer's costs: what the test said, and the ledger made of it."""

    def __init__(self, payer: str, body: dict[str, Any], anchor: Day) -> None:
        self.payer = payer
        self.body = body
        self.anchor = anchor
        self.ledger = Ledger(plan(body, anchor))

    @property
    def plan(self) -> Plan:
        """What decides the figures."""
        return self.ledger.plan

    def changed(self, body: dict[str, Any], anchor: Day) -> Book:
        """The book after a further call, which replaces the members that it names."""
        merged = {**self.body, **body}
        if set(body) - _VIEW_ONLY:
            return Book(self.payer, merged, anchor if {"accounts", "seed"} & set(body) else self.anchor)
        made = Book(self.payer, merged, self.anchor)
        made.ledger.share(self.ledger)
        return made


class Store:
    """All books."""

    def __init__(self, settings: Settings, organizations: Organizations) -> None:
        self._settings = settings
        self.organizations = organizations
        self._books: dict[str, Book] = {}
        self._billed: Counter[tuple[str, str]] = Counter()
        self.lock = threading.RLock()

    def seed(self, body: dict[str, Any]) -> dict[str, Any]:
        """`POST /_costs`; ValueError says what is wrong. Accounts become an organization when the payer manages none yet."""
        account = body.get("account")
        if not isinstance(account, str) or set(body) - MEMBERS:
            raise ValueError(f"expected account and any of {', '.join(sorted(MEMBERS - {'account'}))}")
        with self.lock:
            payer = self.organizations.payer(account)
            if payer != account:
                raise ValueError(f"the costs of {account} are in the bill of {payer}")
            if "today" in body:
                self._settings.change({"account": account, "today": body["today"]})
            book = self._books.get(account)
            kept = {key: value for key, value in body.items() if key != "today"}
            anchor = self.today(account)
            try:
                self._books[account] = book.changed(kept, anchor) if book else Book(account, kept, anchor)
            except (KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"the plan is incomplete or of a wrong type: {error!r}") from None
            others = [item for item in body.get("accounts", []) if item["id"] != account]
            if others and self.organizations.of(account) is None:
                self.organizations.seed({"account": account, "accounts": [_member(item, self.today(account)) for item in body["accounts"]]})
            return {"account": account, "today": self.today(account).isoformat(), "accounts": self._books[account].ledger.accounts()}

    def book(self, account: str) -> Book | None:
        """The book in which an account's costs stand."""
        with self.lock:
            return self._books.get(self.organizations.payer(account))

    def is_member(self, account: str) -> bool:
        """Whether somebody else pays for the account: a linked account."""
        return self.organizations.payer(account) != account

    def now(self, account: str) -> datetime.datetime:
        """The moment of an account's bill: that of its payer."""
        return self._settings.billing_now(self.organizations.payer(account))

    def today(self, account: str) -> Day:
        """The day of an account's bill."""
        return self.now(account).date()

    def seen_by(self, account: str) -> list[str]:
        """The accounts whose costs an account sees: a payer sees all of its bill, a member itself (API, GetCostAndUsage)."""
        book = self.book(account)
        if book is None:
            return []
        return [account] if self.is_member(account) else book.ledger.accounts()

    def lines(self, account: str, start: Day, end: Day) -> Iterator[tuple[Day, Line]]:
        """What an account sees today of the days from `start` until before `end`."""
        book = self.book(account)
        if book is None:
            return
        today, owners = self.today(account), self.seen_by(account)
        end = min(end, today + datetime.timedelta(days=1))
        for offset in range((end - start).days):
            day = start + datetime.timedelta(days=offset)
            for owner in owners:
                for line in book.ledger.visible(owner, day, today):
                    yield day, line

    def first_day(self, account: str) -> Day | None:
        """The first day of which an account sees anything; None when it sees nothing at all."""
        book = self.book(account)
        if book is None:
            return None
        owners = set(self.seen_by(account))
        days = [item.opened for item in book.plan.accounts.values() if item.id in owners and item.monthly]
        days += [figure.day for figure in book.plan.figures if figure.account in owners]
        return min(days, default=None)

    def count(self, account: str, operation: str) -> None:
        """Counts an answered request; each is billed, each page too, and a refused one is not (aws/aws-sdk-java issue 2065)."""
        with self.lock:
            self._billed[(account, operation)] += 1

    def described(self, account: str | None) -> dict[str, Any]:
        """`GET /_costs`: the seeded payers, and the billed requests by the account that asked."""
        with self.lock:
            billed: dict[str, Any] = {}
            for (owner, operation), count in sorted(self._billed.items()):
                if account in (None, owner):
                    billed.setdefault(owner, {"requests": 0, "by_operation": {}})
                    billed[owner]["requests"] += count
                    billed[owner]["by_operation"][operation] = count
            for entry in billed.values():
                entry["usd"] = f"{entry['requests'] * _PRICE_CENTS / 100:.2f}"
            payers = {payer: {"today": self.today(payer).isoformat(), "accounts": book.ledger.accounts()} for payer, book in self._books.items()
                      if account in (None, payer)}
        return {"payers": payers, "billed": billed}

    def forget(self, account: str | None) -> None:
        """Drops the book of a payer, or all, and what was counted."""
        with self.lock:
            self._books = {key: value for key, value in self._books.items() if account not in (None, key)}
            self._billed = Counter({key: count for key, count in self._billed.items() if account not in (None, key[0])})


def _member(item: dict[str, Any], today: Day) -> dict[str, Any]:
    """An account's entry for Organizations; one whose costs have ended is closed unless it says otherwise."""
    closed = {"state": "CLOSED"} if item.get("closed_on") and Day.fromisoformat(str(item["closed_on"])) <= today else {}
    return {"name": item["id"], **closed, **{key: item[key] for key in ORGANIZATION_MEMBERS & set(item)}}
