"""Composite alarms that hold their actions back while another alarm rings (user guide, "Suppressing composite alarm actions")."""

from __future__ import annotations

from typing import Callable

from .alarm import Alarm, Suppression


def _suppressor(alarm: Alarm) -> str | None:
    text = alarm.configuration.get("ActionsSuppressor")
    return (text.split(":", 6)[6] if text.startswith("arn:") else text) if text else None


def held_back(alarm: Alarm, state_of: Callable[[str], str], now: float) -> bool:
    """Whether the actions of a change that happens now must wait: the suppressor rings, or may ring within the wait period."""
    name = _suppressor(alarm)
    if name is None:
        return False
    if state_of(name) == "ALARM":
        alarm.suppression = Suppression("Alarm")
        return True
    wait = alarm.configuration["ActionsSuppressorWaitPeriod"]
    if not wait:
        alarm.suppression = None
        return False
    alarm.suppression = Suppression("WaitPeriod", now + wait)
    return True


def released(alarm: Alarm, state_of: Callable[[str], str], now: float) -> bool:
    """Moves a suppression on; whether the actions of the present state are due after all."""
    name, held = _suppressor(alarm), alarm.suppression
    if held is None:
        return False
    if name is not None and state_of(name) == "ALARM":
        alarm.suppression = Suppression("Alarm")
        return False
    if held.by == "Alarm" and name is not None:
        extension = alarm.configuration["ActionsSuppressorExtensionPeriod"]
        if extension:
            alarm.suppression = Suppression("ExtensionPeriod", now + extension)
            return False
    elif held.until is not None and now < held.until:
        return False
    alarm.suppression = None
    return alarm.enabled
