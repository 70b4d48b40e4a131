"""Evaluates alarms: when they are due, when their metrics got data, or at once when a test asks.

CloudWatch evaluates an alarm every minute (every ten seconds with a shorter period) over the periods that ended with the
latest whole minute, not with a multiple of the period (user guide, "Alarm evaluation"). Here the first evaluation comes a
minute after the alarm was put, unless data come first.
"""

from __future__ import annotations

import json
import math
import sys
import threading
import time
import traceback
from collections import deque
from typing import Any, Callable

from ..settings import Settings
from .alarm import Alarm, AlarmStore, State
from .expression import ExpressionError
from .feed import Feed
from .history import action_done, state_updated
from .judgement import EXTRA_PERIODS, Point, Rule, judge, moment, reason_data
from .mathematics import Series
from .notices import EVENTS, Notice, Publisher, notice, watched_queries
from .queries import Queries
from .store import PERCENTILE, MetricStore
from .suppression import held_back, released
from .vended import Queues
from .warm_up import may_begin

_TICK_SECONDS = 1.0
_ROUNDS = 10


def step_of(period: int) -> int:
    """How often an alarm with such periods is evaluated."""
    return 10 if period < 60 else 60


class Engine:
    """The evaluation of all alarms."""

    def __init__(self, metrics: MetricStore, alarms: AlarmStore, feed: Feed, queues: Queues, publisher: Publisher,
                 settings: Settings) -> None:
        self._metrics = metrics
        self._alarms = alarms
        self._feed = feed
        self._queues = queues
        self._publisher = publisher
        self._settings = settings
        self._clock = settings.now
        self._outgoing: dict[str, deque[Notice]] = {}
        self._sending: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def start(self) -> None:
        """Evaluates by itself from now on."""
        threading.Thread(target=self._run, name="alarms", daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(_TICK_SECONDS)
            try:
                self._feed.drain()
                with self._guard:
                    waiting = [account for account, notices in self._outgoing.items() if notices]
                for account in waiting:
                    self.flush(account, wait=False)
                for account in sorted({account for account, _ in self._alarms.places(None)}):
                    if self._settings.evaluates_alarms(account):
                        self.evaluate(account, at_once=False)
            except Exception:  # One broken alarm, or an end of ministack, must not end the evaluation of all others.
                traceback.print_exc(file=sys.stderr)

    def evaluate(self, account: str, at_once: bool = True) -> list[dict[str, str]]:
        """Evaluates the alarms of an account that are due, or all; returns once what changed is published."""
        self._feed.drain()
        changes: list[dict[str, str]] = []
        for place in self._alarms.places(account):
            alarms = self._alarms.of(*place)
            now = self._clock(account)
            self._queues.sample(alarms, now, at_once)
            with self._alarms.lock:
                changed = [alarm for alarm in alarms if self._is_due(alarm, now, at_once) and self._metric(alarm, now, changes)]
                self._composites(place, changed, now, changes)
        self.flush(account)
        return changes

    def _is_due(self, alarm: Alarm, now: float, at_once: bool) -> bool:
        return alarm.rule is None and (at_once or alarm.dirty or now >= alarm.due)

    def set_state(self, alarm: Alarm, value: str, reason: str, data: str | None) -> None:
        """SetAlarmState. Actions fire; a metric alarm's next evaluation, a composite's next change of a child, sets it right again."""
        if alarm.warming:
            return
        now = self._clock(alarm.account)
        changes: list[dict[str, str]] = []
        with self._alarms.lock:
            alarm.triggers = []
            if alarm.rule is None:
                alarm.due = now + step_of(_period_of(alarm))
            if self._change(alarm, State(value, reason, now, data), changes):
                self._composites((alarm.account, alarm.region), [alarm], now, changes)
        self.flush(alarm.account, wait=False)

    def _metric(self, alarm: Alarm, now: float, changes: list[dict[str, str]]) -> bool:
        """Evaluates one metric alarm; whether its state changed."""
        alarm.dirty, alarm.due = False, now + step_of(_period_of(alarm))
        configuration = alarm.configuration
        if "Threshold" not in configuration or "EvaluationCriteria" in configuration:
            return False  # Anomaly detection needs a model that the stand-in doesn't have: the alarm stays as it is.
        rule = Rule(configuration["ComparisonOperator"], float(configuration["Threshold"]), configuration["EvaluationPeriods"],
                    configuration.get("DatapointsToAlarm"), configuration.get("TreatMissingData", "missing"))
        period = _period_of(alarm)
        if not may_begin(alarm, self._metrics, period * rule.periods, now):
            return False
        points = self._points(alarm, rule, period, now)
        verdict = judge(rule, points) if points is not None else None
        if verdict is None or verdict.state == alarm.state.value:
            return False
        statistic = configuration.get("Statistic") or configuration.get("ExtendedStatistic")
        data = json.dumps(reason_data(rule, verdict, period, statistic, configuration.get("Unit"), now))
        alarm.triggers = []
        return self._change(alarm, State(verdict.state, verdict.reason, now, data), changes)

    def _points(self, alarm: Alarm, rule: Rule, period: int, now: float) -> list[Point] | None:
        """The periods of the evaluation range, newest first; None when too few samples stand behind a percentile."""
        end = math.floor(now / step_of(period)) * step_of(period)
        number = rule.periods + EXTRA_PERIODS
        wanted = watched_queries(alarm.configuration, "m")
        watched = next(query["Id"] for query in wanted if query.get("ReturnData", True))
        queries = Queries(self._metrics, (alarm.account, alarm.region), wanted,
                          lambda length: [float(end - length * (number - index)) for index in range(number)])
        try:
            series = queries.value(watched)
        except ExpressionError:
            return None
        values = series.points if isinstance(series, Series) else {}
        counts = queries.counts.get(watched, {})
        starts = [float(end - period * (index + 1)) for index in range(number)]
        points = [Point(at, values.get(at), counts.get(at)) for at in starts]
        return None if _too_few(alarm.configuration, points) else points

    def _composites(self, place: tuple[str, str], changed: list[Alarm], now: float, changes: list[dict[str, str]]) -> None:
        """Composite alarms follow their children; a composite may be a child too, so it goes round until nothing changes."""
        composites = [alarm for alarm in self._alarms.of(*place) if alarm.rule is not None]
        for _ in range(_ROUNDS):
            after = [alarm for alarm in composites if self._composite(alarm, changed, now, changes)]
            if not after:
                break
            changed = after
        for alarm in composites:
            if released(alarm, self._state_of(alarm), now):
                self._queue(notice(alarm, alarm.state, alarm.actions(alarm.state.value), False))

    def _composite(self, alarm: Alarm, changed: list[Alarm], now: float, changes: list[dict[str, str]]) -> bool:
        assert alarm.rule is not None
        children = [child for child in changed if child.name in alarm.rule.children()]
        if not children and not alarm.dirty:
            return False
        alarm.dirty = False
        state_of = self._state_of(alarm)
        value = "ALARM" if alarm.rule.holds(state_of) else "OK"
        if value == alarm.state.value:
            return False
        alarm.triggers = [(child.arn, child.state) for child in children]
        if children:
            at = time.strftime("%A %d %B, %Y %H:%M:%S UTC", time.gmtime(now))
            reason = f"{children[0].arn} transitioned to {children[0].state.value} at {at}"
        else:
            what = "updated" if alarm.configured > alarm.created else "created"
            reason = f"{alarm.arn} was {what} and its alarm rule evaluates to {value}"
        triggering = [{"arn": arn, "state": {"value": state.value, "timestamp": moment(state.at)}} for arn, state in alarm.triggers]
        data = json.dumps({"triggeringAlarms": triggering}) if triggering else None
        return self._change(alarm, State(value, reason, now, data), changes)

    def _state_of(self, alarm: Alarm) -> Callable[[str], str]:
        def state_of(name: str) -> str:
            child = self._alarms.find(alarm.account, alarm.region, name)
            return child.state.value if child is not None else "INSUFFICIENT_DATA"

        return state_of

    def _change(self, alarm: Alarm, state: State, changes: list[dict[str, str]]) -> bool:
        """Sets a state; a transition is noted and told. The same state again only gets its new reason."""
        old, alarm.state = alarm.state, state
        if old.value == state.value:
            return False
        alarm.transitioned = state.at
        changes.append({"region": alarm.region, "alarm": alarm.name, "from": old.value, "to": state.value, "reason": state.reason})
        self._alarms.record(alarm, state.at, "StateUpdate", *state_updated(old, state))
        holds = held_back(alarm, self._state_of(alarm), state.at) or not alarm.enabled or alarm.warming
        self._queue(notice(alarm, old, [] if holds else alarm.actions(state.value), True))
        return True

    def _queue(self, sent: Notice) -> None:
        with self._guard:
            self._outgoing.setdefault(sent.alarm.account, deque()).append(sent)

    def flush(self, account: str, wait: bool = True) -> None:
        """Publishes what waits, in its order. Never called with the alarms locked: a function behind a topic may come back here.

        Without `wait` it leaves the work to whoever is at it already: that may be the call that the caller itself came from.
        """
        with self._guard:
            sending = self._sending.setdefault(account, threading.Lock())
        if not sending.acquire(blocking=wait):
            return
        try:
            while True:
                with self._guard:
                    waiting = self._outgoing.get(account)
                    if not waiting:
                        return
                    several = [waiting.popleft() for _ in range(min(EVENTS, len(waiting)))]
                self._send(account, several)
        finally:
            sending.release()

    def _send(self, account: str, several: list[Notice]) -> None:
        try:
            self._publisher.events(account, several)
        except Exception:  # The event bus is no reason to keep a topic waiting.
            traceback.print_exc(file=sys.stderr)
        for sent in several:
            for arn in sent.actions:
                error = self._publisher.action(sent, arn)
                self._alarms.record(sent.alarm, self._clock(account), "Action", *action_done(sent, arn, error))

    def forget(self, account: str | None) -> None:
        """Drops what waits to be published, of one account or of all."""
        with self._guard:
            self._outgoing = {owner: waiting for owner, waiting in self._outgoing.items() if account not in (None, owner)}


def _period_of(alarm: Alarm) -> int:
    """The length of an alarm's periods; metrics of a math alarm all have the same (user guide, "Alarms on math expressions")."""
    lengths: list[Any] = [alarm.configuration.get("Period")]
    for query in alarm.configuration.get("Metrics", []):
        lengths += [query.get("MetricStat", {}).get("Period"), query.get("Period")]
    return int(max((length for length in lengths if length), default=60))


def _too_few(configuration: dict[str, Any], points: list[Point]) -> bool:
    """User guide, "Percentile-based alarms and low data samples", where `ignore` was asked for."""
    match = PERCENTILE.fullmatch(configuration.get("ExtendedStatistic", ""))
    if match is None or configuration.get("EvaluateLowSampleCountPercentile") != "ignore":
        return False
    share = float(match.group(1)) / 100
    least = 10 / (1 - share) if 0.5 <= share < 1 else 10 / share if 0 < share < 0.5 else 0.0
    counts = [point.count or 0.0 for point in points if point.value is not None]
    return bool(counts) and sum(counts[: configuration["EvaluationPeriods"]]) < least
