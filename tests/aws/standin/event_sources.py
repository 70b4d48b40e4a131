"""Event source mappings: queues that feed functions.

Sources: API of Lambda, CreateEventSourceMapping; developer guide, "Using Lambda with Amazon SQS"; the refusals are quoted in
issues of hashicorp/terraform-provider-aws and of serverless frameworks.
"""

from __future__ import annotations

import json
from typing import Any, Callable

from .exchange import Call, Refusal, Response
from .functions import check_visibility, function_arn, function_name, role_must_allow
from .passing import Passing
from .policies import Question
from .settings import Settings
from .underlay import Underlay, UnderlayError

_ACTIONS = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")


def _refuse(message: str) -> Refusal:
    return Refusal("InvalidParameterValueException", message)


class EventSources:
    """The intercepted operations."""

    def __init__(self, underlay: Underlay, settings: Settings) -> None:
        self._underlay = underlay
        self._passing = Passing(settings)

    def intercepts(self) -> dict[tuple[str, str], Callable[[Call], Response]]:
        """Service and operation to what answers it."""
        table = {"CreateEventSourceMapping": self.create, "UpdateEventSourceMapping": self.update,
                 "DeleteEventSourceMapping": self.delete, "GetEventSourceMapping": self.read, "ListEventSourceMappings": self.listed}
        return {("lambda", name): handler for name, handler in table.items()}

    def forget(self, account: str | None) -> None:
        """Drops what is under way in one account, or all."""
        self._passing.forget(account)

    def create(self, call: Call) -> Response:
        """CreateEventSourceMapping."""
        params = call.params
        arn = params.get("EventSourceArn", "")
        function = self._function(call, params["FunctionName"])
        if ":sqs:" in arn:
            _check_batch(params.get("BatchSize", 10), params.get("MaximumBatchingWindowInSeconds", 0))
            check_visibility(self._underlay, arn, function["Timeout"])
            for action in _ACTIONS:
                role_must_allow(self._underlay, function["Role"], Question(f"sqs:{action}", arn, call.region),
                                f"The function execution role does not have permissions to call {action} on SQS")
        self._check_duplicate(call, arn)
        return self._begun(call, self._underlay.forward(call.request), "Creating")

    def update(self, call: Call) -> Response:
        """UpdateEventSourceMapping."""
        self._check_free(call)
        present = self._present(call)
        params = call.params
        if present is not None and ":sqs:" in present["EventSourceArn"]:
            _check_batch(params.get("BatchSize", present["BatchSize"]),
                         params.get("MaximumBatchingWindowInSeconds", present.get("MaximumBatchingWindowInSeconds", 0)))
        return self._begun(call, self._underlay.forward(call.request), "Updating")

    def delete(self, call: Call) -> Response:
        """DeleteEventSourceMapping: shown as Deleting for a while."""
        self._check_free(call)
        response = self._underlay.forward(call.request)
        if response.status < 300:
            mapping = {**json.loads(response.body), "State": "Deleting"}
            self._passing.begin(self._key(call, mapping), "Deleting", mapping)
        return response

    def read(self, call: Call) -> Response:
        """GetEventSourceMapping."""
        kept = self._passing.kept((call.account, call.region, call.params["UUID"]))
        if kept is not None and kept["State"] == "Deleting":
            return _json(200, kept)
        response = self._underlay.forward(call.request)
        return response if response.status >= 300 else _json(200, self._shown(call, json.loads(response.body)))

    def listed(self, call: Call) -> Response:
        """ListEventSourceMappings: with those that are being deleted."""
        response = self._underlay.forward(call.request)
        if response.status >= 300:
            return response
        body = json.loads(response.body)
        body["EventSourceMappings"] = [self._shown(call, mapping) for mapping in body["EventSourceMappings"]]
        wanted = {"EventSourceArn": call.params.get("EventSourceArn"),
                  "FunctionArn": function_arn(call, call.params["FunctionName"]) if call.params.get("FunctionName") else None}
        for kept in self._passing.all_kept(call.account, call.region):
            if kept["State"] == "Deleting" and all(value in (None, kept[name]) for name, value in wanted.items()):
                body["EventSourceMappings"].append(kept)
        return _json(200, body)

    def _function(self, call: Call, reference: str) -> dict[str, Any]:
        try:
            return self._underlay.call("lambda", "GetFunctionConfiguration", call.account, call.region, FunctionName=function_name(reference))
        except UnderlayError:
            raise Refusal("ResourceNotFoundException", f"Function not found: {function_arn(call, reference)}", 404, Type="User") from None

    def _present(self, call: Call) -> dict[str, Any] | None:
        try:
            return self._underlay.call("lambda", "GetEventSourceMapping", call.account, call.region, UUID=call.params["UUID"])
        except UnderlayError:
            return None

    def _check_duplicate(self, call: Call, source_arn: str) -> None:
        name = function_name(call.params["FunctionName"])
        found = self._underlay.call("lambda", "ListEventSourceMappings", call.account, call.region, FunctionName=name)
        for mapping in found["EventSourceMappings"]:
            if mapping["EventSourceArn"] == source_arn:
                raise Refusal("ResourceConflictException", f'An event source mapping with SQS arn (" {source_arn} ") and function (" {name} ") '
                              f"already exists. Please update or delete the existing mapping with UUID {mapping['UUID']}", 409, Type="User")

    def _check_free(self, call: Call) -> None:
        state = self._passing.state((call.account, call.region, call.params["UUID"]))
        if state is not None:
            verb = "update" if call.name.startswith("Update") else "delete"
            raise Refusal("ResourceInUseException", f"Cannot {verb} the event source mapping because it is in use.", 400, Type="User")

    def _begun(self, call: Call, response: Response, state: str) -> Response:
        if response.status >= 300:
            return response
        mapping = json.loads(response.body)
        self._passing.begin(self._key(call, mapping), state)
        return _json(response.status, self._shown(call, mapping))

    def _shown(self, call: Call, mapping: dict[str, Any]) -> dict[str, Any]:
        state = self._passing.state(self._key(call, mapping))
        return {**mapping, "State": state} if state else mapping

    @staticmethod
    def _key(call: Call, mapping: dict[str, Any]) -> tuple[str, str, str]:
        return (call.account, call.region, mapping["UUID"])


def _check_batch(size: int, window: int) -> None:
    """API, CreateEventSourceMapping.BatchSize and MaximumBatchingWindowInSeconds, for standard queues."""
    if size > 10 and window < 1:
        raise _refuse("Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10")


def _json(status: int, value: dict[str, Any]) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps(value).encode())
