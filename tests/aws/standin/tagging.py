"""The Resource Groups Tagging API: ministack knows of fewer services than AWS, and of none that live here."""

from __future__ import annotations

from typing import Any, Callable, Iterator

from . import answers
from .athena import Athena
from .budgets.store import Store as BudgetStore
from .cloudwatch.service import CloudWatch
from .costs.service import CostExplorer
from .exchange import Call, Response
from .glue import Glue
from .listing import all_pages
from .paging import page
from .schedules.store import Store as ScheduleStore
from .synthetics.store import Store as CanaryStore
from .underlay import Underlay

_PAGE = 100
_HOME_OF_GLOBAL = "us-east-1"
_Tagged = tuple[str, dict[str, str]]


class Tagging:
    """The intercepted operation, GetResources."""

    def __init__(self, underlay: Underlay, canaries: CanaryStore, budgets: BudgetStore, alarms: CloudWatch,
                 schedules: ScheduleStore, costs: CostExplorer, glue: Glue, athena: Athena) -> None:
        self._underlay = underlay
        self._canaries = canaries
        self._budgets = budgets
        self._alarms = alarms
        self._schedules = schedules
        self._costs = costs
        self._glue = glue
        self._athena = athena

    def intercepts(self) -> dict[tuple[str, str], Callable[[Call], Response]]:
        """Service and operation to what answers it."""
        return {("resourcegroupstaggingapi", "GetResources"): self.read}

    def read(self, call: Call) -> Response:
        """GetResources: tagged resources of the caller's account and region, 100 a page at most."""
        matching = [(arn, tags) for arn, tags in self._all(call) if tags and _matches(call.params, arn, tags)]
        size = call.params.get("ResourcesPerPage", _PAGE)
        found, token = page(sorted(matching, key=lambda item: item[0]), call.params.get("PaginationToken"), size, "PaginationTokenExpiredException")
        mappings = [{"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())]} for arn, tags in found]
        return answers.answer(call, {"ResourceTagMappingList": mappings, "PaginationToken": token or ""})

    def _all(self, call: Call) -> Iterator[_Tagged]:
        for entry in all_pages(self._underlay, "resourcegroupstaggingapi", "GetResources", call.account, call.region,
                               "ResourceTagMappingList", ("PaginationToken", "PaginationToken")):
            yield entry["ResourceARN"], _pairs(entry["Tags"])
        for canary in self._canaries.listed(call.account, call.region):
            yield canary.arn(), canary.tags
        for group in self._schedules.groups((call.account, call.region)):
            yield group.arn(), group.tags
        if call.region == _HOME_OF_GLOBAL:
            for budget in self._budgets.listed(call.account):
                yield budget.arn, budget.tags
            yield from self._costs.tagged(call.account)
        yield from self._glue.tagged(call.account, call.region)
        yield from self._athena.tagged(call.account, call.region)
        yield from self._alarms.tagged(call.account, call.region)
        yield from self._parameters(call)
        yield from self._log_groups(call)

    def _parameters(self, call: Call) -> Iterator[_Tagged]:
        for item in all_pages(self._underlay, "ssm", "DescribeParameters", call.account, call.region, "Parameters", ("NextToken", "NextToken")):
            tags = self._tags(call, "ssm", "TagList", ResourceType="Parameter", ResourceId=item["Name"])
            yield f"arn:aws:ssm:{call.region}:{call.account}:parameter/{item['Name'].lstrip('/')}", _pairs(tags)

    def _log_groups(self, call: Call) -> Iterator[_Tagged]:
        for group in all_pages(self._underlay, "logs", "DescribeLogGroups", call.account, call.region, "logGroups", ("nextToken", "nextToken")):
            arn = group["arn"].removesuffix(":*")
            yield arn, self._tags(call, "logs", "tags", resourceArn=arn)

    def _tags(self, call: Call, service: str, key: str, **params: str) -> Any:
        return self._underlay.call(service, "ListTagsForResource", call.account, call.region, **params).get(key, {})


def _pairs(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _matches(params: dict[str, Any], arn: str, tags: dict[str, str]) -> bool:
    if params.get("ResourceARNList"):
        return arn in params["ResourceARNList"]
    kinds = params.get("ResourceTypeFilters")
    if kinds and not any(_is_kind(arn, kind) for kind in kinds):
        return False
    for wanted in params.get("TagFilters", []):
        key, values = wanted.get("Key"), wanted.get("Values")
        if key not in tags or (values and tags[key] not in values):
            return False
    return True


def _is_kind(arn: str, kind: str) -> bool:
    """`synthetics` or `synthetics:canary` against an ARN (API, GetResources.ResourceTypeFilters)."""
    service, _, resource = kind.partition(":")
    parts = arn.split(":", 5)
    return parts[2] == service and (not resource or parts[5].replace(":", "/").startswith(f"{resource}/"))
