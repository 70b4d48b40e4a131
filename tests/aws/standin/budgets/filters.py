"""Which costs a budget counts."""

from __future__ import annotations

from typing import Any, Callable

from ..costs import expression
from ..costs.ledger import Line
from ..costs.query import measure
from ..costs.store import Book
from ..exchange import Refusal

# Key of CostFilters to the dimension of Cost Explorer.
_DIMENSIONS = {"Service": "SERVICE", "LinkedAccount": "LINKED_ACCOUNT", "Region": "REGION", "UsageType": "USAGE_TYPE", "Operation": "OPERATION",
               "AZ": "AZ", "PurchaseType": "PURCHASE_TYPE", "InstanceType": "INSTANCE_TYPE", "LegalEntityName": "LEGAL_ENTITY_NAME",
               "InvoicingEntity": "INVOICING_ENTITY", "BillingEntity": "BILLING_ENTITY", "RecordType": "RECORD_TYPE"}
FILTER_KEYS = {*_DIMENSIONS, "TagKeyValue", "CostCategory", "UsageTypeGroup"}
"""The keys that CostFilters may have."""
# API, CostTypes: what each of them lets in, by record type.
_RECORD_TYPES = {"IncludeTax": ("Tax",), "IncludeCredit": ("Credit",), "IncludeRefund": ("Refund",), "IncludeUpfront": ("Upfront", "Fee"),
                 "IncludeRecurring": ("Recurring", "SavingsPlanRecurringFee"), "IncludeDiscount": ("Discount", "Enterprise Discount Program Discount")}
_USER_TAG = "user:"


def reads(values: dict[str, Any], book: Book) -> Callable[[Line], int]:
    """What a budget counts of a line: nothing of one that its filters leave out."""
    metric = (values.get("Metrics") or [None])[0]
    types = values.get("CostTypes", {})
    if metric is None or metric == "Hours":
        metric = "UsageQuantity" if values["BudgetType"] == "USAGE" else (
            "BlendedCost" if types.get("UseBlended") else "AmortizedCost" if types.get("UseAmortized") else "UnblendedCost")
    read, meant = measure(metric, book.plan.discount_permille), _meant(values, book)
    return lambda line: read(line) if meant(line) else 0


def _meant(values: dict[str, Any], book: Book) -> Callable[[Line], bool]:
    if "FilterExpression" in values:
        try:
            return expression.predicate(values["FilterExpression"], book, lambda text: Refusal("InvalidParameterException", text))
        except Refusal:
            # A dimension that the stand-in's bill doesn't have, so that no line can match.
            return lambda line: False
    types = values.get("CostTypes", {})
    left_out = {kind for name, kinds in _RECORD_TYPES.items() if types.get(name) is False for kind in kinds}
    no_support = types.get("IncludeSupport") is False
    parts = [_filter(key, set(wanted), book) for key, wanted in values.get("CostFilters", {}).items()]
    return lambda line: (line.record_type not in left_out and not (no_support and line.service.startswith("AWS Support"))
                         and all(part(line) for part in parts))


def _filter(key: str, wanted: set[str], book: Book) -> Callable[[Line], bool]:
    if key == "TagKeyValue":
        # `user:Key$Value`. Without the prefix nothing matches, and nobody is told (UG, "Budget filters"; hashicorp/terraform-provider-aws docs).
        pairs = [item.removeprefix(_USER_TAG).partition("$")[::2] for item in wanted if item.startswith(_USER_TAG)]
        readers = [(expression.tag_reader(book, name), value) for name, value in pairs]
        return lambda line: any(read(line) == value for read, value in readers)
    if key == "CostCategory":
        named = [item.partition("$")[::2] for item in wanted]
        categories = [(expression.category_reader(book, name), value) for name, value in named]
        return lambda line: any(read(line) == value for read, value in categories)
    if key not in _DIMENSIONS:
        return lambda line: False
    read_dimension = expression.reader(_DIMENSIONS[key], lambda text: Refusal("InvalidParameterException", text))
    return lambda line: read_dimension(line) in wanted


def linked_accounts(values: dict[str, Any]) -> set[str]:
    """The accounts that a budget's filters name."""
    found = set(values.get("CostFilters", {}).get("LinkedAccount", []))

    def walk(node: dict[str, Any]) -> None:
        for inner in [*node.get("And", []), *node.get("Or", []), *([node["Not"]] if "Not" in node else [])]:
            walk(inner)
        leaf = node.get("Dimensions", {})
        if leaf.get("Key") == "LINKED_ACCOUNT":
            found.update(leaf.get("Values", []))

    walk(values.get("FilterExpression", {}))
    return found
