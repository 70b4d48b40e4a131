"""What a test can turn per account: how long transitions take, how new roles behave, where a canary fails, what fires by itself."""

from __future__ import annotations

import datetime
import threading
import time
from dataclasses import dataclass, field
from typing import Any

_TRANSITION_MS = 200
_ROLE_REFUSALS = 2
# API of SQS, CreateQueue: QueueDeletedRecently.
_QUEUE_REUSE_SECONDS = 60
_BUCKET_REFUSALS = 1
_KINDS = ("create", "start", "update", "stop", "delete")
_REASON_CODES = (
    "INVALID_PERMISSIONS", "CREATE_PENDING", "CREATE_IN_PROGRESS", "CREATE_FAILED", "UPDATE_PENDING", "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_IN_PROGRESS", "DELETE_FAILED",
    "SYNC_DELETE_IN_PROGRESS",
)


@dataclass
class CanaryFault:
    """The next transition of this kind ends in ERROR."""

    kind: str
    code: str
    reason: str


@dataclass
class AccountSettings:
    """The settings of one account."""

    transition_ms: float = _TRANSITION_MS
    role_refusals: int = _ROLE_REFUSALS
    blueprint_errors: str = "refuse"
    queue_reuse_seconds: float = _QUEUE_REUSE_SECONDS
    queue_lingers_seconds: float = 0
    bucket_refusals: int = _BUCKET_REFUSALS
    schedules: str = "automatic"
    clock_offset_seconds: float = 0.0
    alarms: str = "automatic"
    today: datetime.datetime | None = None
    default_monitor: str = "made"
    canary_faults: list[CanaryFault] = field(default_factory=list)


