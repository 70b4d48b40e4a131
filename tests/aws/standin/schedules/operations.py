"""The operations of EventBridge Scheduler (API of EventBridge Scheduler, and its user guide)."""

from __future__ import annotations

import json
from typing import Any, Callable

from ..exchange import Call, Refusal
from ..identity import read_role, trusts
from ..paging import page
from ..synthetics.store import Store as RoleUses
from ..underlay import Underlay
from .expressions import parse_expression
from .store import DEFAULT_GROUP, Group, Place, Schedule, Store

_PRINCIPAL = "scheduler.amazonaws.com"
_PAGE = 100
_INPUT_BYTES = 256 * 1024
_SETTINGS = ("Description", "EndDate", "FlexibleTimeWindow", "KmsKeyArn", "ScheduleExpression", "StartDate", "Target")


def _refuse(message: str) -> Refusal:
    return Refusal("ValidationException", message)


def trust_facts(schedule: Schedule) -> dict[str, str | None]:
    """User guide, "Confused deputy prevention": the source is the schedule's group, not the schedule."""
    return {"aws:sourceaccount": schedule.place[0], "aws:sourcearn": schedule.group_arn()}


class Schedules:
    """Serves all operations."""

    def __init__(self, store: Store, underlay: Underlay, roles: RoleUses) -> None:
        self._store = store
        self._underlay = underlay
        self._roles = roles

    def handlers(self) -> dict[str, Callable[[Call], dict[str, Any]]]:
        """Operation to what answers it."""
        return {
            "CreateSchedule": self.create, "UpdateSchedule": self.update, "GetSchedule": self.read, "DeleteSchedule": self.delete,
            "ListSchedules": self.listed, "CreateScheduleGroup": self.create_group, "GetScheduleGroup": self.read_group,
            "DeleteScheduleGroup": self.delete_group, "ListScheduleGroups": self.list_groups, "TagResource": self.tag,
            "UntagResource": self.untag, "ListTagsForResource": self.tags,
        }

    @staticmethod
    def _place(call: Call) -> Place:
        return (call.account, call.region)

    def _found(self, call: Call) -> Schedule:
        return self._store.schedule(self._place(call), call.params.get("GroupName", DEFAULT_GROUP), call.params["Name"])

    def create(self, call: Call) -> dict[str, Any]:
        """CreateSchedule."""
        params = call.params
        schedule = Schedule(self._place(call), params.get("GroupName", DEFAULT_GROUP), params["Name"], _settings(params), params.get("ClientToken"))
        self._store.group(schedule.place, schedule.group)
        self._check(schedule, schedule.settings)
        return {"ScheduleArn": self._store.add_schedule(schedule).arn()}

    def update(self, call: Call) -> dict[str, Any]:
        """UpdateSchedule: what is left out goes back to its default."""
        schedule, settings = self._found(call), _settings(call.params)
        self._check(schedule, settings)
        self._store.change_schedule(schedule, settings)
        return {"ScheduleArn": schedule.arn()}

    def read(self, call: Call) -> dict[str, Any]:
        """GetSchedule."""
        schedule = self._found(call)
        return {**schedule.settings, "Arn": schedule.arn(), "Name": schedule.name, "GroupName": schedule.group,
                "CreationDate": schedule.created, "LastModificationDate": schedule.changed}

    def delete(self, call: Call) -> dict[str, Any]:
        """DeleteSchedule."""
        self._store.delete_schedule(self._found(call))
        return {}

    def listed(self, call: Call) -> dict[str, Any]:
        """ListSchedules."""
        params = call.params
        if "GroupName" in params:
            self._store.group(self._place(call), params["GroupName"])
        found = [
            schedule for schedule in self._store.schedules(self._place(call))
            if params.get("GroupName") in (None, schedule.group) and schedule.name.startswith(params.get("NamePrefix", ""))
            and params.get("State") in (None, schedule.settings["State"])
        ]
        shown, token = page(found, params.get("NextToken"), params.get("MaxResults", _PAGE))
        return {"NextToken": token, "Schedules": [
            {"Arn": schedule.arn(), "Name": schedule.name, "GroupName": schedule.group, "State": schedule.settings["State"],
             "CreationDate": schedule.created, "LastModificationDate": schedule.changed, "Target": {"Arn": schedule.settings["Target"]["Arn"]}}
            for schedule in shown]}

    def _check(self, schedule: Schedule, settings: dict[str, Any]) -> None:
        parse_expression(settings["ScheduleExpression"], settings["ScheduleExpressionTimezone"])
        window = settings["FlexibleTimeWindow"]
        if (window["Mode"] == "FLEXIBLE") != ("MaximumWindowInMinutes" in window):
            raise _refuse("MaximumWindowInMinutes must be set when FlexibleTimeWindow is FLEXIBLE, and only then.")
        start, end = settings.get("StartDate"), settings.get("EndDate")
        if start is not None and end is not None and end <= start:
            raise _refuse("The EndDate you specify must come after the StartDate.")
        self._check_target(schedule, settings["Target"])

    def _check_target(self, schedule: Schedule, target: dict[str, Any]) -> None:
        parts = target["Arn"].split(":")
        if len(parts) < 6 or parts[0] != "arn":
            raise _refuse(f"Provided Arn is not in correct format: {target['Arn']}")
        if parts[2] == "lambda" and "Input" in target:
            try:
                json.loads(target["Input"])
            except ValueError:
                raise _refuse("The Input of a Lambda target must be valid JSON.") from None
        # User guide, "Quotas": the payload of an invocation has 256 KB at most. Whether it is counted as it stands in the request, with
        # its quotation marks escaped, isn't said: the less favourable reading.
        if len(json.dumps(target.get("Input", ""), ensure_ascii=False).encode()) > _INPUT_BYTES:
            raise _refuse(f"The Input must not be longer than {_INPUT_BYTES} bytes.")
        role_arn = target["RoleArn"]
        if role_arn.split(":")[4] != schedule.place[0]:
            raise Refusal("AccessDeniedException", "Cross-account pass role is not allowed.", 403)
        role = read_role(self._underlay, role_arn)
        if role is None or not trusts(role["TrustPolicy"], {_PRINCIPAL}, trust_facts(schedule), kind="Service") or not self._roles.use_role(
                schedule.place[0], role["RoleId"]):
            raise _refuse("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")

    def create_group(self, call: Call) -> dict[str, Any]:
        """CreateScheduleGroup."""
        params = call.params
        tags = {tag["Key"]: tag["Value"] for tag in params.get("Tags", [])}
        return {"ScheduleGroupArn": self._store.add_group(Group(self._place(call), params["Name"], params.get("ClientToken"), tags)).arn()}

    def _shown(self, group: Group) -> dict[str, Any]:
        return {"Arn": group.arn(), "Name": group.name, "State": self._store.group_state(group), "CreationDate": group.created,
                "LastModificationDate": group.created}

    def read_group(self, call: Call) -> dict[str, Any]:
        """GetScheduleGroup."""
        return self._shown(self._store.group(self._place(call), call.params["Name"]))

    def delete_group(self, call: Call) -> dict[str, Any]:
        """DeleteScheduleGroup: asynchronous."""
        if call.params["Name"] == DEFAULT_GROUP:
            raise _refuse("The default schedule group cannot be deleted.")
        self._store.delete_group(self._place(call), call.params["Name"])
        return {}

    def list_groups(self, call: Call) -> dict[str, Any]:
        """ListScheduleGroups."""
        place = self._place(call)
        self._store.group(place, DEFAULT_GROUP)
        found = [group for group in self._store.groups(place) if group.name.startswith(call.params.get("NamePrefix", ""))]
        shown, token = page(found, call.params.get("NextToken"), call.params.get("MaxResults", _PAGE))
        return {"NextToken": token, "ScheduleGroups": [self._shown(group) for group in shown]}

    def _tagged(self, call: Call) -> Group:
        """Only groups carry tags (user guide, "Tagging EventBridge Scheduler resources")."""
        parts = call.params["ResourceArn"].split(":")
        if len(parts) != 6 or parts[3:5] != [call.region, call.account] or not parts[5].startswith("schedule-group/"):
            raise _refuse(f"Invalid ResourceArn: {call.params['ResourceArn']}")
        return self._store.group(self._place(call), parts[5].partition("/")[2])

    def tag(self, call: Call) -> dict[str, Any]:
        """TagResource."""
        self._tagged(call).tags.update({tag["Key"]: tag["Value"] for tag in call.params["Tags"]})
        return {}

    def untag(self, call: Call) -> dict[str, Any]:
        """UntagResource."""
        group = self._tagged(call)
        for key in call.params["TagKeys"]:
            group.tags.pop(key, None)
        return {}

    def tags(self, call: Call) -> dict[str, Any]:
        """ListTagsForResource."""
        return {"Tags": [{"Key": key, "Value": value} for key, value in sorted(self._tagged(call).tags.items())]}


def _settings(params: dict[str, Any]) -> dict[str, Any]:
    """What a schedule is set to, with the defaults that AWS fills in."""
    target = {**params["Target"]}
    target.setdefault("RetryPolicy", {})
    target["RetryPolicy"] = {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185, **target["RetryPolicy"]}
    return {
        **{name: params[name] for name in _SETTINGS if name in params},
        "Target": target,
        "ScheduleExpressionTimezone": params.get("ScheduleExpressionTimezone", "UTC"),
        "State": params.get("State", "ENABLED"),
        "ActionAfterCompletion": params.get("ActionAfterCompletion", "NONE"),
    }
