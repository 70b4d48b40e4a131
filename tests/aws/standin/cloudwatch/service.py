"""CloudWatch as the layer holds it: everything of this folder put together."""

from __future__ import annotations

from typing import Any, Callable

from ..alarms import Alarms
from ..exchange import Call
from ..policies import topic_admits
from ..settings import Settings
from ..underlay import Underlay
from .alarm import AlarmStore
from .engine import Engine
from .feed import Feed
from .metrics import Metrics, utc
from .notices import Publisher
from .store import MetricStore
from .vended import Queues
from .widget import Widgets

_CLOUDWATCH = "cloudwatch.amazonaws.com"


class CloudWatch:
    """Metrics and alarms of all accounts. Dashboards are ministack's."""

    def __init__(self, underlay: Underlay, settings: Settings) -> None:
        self._metrics = MetricStore()
        self._alarms = AlarmStore()
        self._metrics.heard = self._alarms.heard
        self._feed = Feed(underlay.measurements, self._metrics)
        self._queues = Queues(underlay, self._metrics)

        def admits(topic_arn: str, alarm_arn: str) -> bool:
            parts = alarm_arn.split(":")
            return topic_admits(underlay, parts[4], parts[3], topic_arn, _CLOUDWATCH, parts[4], alarm_arn)

        self._engine = Engine(self._metrics, self._alarms, self._feed, self._queues, Publisher(underlay, admits), settings)
        self._operations = Alarms(self._alarms, self._engine, settings.now)
        self._handlers = {**self._operations.handlers(), **Metrics(self._metrics, self._feed.drain).handlers(),
                          **Widgets(self._metrics, self._alarms, self._feed.drain).handlers()}
        self._engine.start()

    def handlers(self) -> dict[str, Callable[[Call], dict[str, Any]]]:
        """Operation to what answers it."""
        return self._handlers

    def control(self, method: str, path: str, account: str | None, body: dict[str, Any]) -> dict[str, Any] | None:
        """`POST /_alarms/evaluate` and `GET /_metrics`; None for any other request. ValueError says what is wrong."""
        if (method, path) == ("POST", "/_alarms/evaluate"):
            if set(body) != {"account"} or not isinstance(body["account"], str):
                raise ValueError("expected account")
            return {"changes": self._engine.evaluate(body["account"])}
        if (method, path) == ("GET", "/_metrics"):
            return self._listed(account)
        return None

    def _listed(self, account: str | None) -> dict[str, Any]:
        self._feed.drain()
        metrics = []
        for owner, region in self._metrics.places(account):
            for key, latest in self._metrics.listed(owner, region):
                data = self._metrics.between(owner, region, key, 0, float("inf"))
                points = [{"at": utc(datum.at).isoformat(), "count": datum.count, "sum": datum.total, "minimum": datum.minimum,
                           "maximum": datum.maximum, "unit": datum.unit} for datum in data]
                metrics.append({"account": owner, "region": region, "namespace": key.namespace, "name": key.name,
                                "dimensions": dict(key.dimensions), "latest": utc(latest).isoformat(), "data": points})
        return {"metrics": metrics, "malformed": [entry for entry in self._feed.malformed if account in (None, entry["account"])]}

    def names(self, account: str | None) -> dict[tuple[str, str], list[str]]:
        """The names of the alarms by account and region."""
        return {place: [alarm.name for alarm in self._alarms.of(*place)] for place in self._alarms.places(account)}

    def tagged(self, account: str, region: str) -> list[tuple[str, dict[str, str]]]:
        """ARN and tags of every alarm of a place."""
        return [(alarm.arn, dict(alarm.tags)) for alarm in self._alarms.of(account, region)]

    def remove(self, account: str, region: str, name: str) -> None:
        """Deletes an alarm without asking what depends on it."""
        alarm = self._alarms.find(account, region, name)
        if alarm is not None:
            self._operations.remove(alarm)

    def forget(self, account: str | None) -> None:
        """Drops metrics, alarms and history of one account, or all."""
        self._feed.drain()
        for part in (self._alarms, self._engine, self._metrics, self._queues, self._feed):
            part.forget(account)
