"""CloudWatch alarms: ministack keeps their state and fires their actions, the layer keeps their configuration.

ministack drops metric math, anomaly bands and suppressors, fills in what AWS leaves out, and deletes absent
alarms without a word. So each Put is remembered here as it was given, and Describe shows ministack's state
with our configuration. Evaluation of metric math would read the remembered configuration too.
"""

from __future__ import annotations

import re
import threading
from typing import Any, Callable

from . import answers
from .exchange import Call, Refusal, Response
from .underlay import Underlay

# What only the evaluation knows; everything else of an alarm is configuration.
_STATE_MEMBERS = (
    "AlarmName", "AlarmArn", "AlarmConfigurationUpdatedTimestamp", "ActionsEnabled", "StateValue", "StateReason",
    "StateReasonData", "StateUpdatedTimestamp", "StateTransitionedTimestamp", "EvaluationState", "ActionsSuppressedBy",
    "ActionsSuppressedReason",
)
_ACTION_LISTS = ("OKActions", "AlarmActions", "InsufficientDataActions")
_BANDS = ("LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold")
_ACTION_ARN = re.compile(
    r"arn:aws[a-z-]*:(?:(?:sns|lambda|ssm|ssm-incidents|autoscaling|aiops|swf):([a-z0-9-]+):\d{12}:.+|automate:([a-z0-9-]+):.+)")


def _refuse(message: str, code: str = "ValidationError") -> Refusal:
    return Refusal(code, message)


