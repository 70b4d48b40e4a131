"""Canaries and their states. A transition ends by the clock, and is settled when somebody looks."""

from __future__ import annotations

import datetime
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from ..exchange import Refusal
from ..settings import CanaryFault, Settings
from .rules import interval_seconds

_RUN_LIMIT = 1000


def now() -> datetime.datetime:
    """The present, with a time zone."""
    return datetime.datetime.now(datetime.timezone.utc)


@dataclass
class Transition:
    """What a canary becomes, and when (seconds of the monotonic clock)."""

    ends: float
    state: str
    reason: str = ""
    code: str = ""
    updates: dict[str, Any] | None = None


@dataclass
class DryRun:
    """A dry run: settings that were tried and may be applied by UpdateCanary(DryRunId)."""

    id: str
    ends: float
    settings: dict[str, Any]
    started: datetime.datetime


@dataclass
class Canary:
    """One canary."""

    account: str
    region: str
    settings: dict[str, Any]  # Name, Schedule, RunConfig, ... as in the output shape, with defaults
    tags: dict[str, str]
    replicates_tags: bool
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "CREATING"
    reason: str = ""
    code: str = ""
    created: datetime.datetime = field(default_factory=now)
    modified: datetime.datetime = field(default_factory=now)
    started: datetime.datetime | None = None
    stopped: datetime.datetime | None = None
    transition: Transition | None = None
    function_arn: str | None = None
    layer_arns: list[str] = field(default_factory=list)
    run_failure: str | None = None
    dry_runs: dict[str, DryRun] = field(default_factory=dict)
    past_runs: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def name(self) -> str:
        """The canary's name."""
        return self.settings["Name"]

    @property
    def function_name(self) -> str:
        """Name of its Lambda function; `/aws/lambda/` before it names the log group."""
        return f"cwsyn-{self.name[:21]}-{self.id}"

    def arn(self) -> str:
        """The canary's ARN."""
        return f"arn:aws:synthetics:{self.region}:{self.account}:canary:{self.name}"

    def begin(self, state: str, then: Transition) -> None:
        """Enters a passing state."""
        self.state, self.reason, self.code, self.transition = state, "", "", then

    def settle(self) -> bool:
        """Ends a transition whose time has come; False when the canary is gone by that."""
        due = self.transition
        if due is not None and time.monotonic() >= due.ends:
            if due.state == "DELETED":
                return False
            self.transition = None
            self.state, self.reason, self.code = due.state, due.reason, due.code
            if due.updates:
                self.settings.update(due.updates)
                self.modified = now()
            if due.state == "RUNNING":
                self.started = now()
            elif due.state == "STOPPED":
                self.stopped = now()
        self._end_of_schedule()
        return True

    def _end_of_schedule(self) -> None:
        """A canary that runs once, or for a given time, stops by itself."""
        if self.state != "RUNNING" or self.started is None:
            return
        schedule = self.settings["Schedule"]
        seconds = interval_seconds(schedule["Expression"])
        duration = schedule.get("DurationInSeconds", 0)
        elapsed = (now() - self.started).total_seconds()
        if seconds == 0 or (duration and elapsed >= duration):
            self.keep_runs()
            self.state, self.stopped = "STOPPED", now()

    def keep_runs(self) -> None:
        """Moves the runs of the present start to the past ones."""
        self.past_runs = self.runs()
        self.started = None

    def runs(self) -> list[dict[str, Any]]:
        """Its runs, newest first: one at each start, then one per interval."""
        if self.started is None:
            return self.past_runs
        seconds = interval_seconds(self.settings["Schedule"]["Expression"])
        elapsed = (now() - self.started).total_seconds()
        count = min(int(elapsed // seconds) + 1 if seconds else 1, _RUN_LIMIT)
        return [self._run(index, seconds or 0) for index in reversed(range(count))] + self.past_runs

    def _run(self, index: int, seconds: int) -> dict[str, Any]:
        assert self.started is not None
        started = self.started + datetime.timedelta(seconds=index * seconds)
        run_id = str(uuid.uuid5(uuid.UUID(self.id), started.isoformat()))
        status: dict[str, Any] = {"State": "PASSED", "TestResult": "PASSED"}
        if self.run_failure:
            status = {"State": "FAILED", "StateReason": self.run_failure[:1024], "StateReasonCode": "CANARY_FAILURE",
                      "TestResult": "FAILED"}
        completed = started + datetime.timedelta(seconds=1)
        bucket = self.settings["ArtifactS3Location"].removeprefix("s3://").rstrip("/")
        return {
            "Id": run_id,
            "ScheduledRunId": run_id,
            "Name": self.name,
            "Status": status,
            "Timeline": {"Started": started, "Completed": completed, "MetricTimestampForRunAndRetries": started},
            "ArtifactS3Location": f"{bucket}/canary/{self.region}/{self.name}/{started:%Y/%m/%d/%H/%M-%S}-{run_id[:3]}",
        }


class Store:
    """All canaries of all accounts."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._canaries: dict[tuple[str, str, str], Canary] = {}
        self._lock = threading.Lock()
        self._role_uses: dict[str, int] = {}

    def transition(self, account: str, kind: str, state: str, updates: dict[str, Any] | None = None) -> Transition:
        """A transition to `state`, or to ERROR when a fault for this kind of transition is set."""
        ends = time.monotonic() + self.settings.transition_seconds(account)
        fault: CanaryFault | None = self.settings.take_canary_fault(account, kind)
        if fault:
            return Transition(ends, "ERROR", fault.reason, fault.code)
        return Transition(ends, state, updates=updates)

    def add(self, canary: Canary) -> None:
        """Adds a canary; a name that is taken is a conflict."""
        key = (canary.account, canary.region, canary.name)
        with self._lock:
            present = self._canaries.get(key)
            if present is not None and present.settle():
                raise Refusal("ConflictException", f"A canary already exists with the name {canary.name}.", 409)
            self._canaries[key] = canary

    def remove(self, canary: Canary) -> None:
        """Forgets a canary that never came to be."""
        with self._lock:
            self._canaries.pop((canary.account, canary.region, canary.name), None)

    def find(self, account: str, region: str, name: str) -> Canary | None:
        """A canary in its present state."""
        with self._lock:
            canary = self._canaries.get((account, region, name))
        if canary is None:
            return None
        with canary.lock:
            if canary.settle():
                return canary
        with self._lock:
            if self._canaries.get((account, region, name)) is canary:
                del self._canaries[(account, region, name)]
        return None

    def listed(self, account: str | None, region: str | None = None) -> list[Canary]:
        """The canaries of an account (and region), by name."""
        with self._lock:
            keys = [key for key in self._canaries if account in (None, key[0]) and region in (None, key[1])]
        found = [self.find(*key) for key in sorted(keys)]
        return [canary for canary in found if canary is not None]

    def use_role(self, account: str, role_id: str) -> bool:
        """Counts a use of a role; False while the role is too new to be assumed."""
        with self._lock:
            self._role_uses[role_id] = self._role_uses.get(role_id, 0) + 1
            return self._role_uses[role_id] > self.settings.role_refusals(account)

    def forget(self, account: str | None) -> None:
        """Drops the canaries of one account, or all."""
        with self._lock:
            self._canaries = {key: value for key, value in self._canaries.items() if account not in (None, key[0])}
