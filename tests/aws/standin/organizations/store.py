"""The organizations that tests seed: a management account, its root, units and member accounts."""

from __future__ import annotations

import datetime
import hashlib
import re
import threading
from dataclasses import dataclass, field
from typing import Any

STATES = ("PENDING_ACTIVATION", "ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED")
# UG of Organizations, "Monitor the state of your AWS accounts": what the older Status says of each state.
_STATUS = {"ACTIVE": "ACTIVE", "SUSPENDED": "SUSPENDED", "PENDING_CLOSURE": "PENDING_CLOSURE", "CLOSED": "SUSPENDED"}
_ACCOUNT_MEMBERS = {"id", "name", "email", "unit", "state", "tags", "joined"}
_MEMBERS = {"account", "accounts", "units", "delegated_administrators", "status", "remove"}
_JOINED = datetime.datetime(2024, 1, 15, 9, 30, tzinfo=datetime.timezone.utc)


@dataclass
class Member:
    """An account of an organization; `unit` is the id of its parent, a unit or the root."""

    id: str
    name: str
    email: str
    unit: str
    state: str = "ACTIVE"
    tags: dict[str, str] = field(default_factory=dict)
    joined: datetime.datetime = _JOINED


@dataclass
class Unit:
    """An organizational unit."""

    id: str
    name: str
    parent: str
    tags: dict[str, str] = field(default_factory=dict)


class Organization:
    """One organization. All its ids come from the management account's id and the names, so that they are the same in every run."""

    def __init__(self, management: str, shows_status: bool) -> None:
        self.management = management
        self.shows_status = shows_status
        self.id = f"o-{_hash(management, 10)}"
        self.root = f"r-{_hash(management, 4)}"
        self.root_tags: dict[str, str] = {}
        self.units: dict[str, Unit] = {}
        self.members: dict[str, Member] = {}
        self.delegated: set[str] = set()

    def arn(self, kind: str, *parts: str) -> str:
        """The ARN of something in the organization."""
        return f"arn:aws:organizations::{self.management}:{kind}/{'/'.join([self.id, *parts])}"

    def arn_of(self, identifier: str) -> str:
        """The ARN behind an id, whatever it names; `*` when there is no such thing."""
        if identifier in self.members:
            return self.arn("account", identifier)
        if identifier in self.units:
            return self.arn("ou", identifier)
        return self.arn("root", identifier) if identifier == self.root else "*"

    def unit_at(self, path: str) -> str:
        """The id of the unit at a path of names such as `Production/Web`, made when it is not there; the root for an empty path."""
        parent = self.root
        for depth, name in enumerate(part for part in path.split("/") if part):
            found = next((unit.id for unit in self.units.values() if unit.parent == parent and unit.name == name), None)
            if found is None:
                found = f"ou-{self.root[2:]}-{_hash(f'{parent}/{depth}/{name}', 8)}"
                self.units[found] = Unit(found, name, parent)
            parent = found
        return parent

    def path(self, identifier: str) -> str:
        """The path of a unit or account as AWS writes it: ids, with a slash at the end (API, OrganizationalUnit.Path)."""
        parts = [identifier]
        parent = self.parent(identifier)
        while parent is not None:
            parts.append(parent)
            parent = self.parent(parent)
        return f"{'/'.join([self.id, *reversed(parts)])}/"

    def parent(self, identifier: str) -> str | None:
        """The parent of a unit or account; None for the root."""
        if identifier in self.members:
            return self.members[identifier].unit
        return self.units[identifier].parent if identifier in self.units else None

    def tags(self, identifier: str) -> dict[str, str] | None:
        """The tags of the root, a unit or an account; None when it doesn't exist."""
        if identifier == self.root:
            return self.root_tags
        found = self.members.get(identifier) or self.units.get(identifier)
        return found.tags if found else None

    def described(self, member: Member) -> dict[str, Any]:
        """An account as the API shows it. Status retired on 2026-09-09 (API, Account.Status); a test can have it left out."""
        shown = {"Id": member.id, "Arn": self.arn("account", member.id), "Email": member.email, "Name": member.name, "State": member.state,
                 "Paths": [self.path(member.id)], "JoinedMethod": "INVITED" if member.id == self.management else "CREATED",
                 "JoinedTimestamp": member.joined}
        if self.shows_status and member.state in _STATUS:
            shown["Status"] = _STATUS[member.state]
        return shown