class Alarms:
    """The intercepted operations, and the configurations that they remember."""

    def __init__(self, underlay: Underlay) -> None:
        self._underlay = underlay
        self._configurations: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._lock = threading.Lock()

    def intercepts(self) -> dict[tuple[str, str], Callable[[Call], Response]]:
        """Service and operation to what answers it."""
        table = {
            "PutMetricAlarm": self.put_metric, "PutCompositeAlarm": self.put_composite,
            "DescribeAlarms": self.describe, "DescribeAlarmsForMetric": self.describe, "DeleteAlarms": self.delete,
            "TagResource": self.tagged, "UntagResource": self.tagged, "ListTagsForResource": self.tagged,
        }
        return {("cloudwatch", name): handler for name, handler in table.items()}

    def _call(self, call: Call, params: dict[str, Any]) -> dict[str, Any]:
        return self._underlay.call("cloudwatch", call.name, call.account, call.signed_region, **params)

    def _remember(self, call: Call) -> None:
        configuration = {name: value for name, value in call.params.items() if name != "Tags"}
        with self._lock:
            self._configurations[(call.account, call.region, call.params["AlarmName"])] = configuration

    def forget(self, account: str | None) -> None:
        """Drops the configurations of one account, or all."""
        with self._lock:
            self._configurations = {key: value for key, value in self._configurations.items() if account not in (None, key[0])}

    def put_metric(self, call: Call) -> Response:
        """PutMetricAlarm."""
        check_metric_alarm(call.params, call.region)
        self._call(call, call.params)
        self._remember(call)
        return answers.answer(call, {})

    def put_composite(self, call: Call) -> Response:
        """PutCompositeAlarm. ministack parses the rule and looks for the alarms that it names."""
        check_composite_alarm(call.params, call.region)
        self._call(call, {name: value for name, value in call.params.items() if not name.startswith("ActionsSuppressor")})
        self._remember(call)
        return answers.answer(call, {})

    def describe(self, call: Call) -> Response:
        """DescribeAlarms and DescribeAlarmsForMetric."""
        if call.params.get("AlarmNames") and "AlarmNamePrefix" in call.params:
            # API, DescribeAlarms: names and prefix exclude each other.
            raise _refuse("AlarmNames and AlarmNamePrefix can't be used together", "InvalidParameterCombination")
        found = self._call(call, call.params)
        result: dict[str, Any] = {"NextToken": found.get("NextToken")}
        for kind in ("MetricAlarms", "CompositeAlarms"):
            result[kind] = [self._merged(call, alarm) for alarm in found.get(kind, [])]
        return answers.answer(call, result)

    def _merged(self, call: Call, alarm: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            configuration = self._configurations.get((call.account, call.region, alarm["AlarmName"]))
        if configuration is None:
            return alarm
        state = {name: alarm[name] for name in _STATE_MEMBERS if alarm.get(name) not in (None, "")}
        state.setdefault("StateTransitionedTimestamp", state.get("StateUpdatedTimestamp"))
        empty: dict[str, Any] = {name: [] for name in _ACTION_LISTS}
        if "AlarmRule" not in configuration:
            empty["Dimensions"] = []
        return {**empty, **configuration, **state}

    def delete(self, call: Call) -> Response:
        """DeleteAlarms: correct names are deleted even when another is absent (API reference)."""
        names = list(dict.fromkeys(call.params["AlarmNames"]))
        present: list[str] = []
        if names:
            found = self._underlay.call("cloudwatch", "DescribeAlarms", call.account, call.signed_region, AlarmNames=names,
                                        AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=100)
            present = [alarm["AlarmName"] for kind in ("MetricAlarms", "CompositeAlarms") for alarm in found.get(kind, [])]
        if present:
            self._call(call, {"AlarmNames": present})
        with self._lock:
            for name in present:
                self._configurations.pop((call.account, call.region, name), None)
        absent = [name for name in names if name not in present]
        if absent:
            raise Refusal("ResourceNotFound", f"Alarms not found: {', '.join(absent)}", 404)
        return answers.answer(call, {})

    def tagged(self, call: Call) -> Response:
        """The tag operations: their error for an absent alarm is ResourceNotFoundException, unlike that of the others."""
        response = self._underlay.forward(call.request)
        if response.status == 404:
            raise Refusal("ResourceNotFoundException", f"No such alarm: {call.params['ResourceARN']}", 404)
        return response


def _check_actions(params: dict[str, Any], region: str) -> None:
    for name in _ACTION_LISTS:
        for arn in params.get(name, []):
            match = _ACTION_ARN.fullmatch(arn)
            if match is None:
                raise _refuse(f"Invalid arn syntax: {arn}")
            place = match.group(1) or match.group(2)
            if place != region:
                # CloudWatch's own words, as reports of cross-region alarm actions quote them.
                raise _refuse(f"Invalid region {place} specified. Only {region} is supported.")


def check_metric_alarm(params: dict[str, Any], region: str) -> None:
    """The rules of PutMetricAlarm that the model doesn't carry (API reference of PutMetricAlarm)."""
    _check_actions(params, region)
    sources = [name for name in ("MetricName", "Metrics", "EvaluationCriteria") if params.get(name)]
    if len(sources) != 1:
        raise _refuse("Exactly one of MetricName, Metrics and EvaluationCriteria must be specified", "InvalidParameterCombination")
    if sources == ["EvaluationCriteria"]:
        return
    for name in ("EvaluationPeriods", "ComparisonOperator"):
        if name not in params:
            raise _refuse(f"{name} must be specified", "MissingParameter")
    if params.get("DatapointsToAlarm", 1) > params["EvaluationPeriods"]:
        raise _refuse("DatapointsToAlarm must be less than or equal to EvaluationPeriods")
    if params.get("TreatMissingData", "missing") not in ("breaching", "notBreaching", "ignore", "missing"):
        raise _refuse(f"TreatMissingData {params['TreatMissingData']!r} is not supported", "InvalidParameterValue")
    if params.get("EvaluateLowSampleCountPercentile", "ignore") not in ("evaluate", "ignore"):
        raise _refuse("EvaluateLowSampleCountPercentile must be evaluate or ignore", "InvalidParameterValue")
    _check_threshold(params)
    if "Metrics" in params:
        _check_queries(params)
    else:
        _check_single_metric(params)


def _check_threshold(params: dict[str, Any]) -> None:
    is_band = params["ComparisonOperator"] in _BANDS
    if is_band != ("ThresholdMetricId" in params):
        raise _refuse("ThresholdMetricId is needed with an anomaly detection operator, and only there", "InvalidParameterCombination")
    if is_band == ("Threshold" in params):
        raise _refuse("Threshold must be specified unless the operator is one of anomaly detection", "InvalidParameterCombination")


def _check_period(period: int) -> None:
    if period not in (10, 20, 30) and period % 60:
        raise _refuse("Period must be 10, 20, 30 or a multiple of 60", "InvalidParameterValue")


def _check_span(period: int, periods: int) -> None:
    # API, EvaluationPeriods: one day; seven days when the period is an hour or longer.
    longest = 7 * 86400 if period >= 3600 else 86400
    if period * periods > longest:
        raise _refuse(f"Metrics cannot be checked across more than {'seven days' if period >= 3600 else 'a day'} "
                      f"(EvaluationPeriods * Period must be <= {longest})")


def _check_single_metric(params: dict[str, Any]) -> None:
    for name in ("Namespace", "Period"):
        if name not in params:
            raise _refuse(f"{name} must be specified with MetricName", "MissingParameter")
    if ("Statistic" in params) == ("ExtendedStatistic" in params):
        raise _refuse("Either Statistic or ExtendedStatistic must be specified", "InvalidParameterCombination")
    extended = params.get("ExtendedStatistic", "p50")
    if not re.fullmatch(r"p\d{1,2}(\.\d{1,10})?|p100|IQM|(TM|WM|TC|TS|tm|wm|tc|ts)\d{1,2}(\.\d+)?|(PR|TM|WM|TC|TS)\(.+\)", extended):
        raise _refuse(f"The value {extended} for parameter ExtendedStatistic is not supported.", "InvalidParameterValue")
    _check_period(params["Period"])
    _check_span(params["Period"], params["EvaluationPeriods"])


def _check_queries(params: dict[str, Any]) -> None:
    queries = params["Metrics"]
    given = [name for name in ("Namespace", "Dimensions", "Statistic", "ExtendedStatistic", "Period", "Unit") if params.get(name)]
    if given:
        raise _refuse(f"{', '.join(given)} can't be used together with Metrics", "InvalidParameterCombination")
    if len(queries) > 20:
        raise _refuse("At most 20 metrics and expressions are allowed")
    ids = [query["Id"] for query in queries]
    if len(set(ids)) != len(ids) or not all(re.fullmatch(r"[a-z][a-zA-Z0-9_]*", item) for item in ids):
        raise _refuse("Every Id must be unique, start with a lower case letter and hold letters, digits and underscores")
    for query in queries:
        if ("Expression" in query) == ("MetricStat" in query):
            raise _refuse(f"{query['Id']} needs either Expression or MetricStat", "InvalidParameterCombination")
        period = query.get("MetricStat", {}).get("Period") or query.get("Period")
        if period:
            _check_period(period)
            _check_span(period, params["EvaluationPeriods"])
    band = params.get("ThresholdMetricId")
    if band is not None and band not in ids:
        raise _refuse("ThresholdMetricId must be the Id of one of the Metrics")
    # An anomaly band returns data beside the metric that it bounds.
    if sum(query.get("ReturnData", True) for query in queries if query["Id"] != band) != 1:
        raise _refuse("Exactly one element of Metrics must have ReturnData true")


def check_composite_alarm(params: dict[str, Any], region: str) -> None:
    """The rules of PutCompositeAlarm that the model doesn't carry (API reference of PutCompositeAlarm)."""
    _check_actions(params, region)
    periods = [name for name in ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod") if name in params]
    if ("ActionsSuppressor" in params) != (len(periods) == 2) or (periods and "ActionsSuppressor" not in params):
        raise _refuse("ActionsSuppressor, its WaitPeriod and its ExtensionPeriod must be specified together", "InvalidParameterCombination")
    children = set(re.findall(r"(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*\"?([^\")]+?)\"?\s*\)", params["AlarmRule"]))
    if len(children) > 100:
        raise _refuse("An alarm rule can have at most 100 children")
