"""The operations of Cost Anomaly Detection: monitors, subscriptions, their tags, anomalies and feedback."""

from __future__ import annotations

import datetime
from typing import Any, Callable

from ..exchange import Call, Refusal
from ..paging import page
from . import anomaly_rules as rules
from .anomaly_store import AnomalyStore, Monitor, Subscription, moment
from .periods import refuse
from .store import Store as Costs

_Handler = Callable[[Call], dict[str, Any]]
_PAGE = 100
_KEPT_DAYS = 90
# Only AWS writes these (API, AnomalyMonitor and Subscriber).
_READ_ONLY = {"MonitorArn", "CreationDate", "LastUpdatedDate", "LastEvaluatedDate", "DimensionalValueCount", "SubscriptionArn", "AccountId"}
_COMPARED: dict[str, Callable[[float, float, float], bool]] = {
    "EQUAL": lambda value, start, end: value == start, "GREATER_THAN_OR_EQUAL": lambda value, start, end: value >= start,
    "LESS_THAN_OR_EQUAL": lambda value, start, end: value <= start, "GREATER_THAN": lambda value, start, end: value > start,
    "LESS_THAN": lambda value, start, end: value < start, "BETWEEN": lambda value, start, end: start <= value <= end,
}


class Monitoring:
    """Handlers of the operations, by name."""

    def __init__(self, store: AnomalyStore, costs: Costs) -> None:
        self._store = store
        self._costs = costs

    def handlers(self) -> dict[str, _Handler]:
        """Operation to what answers it; each runs alone."""
        table: dict[str, _Handler] = {
            "CreateAnomalyMonitor": self.create_monitor, "GetAnomalyMonitors": self.monitors, "UpdateAnomalyMonitor": self.update_monitor,
            "DeleteAnomalyMonitor": self.delete_monitor, "CreateAnomalySubscription": self.create_subscription,
            "GetAnomalySubscriptions": self.subscriptions, "UpdateAnomalySubscription": self.update_subscription,
            "DeleteAnomalySubscription": self.delete_subscription, "GetAnomalies": self.anomalies, "ProvideAnomalyFeedback": self.feedback,
            "TagResource": self.tag, "UntagResource": self.untag, "ListTagsForResource": self.tags,
        }
        return {name: self._alone(handler) for name, handler in table.items()}

    def _alone(self, handler: _Handler) -> _Handler:
        def run(call: Call) -> dict[str, Any]:
            with self._store.lock:
                return handler(call)

        return run

    def create_monitor(self, call: Call) -> dict[str, Any]:
        """CreateAnomalyMonitor."""
        values, holding = _given(call.params["AnomalyMonitor"]), self._store.of(call.account)
        rules.check_monitor(values, holding, self._costs.is_member(call.account))
        tags = rules.checked_tags(_pairs(call.params.get("ResourceTags", [])))
        now = self._costs.now(call.account)
        made = Monitor(self._store.arn(call.account, "anomalymonitor"), values, now, now, tags)
        holding.monitors[made.arn] = made
        return {"MonitorArn": made.arn}

    def monitors(self, call: Call) -> dict[str, Any]:
        """GetAnomalyMonitors: all, or those of a list, of which none may be unknown."""
        wanted = call.params.get("MonitorArnList")
        found = [self._store.monitor(call.account, arn) for arn in wanted] if wanted else list(self._store.of(call.account).monitors.values())
        shown, token = _page(call, [self._monitor(call.account, monitor) for monitor in found])
        return {"AnomalyMonitors": shown, "NextPageToken": token}

    def _monitor(self, account: str, monitor: Monitor) -> dict[str, Any]:
        values = {**monitor.values, "MonitorArn": monitor.arn, "CreationDate": moment(monitor.created), "LastUpdatedDate": moment(monitor.updated)}
        today = self._costs.now(account)
        if today.date() > monitor.created.date():
            # UG, "Detecting unusual spend": a new monitor takes a day before it looks at anything.
            values["LastEvaluatedDate"] = moment(today.replace(hour=0, minute=0, second=0, microsecond=0))
        if monitor.values["MonitorType"] == "DIMENSIONAL":
            values["DimensionalValueCount"] = self._value_count(account, monitor.values)
        return values

    def _value_count(self, account: str, values: dict[str, Any]) -> int:
        """How many values of the dimension had costs yesterday."""
        today = self._costs.today(account)
        lines = [line for _, line in self._costs.lines(account, today - datetime.timedelta(days=3), today)]
        if values["MonitorDimension"] == "SERVICE":
            return len({line.service for line in lines})
        if values["MonitorDimension"] == "LINKED_ACCOUNT":
            return len({line.account for line in lines})
        book, key = self._costs.book(account), next(iter(values["MonitorSpecification"].values()))["Key"]
        if values["MonitorDimension"] == "TAG":
            return len({line.tags[key] for line in lines if key in line.tags})
        named = [category for category in book.plan.categories if category.name == key] if book else []
        return len({category.value(line.account, line.service) for category in named for line in lines} - {""})

    def update_monitor(self, call: Call) -> dict[str, Any]:
        """UpdateAnomalyMonitor: the name is all that can change."""
        monitor = self._store.monitor(call.account, call.params["MonitorArn"])
        if "MonitorName" in call.params:
            if not call.params["MonitorName"].strip():
                raise refuse("Monitor name must not be empty")
            monitor.values["MonitorName"], monitor.updated = call.params["MonitorName"], self._costs.now(call.account)
        return {"MonitorArn": monitor.arn}

    def delete_monitor(self, call: Call) -> dict[str, Any]:
        """DeleteAnomalyMonitor: not while a subscription names it, as public reports of teardowns tell. Code and words were never seen."""
        monitor, holding = self._store.monitor(call.account, call.params["MonitorArn"]), self._store.of(call.account)
        users = [item.values["SubscriptionName"] for item in holding.subscriptions.values() if monitor.arn in item.values["MonitorArnList"]]
        if users:
            raise refuse(f"Cannot delete the monitor: it is used by the subscriptions {', '.join(users)}")
        del holding.monitors[monitor.arn]
        return {}

    def create_subscription(self, call: Call) -> dict[str, Any]:
        """CreateAnomalySubscription."""
        values, holding = _given(call.params["AnomalySubscription"]), self._store.of(call.account)
        rules.check_subscription(values, holding)
        tags = rules.checked_tags(_pairs(call.params.get("ResourceTags", [])))
        made = Subscription(self._store.arn(call.account, "anomalysubscription"), _settled(values), tags)
        holding.subscriptions[made.arn] = made
        return {"SubscriptionArn": made.arn}

    def subscriptions(self, call: Call) -> dict[str, Any]:
        """GetAnomalySubscriptions: all, those of a list, or those of a monitor."""
        wanted, monitor = call.params.get("SubscriptionArnList"), call.params.get("MonitorArn")
        holding = self._store.of(call.account)
        found = [self._store.subscription(call.account, arn) for arn in wanted] if wanted else list(holding.subscriptions.values())
        found = [item for item in found if monitor is None or monitor in item.values["MonitorArnList"]]
        shown, token = _page(call, [{**item.values, "SubscriptionArn": item.arn, "AccountId": call.account} for item in found])
        return {"AnomalySubscriptions": shown, "NextPageToken": token}

    def update_subscription(self, call: Call) -> dict[str, Any]:
        """UpdateAnomalySubscription: what is left out stays (API reference); a threshold of either kind takes the place of the other."""
        found = self._store.subscription(call.account, call.params["SubscriptionArn"])
        changes = {name: value for name, value in call.params.items() if name != "SubscriptionArn"}
        replaced = {"Threshold", "ThresholdExpression"} if {"Threshold", "ThresholdExpression"} & set(changes) else {"Threshold"}
        merged = {**{name: value for name, value in found.values.items() if name not in replaced}, **changes}
        rules.check_subscription(merged, self._store.of(call.account))
        found.values = _settled(merged)
        return {"SubscriptionArn": found.arn}

    def delete_subscription(self, call: Call) -> dict[str, Any]:
        """DeleteAnomalySubscription."""
        found = self._store.subscription(call.account, call.params["SubscriptionArn"])
        del self._store.of(call.account).subscriptions[found.arn]
        return {}

    def anomalies(self, call: Call) -> dict[str, Any]:
        """GetAnomalies: those that ended in the interval, both ends included, of the last 90 days (API reference)."""
        params, today = call.params, self._costs.today(call.account)
        start, end = _interval(params["DateInterval"], today)
        if params.get("TotalImpact", {}).get("NumericOperator") == "BETWEEN" and "EndValue" not in params["TotalImpact"]:
            raise refuse("BETWEEN needs an end value")
        oldest = today - datetime.timedelta(days=_KEPT_DAYS)
        found = [item.values for item in self._store.of(call.account).anomalies.values() if _is_meant(item.values, params, max(start, oldest), end)]
        shown, token = _page(call, sorted(found, key=lambda item: (item["AnomalyStartDate"], item["AnomalyId"]), reverse=True))
        return {"Anomalies": shown, "NextPageToken": token}

    def feedback(self, call: Call) -> dict[str, Any]:
        """ProvideAnomalyFeedback."""
        found = self._store.of(call.account).anomalies.get(call.params["AnomalyId"])
        if found is None:
            raise refuse(f"The anomaly doesn't exist: {call.params['AnomalyId']}")
        found.values["Feedback"] = call.params["Feedback"]
        return {"AnomalyId": call.params["AnomalyId"]}

    def tag(self, call: Call) -> dict[str, Any]:
        """TagResource: adds and replaces."""
        found = self._store.tagged(call.account, call.params["ResourceArn"])
        found.tags = rules.checked_tags({**found.tags, **_pairs(call.params["ResourceTags"])})
        return {}

    def untag(self, call: Call) -> dict[str, Any]:
        """UntagResource: keys that aren't there are ignored."""
        found = self._store.tagged(call.account, call.params["ResourceArn"])
        found.tags = {key: value for key, value in found.tags.items() if key not in call.params["ResourceTagKeys"]}
        return {}

    def tags(self, call: Call) -> dict[str, Any]:
        """ListTagsForResource."""
        found = self._store.tagged(call.account, call.params["ResourceArn"])
        return {"ResourceTags": [{"Key": key, "Value": value} for key, value in sorted(found.tags.items())]}


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """What a client says, without what only AWS writes and without empty members."""
    return {name: value for name, value in values.items() if name not in _READ_ONLY and value is not None}