class Store:
    """All organizations."""

    def __init__(self) -> None:
        self._organizations: dict[str, Organization] = {}
        self.lock = threading.RLock()

    def of(self, account: str) -> Organization | None:
        """The organization that an account belongs to."""
        with self.lock:
            return self._organizations.get(account) or next((found for found in self._organizations.values() if account in found.members), None)

    def payer(self, account: str) -> str:
        """The account that pays for an account: the management account of its organization, or itself."""
        found = self.of(account)
        return found.management if found else account

    def seed(self, body: dict[str, Any]) -> dict[str, Any]:
        """`POST /_organizations`; ValueError says what is wrong. Replaces the organization that the account manages."""
        _check(body)
        management = body["account"]
        with self.lock:
            other = self.of(management)
            if other is not None and other.management != management:
                raise ValueError(f"{management} is a member of the organization of {other.management}")
            if body.get("remove"):
                self._organizations.pop(management, None)
                return {}
            made = Organization(management, body.get("status", "shown") == "shown")
            for path in body.get("units", []):
                made.unit_at(path)
            entries = body.get("accounts", [])
            if all(entry["id"] != management for entry in entries):
                entries = [{"id": management, "name": "management"}, *entries]
            for entry in entries:
                owner = self.of(entry["id"])
                if owner is not None and owner.management != management:
                    raise ValueError(f"{entry['id']} is in the organization of {owner.management}")
                made.members[entry["id"]] = _member(made, entry)
            made.delegated = set(body.get("delegated_administrators", []))
            self._organizations[management] = made
        paths = {"/".join(_names(made, unit.id)): unit.id for unit in made.units.values()}
        return {"organization": made.id, "root": made.root, "units": paths, "accounts": list(made.members)}

    def forget(self, account: str | None) -> None:
        """Drops the organization that an account manages, or all."""
        with self.lock:
            self._organizations = {key: value for key, value in self._organizations.items() if account not in (None, key)}


def _names(made: Organization, identifier: str) -> list[str]:
    unit = made.units.get(identifier)
    return [*_names(made, unit.parent), unit.name] if unit else []


def _member(made: Organization, entry: dict[str, Any]) -> Member:
    joined = datetime.datetime.fromisoformat(entry["joined"].replace("Z", "+00:00")) if "joined" in entry else _JOINED
    return Member(entry["id"], entry["name"], entry.get("email", f"aws+{entry['id']}@example.com"), made.unit_at(entry.get("unit", "")),
                  entry.get("state", "ACTIVE"), dict(entry.get("tags", {})), joined)


def _check(body: dict[str, Any]) -> None:
    if set(body) - _MEMBERS or not re.fullmatch(r"\d{12}", str(body.get("account"))):
        raise ValueError(f"expected account and any of {', '.join(sorted(_MEMBERS - {'account'}))}")
    if body.get("status", "shown") not in ("shown", "retired"):
        raise ValueError('status must be "shown" or "retired"')
    for entry in body.get("accounts", []):
        if set(entry) - _ACCOUNT_MEMBERS or not re.fullmatch(r"\d{12}", str(entry.get("id"))) or not isinstance(entry.get("name"), str):
            raise ValueError(f"an account needs id and name, and may have {', '.join(sorted(_ACCOUNT_MEMBERS - {'id', 'name'}))}")
        if entry.get("state", "ACTIVE") not in STATES:
            raise ValueError(f"the state of an account is one of {', '.join(STATES)}")


def _hash(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
