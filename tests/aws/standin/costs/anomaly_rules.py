"""What Cost Anomaly Detection refuses.

API: botocore's copy of the Cost Explorer API reference. UG: AWS Cost Management user guide, "Getting started with AWS Cost Anomaly
Detection". FAQ: aws.amazon.com/aws-cost-management/aws-cost-anomaly-detection/faqs. Words in quotes are AWS's own, from public reports
(aws-cloudformation/cloudformation-coverage-roadmap issue 2515, hashicorp/terraform-provider-aws issue 36853, and many deployments).
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from ..exchange import Refusal
from .anomaly_store import Holding
from .periods import refuse

_MOST_MONITORS = 501
_MOST_VALUES = 10
_MOST_EMAILS = 10
_TAG_LIMIT = 50
_MOST_IMPACT = 10_000_000_000
_IMPACTS = ("ANOMALY_TOTAL_IMPACT_ABSOLUTE", "ANOMALY_TOTAL_IMPACT_PERCENTAGE")
_KINDS = ("Or", "And", "Not", "Dimensions", "Tags", "CostCategories")


def check_monitor(values: dict[str, Any], holding: Holding, is_member: bool) -> None:
    """A new monitor beside those that an account has."""
    kind, dimension, specification = values["MonitorType"], values.get("MonitorDimension"), values.get("MonitorSpecification")
    if not values["MonitorName"].strip():
        raise refuse("Monitor name must not be empty")
    if kind == "DIMENSIONAL":
        _check_managed(dimension, specification)
    else:
        _check_custom(dimension, specification)
    if is_member and (kind == "CUSTOM" or dimension != "SERVICE"):
        # UG: "Cost monitors for linked accounts, cost allocation tags, and cost categories can only be created in the management account".
        # Code and words are those of other operations that a linked account may not call; never seen for this one.
        raise Refusal("AccessDeniedException", "Linked account doesn't have access to linked account, cost allocation tag and cost category monitors")
    others = [monitor.values for monitor in holding.monitors.values()]
    if kind == "DIMENSIONAL" and any(_watched(other) == _watched(values) for other in others):
        # One monitor for each dimension of an account; for TAG and COST_CATEGORY here one for each key.
        raise refuse("Limit exceeded on dimensional spend monitor creation")
    if len(others) >= _MOST_MONITORS:
        # FAQ: one monitor of services and 500 others.
        raise Refusal("LimitExceededException", "Limit exceeded on monitor creation")


def _watched(values: dict[str, Any]) -> tuple[Any, ...]:
    specification: dict[str, dict[str, Any]] = values.get("MonitorSpecification") or {}
    keys = [leaf.get("Key") for leaf in specification.values() if isinstance(leaf, dict)]
    return values["MonitorType"], values.get("MonitorDimension"), keys


def _check_managed(dimension: str | None, specification: dict[str, Any] | None) -> None:
    """API, AnomalyMonitor.MonitorDimension and MonitorSpecification."""
    if dimension is None:
        raise refuse("MonitorDimension is required for DIMENSIONAL monitors")
    wanted = {"TAG": "Tags", "COST_CATEGORY": "CostCategories"}.get(dimension)
    if wanted is None:
        if specification is not None:
            raise refuse(f"MonitorSpecification must not be specified for the dimension {dimension}")
        return
    if set(specification or {}) != {wanted} or set((specification or {})[wanted]) != {"Key"} or not (specification or {})[wanted]["Key"]:
        raise refuse(f"MonitorSpecification must have the form {{\"{wanted}\": {{\"Key\": \"...\"}}}} for the dimension {dimension}")


def _check_custom(dimension: str | None, specification: dict[str, Any] | None) -> None:
    """API, AnomalyMonitor.MonitorSpecification: up to ten accounts or tag values, or one value of a cost category."""
    if dimension is not None:
        raise refuse("MonitorDimension must not be specified for CUSTOM monitors")
    present = [name for name in _KINDS if (specification or {}).get(name) is not None]
    if len(present) != 1 or present[0] in ("Or", "And", "Not"):
        raise refuse("MonitorSpecification must have exactly one of Dimensions, Tags and CostCategories for CUSTOM monitors")
    leaf = (specification or {})[present[0]]
    values = leaf.get("Values") or []
    if present[0] == "Dimensions" and leaf.get("Key") != "LINKED_ACCOUNT":
        raise refuse("The only dimension that a CUSTOM monitor supports is LINKED_ACCOUNT")
    if present[0] == "Dimensions" and not all(re.fullmatch(r"\d{12}", value) for value in values):
        raise refuse("A linked account is an account ID of 12 digits")
    most = 1 if present[0] == "CostCategories" else _MOST_VALUES
    if not leaf.get("Key") or not 1 <= len(values) <= most:
        raise refuse(f"A CUSTOM monitor needs a key and up to {most} values")


def check_subscription(values: dict[str, Any], holding: Holding) -> None:
    """A subscription as it would be after a call: of a new one, or of one that an update changes."""
    if not values["SubscriptionName"].strip():
        raise refuse("Subscription name must not be empty")
    if not values["MonitorArnList"]:
        raise refuse("At least one monitor is required")
    for arn in values["MonitorArnList"]:
        if arn not in holding.monitors:
            raise Refusal("UnknownMonitorException", f"The monitor doesn't exist: {arn}")
    _check_subscribers(values["Frequency"], values["Subscribers"])
    if "ThresholdExpression" in values and "Threshold" in values:
        # API, AnomalySubscription.Threshold: you cannot specify both.
        raise refuse("Threshold and ThresholdExpression cannot both be specified")
    if "ThresholdExpression" not in values and "Threshold" not in values:
        raise refuse("Threshold and ThresholdExpression cannot both be null")
    if "ThresholdExpression" in values:
        _check_threshold(values["ThresholdExpression"], 0)


def _check_subscribers(frequency: str, subscribers: list[dict[str, Any]]) -> None:
    if not subscribers or any(not item.get("Address") or not item.get("Type") for item in subscribers):
        raise refuse("At least one subscriber with address and type is required")
    for item in subscribers:
        if item["Address"].startswith("arn:") != (item["Type"] == "SNS"):
            raise refuse(f"The address {item['Address']} doesn't fit the type {item['Type']}")
    kinds = {item["Type"] for item in subscribers}
    if frequency == "IMMEDIATE" and kinds != {"SNS"}:
        raise refuse("Immediate frequencies only support SNSTopic subscriptions")
    if frequency != "IMMEDIATE" and kinds != {"EMAIL"}:
        raise refuse("Daily or weekly frequencies only support Email subscriptions")
    # FAQ: up to 10 e-mail recipients or 1 SNS topic.
    if len(subscribers) > (1 if frequency == "IMMEDIATE" else _MOST_EMAILS):
        raise refuse("A subscription can have up to 10 email recipients or 1 SNS topic")
    if len({item["Address"] for item in subscribers}) != len(subscribers):
        raise refuse("Duplicate subscribers are not allowed")


def _check_threshold(expression: dict[str, Any], depth: int) -> None:
    """API, AnomalySubscription.ThresholdExpression: both dimensions, And and Or, GREATER_THAN_OR_EQUAL, 0 to 10,000,000,000."""
    present = [name for name in _KINDS if expression.get(name) is not None]
    if len(present) != 1:
        raise refuse("Expression has more than one roots. Only one root operator is allowed for each expression: And, Or, Not, Dimensions, Tags, "
                     "CostCategories" if present else "ThresholdExpression must not be empty")
    root = present[0]
    if root in ("And", "Or"):
        if depth or len(expression[root]) != 2:
            raise refuse("A ThresholdExpression combines two thresholds with And or Or, once")
        for item in expression[root]:
            _check_threshold(item, depth + 1)
        return
    if root != "Dimensions":
        raise refuse(f"ThresholdExpression doesn't support {root}. The supported nested expression types are AND and OR")
    leaf = expression["Dimensions"]
    if leaf.get("Key") not in _IMPACTS:
        raise refuse(f"ThresholdExpression supports the dimensions {' and '.join(_IMPACTS)}")
    if leaf.get("MatchOptions") != ["GREATER_THAN_OR_EQUAL"]:
        raise refuse("The match option GREATER_THAN_OR_EQUAL is required in a ThresholdExpression")
    if len(leaf.get("Values") or []) != 1 or not _is_impact(leaf["Values"][0]):
        raise refuse("A threshold has one value, a number between 0 and 10,000,000,000")


def _is_impact(text: str) -> bool:
    try:
        return 0 <= Decimal(text) <= _MOST_IMPACT
    except InvalidOperation:
        return False


def meets(expression: dict[str, Any], absolute: Decimal, percentage: Decimal | None) -> bool:
    """Whether an anomaly's impact reaches a threshold. One without expected spend has no percentage, and meets none (UG)."""
    if expression.get("And") is not None:
        return all(meets(item, absolute, percentage) for item in expression["And"])
    if expression.get("Or") is not None:
        return any(meets(item, absolute, percentage) for item in expression["Or"])
    leaf = expression["Dimensions"]
    impact = absolute if leaf["Key"] == _IMPACTS[0] else percentage
    return impact is not None and impact >= Decimal(leaf["Values"][0])


def checked_tags(tags: dict[str, str]) -> dict[str, str]:
    """API, ResourceTag: 50 user tags, none beginning with aws:."""
    if len(tags) > _TAG_LIMIT:
        raise Refusal("TooManyTagsException", f"A resource can have at most {_TAG_LIMIT} tags.")
    if any(key.lower().startswith("aws:") for key in tags):
        raise refuse("Tag keys must not begin with aws:")
    return tags
