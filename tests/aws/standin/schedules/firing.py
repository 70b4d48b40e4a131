"""Schedules that fire: at their time, or because a test says so.

User guide: "Adding context attributes in EventBridge Scheduler", "Setting up the execution role", "Schedule types". The precision is
a minute: an invocation comes at the full minute that its time falls into.
"""

from __future__ import annotations

import concurrent.futures
import datetime
import json
import secrets
import sys
import threading
import traceback
from typing import Any

from ..exchange import Refusal
from ..identity import read_role, trusts
from ..policies import Question, role_policies
from ..settings import Settings
from ..underlay import Underlay, UnderlayError
from .expressions import At, Cron, Rate, parse_expression
from .operations import trust_facts
from .store import Schedule, Store, now

_TICK_SECONDS = 0.5
_THREADS = 8
_ACTIONS = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "sns": "sns:Publish"}


def _floor(moment: datetime.datetime) -> datetime.datetime:
    return moment.replace(second=0, microsecond=0)


class Firing:
    """Watches the clock and invokes targets as their roles."""

    def __init__(self, store: Store, underlay: Underlay, settings: Settings) -> None:
        self._store = store
        self._underlay = underlay
        self._settings = settings
        self._pool = concurrent.futures.ThreadPoolExecutor(_THREADS, "schedules")
        self._stopped = threading.Event()
        threading.Thread(target=self._watch, name="schedules", daemon=True).start()

    def _watch(self) -> None:
        last = _floor(now())
        while not self._stopped.wait(_TICK_SECONDS):
            minute = _floor(now())
            # A machine that slept for a while doesn't make up for each minute of it.
            if minute == last:
                continue
            last = minute
            for schedule in self._store.schedules():
                if self._settings.fires_schedules(schedule.place[0]):
                    self._pool.submit(self._fire_if_due, schedule, minute)

    def _fire_if_due(self, schedule: Schedule, minute: datetime.datetime) -> None:
        try:
            if is_due(schedule, minute):
                schedule.last_fired = minute
                self.fire(schedule, minute)
        except Exception:
            traceback.print_exc(file=sys.stderr)

    def fire(self, schedule: Schedule, moment: datetime.datetime) -> dict[str, Any]:
        """Invokes the target once; says whether it was handed over, and why not."""
        execution_id = secrets.token_hex(8)
        target = schedule.settings["Target"]
        attributes = {
            "<aws.scheduler.schedule-arn>": schedule.arn(),
            "<aws.scheduler.scheduled-time>": moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "<aws.scheduler.execution-id>": execution_id,
            "<aws.scheduler.attempt-number>": "1",
        }
        text = target.get("Input") or _default_input(schedule, attributes)
        for name, value in attributes.items():
            text = text.replace(name, value)
        error = None
        try:
            self._check_role(schedule)
            self._deliver(target, text)
        except (UnderlayError, Refusal) as failure:
            error = str(failure)
        if isinstance(_expression(schedule), At) and schedule.settings["ActionAfterCompletion"] == "DELETE":
            self._store.delete_schedule(schedule)
        return {"execution_id": execution_id, "input": text, "delivered": error is None, "error": error}

    def _check_role(self, schedule: Schedule) -> None:
        target = schedule.settings["Target"]
        role_arn, arn = target["RoleArn"], target["Arn"]
        role = read_role(self._underlay, role_arn)
        if role is None or not trusts(role["TrustPolicy"], {"scheduler.amazonaws.com"}, trust_facts(schedule), kind="Service"):
            raise Refusal("AccessDeniedException", f"{role_arn} can't be assumed by scheduler.amazonaws.com")
        action = _ACTIONS.get(arn.split(":")[2])
        if action is None:
            raise Refusal("ValidationException", f"The stand-in can't invoke {arn}")
        policies = role_policies(self._underlay, role_arn)
        question = Question(action, arn, schedule.place[1], role_arn, schedule.place[0])
        if policies is None or policies.decide(question) != "Allow":
            raise Refusal("AccessDeniedException", f"{role_arn} may not {action} on {arn}")

    def _deliver(self, target: dict[str, Any], text: str) -> None:
        _, _, service, region, account, name, *rest = target["Arn"].split(":")
        if service == "lambda":
            name, qualifier = rest[0], {"Qualifier": rest[1]} if len(rest) > 1 else {}
            self._underlay.call("lambda", "Invoke", account, region, FunctionName=name, InvocationType="Event", Payload=text.encode(), **qualifier)
        elif service == "sqs":
            url = self._underlay.call("sqs", "GetQueueUrl", account, region, QueueName=name)["QueueUrl"]
            extra = {key: value for key, value in target.get("SqsParameters", {}).items() if key == "MessageGroupId"}
            self._underlay.call("sqs", "SendMessage", account, region, QueueUrl=url, MessageBody=text, **extra)
        else:
            self._underlay.call("sns", "Publish", account, region, TopicArn=target["Arn"], Message=text)


def _expression(schedule: Schedule) -> At | Rate | Cron:
    return parse_expression(schedule.settings["ScheduleExpression"], schedule.settings["ScheduleExpressionTimezone"])


def is_due(schedule: Schedule, minute: datetime.datetime) -> bool:
    """Whether a schedule fires in this full minute. A rate counts from its start date, or begins at once."""
    settings = schedule.settings
    if settings["State"] != "ENABLED":
        return False
    expression = _expression(schedule)
    if isinstance(expression, At):
        return schedule.last_fired is None and _floor(schedule.created) <= _floor(expression.moment) <= minute
    start, end = settings.get("StartDate"), settings.get("EndDate")
    if (start is not None and minute < _floor(start)) or (end is not None and minute > end):
        return False
    if isinstance(expression, Rate):
        return schedule.last_fired is None or minute - schedule.last_fired >= datetime.timedelta(seconds=expression.seconds)
    return expression.matches(minute)


def _default_input(schedule: Schedule, attributes: dict[str, str]) -> str:
    """What a target gets when the schedule names no input."""
    return json.dumps({
        "version": "0", "id": attributes["<aws.scheduler.execution-id>"], "detail-type": "Scheduled Event", "source": "aws.scheduler",
        "account": schedule.place[0], "time": attributes["<aws.scheduler.scheduled-time>"], "region": schedule.place[1],
        "resources": [schedule.arn()], "detail": "{}",
    })
