"""Counts of calls and injected faults, both kept apart by account."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from typing import Any

from .exchange import Call

_ACTIONS = ("throttle", "drop_before", "drop_after", "kill_before", "kill_after")


class CallCounts:
    """How often each operation was called, per account and region. Refused and faulted calls count too."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str, str, bool]] = Counter()
        self._lock = threading.Lock()

    def add(self, call: Call) -> None:
        """Counts one call."""
        with self._lock:
            self._counts[(call.service, call.name, call.account, call.region, call.caller.function_arn is not None)] += 1

    def listed(self, account: str | None) -> list[dict[str, Any]]:
        """The counts of one account, or all, in a stable order. What functions called is counted apart, with a member `caller`."""
        with self._lock:
            items = sorted(self._counts.items())
        return [
            {"service": service, "operation": operation, "account": owner, "region": region, "count": count,
             **({"caller": "function"} if by_function else {})}
            for (service, operation, owner, region, by_function), count in items
            if account in (None, owner)
        ]

    def places(self) -> set[tuple[str, str]]:
        """Every (account, region) that was ever called."""
        with self._lock:
            return {(account, region) for _, _, account, region, _ in self._counts}

    def forget(self, account: str | None) -> None:
        """Drops the counts of one account, or all."""
        with self._lock:
            self._counts = Counter({key: count for key, count in self._counts.items() if account not in (None, key[2])})


@dataclass
class Fault:
    """A fault that waits for its call: fires at calls number `nth` to `nth + times - 1` since its registration."""

    account: str
    service: str
    operation: str
    region: str | None
    nth: int
    times: int
    action: Any
    seen: int = 0
    fired: int = 0

    def described(self) -> dict[str, Any]:
        """The fault as the control API shows it."""
        return {name: getattr(self, name) for name in
                ("account", "service", "operation", "region", "nth", "times", "action", "seen", "fired")}


class Faults:
    """The registered faults."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def register(self, body: dict[str, Any]) -> Fault:
        """Adds a fault; ValueError says what is wrong with its description."""
        unknown = set(body) - {"account", "service", "operation", "region", "nth", "times", "action"}
        if unknown:
            raise ValueError(f"unknown members: {', '.join(sorted(unknown))}")
        for name in ("account", "service", "operation", "action"):
            if name not in body:
                raise ValueError(f"{name} is missing")
        nth, times = body.get("nth", 1), body.get("times", 1)
        if not (isinstance(nth, int) and isinstance(times, int) and nth >= 1 and times >= 1):
            raise ValueError("nth and times must be whole numbers from 1")
        _check_action(body["action"])
        fault = Fault(body["account"], body["service"], body["operation"], body.get("region"), nth, times, body["action"])
        with self._lock:
            self._faults.append(fault)
        return fault

    def take(self, call: Call) -> Any:
        """The action that this call meets, or None. Every fault that matches counts the call."""
        action = None
        with self._lock:
            for fault in self._faults:
                if not _matches(fault, call):
                    continue
                fault.seen += 1
                if action is None and fault.nth <= fault.seen < fault.nth + fault.times:
                    fault.fired += 1
                    action = fault.action
        return action

    def listed(self, account: str | None) -> list[dict[str, Any]]:
        """The faults of one account, or all, with what they have seen so far."""
        with self._lock:
            return [fault.described() for fault in self._faults if account in (None, fault.account)]

    def forget(self, account: str | None) -> None:
        """Drops the faults of one account, or all."""
        with self._lock:
            self._faults = [fault for fault in self._faults if account not in (None, fault.account)]


def _matches(fault: Fault, call: Call) -> bool:
    return (
        fault.account == call.account
        and fault.service == call.service
        and fault.operation in ("*", call.name)
        and fault.region in (None, call.region)
    )


def _check_action(action: Any) -> None:
    if isinstance(action, str) and action in _ACTIONS:
        return
    if isinstance(action, dict) and len(action) == 1:
        if isinstance(action.get("delay_ms"), (int, float)):
            return
        error = action.get("error")
        if isinstance(error, dict) and isinstance(error.get("code"), str) and set(error) <= {"code", "status", "message"}:
            return
    raise ValueError('action must be "throttle", "drop_before", "drop_after", "kill_before", "kill_after", {"delay_ms": N} or {"error": {"code", "status", "message"}}')
