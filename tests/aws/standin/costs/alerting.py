"""Anomalies that a test injects, and what AWS then tells: the topics of IMMEDIATE subscriptions, and EventBridge.

Sources: UG, "Getting started with AWS Cost Anomaly Detection" (message), "Using EventBridge with Cost Anomaly Detection" (event) and
"Creating an Amazon SNS topic for anomaly notifications" (the topic's policy must admit costalerts.amazonaws.com).
"""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any

from ..policies import topic_admits
from ..underlay import Underlay, UnderlayError
from . import anomaly_rules as rules
from .anomaly_store import Anomaly, AnomalyStore, Monitor, Subscription
from .store import Store as Costs

_HOME = "us-east-1"
_SERVICE = "costalerts.amazonaws.com"
_MEMBERS = {"account", "monitor", "id", "start", "end", "actual", "expected", "max_impact", "service", "region", "linked_account", "usage_type",
            "dimension_value", "root_causes", "score", "feedback", "publish"}
_CONSOLE = "https://console.aws.amazon.com/cost-management/home#/anomaly-detection"


class Alerting:
    """`POST /_costs/anomalies`."""

    def __init__(self, store: AnomalyStore, costs: Costs, underlay: Underlay) -> None:
        self._store = store
        self._costs = costs
        self._underlay = underlay

    def inject(self, body: dict[str, Any]) -> dict[str, Any]:
        """Makes an anomaly, or with a known `id` lets it grow, and tells it; ValueError says what is wrong."""
        if set(body) - _MEMBERS or not {"account", "actual", "expected"} <= set(body):
            raise ValueError(f"expected account, actual, expected and any of {', '.join(sorted(_MEMBERS - {'account', 'actual', 'expected'}))}")
        account = body["account"]
        with self._store.lock:
            holding = self._store.of(account)
            monitor = self._monitor(list(holding.monitors.values()), body.get("monitor"))
            identifier = body.get("id") or self._store.identifier(account)
            known = holding.anomalies.get(identifier)
            values = self._values(account, monitor, identifier, body, known.values if known else {})
            holding.anomalies[identifier] = Anomaly(values)
            waiting = [item for item in holding.subscriptions.values() if _is_told(item, monitor, values)] if body.get("publish", True) else []
        notices = [self._publish(account, monitor, subscription, values) for subscription in waiting]
        if waiting:
            self._event(account, monitor, values)
        return {"anomaly_id": identifier, "notices": notices}

    @staticmethod
    def _monitor(monitors: list[Monitor], wanted: str | None) -> Monitor:
        for monitor in monitors:
            if wanted in (monitor.arn, monitor.values["MonitorName"]) or (wanted is None and monitor.values.get("MonitorDimension") == "SERVICE"):
                return monitor
        raise ValueError(f"the account has no monitor {wanted or 'of services'}")

    def _values(self, account: str, monitor: Monitor, identifier: str, body: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
        yesterday = (self._costs.today(account) - datetime.timedelta(days=1)).isoformat()
        actual, expected = Decimal(str(body["actual"])), Decimal(str(body["expected"]))
        impact: dict[str, float] = {"MaxImpact": float(body.get("max_impact", actual - expected)), "TotalImpact": float(actual - expected),
                                    "TotalActualSpend": float(actual), "TotalExpectedSpend": float(expected)}
        if expected:
            # API, Impact.TotalImpactPercentage: left out when nothing was expected.
            impact["TotalImpactPercentage"] = float(round((actual - expected) / expected * 100, 2))
        score = float(body.get("score", 0.5))
        start = body.get("start") or before.get("AnomalyStartDate", yesterday)[:10]
        values = {
            "AnomalyId": identifier, "AnomalyStartDate": f"{start}T00:00:00Z", "AnomalyEndDate": f"{body.get('end', yesterday)}T00:00:00Z",
            "DimensionValue": body.get("dimension_value") or self._dimension_value(monitor, body), "MonitorArn": monitor.arn, "Impact": impact,
            "RootCauses": body.get("root_causes") or [self._root_cause(account, body, impact["TotalImpact"])],
            "AnomalyScore": {"MaxScore": max(score, before.get("AnomalyScore", {}).get("MaxScore", 0.0)), "CurrentScore": score}}
        feedback = body.get("feedback") or before.get("Feedback")
        return {**values, "Feedback": feedback} if feedback else values

    @staticmethod
    def _dimension_value(monitor: Monitor, body: dict[str, Any]) -> str:
        of_dimension = {"SERVICE": "service", "LINKED_ACCOUNT": "linked_account"}.get(monitor.values.get("MonitorDimension", ""))
        return str(body.get(of_dimension or "", ""))

    def _root_cause(self, account: str, body: dict[str, Any], contribution: float) -> dict[str, Any]:
        linked = body.get("linked_account", account)
        organization = self._costs.organizations.of(account)
        name = organization.members[linked].name if organization and linked in organization.members else ""
        return {"Service": body.get("service", ""), "Region": body.get("region", ""), "LinkedAccount": linked, "LinkedAccountName": name,
                "UsageType": body.get("usage_type", ""), "Impact": {"Contribution": contribution}}

    def _publish(self, account: str, monitor: Monitor, subscription: Subscription, values: dict[str, Any]) -> dict[str, Any]:
        topic = subscription.values["Subscribers"][0]["Address"]
        notice = {"subscription": subscription.arn, "topic": topic, "error": None}
        message = {**_shown(account, monitor, values), "dimensionalValue": values["DimensionValue"], "subscriptionId": subscription.arn.rpartition("/")[2],
                   "subscriptionName": subscription.values["SubscriptionName"], "monitorType": monitor.values["MonitorType"]}
        parts = topic.split(":")
        if not topic_admits(self._underlay, account, parts[3], topic, _SERVICE, account, subscription.arn, as_owner=False):
            return {**notice, "error": f"{_SERVICE} may not publish to {topic}, or there is no such topic"}
        try:
            self._underlay.call("sns", "Publish", parts[4], parts[3], TopicArn=topic, Message=json.dumps(message))
        except UnderlayError as error:
            return {**notice, "error": f"{error.code}: {error.message}"}
        return notice

    def _event(self, account: str, monitor: Monitor, values: dict[str, Any]) -> None:
        detail = {**_shown(account, monitor, values), "dimensionValue": values["DimensionValue"], "accountName": "", "feedback": values.get("Feedback", "")}
        entry = {"Source": f"{self._underlay.marker}aws.ce", "DetailType": "Anomaly Detected", "Resources": [monitor.arn], "Detail": json.dumps(detail)}
        self._underlay.call("events", "PutEvents", account, _HOME, Entries=[entry])


def _is_told(subscription: Subscription, monitor: Monitor, values: dict[str, Any]) -> bool:
    """Whether a subscription tells an anomaly at once: one that reaches its threshold, each time that it is detected (UG, Note on thresholds)."""
    kept = subscription.values
    if kept["Frequency"] != "IMMEDIATE" or monitor.arn not in kept["MonitorArnList"]:
        return False
    percentage = values["Impact"].get("TotalImpactPercentage")
    return rules.meets(kept["ThresholdExpression"], Decimal(str(values["Impact"]["TotalImpact"])), None if percentage is None else Decimal(str(percentage)))


def _shown(account: str, monitor: Monitor, values: dict[str, Any]) -> dict[str, Any]:
    """What the message and the event have in common; names begin with a small letter there."""

    def small(entry: dict[str, Any]) -> dict[str, Any]:
        return {name[0].lower() + name[1:]: small(value) if isinstance(value, dict) else value for name, value in entry.items()}

    link = f"{_CONSOLE}/monitors/{monitor.arn.rpartition('/')[2]}/anomalies/{values['AnomalyId']}"
    return {"accountId": account, "anomalyDetailsLink": link, "anomalyStartDate": values["AnomalyStartDate"], "anomalyEndDate": values["AnomalyEndDate"],
            "anomalyId": values["AnomalyId"], "anomalyScore": small(values["AnomalyScore"]), "impact": small(values["Impact"]),
            "monitorArn": monitor.arn, "monitorName": monitor.values["MonitorName"], "rootCauses": [small(cause) for cause in values["RootCauses"]]}
