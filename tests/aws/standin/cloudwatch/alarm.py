"""One alarm, its state, its history, and where they are all kept."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, Iterable

from .composite import Rule
from .metrics import utc
from .store import MetricKey

METRIC = "MetricAlarm"
COMPOSITE = "CompositeAlarm"
ACTION_LISTS = {"OK": "OKActions", "ALARM": "AlarmActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
_HISTORY = 2000


@dataclass(frozen=True)
class State:
    """A state with its reason; `data` is StateReasonData, a JSON text."""

    value: str
    reason: str
    at: float
    data: str | None = None


@dataclass
class Suppression:
    """Why a composite alarm holds its actions back, and until when at the latest (None: as long as the suppressor alarms)."""

    by: str
    until: float | None = None


@dataclass
class Alarm:
    """An alarm as it was put (`configuration`, without tags) and what became of it."""

    account: str
    region: str
    name: str
    configuration: dict[str, Any]
    tags: dict[str, str]
    created: float
    configured: float
    state: State
    transitioned: float
    enabled: bool = True
    warming: bool = False
    due: float = 0.0
    dirty: bool = False
    rule: Rule | None = None
    keys: frozenset[tuple[str, MetricKey]] = frozenset()
    triggers: list[tuple[str, State]] = field(default_factory=list)
    suppression: Suppression | None = None

    @property
    def arn(self) -> str:
        """The alarm's ARN."""
        return arn_of(self.account, self.region, self.name)

    @property
    def kind(self) -> str:
        """MetricAlarm or CompositeAlarm."""
        return METRIC if self.rule is None else COMPOSITE

    def actions(self, state: str) -> list[str]:
        """What is to be done on a change to a state."""
        return list(self.configuration.get(ACTION_LISTS[state]) or [])

    def described(self) -> dict[str, Any]:
        """The shape MetricAlarm or CompositeAlarm of the API."""
        shown: dict[str, Any] = {name: [] for name in ACTION_LISTS.values()}
        if self.rule is None:
            shown["Dimensions"] = []
        shown.update(self.configuration)
        shown.update(AlarmArn=self.arn, AlarmConfigurationUpdatedTimestamp=utc(self.configured), ActionsEnabled=self.enabled,
                     StateValue=self.state.value, StateReason=self.state.reason, StateReasonData=self.state.data,
                     StateUpdatedTimestamp=utc(self.state.at), StateTransitionedTimestamp=utc(self.transitioned))
        if self.suppression is not None:
            shown.update(ActionsSuppressedBy=self.suppression.by, ActionsSuppressedReason=f"Actions suppressed by {self.suppression.by}")
        return shown


def arn_of(account: str, region: str, name: str) -> str:
    """The ARN of an alarm."""
    return f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}"


@dataclass(frozen=True)
class HistoryItem:
    """One line of an alarm's history. `data` is a JSON text."""

    account: str
    region: str
    name: str
    kind: str
    at: float
    item: str
    summary: str
    data: str

    def described(self) -> dict[str, Any]:
        """The shape AlarmHistoryItem of the API."""
        return {"AlarmName": self.name, "AlarmType": self.kind, "Timestamp": utc(self.at), "HistoryItemType": self.item,
                "HistorySummary": self.summary, "HistoryData": self.data}


class AlarmStore:
    """All alarms and their history. `lock` guards both; whoever changes an alarm holds it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._alarms: dict[tuple[str, str], dict[str, Alarm]] = {}
        self._watching: dict[tuple[str, str, MetricKey], set[str]] = {}
        self._history: dict[tuple[str, str], list[HistoryItem]] = {}

    def find(self, account: str, region: str, name: str) -> Alarm | None:
        """An alarm by its name, or by its ARN."""
        return self._alarms.get((account, region), {}).get(name.split(":", 6)[6] if name.startswith("arn:") else name)

    def of(self, account: str, region: str) -> list[Alarm]:
        """The alarms of a place by name."""
        with self.lock:
            return [alarm for _, alarm in sorted(self._alarms.get((account, region), {}).items())]

    def places(self, account: str | None) -> list[tuple[str, str]]:
        """Accounts and regions that have alarms."""
        with self.lock:
            return sorted(place for place, alarms in self._alarms.items() if alarms and account in (None, place[0]))

    def put(self, alarm: Alarm) -> None:
        """Keeps a new alarm, or a changed one."""
        with self.lock:
            self._unwatch(alarm)
            self._alarms.setdefault((alarm.account, alarm.region), {})[alarm.name] = alarm
            for account, key in alarm.keys:
                self._watching.setdefault((account, alarm.region, key), set()).add(alarm.arn)

    def remove(self, alarm: Alarm) -> None:
        """Deletes an alarm. Its history stays, as CloudWatch keeps it."""
        with self.lock:
            self._unwatch(alarm)
            self._alarms.get((alarm.account, alarm.region), {}).pop(alarm.name, None)

    def _unwatch(self, alarm: Alarm) -> None:
        for watchers in self._watching.values():
            watchers.discard(alarm.arn)

    def heard(self, account: str, region: str, key: MetricKey) -> None:
        """Marks the alarms on a metric that got data."""
        with self.lock:
            for arn in self._watching.get((account, region, key), ()):
                alarm = self.find(arn.split(":")[4], region, arn)
                if alarm is not None:
                    alarm.dirty = True

    def record(self, alarm: Alarm, at: float, item: str, summary: str, data: str) -> None:
        """Adds to an alarm's history."""
        with self.lock:
            items = self._history.setdefault((alarm.account, alarm.region), [])
            items.append(HistoryItem(alarm.account, alarm.region, alarm.name, alarm.kind, at, item, summary, data))
            del items[:-_HISTORY]

    def history(self, account: str, region: str) -> list[HistoryItem]:
        """The history of a place, oldest first."""
        with self.lock:
            return list(self._history.get((account, region), []))

    def parents(self, alarm: Alarm) -> Iterable[Alarm]:
        """The composite alarms whose rule names an alarm."""
        return [other for other in self.of(alarm.account, alarm.region) if other.rule is not None and alarm.name in other.rule.children()]

    def forget(self, account: str | None) -> None:
        """Drops the alarms and the history of one account, or all."""
        with self.lock:
            self._alarms = {place: kept for place, kept in self._alarms.items() if account not in (None, place[0])}
            self._history = {place: kept for place, kept in self._history.items() if account not in (None, place[0])}
            self._watching = {} if account is None else {
                key: {arn for arn in arns if arn.split(":")[4] != account} for key, arns in self._watching.items() if key[0] != account}
