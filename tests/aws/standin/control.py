"""The control API, by which tests look into the stand-in and disturb it."""

from __future__ import annotations

import json
from typing import Any

from .exchange import Request, Response
from .gateway import Gateway
from .objects import Objects


class Control:
    """Answers `/_calls`, `/_faults`, `/_objects`, `/_settings`, `/_reset` and `/_health`."""

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
        if (method, path) == ("GET", "/_health"):
            return {"status": "ready"}
        if (method, path) == ("GET", "/_calls"):
            return {"calls": gateway.counts.listed(account)}
        if (method, path) == ("GET", "/_objects"):
            return self._objects.listed(account)
        if (method, path) == ("POST", "/_settings"):
            return gateway.settings.change(body)
        if path == "/_faults":
            return self._faults(method, account, body)
        if (method, path) == ("POST", "/_reset"):
            return {"left": self._reset(account)}
        return None

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
        for part in (gateway.canaries, gateway.budgets, gateway.alarms, gateway.faults, gateway.counts, gateway.settings, gateway.identities):
            part.forget(account)
        return left


def _json(status: int, value: dict[str, Any]) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps(value).encode())
