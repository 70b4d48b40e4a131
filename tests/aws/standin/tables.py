"""DynamoDB tables: states that pass, and when the time to live may change.

Sources: API of DynamoDB, CreateTable, DeleteTable and UpdateTimeToLive; developer guide, "Quotas in Amazon DynamoDB".
"""

from __future__ import annotations

import json
import threading
import time
from typing import Any, Callable

from .exchange import Call, Refusal, Response
from .passing import Key, Passing
from .settings import Settings
from .underlay import Underlay

_TTL_INTERVAL_SECONDS = 3600
_ITEM_OPERATIONS = ("PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan")


def table_name(reference: str) -> str:
    """The name in a name or an ARN."""
    return reference.split("/")[1] if reference.startswith("arn:") else reference


class Tables:
    """The intercepted operations."""

    def __init__(self, underlay: Underlay, settings: Settings) -> None:
        self._underlay = underlay
        self._passing = Passing(settings)
        self._ttl_changed: dict[Key, float] = {}
        self._lock = threading.Lock()

    def intercepts(self) -> dict[tuple[str, str], Callable[[Call], Response]]:
        """Service and operation to what answers it."""
        table: dict[str, Callable[[Call], Response]] = {
            "CreateTable": self.create, "DescribeTable": self.describe, "DeleteTable": self.delete, "UpdateTable": self.update,
            "ListTables": self.listed, "UpdateTimeToLive": self.change_ttl,
        }
        table.update({name: self.item for name in _ITEM_OPERATIONS})
        return {("dynamodb", name): handler for name, handler in table.items()}

    def forget(self, account: str | None) -> None:
        """Drops what is under way in one account, or all."""
        self._passing.forget(account)
        with self._lock:
            self._ttl_changed = {key: moment for key, moment in self._ttl_changed.items() if account not in (None, key[0])}

    @staticmethod
    def _key(call: Call) -> Key:
        return (call.account, call.region, table_name(call.params["TableName"]))

    def create(self, call: Call) -> Response:
        """CreateTable: CREATING for a while."""
        if self._passing.state(self._key(call)) is not None:
            raise _in_use(f"Table already exists: {self._key(call)[2]}" if self._passing.state(self._key(call)) == "CREATING"
                          else f"Table is being deleted: {self._key(call)[2]}")
        response = self._underlay.forward(call.request)
        if response.status < 300:
            self._passing.begin(self._key(call), "CREATING")
        return self._with_state(call, response, "TableDescription")

    def update(self, call: Call) -> Response:
        """UpdateTable."""
        self._check_active(call)
        return self._underlay.forward(call.request)

    def describe(self, call: Call) -> Response:
        """DescribeTable: a table that is being deleted is still shown."""
        kept = self._passing.kept(self._key(call))
        if kept is not None:
            return _json({"Table": kept})
        return self._with_state(call, self._underlay.forward(call.request), "Table")

    def delete(self, call: Call) -> Response:
        """DeleteTable: not while CREATING or UPDATING; then DELETING for a while."""
        self._check_active(call)
        response = self._underlay.forward(call.request)
        if response.status < 300:
            description = {**json.loads(response.body)["TableDescription"], "TableStatus": "DELETING"}
            self._passing.begin(self._key(call), "DELETING", description)
            with self._lock:
                self._ttl_changed.pop(self._key(call), None)
            return _json({"TableDescription": description})
        return response

    def listed(self, call: Call) -> Response:
        """ListTables: with those that are being deleted, where the whole list fits."""
        response = self._underlay.forward(call.request)
        body = json.loads(response.body)
        if response.status < 300 and "LastEvaluatedTableName" not in body and "ExclusiveStartTableName" not in call.params:
            kept = [description["TableName"] for description in self._passing.all_kept(call.account, call.region)]
            return _json({"TableNames": sorted({*body["TableNames"], *kept})})
        return response

    def item(self, call: Call) -> Response:
        """What reads or writes items: the table must be there, and ready."""
        if self._passing.state(self._key(call)) is not None:
            raise Refusal("ResourceNotFoundException", "Requested resource not found")
        return self._underlay.forward(call.request)

    def change_ttl(self, call: Call) -> Response:
        """UpdateTimeToLive: a change takes up to an hour, and no second one is taken meanwhile."""
        key = self._key(call)
        self._check_active(call)
        wanted = call.params["TimeToLiveSpecification"]
        now = self._underlay.call("dynamodb", "DescribeTimeToLive", call.account, call.region, TableName=key[2])["TimeToLiveDescription"]
        enabled = now.get("TimeToLiveStatus") == "ENABLED"
        if wanted["Enabled"] == enabled:
            raise Refusal("ValidationException", f"TimeToLive is already {'enabled' if enabled else 'disabled'}")
        if enabled and now.get("AttributeName") != wanted["AttributeName"]:
            raise Refusal("ValidationException", "TimeToLive is active on a different AttributeName: current AttributeName is "
                          f"{now.get('AttributeName')}")
        with self._lock:
            moment = self._ttl_changed.get(key)
        if moment is not None and time.monotonic() - moment < _TTL_INTERVAL_SECONDS:
            raise Refusal("ValidationException", "Time to live has been modified multiple times within a fixed interval")
        response = self._underlay.forward(call.request)
        if response.status < 300:
            with self._lock:
                self._ttl_changed[key] = time.monotonic()
        return response

    def _check_active(self, call: Call) -> None:
        state = self._passing.state(self._key(call))
        if state == "DELETING" and call.name != "DeleteTable":
            raise Refusal("ResourceNotFoundException", f"Requested resource not found: Table: {self._key(call)[2]} not found")
        if state is not None:
            name = self._key(call)[2]
            raise _in_use(f"Attempt to change a resource which is still in use: Table is being "
                          f"{'created' if state == 'CREATING' else 'deleted'}: {name}")

    def _with_state(self, call: Call, response: Response, member: str) -> Response:
        if response.status >= 300:
            return response
        body: dict[str, Any] = json.loads(response.body)
        body[member]["TableStatus"] = self._passing.state(self._key(call)) or "ACTIVE"
        return _json(body)


def _in_use(message: str) -> Refusal:
    return Refusal("ResourceInUseException", message)


def _json(value: dict[str, Any]) -> Response:
    return Response(200, {"content-type": "application/x-amz-json-1.0"}, json.dumps(value).encode())
