"""What leaves CloudWatch when an alarm changes its state: the message for a topic, and the event for EventBridge.

Fields and their order follow messages that public reports quote; the events follow the user guide, "Alarm events and EventBridge".
"""

from __future__ import annotations

import datetime
import json
import uuid
from dataclasses import dataclass
from typing import Any, Callable

import urllib3

from ..underlay import Underlay, UnderlayError
from .alarm import Alarm, State
from .judgement import moment

EVENTS = 10
"""How many events one PutEvents takes (API of EventBridge)."""
_SUBJECT = 100
_REGIONS = {
    "af-south-1": "Africa (Cape Town)", "ap-east-1": "Asia Pacific (Hong Kong)", "ap-northeast-1": "Asia Pacific (Tokyo)",
    "ap-northeast-2": "Asia Pacific (Seoul)", "ap-northeast-3": "Asia Pacific (Osaka)", "ap-south-1": "Asia Pacific (Mumbai)",
    "ap-south-2": "Asia Pacific (Hyderabad)", "ap-southeast-1": "Asia Pacific (Singapore)", "ap-southeast-2": "Asia Pacific (Sydney)",
    "ap-southeast-3": "Asia Pacific (Jakarta)", "ap-southeast-4": "Asia Pacific (Melbourne)", "ca-central-1": "Canada (Central)",
    "ca-west-1": "Canada West (Calgary)", "eu-central-1": "EU (Frankfurt)", "eu-central-2": "Europe (Zurich)", "eu-north-1": "EU (Stockholm)",
    "eu-south-1": "EU (Milan)", "eu-south-2": "Europe (Spain)", "eu-west-1": "EU (Ireland)", "eu-west-2": "EU (London)",
    "eu-west-3": "EU (Paris)", "il-central-1": "Israel (Tel Aviv)", "me-central-1": "Middle East (UAE)", "me-south-1": "Middle East (Bahrain)",
    "sa-east-1": "South America (Sao Paulo)", "us-east-1": "US East (N. Virginia)", "us-east-2": "US East (Ohio)",
    "us-west-1": "US West (N. California)", "us-west-2": "US West (Oregon)",
}


@dataclass(frozen=True)
class Notice:
    """A change of state that is to be told: to topics (the actions of the new state) and, unless only actions are due, to EventBridge."""

    alarm: Alarm
    state: State
    actions: tuple[str, ...]
    subject: str
    message: str
    event: dict[str, Any] | None


def region_name(region: str) -> str:
    """The name that messages use for a region."""
    return _REGIONS.get(region, region)


def notice(alarm: Alarm, old: State, actions: list[str], with_event: bool) -> Notice:
    """The notice of a change from `old` to the alarm's present state."""
    subject = f'{alarm.state.value}: "{alarm.name}" in {region_name(alarm.region)}'
    subject = subject if len(subject) <= _SUBJECT else f"{subject[:_SUBJECT - 3]}..."
    return Notice(alarm, alarm.state, tuple(actions), subject, json.dumps(_message(alarm, old)), _event(alarm, old) if with_event else None)


def _message(alarm: Alarm, old: State) -> dict[str, Any]:
    configuration, state = alarm.configuration, alarm.state
    message: dict[str, Any] = {
        "AlarmName": alarm.name, "AlarmDescription": configuration.get("AlarmDescription"), "AWSAccountId": alarm.account,
        "AlarmConfigurationUpdatedTimestamp": moment(alarm.configured), "NewStateValue": state.value, "NewStateReason": state.reason,
        "StateChangeTime": moment(state.at), "Region": region_name(alarm.region), "AlarmArn": alarm.arn, "OldStateValue": old.value,
    }
    message.update({name: configuration.get(name) or [] for name in ("OKActions", "AlarmActions", "InsufficientDataActions")})
    if alarm.rule is None:
        return {**message, "Trigger": _trigger(configuration)}
    children = [{"Arn": arn, "State": {"Value": child.value, "Timestamp": moment(child.at)}} for arn, child in alarm.triggers]
    return {**message, "AlarmRule": configuration["AlarmRule"], "TriggeringChildren": children}


def _trigger(configuration: dict[str, Any]) -> dict[str, Any]:
    trigger: dict[str, Any] = {}
    if "MetricName" in configuration:
        trigger.update(MetricName=configuration["MetricName"], Namespace=configuration["Namespace"])
        if "ExtendedStatistic" in configuration:
            trigger.update(StatisticType="ExtendedStatistic", ExtendedStatistic=configuration["ExtendedStatistic"])
        else:
            trigger.update(StatisticType="Statistic", Statistic=_STATISTICS[configuration["Statistic"]])
        trigger.update(Unit=configuration.get("Unit"), Dimensions=_dimensions(configuration.get("Dimensions")))
    trigger["Period"] = _period(configuration)
    for name in ("EvaluationPeriods", "DatapointsToAlarm", "ComparisonOperator", "Threshold", "ThresholdMetricId"):
        if name in configuration:
            trigger[name] = float(configuration[name]) if name == "Threshold" else configuration[name]
    trigger["TreatMissingData"] = configuration.get("TreatMissingData", "missing")
    trigger["EvaluateLowSampleCountPercentile"] = configuration.get("EvaluateLowSampleCountPercentile", "")
    if "Metrics" in configuration:
        trigger["Metrics"] = [_query(query) for query in configuration["Metrics"]]
    return trigger


_STATISTICS = {"SampleCount": "SAMPLE_COUNT", "Average": "AVERAGE", "Sum": "SUM", "Minimum": "MINIMUM", "Maximum": "MAXIMUM"}


