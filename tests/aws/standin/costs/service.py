"""Cost Explorer as the layer holds it: everything of this folder put together."""

from __future__ import annotations

from typing import Any, Callable

from ..exchange import Call, Refusal
from ..organizations.store import Store as Organizations
from ..settings import Settings
from ..underlay import Underlay
from .alerting import Alerting
from .anomaly_store import AnomalyStore, Monitor, Subscription
from .forecast import Forecast
from .monitoring import Monitoring
from .query import Query
from .store import Store
from .values import Values

_Handler = Callable[[Call], dict[str, Any]]


class CostExplorer:
    """Bills, forecasts and anomalies of all accounts."""

    def __init__(self, underlay: Underlay, settings: Settings, organizations: Organizations) -> None:
        self.costs = Store(settings, organizations)
        self.anomalies = AnomalyStore(settings, self.costs)
        self._alerting = Alerting(self.anomalies, self.costs, underlay)
        query, values = Query(self.costs), Values(self.costs)
        table: dict[str, _Handler] = {
            "GetCostAndUsage": query.cost_and_usage, "GetCostForecast": Forecast(self.costs).cost_forecast,
            "GetDimensionValues": values.dimension_values, "GetTags": values.tags, "GetCostCategories": values.categories,
            "ListCostAllocationTags": values.allocation_tags, "ListCostCategoryDefinitions": values.category_definitions,
            **Monitoring(self.anomalies, self.costs).handlers(),
        }
        self._handlers = {name: self._billed(handler) for name, handler in table.items()}

    def handlers(self) -> dict[str, _Handler]:
        """Operation to what answers it."""
        return self._handlers

    def _billed(self, handler: _Handler) -> _Handler:
        """Each answered request is billed to the account that asks (aws.amazon.com/aws-cost-management/pricing)."""

        def run(call: Call) -> dict[str, Any]:
            self._check_access(call)
            answer = handler(call)
            self.costs.count(call.account, call.name)
            return answer

        return run

    def _check_access(self, call: Call) -> None:
        """UG, "Controlling access to Cost Explorer"; the words are AWS's own, from public reports."""
        book = self.costs.book(call.account)
        if book is not None and not book.plan.is_enabled:
            raise Refusal("AccessDeniedException", "User not enabled for cost explorer access")
        if book is not None and self.costs.is_member(call.account) and not book.plan.has_member_access:
            raise Refusal("AccessDeniedException", "Linked account doesn't have access to cost explorer.")

    def control(self, method: str, path: str, account: str | None, body: dict[str, Any]) -> dict[str, Any] | None:
        """`/_costs` and `/_costs/anomalies`; None for any other request. ValueError says what is wrong."""
        if (method, path) == ("GET", "/_costs"):
            return self.costs.described(account)
        if (method, path) == ("POST", "/_costs"):
            return self.costs.seed(body)
        if (method, path) == ("POST", "/_costs/anomalies"):
            return self._alerting.inject(body)
        return None

    def tagged(self, account: str) -> list[tuple[str, dict[str, str]]]:
        """ARN and tags of every monitor and subscription of an account."""
        holding = self.anomalies.of(account)
        found: list[Monitor | Subscription] = [*holding.monitors.values(), *holding.subscriptions.values()]
        return [(item.arn, dict(item.tags)) for item in found]

    def forget(self, account: str | None) -> None:
        """Drops bills, monitors, subscriptions and anomalies of one account, or all."""
        self.costs.forget(account)
        self.anomalies.forget(account)
