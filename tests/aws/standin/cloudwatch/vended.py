"""Metrics of AWS's own services that nobody reports to ministack: length and age of queues that alarms watch.

SQS developer guide, "Available CloudWatch metrics for Amazon SQS". One sample a minute of the account's clock, as there.
"""

from __future__ import annotations

from typing import Any

from ..underlay import Underlay, UnderlayError
from .alarm import Alarm
from .store import Datum, MetricKey, MetricStore, stored_at

_NAMESPACE = "AWS/SQS"
_ATTRIBUTES = {"ApproximateNumberOfMessagesVisible": "ApproximateNumberOfMessages",
               "ApproximateNumberOfMessagesNotVisible": "ApproximateNumberOfMessagesNotVisible",
               "ApproximateNumberOfMessagesDelayed": "ApproximateNumberOfMessagesDelayed"}
_AGE = "ApproximateAgeOfOldestMessage"


class Queues:
    """Samples the queues that alarms watch."""

    def __init__(self, underlay: Underlay, store: MetricStore) -> None:
        self._underlay = underlay
        self._store = store
        self._sampled: dict[tuple[str, str, str], float] = {}
        self._since: dict[tuple[str, str, str], float] = {}

    def sample(self, alarms: list[Alarm], now: float, at_once: bool) -> None:
        """Takes the samples that are due, or all of them at once."""
        watched = {(account, alarm.region, value) for alarm in alarms for account, key in alarm.keys
                   if key.namespace == _NAMESPACE and key.name in (*_ATTRIBUTES, _AGE) for name, value in key.dimensions if name == "QueueName"}
        minute = stored_at(now, 60)
        for place in watched:
            if at_once or self._sampled.get(place) != minute:
                self._sampled[place] = minute
                self._put(*place, minute)

    def _put(self, account: str, region: str, queue: str, at: float) -> None:
        try:
            url = self._underlay.call("sqs", "GetQueueUrl", account, region, QueueName=queue)["QueueUrl"]
            attributes: dict[str, Any] = self._underlay.call("sqs", "GetQueueAttributes", account, region, QueueUrl=url,
                                                             AttributeNames=["All"])["Attributes"]
        except UnderlayError:
            return  # A queue that doesn't exist reports nothing.
        for metric, attribute in _ATTRIBUTES.items():
            key = MetricKey(_NAMESPACE, metric, (("QueueName", queue),))
            self._store.put(account, region, key, Datum.of_values(at, [float(attributes.get(attribute, 0))], [1], "Count"))
        # SQS shows no message's age but to who receives it: here it is the time since the queue was empty.
        waiting = sum(float(attributes.get(attribute, 0)) for attribute in _ATTRIBUTES.values())
        since = self._since.setdefault((account, region, queue), at) if waiting else at
        if not waiting:
            self._since.pop((account, region, queue), None)
        self._store.put(account, region, MetricKey(_NAMESPACE, _AGE, (("QueueName", queue),)), Datum.of_values(at, [at - since], [1], "Seconds"))

    def forget(self, account: str | None) -> None:
        """Drops what is remembered of one account, or all."""
        self._sampled = {place: at for place, at in self._sampled.items() if account not in (None, place[0])}
        self._since = {place: at for place, at in self._since.items() if account not in (None, place[0])}

