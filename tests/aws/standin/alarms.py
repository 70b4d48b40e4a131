"""The operations on CloudWatch's alarms. What evaluates them is `cloudwatch/engine.py`."""

from __future__ import annotations

from typing import Any, Callable

from .cloudwatch.alarm import COMPOSITE, METRIC, Alarm, AlarmStore, State
from .cloudwatch.alarm_rules import check_composite_alarm, check_metric_alarm
from .cloudwatch.composite import Rule
from .cloudwatch.engine import Engine, step_of
from .cloudwatch.history import configured
from .cloudwatch.notices import watched_queries
from .cloudwatch.queries import key_of
from .cloudwatch.store import MetricKey
from .exchange import Call, Refusal
from .paging import page

_PAGE = 50
_MOST_TAGS = 50
_CREATED = "Unchecked: Initial alarm creation"
# What ChildrenOfAlarmName and ParentsOfAlarmName show (API, DescribeAlarms).
_RELATED_MEMBERS = {"children": ("AlarmName", "AlarmArn", "StateValue", "StateUpdatedTimestamp"), "parents": ("AlarmName", "AlarmArn")}


def _refuse(message: str, code: str = "ValidationError") -> Refusal:
    return Refusal(code, message)


class Alarms:
    """The operations, over the alarms and what evaluates them."""

    def __init__(self, store: AlarmStore, engine: Engine, clock: Callable[[str], float]) -> None:
        self._store = store
        self._engine = engine
        self._clock = clock

    def handlers(self) -> dict[str, Callable[[Call], dict[str, Any]]]:
        """Operation to what answers it."""
        return {
            "PutMetricAlarm": self.put_metric, "PutCompositeAlarm": self.put_composite, "DescribeAlarms": self.describe,
            "DescribeAlarmsForMetric": self.describe_for_metric, "DescribeAlarmHistory": self.history, "DeleteAlarms": self.delete,
            "EnableAlarmActions": lambda call: self.enable(call, True), "DisableAlarmActions": lambda call: self.enable(call, False),
            "SetAlarmState": self.set_state, "TagResource": self.tag, "UntagResource": self.untag, "ListTagsForResource": self.tags,
        }

    def put_metric(self, call: Call) -> dict[str, Any]:
        """PutMetricAlarm."""
        check_metric_alarm(call.params, call.region)
        keys = set()
        if "EvaluationCriteria" not in call.params:
            for query in watched_queries(call.params, "m"):
                if "MetricStat" in query:
                    keys.add((query.get("AccountId") or call.account, key_of(query["MetricStat"])))
        self._put(call, None, frozenset(keys))
        return {}

    def put_composite(self, call: Call) -> dict[str, Any]:
        """PutCompositeAlarm. The alarms that the rule names, and the suppressor, must exist in this account and region."""
        rule = check_composite_alarm(call.params, call.region)
        suppressor = call.params.get("ActionsSuppressor")
        for name in [*rule.children(), *([suppressor] if suppressor else [])]:
            if self._store.find(call.account, call.region, name) is None and name != call.params["AlarmName"]:
                raise _refuse(f"Could not save the composite alarm as alarm(s) [{name}] do(es) not exist")
        self._put(call, rule, frozenset())
        return {}

    def _put(self, call: Call, rule: Rule | None, keys: frozenset[tuple[str, MetricKey]]) -> None:
        """A new alarm starts as INSUFFICIENT_DATA; an update leaves state and tags alone (API, PutMetricAlarm)."""
        configuration = {name: value for name, value in call.params.items() if name not in ("Tags", "ActionsEnabled")}
        name, now = call.params["AlarmName"], self._clock(call.account)
        with self._store.lock:
            alarm = self._store.find(call.account, call.region, name)
            if alarm is not None and (alarm.rule is None) != (rule is None):
                raise _refuse(f"An alarm of another type has the name {name}")
            what = "updated" if alarm else "created"
            if alarm is None:
                state = State("INSUFFICIENT_DATA", _CREATED, now)
                alarm = Alarm(call.account, call.region, name, configuration, _new_tags(call.params.get("Tags")), now, now, state, now, rule=rule,
                              warming="WarmUpConfiguration" in configuration, due=now + step_of(60))
            alarm.configuration, alarm.configured, alarm.rule, alarm.keys = configuration, now, rule, keys
            alarm.enabled, alarm.dirty = call.params.get("ActionsEnabled", True), rule is not None
            self._store.put(alarm)
            self._store.record(alarm, now, "ConfigurationUpdate", *configured(name, what, configuration, now))

    def describe(self, call: Call) -> dict[str, Any]:
        """DescribeAlarms."""
        params = call.params
        if params.get("AlarmNames") and "AlarmNamePrefix" in params:
            # API, DescribeAlarms: names and prefix exclude each other.
            raise _refuse("AlarmNames and AlarmNamePrefix can't be used together", "InvalidParameterCombination")
        for kind, name in (("children", params.get("ChildrenOfAlarmName")), ("parents", params.get("ParentsOfAlarmName"))):
            if name is not None:
                return self._related(call, kind, name)
        kinds = params.get("AlarmTypes") or [METRIC]
        found = [alarm for alarm in self._store.of(call.account, call.region) if alarm.kind in kinds and _selected(alarm, params)]
        return self._shown(call, found, lambda alarm: alarm.described())

    def _related(self, call: Call, kind: str, name: str) -> dict[str, Any]:
        alarm = self._store.find(call.account, call.region, name)
        if alarm is None:
            raise Refusal("ResourceNotFound", f"Could not find the alarm {name}", 404)
        if kind == "parents":
            found = list(self._store.parents(alarm))
        else:
            names = alarm.rule.children() if alarm.rule is not None else []
            found = [child for child in (self._store.find(call.account, call.region, item) for item in names) if child is not None]
        return self._shown(call, found, lambda item: {key: item.described().get(key) for key in _RELATED_MEMBERS[kind]})

    def _shown(self, call: Call, found: list[Alarm], describe: Callable[[Alarm], dict[str, Any]]) -> dict[str, Any]:
        shown, token = page(found, call.params.get("NextToken"), call.params.get("MaxRecords", _PAGE), "InvalidNextToken")
        return {"MetricAlarms": [describe(alarm) for alarm in shown if alarm.rule is None],
                "CompositeAlarms": [describe(alarm) for alarm in shown if alarm.rule is not None], "NextToken": token}

    def describe_for_metric(self, call: Call) -> dict[str, Any]:
        """DescribeAlarmsForMetric: the alarms on exactly this metric."""
        params = call.params
        wanted = (call.account, MetricKey.of(params["Namespace"], params["MetricName"], params.get("Dimensions")))
        found = [alarm for alarm in self._store.of(call.account, call.region) if wanted in alarm.keys and _same_reading(alarm, params)]
        return {"MetricAlarms": [alarm.described() for alarm in found]}

    def history(self, call: Call) -> dict[str, Any]:
        """DescribeAlarmHistory: newest first unless told otherwise; without a type only metric alarms (API reference)."""
        params = call.params
        kinds = params.get("AlarmTypes") or [METRIC]
        found = [item for item in self._store.history(call.account, call.region)
                 if item.kind in kinds and params.get("AlarmName") in (None, item.name) and params.get("HistoryItemType") in (None, item.item)
                 and ("StartDate" not in params or item.at >= params["StartDate"].timestamp())
                 and ("EndDate" not in params or item.at <= params["EndDate"].timestamp())]
        if params.get("ScanBy") != "TimestampAscending":
            found.reverse()
        shown, token = page(found, params.get("NextToken"), params.get("MaxRecords", _PAGE), "InvalidNextToken")
        return {"AlarmHistoryItems": [item.described() for item in shown], "NextToken": token}

    def delete(self, call: Call) -> dict[str, Any]:
        """DeleteAlarms: correct names are deleted even when another is absent (API reference)."""
        with self._store.lock:
            named = {name: self._store.find(call.account, call.region, name) for name in call.params["AlarmNames"]}
            present = [alarm for alarm in named.values() if alarm is not None]
            if sum(alarm.kind == COMPOSITE for alarm in present) > 1:
                raise _refuse("Only one composite alarm can be deleted in a request")
            for alarm in present:
                parents = [parent.name for parent in self._store.parents(alarm)]
                if parents:
                    raise _refuse(f"Cannot delete {alarm.name} as there are composite alarm(s) depending on it: {', '.join(parents)}")
            for alarm in present:
                self.remove(alarm)
        absent = [name for name, alarm in named.items() if alarm is None]
        if absent:
            raise Refusal("ResourceNotFound", f"Alarms not found: {', '.join(absent)}", 404)
        return {}

    def remove(self, alarm: Alarm) -> None:
        """Deletes an alarm, whatever depends on it."""
        now = self._clock(alarm.account)
        self._store.remove(alarm)
        self._store.record(alarm, now, "ConfigurationUpdate", *configured(alarm.name, "deleted", alarm.configuration, now))

    def enable(self, call: Call, enabled: bool) -> dict[str, Any]:
        """EnableAlarmActions and DisableAlarmActions; absent alarms are no error."""
        with self._store.lock:
            for name in call.params["AlarmNames"]:
                alarm = self._store.find(call.account, call.region, name)
                if alarm is not None:
                    alarm.enabled = enabled
        return {}

    def set_state(self, call: Call) -> dict[str, Any]:
        """SetAlarmState."""
        params = call.params
        alarm = self._store.find(call.account, call.region, params["AlarmName"])
        if alarm is None:
            raise Refusal("ResourceNotFound", f"Alarm not found: {params['AlarmName']}", 404)
        self._engine.set_state(alarm, params["StateValue"], params["StateReason"], params.get("StateReasonData"))
        return {}

    def _tagged(self, call: Call) -> Alarm:
        """The alarm of a tag operation, whose error for an absent one is unlike that of the others."""
        arn = call.params["ResourceARN"]
        alarm = self._store.find(call.account, call.region, arn) if arn.count(":") >= 6 else None
        if alarm is None or alarm.arn != arn:
            raise Refusal("ResourceNotFoundException", f"No such alarm: {arn}", 404)
        return alarm

    def tag(self, call: Call) -> dict[str, Any]:
        """TagResource."""
        with self._store.lock:
            alarm = self._tagged(call)
            merged = {**alarm.tags, **{tag["Key"]: tag["Value"] for tag in call.params["Tags"]}}
            if len(merged) > _MOST_TAGS:
                raise _refuse(f"An alarm can have at most {_MOST_TAGS} tags", "InvalidParameterValue")
            alarm.tags = merged
        return {}

    def untag(self, call: Call) -> dict[str, Any]:
        """UntagResource."""
        with self._store.lock:
            alarm = self._tagged(call)
            alarm.tags = {key: value for key, value in alarm.tags.items() if key not in call.params["TagKeys"]}
        return {}

    def tags(self, call: Call) -> dict[str, Any]:
        """ListTagsForResource."""
        return {"Tags": [{"Key": key, "Value": value} for key, value in self._tagged(call).tags.items()]}


def _new_tags(tags: list[dict[str, str]] | None) -> dict[str, str]:
    found = {tag["Key"]: tag["Value"] for tag in tags or []}
    if len(found) > _MOST_TAGS:
        raise _refuse(f"An alarm can have at most {_MOST_TAGS} tags", "InvalidParameterValue")
    return found


def _selected(alarm: Alarm, params: dict[str, Any]) -> bool:
    names, prefix = params.get("AlarmNames"), params.get("AlarmNamePrefix", "")
    actions = [arn for state in ("OK", "ALARM", "INSUFFICIENT_DATA") for arn in alarm.actions(state)]
    return ((not names or alarm.name in names) and alarm.name.startswith(prefix) and params.get("StateValue") in (None, alarm.state.value)
            and ("ActionPrefix" not in params or any(arn.startswith(params["ActionPrefix"]) for arn in actions)))


def _same_reading(alarm: Alarm, params: dict[str, Any]) -> bool:
    return all(params[name] == alarm.configuration.get(name) for name in ("Statistic", "ExtendedStatistic", "Period", "Unit") if name in params)
