"""Monitors, subscriptions and anomalies of all accounts, with the pair that enabling Cost Explorer makes."""

from __future__ import annotations

import datetime
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any, Iterator

from ..exchange import Refusal
from ..settings import Settings
from .store import Store as Costs

DEFAULT_MONITOR = "Default-Services-Monitor"
DEFAULT_SUBSCRIPTION = "Default-Services-Subscription"
"""The names of what AWS makes by itself in an account that enables Cost Explorer, as many public reports show them."""


def moment(at: datetime.datetime) -> str:
    """A time as the anomaly operations write it (model, YearMonthDay)."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Monitor:
    """An anomaly monitor; `values` are the members that a client gives."""

    arn: str
    values: dict[str, Any]
    created: datetime.datetime
    updated: datetime.datetime
    tags: dict[str, str] = field(default_factory=dict)
    is_default: bool = False


@dataclass
class Subscription:
    """An anomaly subscription."""

    arn: str
    values: dict[str, Any]
    tags: dict[str, str] = field(default_factory=dict)
    is_default: bool = False


@dataclass
class Anomaly:
    """A detected anomaly, as GetAnomalies shows it."""

    values: dict[str, Any]


@dataclass
class Holding:
    """What one account has."""

    monitors: dict[str, Monitor] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    anomalies: dict[str, Anomaly] = field(default_factory=dict)
    made: int = 0


class AnomalyStore:
    """The holdings of all accounts. An account sees only what was made under it (UG, "Getting started with AWS Cost Anomaly Detection")."""

    def __init__(self, settings: Settings, costs: Costs) -> None:
        self._settings = settings
        self._costs = costs
        self._holdings: dict[str, Holding] = {}
        self.lock = threading.RLock()

    def of(self, account: str) -> Holding:
        """An account's holding; the first look makes the default monitor and subscription, unless the account has none."""
        with self.lock:
            holding = self._holdings.get(account)
            if holding is None:
                holding = self._holdings[account] = Holding()
                if self._settings.has_default_monitor(account):
                    self._make_default(account, holding)
            return holding

    def _make_default(self, account: str, holding: Holding) -> None:
        """UG, "Detecting unusual spend": daily summaries for anomalies over 100 USD and 40 percent, to the account's own address."""
        now = self._costs.now(account)
        monitor = Monitor(self.arn(account, "anomalymonitor"), {
            "MonitorName": DEFAULT_MONITOR, "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}, now, now, is_default=True)
        holding.monitors[monitor.arn] = monitor
        limits = (("ANOMALY_TOTAL_IMPACT_ABSOLUTE", "100.0"), ("ANOMALY_TOTAL_IMPACT_PERCENTAGE", "40.0"))
        both = {"And": [{"Dimensions": {"Key": key, "Values": [value], "MatchOptions": ["GREATER_THAN_OR_EQUAL"]}} for key, value in limits]}
        subscription = Subscription(self.arn(account, "anomalysubscription"), {
            "SubscriptionName": DEFAULT_SUBSCRIPTION, "MonitorArnList": [monitor.arn], "Frequency": "DAILY", "ThresholdExpression": both,
            "Subscribers": [{"Address": f"aws+{account}@example.com", "Type": "EMAIL", "Status": "CONFIRMED"}]}, is_default=True)
        holding.subscriptions[subscription.arn] = subscription

    def arn(self, account: str, kind: str) -> str:
        """A new ARN. The identifiers are the same in every run."""
        return f"arn:aws:ce::{account}:{kind}/{self.identifier(account)}"

    def identifier(self, account: str) -> str:
        """A new identifier of an account."""
        holding = self._holdings[account]
        holding.made += 1
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"ce/{account}/{holding.made}"))

    def monitor(self, account: str, arn: str) -> Monitor:
        """A monitor of the account; UnknownMonitorException when there is none."""
        found = self.of(account).monitors.get(arn)
        if found is None:
            raise Refusal("UnknownMonitorException", f"The monitor doesn't exist: {arn}")
        return found

    def subscription(self, account: str, arn: str) -> Subscription:
        """A subscription of the account; UnknownSubscriptionException when there is none."""
        found = self.of(account).subscriptions.get(arn)
        if found is None:
            raise Refusal("UnknownSubscriptionException", f"The subscription doesn't exist: {arn}")
        return found

    def tagged(self, account: str, arn: str) -> Monitor | Subscription:
        """What an ARN names; ResourceNotFoundException when it names nothing of the account."""
        holding = self.of(account)
        found = holding.monitors.get(arn) or holding.subscriptions.get(arn)
        if found is None:
            raise Refusal("ResourceNotFoundException", f"The specified ARN doesn't exist: {arn}", 400, ResourceName=arn)
        return found

    def listed(self, account: str | None) -> Iterator[tuple[str, str, str]]:
        """Account, kind and name of everything that somebody made; what AWS made by itself is left out."""
        with self.lock:
            for owner, holding in sorted(self._holdings.items()):
                if account not in (None, owner):
                    continue
                yield from ((owner, "ce:anomaly-monitor", item.values["MonitorName"]) for item in holding.monitors.values() if not item.is_default)
                yield from ((owner, "ce:anomaly-subscription", item.values["SubscriptionName"]) for item in holding.subscriptions.values()
                            if not item.is_default)

    def forget(self, account: str | None) -> None:
        """Drops what one account holds, or all; the default pair is made anew at the next look."""
        with self.lock:
            self._holdings = {key: value for key, value in self._holdings.items() if account not in (None, key)}
