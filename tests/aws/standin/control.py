"""The control API, by which tests look into the stand-in and disturb it."""

from __future__ import annotations

import datetime
import json
from typing import Any, Callable

from .exchange import Refusal, Request, Response
from .gateway import Gateway
from .objects import Objects
from .schedules.store import DEFAULT_GROUP, now


class Control:
    """Answers everything below `/_`; the README has the list."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._objects = Objects(gateway)

    def serve(self, request: Request) -> Response:
        """Answers one control request; 400 with a reason for a wrong one, 404 for an unknown one."""
        account = request.query_pairs().get("account") or None
        try:
            body = json.loads(request.body) if request.body.strip() else {}
            result = self._route(request.method, request.path, account, body)
        except ValueError as error:
            return _json(400, {"error": str(error)})
        if result is None:
            return _json(404, {"error": f"no such control operation: {request.method} {request.path}"})
        return _json(200, result)

    def _route(self, method: str, path: str, account: str | None, body: dict[str, Any]) -> dict[str, Any] | None:
        gateway = self._gateway
        if path in ("/_alarms/evaluate", "/_metrics"):
            return gateway.alarms.control(method, path, account, body)
        if path.startswith("/_costs"):
            return gateway.costs.control(method, path, account, body)
        if path == "/_faults":
            return self._faults(method, account, body)
        routes: dict[tuple[str, str], Callable[[], dict[str, Any]]] = {
            ("GET", "/_health"): lambda: {"status": "ready"},
            ("GET", "/_calls"): lambda: {"calls": gateway.counts.listed(account)},
            ("GET", "/_objects"): lambda: self._objects.listed(account),
            ("GET", "/_functions/invocations"): lambda: {"invocations": gateway.underlay.invocations(account)},
            ("POST", "/_settings"): lambda: gateway.settings.change(body),
            ("POST", "/_organizations"): lambda: gateway.organizations.seed(body),
            ("POST", "/_budgets/evaluate"): lambda: gateway.budget_alerts.evaluate(*_texts(body, "account")),
            ("POST", "/_schedules/run"): lambda: self._run_schedule(body),
            ("POST", "/_events"): lambda: self._put_event(body),
            ("POST", "/_reset"): lambda: {"left": self._reset(account)},
        }
        route = routes.get((method, path))
        return route() if route else None

    def _run_schedule(self, body: dict[str, Any]) -> dict[str, Any]:
        account, region, name = _texts(body, "account", "region", "name")
        moment = now()
        if "scheduled_time" in body:
            moment = datetime.datetime.fromisoformat(str(body["scheduled_time"]).replace("Z", "+00:00"))
        try:
            schedule = self._gateway.schedules.schedule((account, region), str(body.get("group", DEFAULT_GROUP)), name)
        except Refusal as refusal:
            raise ValueError(refusal.message) from None
        return self._gateway.firing.fire(schedule, moment)

    def _put_event(self, body: dict[str, Any]) -> dict[str, Any]:
        """An event as an AWS service puts it on the default bus: clients can't name a source that begins with `aws.`."""
        account, region, source, kind = _texts(body, "account", "region", "source", "detail-type")
        underlay = self._gateway.underlay
        entry = {"Source": underlay.marker + source, "DetailType": kind, "Detail": json.dumps(body.get("detail", {})),
                 "Resources": body.get("resources", [])}
        return {"entries": underlay.call("events", "PutEvents", account, region, Entries=[entry])["Entries"]}

    def _faults(self, method: str, account: str | None, body: dict[str, Any]) -> dict[str, Any] | None:
        faults = self._gateway.faults
        if method == "POST":
            return faults.register(body).described()
        if method == "GET":
            return {"faults": faults.listed(account)}
        if method == "DELETE":
            faults.forget(account)
            return {}
        return None

    def _reset(self, account: str | None) -> list[str]:
        gateway = self._gateway
        left: list[str] = []
        if account is None:
            gateway.underlay.reset()
        else:
            left = self._objects.delete_all(account)
        for part in (gateway.functions, gateway.event_sources, gateway.queues, gateway.tables, gateway.buckets, gateway.schedules, gateway.authorization,
                     gateway.canaries, gateway.budgets, gateway.costs, gateway.organizations, gateway.glue, gateway.athena, gateway.alarms,
                     gateway.faults, gateway.counts, gateway.settings, gateway.identities,
                     gateway.underlay):
            part.forget(account)
        return left


def _texts(body: dict[str, Any], *names: str) -> list[str]:
    for name in names:
        if not isinstance(body.get(name), str):
            raise ValueError(f"{name} must be a text")
    return [body[name] for name in names]


def _json(status: int, value: dict[str, Any]) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps(value).encode())
