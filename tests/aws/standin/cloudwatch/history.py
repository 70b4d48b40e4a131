"""How an alarm's history words what happened (API, DescribeAlarmHistory; samples in the user guide and the CLI reference)."""

from __future__ import annotations

import json
from typing import Any

from .alarm import State
from .judgement import moment
from .notices import Notice


def _state(state: State) -> dict[str, Any]:
    shown: dict[str, Any] = {"stateValue": state.value, "stateReason": state.reason}
    if state.data:
        try:
            shown["stateReasonData"] = json.loads(state.data)
        except ValueError:
            shown["stateReasonData"] = state.data
    return shown


def state_updated(old: State, new: State) -> tuple[str, str]:
    """Summary and data of a StateUpdate."""
    data = {"version": "1.0", "oldState": _state(old), "newState": _state(new)}
    return f"Alarm updated from {old.value} to {new.value}", json.dumps(data)


def action_done(sent: Notice, arn: str, error: str | None) -> tuple[str, str]:
    """Summary and data of an Action."""
    data: dict[str, Any] = {"actionState": "Failed" if error else "Succeeded", "stateUpdateTimestamp": round(sent.state.at * 1000),
                            "notificationResource": arn, "publishedMessage": json.dumps({"default": sent.message}), "error": error}
    summary = f'Failed to execute action {arn}. Received error: "{error}"' if error else f"Successfully executed action {arn}"
    return summary, json.dumps(data)


def configured(name: str, what: str, configuration: dict[str, Any], at: float) -> tuple[str, str]:
    """Summary and data of a ConfigurationUpdate; `what` is created, updated or deleted."""
    kind = {"created": "Create", "updated": "Update", "deleted": "Delete"}[what]
    member = f"{what}Alarm"
    return f'Alarm "{name}" {what}', json.dumps({"version": "1.0", "type": kind, member: configuration, "timestamp": moment(at)}, default=str)