class Settings:
    """The settings of all accounts; an account that was never set has the defaults."""

    def __init__(self) -> None:
        self._accounts: dict[str, AccountSettings] = {}
        self._lock = threading.Lock()

    def _of(self, account: str) -> AccountSettings:
        return self._accounts.get(account) or AccountSettings()

    def change(self, body: dict[str, Any]) -> dict[str, Any]:
        """Applies `POST /_settings`; ValueError says what is wrong with it."""
        known = {"account", "transition_ms", "role_refusals", "blueprint_errors", "canary_fault", "queue_reuse_seconds", "schedules",
                 "queue_lingers_seconds", "bucket_refusals", "clock_offset_seconds", "alarms", "today", "default_monitor"}
        if set(body) - known or "account" not in body:
            raise ValueError(f"expected account and any of {', '.join(sorted(known - {'account'}))}")
        with self._lock:
            settings = self._accounts.setdefault(body["account"], AccountSettings())
            for name in ("transition_ms", "role_refusals", "queue_reuse_seconds", "queue_lingers_seconds", "bucket_refusals"):
                if name in body:
                    if not isinstance(body[name], (int, float)) or body[name] < 0:
                        raise ValueError(f"{name} must be a number from 0")
                    setattr(settings, name, body[name])
            if "clock_offset_seconds" in body:
                if not isinstance(body["clock_offset_seconds"], (int, float)):
                    raise ValueError("clock_offset_seconds must be a number")
                settings.clock_offset_seconds = body["clock_offset_seconds"]
            if "today" in body:
                settings.today = billing_moment(body["today"])
            if "blueprint_errors" in body:
                if body["blueprint_errors"] not in ("refuse", "run"):
                    raise ValueError('blueprint_errors must be "refuse" or "run"')
                settings.blueprint_errors = body["blueprint_errors"]
            for name in ("schedules", "alarms"):
                if name in body:
                    if body[name] not in ("automatic", "manual"):
                        raise ValueError(f'{name} must be "automatic" or "manual"')
                    setattr(settings, name, body[name])
            if "default_monitor" in body:
                if body["default_monitor"] not in ("made", "absent"):
                    raise ValueError('default_monitor must be "made" or "absent"')
                settings.default_monitor = body["default_monitor"]
            if "canary_fault" in body:
                settings.canary_faults.append(_canary_fault(body["canary_fault"]))
            return {"transition_ms": settings.transition_ms, "role_refusals": settings.role_refusals,
                    "blueprint_errors": settings.blueprint_errors, "canary_faults": len(settings.canary_faults),
                    "queue_lingers_seconds": settings.queue_lingers_seconds, "bucket_refusals": settings.bucket_refusals,
                    "queue_reuse_seconds": settings.queue_reuse_seconds, "schedules": settings.schedules,
                    "clock_offset_seconds": settings.clock_offset_seconds, "alarms": settings.alarms,
                    "today": settings.today.isoformat() if settings.today else None, "default_monitor": settings.default_monitor}

    def now(self, account: str) -> float:
        """The time by which an account's alarms are evaluated."""
        with self._lock:
            return time.time() + self._of(account).clock_offset_seconds

    def billing_now(self, account: str) -> datetime.datetime:
        """The moment by which an account's costs and budgets are looked at: `today` where it is set, else the account's clock."""
        with self._lock:
            settings = self._of(account)
            return settings.today or datetime.datetime.fromtimestamp(time.time() + settings.clock_offset_seconds, datetime.timezone.utc)

    def has_default_monitor(self, account: str) -> bool:
        """Whether enabling Cost Explorer made an anomaly monitor in this account."""
        with self._lock:
            return self._of(account).default_monitor == "made"

    def transition_seconds(self, account: str) -> float:
        """How long a passing state lasts."""
        with self._lock:
            return self._of(account).transition_ms / 1000

    def role_refusals(self, account: str) -> int:
        """How many uses of a new role fail."""
        with self._lock:
            return self._of(account).role_refusals

    def queue_reuse_seconds(self, account: str) -> float:
        """How long the name of a deleted queue stays taken."""
        with self._lock:
            return self._of(account).queue_reuse_seconds

    def queue_lingers_seconds(self, account: str) -> float:
        """How long a deleted queue still answers."""
        with self._lock:
            return self._of(account).queue_lingers_seconds

    def bucket_refusals(self, account: str) -> int:
        """How many attempts to make a bucket anew fail after one of its name was deleted."""
        with self._lock:
            return int(self._of(account).bucket_refusals)

    def fires_schedules(self, account: str) -> bool:
        """Whether schedules fire at their time, or only when a test says so."""
        with self._lock:
            return self._of(account).schedules == "automatic"

    def evaluates_alarms(self, account: str) -> bool:
        """Whether alarms are evaluated by themselves, or only when a test says so."""
        with self._lock:
            return self._of(account).alarms == "automatic"

    def refuses_blueprints(self, account: str) -> bool:
        """Whether a wrong blueprint is refused at once, or fails in its runs as AWS documents it."""
        with self._lock:
            return self._of(account).blueprint_errors == "refuse"

    def take_canary_fault(self, account: str, kind: str) -> CanaryFault | None:
        """The fault that waits for this kind of transition; each fires once."""
        with self._lock:
            faults = self._of(account).canary_faults
            for fault in faults:
                if fault.kind == kind:
                    faults.remove(fault)
                    return fault
        return None

    def forget(self, account: str | None) -> None:
        """Back to the defaults for one account, or all."""
        with self._lock:
            self._accounts = {key: value for key, value in self._accounts.items() if account not in (None, key)}


def billing_moment(text: Any) -> datetime.datetime | None:
    """`today` of the settings: a date means six in the morning (UTC), null removes it. ValueError says what is wrong."""
    if text is None:
        return None
    moment = datetime.datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    moment = moment.replace(hour=6) if len(str(text)) == len("2026-11-07") else moment
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)


def _canary_fault(body: Any) -> CanaryFault:
    if not isinstance(body, dict) or body.get("transition") not in _KINDS or set(body) - {"transition", "code", "reason"}:
        raise ValueError(f'canary_fault must be {{"transition": {"|".join(_KINDS)}, "code", "reason"}}')
    code = body.get("code", "CREATE_FAILED")
    if code not in _REASON_CODES:
        raise ValueError(f"canary_fault.code must be one of {', '.join(_REASON_CODES)}")
    return CanaryFault(body["transition"], code, body.get("reason", "Injected by the test."))