def _period(configuration: dict[str, Any]) -> int:
    if "Period" in configuration:
        return int(configuration["Period"])
    periods = [query["MetricStat"]["Period"] for query in configuration.get("Metrics", []) if "MetricStat" in query]
    return int(max(periods or [query.get("Period", 300) for query in configuration.get("Metrics", [])] or [300]))


def _dimensions(dimensions: list[dict[str, str]] | None) -> list[dict[str, str]]:
    return [{"value": item["Value"], "name": item["Name"]} for item in dimensions or []]


def _query(query: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {name: query[name] for name in ("Expression", "Id", "Label") if name in query}
    if "MetricStat" in query:
        stat = query["MetricStat"]
        metric = {"Dimensions": _dimensions(stat["Metric"].get("Dimensions")), "MetricName": stat["Metric"]["MetricName"],
                  "Namespace": stat["Metric"]["Namespace"]}
        shown["MetricStat"] = {"Metric": metric, "Period": stat["Period"], "Stat": stat["Stat"], **({"Unit": stat["Unit"]} if "Unit" in stat else {})}
    return {**shown, "ReturnData": query.get("ReturnData", True)}


def _event(alarm: Alarm, old: State) -> dict[str, Any]:
    """The detail of "CloudWatch Alarm State Change"."""
    configuration: dict[str, Any] = {}
    if alarm.configuration.get("AlarmDescription"):
        configuration["description"] = alarm.configuration["AlarmDescription"]
    if alarm.rule is not None:
        for name in ("AlarmRule", "ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"):
            if name in alarm.configuration:
                configuration[name[0].lower() + name[1:]] = alarm.configuration[name]
    else:
        configuration["metrics"] = [_event_query(query) for query in watched_queries(alarm.configuration, str(uuid.uuid5(uuid.NAMESPACE_URL, alarm.arn)))]
    state = _event_state(alarm.state)
    if alarm.suppression is not None:
        state.update(actionsSuppressedBy=alarm.suppression.by, actionsSuppressedReason=f"Actions suppressed by {alarm.suppression.by}")
    return {"alarmName": alarm.name, "state": state, "previousState": _event_state(old), "configuration": configuration}


def watched_queries(configuration: dict[str, Any], identifier: str) -> list[dict[str, Any]]:
    """The queries of an alarm; a single metric becomes one of them."""
    if "Metrics" in configuration:
        return list(configuration["Metrics"])
    metric = {"Namespace": configuration["Namespace"], "MetricName": configuration["MetricName"], "Dimensions": configuration.get("Dimensions") or []}
    stat = {"Metric": metric, "Period": configuration["Period"], "Stat": configuration.get("Statistic") or configuration["ExtendedStatistic"]}
    return [{"Id": identifier, "MetricStat": {**stat, **({"Unit": configuration["Unit"]} if "Unit" in configuration else {})}, "ReturnData": True}]


def _event_state(state: State) -> dict[str, Any]:
    shown = {"value": state.value, "reason": state.reason, "timestamp": moment(state.at)}
    return {**shown, "reasonData": state.data} if state.data else shown


def _event_query(query: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": query["Id"], "returnData": query.get("ReturnData", True)}
    shown.update({name.lower(): query[name] for name in ("Expression", "Label") if name in query})
    if "MetricStat" in query:
        stat, metric = query["MetricStat"], query["MetricStat"]["Metric"]
        dimensions = {item["Name"]: item["Value"] for item in metric.get("Dimensions") or []}
        shown["metricStat"] = {"metric": {"dimensions": dimensions, "name": metric["MetricName"], "namespace": metric["Namespace"]},
                               "period": stat["Period"], "stat": stat["Stat"]}
    return shown


# Whether a topic's policy lets an alarm publish: the topic's ARN and the alarm's.
TopicCheck = Callable[[str, str], bool]


class Publisher:
    """Sends notices on their ways in ministack. Nothing comes back from there but what the alarm's history tells."""

    def __init__(self, underlay: Underlay, topic_admits: TopicCheck) -> None:
        self._underlay = underlay
        self._topic_admits = topic_admits

    def events(self, account: str, several: list[Notice]) -> None:
        """To the default buses of one account: at most EVENTS of them."""
        for region in sorted({sent.alarm.region for sent in several}):
            entries = [self._entry(sent) for sent in several if sent.alarm.region == region and sent.event is not None]
            if entries:
                self._underlay.call("events", "PutEvents", account, region, Entries=entries)

    def _entry(self, sent: Notice) -> dict[str, Any]:
        at = datetime.datetime.fromtimestamp(sent.state.at, datetime.timezone.utc)
        return {"Time": at, "Source": f"{self._underlay.marker}aws.cloudwatch", "Resources": [sent.alarm.arn],
                "DetailType": "CloudWatch Alarm State Change", "Detail": json.dumps(sent.event)}

    def action(self, sent: Notice, arn: str) -> str | None:
        """Does one action; the error's text when it failed."""
        if arn.split(":")[2] != "sns":
            return f"The stand-in carries out no actions but those of SNS topics: {arn}"
        if not self._topic_admits(arn, sent.alarm.arn):
            return (f"Resource: {sent.alarm.arn} is not authorized to perform: SNS:Publish on resource: {arn} "
                    "because no resource-based policy allows the SNS:Publish action")
        try:
            self._underlay.call("sns", "Publish", arn.split(":")[4], arn.split(":")[3], TopicArn=arn, Subject=sent.subject, Message=sent.message)
        except UnderlayError as error:
            return f"{error.code}: {error.message}"
        except urllib3.exceptions.HTTPError as error:
            return f"ministack is gone: {error}"
        return None
