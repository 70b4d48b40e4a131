"""Groups and schedules of all accounts and regions."""

from __future__ import annotations

import datetime
import threading
from dataclasses import dataclass, field
from typing import Any

from ..exchange import Refusal
from ..passing import Passing
from ..settings import Settings

Place = tuple[str, str]
"""Account and region."""

DEFAULT_GROUP = "default"


def now() -> datetime.datetime:
    """The present moment, with its zone."""
    return datetime.datetime.now(datetime.timezone.utc)


@dataclass
class Group:
    """A schedule group."""

    place: Place
    name: str
    token: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    created: datetime.datetime = field(default_factory=now)

    def arn(self) -> str:
        """The group's ARN."""
        return f"arn:aws:scheduler:{self.place[1]}:{self.place[0]}:schedule-group/{self.name}"


@dataclass
class Schedule:
    """A schedule; `settings` are the members that the client gave, defaults filled in."""

    place: Place
    group: str
    name: str
    settings: dict[str, Any]
    token: str | None = None
    created: datetime.datetime = field(default_factory=now)
    changed: datetime.datetime = field(default_factory=now)
    last_fired: datetime.datetime | None = None

    def arn(self) -> str:
        """The schedule's ARN."""
        return f"arn:aws:scheduler:{self.place[1]}:{self.place[0]}:schedule/{self.group}/{self.name}"

    def group_arn(self) -> str:
        """The ARN that a role's trust policy sees as aws:SourceArn."""
        return f"arn:aws:scheduler:{self.place[1]}:{self.place[0]}:schedule-group/{self.group}"


class Store:
    """Everything that Scheduler holds. Each method is atomic."""

    def __init__(self, settings: Settings) -> None:
        self._groups: dict[tuple[Place, str], Group] = {}
        self._schedules: dict[tuple[Place, str, str], Schedule] = {}
        self._deleting = Passing(settings)
        self._lock = threading.RLock()

    def group(self, place: Place, name: str) -> Group:
        """A group; `default` is always there. One that is being deleted is found too."""
        with self._lock:
            if name == DEFAULT_GROUP:
                return self._groups.setdefault((place, name), Group(place, name))
            found = self._groups.get((place, name)) or self._deleting.kept((*place, name))
        if found is None:
            raise Refusal("ResourceNotFoundException", f"Schedule group {name} does not exist.", 404)
        return found

    def group_state(self, group: Group) -> str:
        """ACTIVE or DELETING."""
        return self._deleting.state((*group.place, group.name)) or "ACTIVE"

    def add_group(self, group: Group) -> Group:
        """Makes a group; the same ClientToken again returns the first one."""
        with self._lock:
            present = self._groups.get((group.place, group.name))
            if present is not None and group.token is not None and present.token == group.token:
                return present
            if present is not None or group.name == DEFAULT_GROUP or self._deleting.state((*group.place, group.name)):
                raise Refusal("ConflictException", f"Schedule group {group.name} already exists.", 409)
            self._groups[(group.place, group.name)] = group
            return group

    def delete_group(self, place: Place, name: str) -> None:
        """The group is DELETING for a while; its schedules go with it."""
        group = self.group(place, name)
        with self._lock:
            if self._groups.pop((place, name), None) is None:
                return
            self._deleting.begin((*place, name), "DELETING", group)
            self._schedules = {key: value for key, value in self._schedules.items() if key[:2] != (place, name)}

    def groups(self, place: Place | None = None) -> list[Group]:
        """The groups of a place, or all, those in deletion included, by name."""
        with self._lock:
            found = [group for group in self._groups.values() if place in (None, group.place)]
        if place is not None:
            found = [*found, *self._deleting.all_kept(*place)]
        return sorted(found, key=lambda group: group.name)

    def schedule(self, place: Place, group: str, name: str) -> Schedule:
        """A schedule."""
        with self._lock:
            found = self._schedules.get((place, group, name))
        if found is None:
            raise Refusal("ResourceNotFoundException", f"Schedule {name} does not exist.", 404)
        return found

    def add_schedule(self, schedule: Schedule) -> Schedule:
        """Makes a schedule; the same ClientToken with the same settings again returns the first one."""
        with self._lock:
            group = self.group(schedule.place, schedule.group)
            if self.group_state(group) != "ACTIVE":
                raise Refusal("ConflictException", f"Schedule group {schedule.group} is being deleted.", 409)
            key = (schedule.place, schedule.group, schedule.name)
            present = self._schedules.get(key)
            if present is not None:
                if schedule.token is not None and present.token == schedule.token and present.settings == schedule.settings:
                    return present
                raise Refusal("ConflictException", f"Schedule {schedule.name} already exists.", 409)
            self._schedules[key] = schedule
            return schedule

    def change_schedule(self, schedule: Schedule, settings: dict[str, Any]) -> None:
        """Replaces all settings. A new expression begins to count anew."""
        with self._lock:
            if settings["ScheduleExpression"] != schedule.settings["ScheduleExpression"]:
                schedule.last_fired = None
            schedule.settings, schedule.changed = settings, now()

    def delete_schedule(self, schedule: Schedule) -> None:
        """The schedule is gone at once."""
        with self._lock:
            self._schedules.pop((schedule.place, schedule.group, schedule.name), None)

    def schedules(self, place: Place | None = None) -> list[Schedule]:
        """The schedules of a place, or all, by group and name."""
        with self._lock:
            found = [schedule for schedule in self._schedules.values() if place in (None, schedule.place)]
        return sorted(found, key=lambda schedule: (schedule.group, schedule.name))

    def forget(self, account: str | None) -> None:
        """Drops everything of one account, or all."""
        with self._lock:
            self._groups = {key: value for key, value in self._groups.items() if account not in (None, key[0][0])}
            self._schedules = {key: value for key, value in self._schedules.items() if account not in (None, key[0][0])}
            self._deleting.forget(account)
