"""GetCostAndUsage: lines into periods, groups and metrics, page by page."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Callable

from ..exchange import Call, Refusal
from ..paging import page
from . import expression
from .amounts import amount, shown
from .ledger import Line
from .periods import Bucket, buckets, checked, is_estimated, refuse
from .plan import Day
from .store import Book, Store

_Keys = tuple[str, ...]
_MOST_GROUPS = 2
_MOST_KEPT = 16
# API, GetCostAndUsage.GroupBy; REGION isn't named there, but grouping by it is what the console does.
_GROUPED = {"AZ", "INSTANCE_TYPE", "LEGAL_ENTITY_NAME", "INVOICING_ENTITY", "LINKED_ACCOUNT", "OPERATION", "PLATFORM", "PURCHASE_TYPE", "SERVICE",
            "TENANCY", "RECORD_TYPE", "USAGE_TYPE", "REGION"}
METRICS = ("AmortizedCost", "BlendedCost", "NetAmortizedCost", "NetUnblendedCost", "NormalizedUsageAmount", "UnblendedCost", "UsageQuantity")
"""API, GetCostAndUsage.Metrics."""
USAGE_METRICS = ("NormalizedUsageAmount", "UsageQuantity")


@dataclass
class _Group:
    """The sums of one group, and the units that its usage was measured in."""

    sums: dict[str, int]
    units: set[str] = field(default_factory=set)

    def written(self) -> dict[str, dict[str, str]]:
        """As the API shows them. Usage of different units has none (API, GetCostAndUsage.Metrics: such a sum isn't meaningful)."""
        usage = next(iter(self.units)) if len(self.units) == 1 else "N/A"
        return {metric: {"Amount": shown(value), "Unit": usage if metric in USAGE_METRICS else "USD"} for metric, value in self.sums.items()}


_Rows = list[tuple[Bucket, "_Keys | None", "_Group | None"]]


def measure(metric: str, discount_permille: int) -> Callable[[Line], int]:
    """What reads a metric of a line. Without reservations blended is unblended; Net is what is left after the negotiated discount."""
    kept = 1000 - discount_permille
    readers: dict[str, Callable[[Line], int]] = {
        "AmortizedCost": lambda line: line.amortized, "BlendedCost": lambda line: line.cost, "UnblendedCost": lambda line: line.cost,
        "NetAmortizedCost": lambda line: line.amortized * kept // 1000, "NetUnblendedCost": lambda line: line.cost * kept // 1000,
        "UsageQuantity": lambda line: line.quantity, "NormalizedUsageAmount": lambda line: line.quantity if line.instance else 0,
    }
    return readers[metric]


def checked_metrics(metrics: list[str]) -> list[str]:
    """Refuses an unknown metric, and none at all. Not the words of AWS."""
    if not metrics:
        raise refuse("At least one metric is required.")
    for metric in metrics:
        if metric not in METRICS:
            raise refuse(f"Metric {metric} is not valid. Valid values are {', '.join(METRICS)}")
    return metrics


def group_reader(book: Book, definition: dict[str, str]) -> Callable[[Line], str]:
    """What gives a line's key in a grouping: `key$value` for tags and cost categories, with nothing after it where there is no value."""
    kind, key = definition.get("Type"), definition.get("Key")
    if not kind or not key:
        raise refuse("A group definition needs type and key.")
    if kind == "DIMENSION":
        if key not in _GROUPED:
            raise refuse(f"Group Definition dimension is invalid: {key}")
        return expression.reader(key, refuse)
    read = expression.tag_reader(book, key) if kind == "TAG" else expression.category_reader(book, key)
    return lambda line: f"{key}${read(line)}"


class Query:
    """Serves GetCostAndUsage over the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # The rows of the latest queries: a further page must not work out everything anew, nor see other figures.
        self._kept: OrderedDict[tuple[str, str], tuple[Book, _Rows]] = OrderedDict()
        self._lock = threading.Lock()

    def cost_and_usage(self, call: Call) -> dict[str, Any]:
        """GetCostAndUsage. A page ends after so many groups, also in the middle of a period, which then goes on in the next one."""
        params, book = call.params, required(self._store, call)
        today = self._store.today(call.account)
        start, end = checked(params["TimePeriod"], params["Granularity"], book.plan, today)
        metrics = checked_metrics(params["Metrics"])
        definitions = params.get("GroupBy") or []
        if len(definitions) > _MOST_GROUPS:
            raise refuse(f"At most {_MOST_GROUPS} group definitions are allowed.")
        if params.get("Filter"):
            expression.check(params["Filter"], refuse)
        readers = [group_reader(book, definition) for definition in definitions]
        mark = _mark(params, today)
        rows = self._remembered(call.account, mark, book) if params.get("NextPageToken") else None
        if rows is None:
            rows = _rows(self._sums(call, book, buckets(start, end, params["Granularity"]), readers, metrics), bool(definitions))
            self._remember(call.account, mark, book, rows)
        rows, token = _page(params, mark, rows, book.plan.page_size)
        results = _results(rows, bool(definitions), lambda bucket: is_estimated(bucket, today, book.plan.late.final_on))
        if params["Granularity"] == "HOURLY":
            results = [hour for result in results for hour in _hours(result)]
        accounts = sorted({keys[index] for _, keys, _ in rows if keys for index, item in enumerate(definitions) if item["Key"] == "LINKED_ACCOUNT"})
        return {"ResultsByTime": results, "GroupDefinitions": definitions or None, "NextPageToken": token,
                "DimensionValueAttributes": account_attributes(self._store, call.account, accounts)}

    def _remembered(self, account: str, mark: str, book: Book) -> _Rows | None:
        with self._lock:
            kept = self._kept.get((account, mark))
        return kept[1] if kept is not None and kept[0] is book else None

    def _remember(self, account: str, mark: str, book: Book, rows: _Rows) -> None:
        if len(rows) <= book.plan.page_size:
            return
        with self._lock:
            self._kept[(account, mark)] = (book, rows)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)

    def _sums(self, call: Call, book: Book, periods: list[Bucket], readers: list[Callable[[Line], str]],
              metrics: list[str]) -> dict[Bucket, dict[_Keys, _Group]]:
        meant = expression.predicate(call.params.get("Filter"), book, refuse)
        measures = [(metric, measure(metric, book.plan.discount_permille)) for metric in metrics]
        found: dict[Bucket, dict[_Keys, _Group]] = {}
        for bucket in periods:
            groups: dict[_Keys, _Group] = {} if readers else {(): _Group(dict.fromkeys(metrics, 0))}
            for _, line in self._store.lines(call.account, bucket.start, bucket.end):
                if meant(line):
                    keys = tuple(read(line) for read in readers)
                    group = groups.get(keys)
                    if group is None:
                        group = groups[keys] = _Group(dict.fromkeys(metrics, 0))
                    group.units.add(line.unit)
                    for metric, read_metric in measures:
                        group.sums[metric] += read_metric(line)
            found[bucket] = groups
        return found


def required(store: Store, call: Call) -> Book:
    """The book of the caller; refused where there is none, or where Cost Explorer isn't for the caller."""
    book = store.book(call.account)
    if book is None or not store.seen_by(call.account):
        # The words of AWS, from public reports of accounts that have just enabled Cost Explorer.
        raise Refusal("DataUnavailableException", "Data is not available. Please try to adjust the time period. If just enabled Cost Explorer, "
                      "data might not be ingested yet")
    return book


def account_attributes(store: Store, account: str, values: list[str]) -> list[dict[str, Any]] | None:
    """DimensionValueAttributes: the names of linked accounts (API, GetDimensionValues: the description of LINKED_ACCOUNT)."""
    organization = store.organizations.of(account)
    members = organization.members if organization else {}
    shown_names = [{"Value": value, "Attributes": {"description": members[value].name if value in members else value}} for value in values]
    return shown_names or []


def _rows(sums: dict[Bucket, dict[_Keys, _Group]], is_grouped: bool) -> _Rows:
    """One row for each group of a period; a group whose metrics are all nothing is not in the answer, a period without groups is."""
    rows: _Rows = []
    for bucket, groups in sums.items():
        present = [(keys, group) for keys, group in sorted(groups.items()) if not is_grouped or any(group.sums.values())]
        rows += [(bucket, keys if is_grouped else None, group) for keys, group in present] or [(bucket, None, None)]
    return rows


def _mark(params: dict[str, Any], today: Day) -> str:
    """What tells a request, on a day, from others."""
    asked = json.dumps({key: value for key, value in params.items() if key != "NextPageToken"}, sort_keys=True)
    return hashlib.sha256(f"{today} {asked}".encode()).hexdigest()[:16]


def _page(params: dict[str, Any], mark: str, rows: _Rows, size: int) -> tuple[_Rows, str | None]:
    """A page, with a token that holds for this request only (API: RequestChangedException)."""
    given, _, inner = params.get("NextPageToken", "").partition(".")
    if given and not inner:
        raise Refusal("InvalidNextTokenException", "The pagination token is invalid. Try again without a pagination token.")
    if given and given != mark:
        raise Refusal("RequestChangedException", "Your request parameters changed between pages. Try again with the old parameters or "
                      "without a pagination token.")
    found, token = page(rows, inner or None, size, "InvalidNextTokenException")
    return found, f"{mark}.{token}" if token else None


def _results(rows: _Rows, is_grouped: bool, estimated: Callable[[Bucket], bool]) -> list[dict[str, Any]]:
    results: dict[Bucket, dict[str, Any]] = {}
    for bucket, keys, group in rows:
        result = results.setdefault(bucket, {
            "TimePeriod": {"Start": bucket.start.isoformat(), "End": bucket.end.isoformat()}, "Total": {}, "Groups": [], "Estimated": estimated(bucket)})
        if group is not None and keys is not None:
            result["Groups"].append({"Keys": list(keys), "Metrics": group.written()})
        elif group is not None:
            result["Total"] = group.written()
    return list(results.values())


def _hours(result: dict[str, Any]) -> list[dict[str, Any]]:
    """A day in 24 equal parts; the first hour takes what doesn't divide."""

    def part(metrics: dict[str, dict[str, str]], hour: int) -> dict[str, dict[str, str]]:
        made = {}
        for name, value in metrics.items():
            total = amount(value["Amount"])
            share = total // 24
            made[name] = {**value, "Amount": shown(total - 23 * share if hour == 0 else share)}
        return made

    day, following = result["TimePeriod"]["Start"], result["TimePeriod"]["End"]
    return [{**result, "TimePeriod": {"Start": f"{day}T{hour:02d}:00:00Z", "End": f"{day}T{hour + 1:02d}:00:00Z" if hour < 23 else f"{following}T00:00:00Z"},
             "Total": part(result["Total"], hour),
             "Groups": [{**group, "Metrics": part(group["Metrics"], hour)} for group in result["Groups"]]} for hour in range(24)]
