"""Expressions of Cost Explorer and Budgets: which are refused, and which lines they hold for.

Sources: API, Expression and GetCostAndUsage.Filter (match options); the words of "more than one roots" are AWS's own (API, Expression).
"""

from __future__ import annotations

from typing import Any, Callable

from ..exchange import Refusal
from .ledger import Line
from .store import Book

Refuse = Callable[[str], Refusal]
Predicate = Callable[[Line], bool]

_ROOTS = ("And", "Or", "Not", "Dimensions", "Tags", "CostCategories")
# API, DimensionValues.Key: only in cost category rules, anomaly subscriptions, rightsizing; RESOURCE_ID only in GetCostAndUsageWithResources.
_ELSEWHERE = {"LINKED_ACCOUNT_NAME", "SERVICE_CODE", "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "ANOMALY_TOTAL_IMPACT_PERCENTAGE", "RIGHTSIZING_TYPE",
              "AGREEMENT_END_DATE_TIME_AFTER", "AGREEMENT_END_DATE_TIME_BEFORE", "RESOURCE_ID", "PAYMENT_OPTION", "SAVINGS_PLANS_TYPE"}
_Options = dict[str, set[str]]
COST_OPTIONS: _Options = {"Dimensions": {"EQUALS", "CASE_SENSITIVE"}, "Tags": {"EQUALS", "ABSENT", "CASE_SENSITIVE"},
                           "CostCategories": {"EQUALS", "ABSENT", "CASE_SENSITIVE"}}
"""The match options of GetCostAndUsage and the like (API, GetCostAndUsage.Filter)."""
_SELLER = "Amazon Web Services, Inc."
_READERS: dict[str, Callable[[Line], str]] = {
    "SERVICE": lambda line: line.service, "USAGE_TYPE": lambda line: line.usage_type, "REGION": lambda line: line.region,
    "LINKED_ACCOUNT": lambda line: line.account, "RECORD_TYPE": lambda line: line.record_type, "OPERATION": lambda line: line.operation,
    "INSTANCE_TYPE": lambda line: line.instance or "NoInstanceType", "AZ": lambda line: "NoAZ", "TENANCY": lambda line: "NoTenancy",
    "PLATFORM": lambda line: "NoOperatingSystem", "LEGAL_ENTITY_NAME": lambda line: _SELLER, "INVOICING_ENTITY": lambda line: _SELLER,
    "BILLING_ENTITY": lambda line: "AWS",
    "PURCHASE_TYPE": lambda line: "Spot Instances" if "SpotUsage" in line.usage_type else "On Demand Instances" if line.instance else "NoPurchaseType",
}


def reader(key: str, refuse: Refuse) -> Callable[[Line], str]:
    """What reads a dimension of a line."""
    if key in _ELSEWHERE:
        raise refuse(f"The dimension {key} is not supported for this operation.")
    found = _READERS.get(key)
    if found is None:
        raise Refusal("StandInFailure", f"The stand-in's bill has no dimension {key}.")
    return found


def tag_reader(book: Book, key: str) -> Callable[[Line], str]:
    """What reads a cost allocation tag of a line: empty where it is absent, and for a key that isn't active."""
    if book.plan.allocation_tags.get(key) != "Active":
        return lambda line: ""
    return lambda line: line.tags.get(key, "")


def category_reader(book: Book, name: str) -> Callable[[Line], str]:
    """What reads a cost category of a line: empty where there is none."""
    found = next((category for category in book.plan.categories if category.name == name), None)
    return (lambda line: "") if found is None else (lambda line: found.value(line.account, line.service))


def check(expression: dict[str, Any], refuse: Refuse, options: _Options = COST_OPTIONS) -> None:
    """Refuses an expression that AWS would refuse."""
    roots = [name for name in _ROOTS if expression.get(name) is not None]
    if len(roots) != 1:
        few = "Expression has no root. One root operator is required" if not roots else "Expression has more than one roots. Only one root operator is allowed"
        raise refuse(f"{few} for each expression: And, Or, Not, Dimensions, Tags, CostCategories")
    root = roots[0]
    inner = expression[root]
    if root == "Not":
        check(inner, refuse, options)
    elif root in ("And", "Or"):
        if len(inner) < 2:
            raise refuse(f"The operator {root} needs two expressions or more.")
        for item in inner:
            check(item, refuse, options)
    else:
        _check_leaf(root, inner, refuse, options)


def _check_leaf(root: str, leaf: dict[str, Any], refuse: Refuse, allowed: _Options) -> None:
    options = set(leaf.get("MatchOptions") or [])
    if not leaf.get("Key"):
        raise refuse(f"{root} needs a key.")
    if options - allowed[root]:
        raise refuse(f"The match option {sorted(options - allowed[root])[0]} is not supported for {root} in this operation.")
    if not leaf.get("Values") and "ABSENT" not in options:
        raise refuse(f"{root} needs values.")
    if root == "Dimensions" and leaf["Key"] in _ELSEWHERE:
        raise refuse(f"The dimension {leaf['Key']} is not supported for this operation.")


def predicate(expression: dict[str, Any] | None, book: Book, refuse: Refuse) -> Predicate:
    """Whether a line is meant. The expression has been checked."""
    if not expression:
        return lambda line: True
    if expression.get("Not") is not None:
        inner = predicate(expression["Not"], book, refuse)
        return lambda line: not inner(line)
    if expression.get("And") is not None:
        parts = [predicate(item, book, refuse) for item in expression["And"]]
        return lambda line: all(part(line) for part in parts)
    if expression.get("Or") is not None:
        parts = [predicate(item, book, refuse) for item in expression["Or"]]
        return lambda line: any(part(line) for part in parts)
    root = next(name for name in ("Dimensions", "Tags", "CostCategories") if expression.get(name) is not None)
    return _leaf(root, expression[root], book, refuse)


def _leaf(root: str, leaf: dict[str, Any], book: Book, refuse: Refuse) -> Predicate:
    if root == "Dimensions":
        read = reader(leaf["Key"], refuse)
    else:
        read = tag_reader(book, leaf["Key"]) if root == "Tags" else category_reader(book, leaf["Key"])
    options, values = set(leaf.get("MatchOptions") or []), set(leaf.get("Values") or [])
    if "ABSENT" in options:
        values.add("")
    for option, holds in _PARTLY.items():
        if option in options:
            return lambda line: any(holds(read(line), value) for value in values)
    return lambda line: read(line) in values


# Match options that Budgets knows and Cost Explorer's queries don't.
_PARTLY: dict[str, Callable[[str, str], bool]] = {
    "STARTS_WITH": str.startswith, "ENDS_WITH": str.endswith, "CONTAINS": lambda text, value: value in text,
    "CASE_INSENSITIVE": lambda text, value: text.lower() == value.lower(),
}
