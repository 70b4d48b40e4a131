"""What dimensions, tags and cost categories take as values, and how both of the latter are defined."""

from __future__ import annotations

from typing import Any, Callable

from ..exchange import Call, Refusal
from ..paging import page
from . import expression
from .ledger import Line
from .periods import checked, refuse
from .query import account_attributes, checked_metrics, measure, required
from .store import Book, Store

_PAGE = 1000
_TAG_PAGE = 100
_CATEGORY_PAGE = 100


class Values:
    """Serves GetDimensionValues, GetTags, GetCostCategories, ListCostAllocationTags and ListCostCategoryDefinitions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def dimension_values(self, call: Call) -> dict[str, Any]:
        """GetDimensionValues."""
        if call.params.get("Context", "COST_AND_USAGE") != "COST_AND_USAGE":
            raise Refusal("StandInFailure", "The stand-in has neither reservations nor savings plans.")
        dimension = call.params["Dimension"]
        found, token, total = self._found(call, lambda book: expression.reader(dimension, refuse))
        if dimension == "LINKED_ACCOUNT":
            shown = account_attributes(self._store, call.account, found)
        else:
            shown = [{"Value": value, "Attributes": {}} for value in found]
        return {"DimensionValues": shown, "ReturnSize": len(found), "TotalSize": total, "NextPageToken": token}

    def tags(self, call: Call) -> dict[str, Any]:
        """GetTags: the keys that carry cost, or with TagKey the values of one; an empty value means cost without the tag."""
        key = call.params.get("TagKey")
        if key is not None:
            found, token, total = self._found(call, lambda book: expression.tag_reader(book, key))
        else:
            found, token, total = self._found(call, None, lambda book, line: [
                name for name in line.tags if book.plan.allocation_tags.get(name) == "Active"])
        return {"Tags": found, "ReturnSize": len(found), "TotalSize": total, "NextPageToken": token}

    def categories(self, call: Call) -> dict[str, Any]:
        """GetCostCategories: the names, or with CostCategoryName the values of one."""
        name = call.params.get("CostCategoryName")
        if name is not None:
            found, token, total = self._found(call, lambda book: expression.category_reader(book, name))
        else:
            found, token, total = self._found(call, None, lambda book, line: [
                category.name for category in book.plan.categories if category.value(line.account, line.service)])
        member = "CostCategoryNames" if name is None else "CostCategoryValues"
        return {member: found, "ReturnSize": len(found), "TotalSize": total, "NextPageToken": token}

    def _found(self, call: Call, reader: Callable[[Book], Callable[[Line], str]] | None,
               several: Callable[[Book, Line], list[str]] | None = None) -> tuple[list[str], str | None, int]:
        """The values in a period: by name, or by a metric with SortBy; one page, its token, and how many there are in all."""
        params, book = call.params, required(self._store, call)
        start, end = checked(params["TimePeriod"], "DAILY", book.plan, self._store.today(call.account))
        sort = (params.get("SortBy") or [None])[0]
        if sort and (params.get("NextPageToken") or params.get("SearchString")):
            # API, SortBy: NextPageToken and SearchString aren't supported with it.
            raise refuse("NextPageToken and SearchString are not supported with SortBy")
        if params.get("MaxResults") and not sort:
            # API, MaxResults: only used when SortBy is provided.
            raise refuse("MaxResults is only supported with SortBy")
        if params.get("Filter"):
            expression.check(params["Filter"], refuse)
        meant = expression.predicate(params.get("Filter"), book, refuse)
        weigh = measure(checked_metrics([sort["Key"]])[0] if sort else "UnblendedCost", book.plan.discount_permille)
        read = reader(book) if reader else None
        weights: dict[str, int] = {}
        for _, line in self._store.lines(call.account, start, end):
            if meant(line):
                for value in [read(line)] if read else several(book, line) if several else []:
                    weights[value] = weights.get(value, 0) + weigh(line)
        values = sorted(value for value in weights if params.get("SearchString", "").lower() in value.lower())
        if sort:
            values.sort(key=lambda value: weights[value], reverse=sort.get("SortOrder", "DESCENDING") == "DESCENDING")
        found, token = page(values, params.get("NextPageToken"), min(params.get("MaxResults", _PAGE), _PAGE), "InvalidNextTokenException")
        return found, None if sort else token, len(values)

    def allocation_tags(self, call: Call) -> dict[str, Any]:
        """ListCostAllocationTags: only for payers; the words are AWS's own, from public reports."""
        if self._store.is_member(call.account):
            raise Refusal("AccessDeniedException", "Failed to list Cost Allocation Tags: Linked account doesn't have access to cost allocation tags.")
        book, params = self._store.book(call.account), call.params
        states = book.plan.allocation_tags if book else {}
        moment = self._store.now(call.account).strftime("%Y-%m-01T00:00:00Z")
        wanted = [{"TagKey": key, "Type": "UserDefined" if ":" not in key else "AWSGenerated", "Status": state, "LastUpdatedDate": moment,
                   "LastUsedDate": moment} for key, state in sorted(states.items())]
        wanted = [item for item in wanted if params.get("Status") in (None, item["Status"]) and params.get("Type") in (None, item["Type"])
                  and (not params.get("TagKeys") or item["TagKey"] in params["TagKeys"])]
        found, token = page(wanted, params.get("NextToken"), params.get("MaxResults", _TAG_PAGE), "InvalidNextTokenException")
        return {"CostAllocationTags": found, "NextToken": token}

    def category_definitions(self, call: Call) -> dict[str, Any]:
        """ListCostCategoryDefinitions: only for payers; the words are AWS's own, from public reports."""
        if self._store.is_member(call.account):
            raise Refusal("AccessDeniedException", "Linked account doesn't have access to cost category")
        book, params = self._store.book(call.account), call.params
        shown = []
        for number, category in enumerate(book.plan.categories if book else ()):
            shown.append({
                "CostCategoryArn": f"arn:aws:ce::{call.account}:costcategory/00000000-0000-4000-8000-{number:012d}", "Name": category.name,
                "EffectiveStart": "2024-01-01T00:00:00Z", "NumberOfRules": len(category.values),
                "ProcessingStatus": [{"Component": "COST_EXPLORER", "Status": "APPLIED"}], "Values": [value for value, _, _ in category.values],
                "DefaultValue": category.default or None})
        found, token = page(shown, params.get("NextToken"), params.get("MaxResults", _CATEGORY_PAGE), "ValidationException")
        return {"CostCategoryReferences": found, "NextToken": token}
