"""What PutMetricAlarm and PutCompositeAlarm refuse beyond the model (their API references)."""

from __future__ import annotations

import re
from typing import Any

from ..exchange import Refusal
from .alarm import ACTION_LISTS
from .composite import Rule, RuleError, parse_rule
from .expression import ExpressionError
from .queries import check_expressions, is_statistic

_BANDS = ("LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold")
_ACTION_ARN = re.compile(
    r"arn:aws[a-z-]*:(?:(?:sns|lambda|ssm|ssm-incidents|autoscaling|aiops|swf):([a-z0-9-]+):\d{12}:.+|automate:([a-z0-9-]+):.+)")


def _refuse(message: str, code: str = "ValidationError") -> Refusal:
    return Refusal(code, message)


def _check_actions(params: dict[str, Any], region: str) -> None:
    for name in ACTION_LISTS.values():
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
    if "ExtendedStatistic" in params:
        _check_evaluated(extended)
    _check_period(params["Period"])
    _check_span(params["Period"], params["EvaluationPeriods"])


def _check_evaluated(statistic: str) -> None:
    if not is_statistic(statistic):
        raise _refuse(f"The stand-in doesn't evaluate the statistic {statistic}: of the extended ones it knows percentiles", "InvalidParameterValue")


def _check_queries(params: dict[str, Any]) -> None:
    queries = params["Metrics"]
    given = [name for name in ("Namespace", "Dimensions", "Statistic", "ExtendedStatistic", "Period", "Unit") if params.get(name)]
    if given:
        raise _refuse(f"{', '.join(given)} can't be used together with Metrics", "InvalidParameterCombination")
    # API, MetricDataQuery: 20 in all, of which 10 may retrieve a metric and 10 be expressions.
    for kind in ("MetricStat", "Expression"):
        if sum(kind in query for query in queries) > 10:
            raise _refuse(f"At most 10 elements of Metrics may have {kind}")
    ids = [query["Id"] for query in queries]
    if len(set(ids)) != len(ids) or not all(re.fullmatch(r"[a-z][a-zA-Z0-9_]*", item) for item in ids):
        raise _refuse("Every Id must be unique, start with a lower case letter and hold letters, digits and underscores")
    for query in queries:
        if ("Expression" in query) == ("MetricStat" in query):
            raise _refuse(f"{query['Id']} needs either Expression or MetricStat", "InvalidParameterCombination")
        _check_query(query, params["EvaluationPeriods"])
    band = params.get("ThresholdMetricId")
    if band is not None and band not in ids:
        raise _refuse("ThresholdMetricId must be the Id of one of the Metrics")
    # An anomaly band returns data beside the metric that it bounds.
    returned = [query["Id"] for query in queries if query.get("ReturnData", True) and query["Id"] != band]
    if len(returned) != 1:
        raise _refuse("Exactly one element of Metrics must have ReturnData true")
    # User guide, "Alarms on math expressions".
    periods = {query["MetricStat"]["Period"] for query in queries if "MetricStat" in query}
    if len(periods) > 1:
        raise _refuse("Metrics of an alarm must have the same period")
    try:
        check_expressions([query for query in queries if query["Id"] != band], returned[0])
    except ExpressionError as error:
        raise _refuse(str(error)) from None


def _check_query(query: dict[str, Any], periods: int) -> None:
    period = query.get("MetricStat", {}).get("Period") or query.get("Period")
    if period:
        _check_period(period)
        _check_span(period, periods)
    if "MetricStat" in query:
        _check_evaluated(query["MetricStat"]["Stat"])


def check_composite_alarm(params: dict[str, Any], region: str) -> Rule:
    """The rules of PutCompositeAlarm that the model doesn't carry (API reference of PutCompositeAlarm); the parsed AlarmRule."""
    _check_actions(params, region)
    periods = [name for name in ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod") if name in params]
    if ("ActionsSuppressor" in params) != (len(periods) == 2) or (periods and "ActionsSuppressor" not in params):
        raise _refuse("ActionsSuppressor, its WaitPeriod and its ExtensionPeriod must be specified together", "InvalidParameterCombination")
    try:
        return parse_rule(params["AlarmRule"])
    except RuleError as error:
        raise _refuse(str(error)) from None