def _settled(values: dict[str, Any]) -> dict[str, Any]:
    """A subscription as it is kept: confirmed subscribers, and a Threshold as the expression that it stands for (API, Threshold)."""
    kept = {**values, "Subscribers": [{"Address": item["Address"], "Type": item["Type"], "Status": "CONFIRMED"} for item in values["Subscribers"]]}
    if "Threshold" in values:
        kept["ThresholdExpression"] = {"Dimensions": {"Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "MatchOptions": ["GREATER_THAN_OR_EQUAL"],
                                                      "Values": [f"{float(values['Threshold']):g}"]}}
    return kept


def _interval(interval: dict[str, str], today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The words "Latest supported detectionDate" are AWS's own, from a connector's README that quotes live answers."""
    yesterday = today - datetime.timedelta(days=1)
    try:
        start = datetime.date.fromisoformat(interval["StartDate"][:10])
        end = datetime.date.fromisoformat(interval["EndDate"][:10]) if "EndDate" in interval else yesterday
    except ValueError:
        raise refuse("Date interval is invalid. Valid format is yyyy-MM-dd.") from None
    if end > yesterday:
        raise refuse(f"Latest supported detectionDate for GetRecentAnomalies is {yesterday}")
    if start > end:
        raise refuse("The start date must come before the end date")
    return start, end


def _is_meant(values: dict[str, Any], params: dict[str, Any], start: datetime.date, end: datetime.date) -> bool:
    if not start.isoformat() <= values["AnomalyEndDate"][:10] <= end.isoformat():
        return False
    if params.get("MonitorArn") not in (None, values["MonitorArn"]) or params.get("Feedback") not in (None, values.get("Feedback")):
        return False
    impact = params.get("TotalImpact")
    if impact is None:
        return True
    return _COMPARED[impact["NumericOperator"]](values["Impact"]["TotalImpact"], impact["StartValue"], impact.get("EndValue", 0))


def _pairs(tags: list[dict[str, str]]) -> dict[str, str]:
    """Keys and values without the white space around them (API, ResourceTags)."""
    return {tag["Key"].strip(): tag["Value"].strip() for tag in tags}


def _page(call: Call, items: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], str | None]:
    size = call.params.get("MaxResults", _PAGE)
    if size < 1:
        raise refuse("MaxResults must be 1 or more")
    return page(items, call.params.get("NextPageToken"), size, "InvalidNextTokenException")
