"""SSM parameters: what ministack lets through and AWS refuses."""

from __future__ import annotations

from typing import Any, Callable

from .exchange import Call, Refusal, Response
from .underlay import Underlay, UnderlayError

_DEFAULT_KEY = "alias/aws/ssm"


class Parameters:
    """The intercepted operations. All of them are served by ministack after a look at what exists."""

    def __init__(self, underlay: Underlay) -> None:
        self._underlay = underlay

    def intercepts(self) -> dict[tuple[str, str], Callable[[Call], Response]]:
        """Service and operation to what answers it."""
        table = {"PutParameter": self.put, "AddTagsToResource": self.tagged, "RemoveTagsFromResource": self.tagged,
                 "ListTagsForResource": self.tagged}
        return {("ssm", name): handler for name, handler in table.items()}

    def _present(self, call: Call, name: str) -> dict[str, Any] | None:
        try:
            return self._underlay.call("ssm", "GetParameter", call.account, call.region, Name=name)["Parameter"]
        except UnderlayError:
            return None

    def put(self, call: Call) -> Response:
        """PutParameter: the key must exist, and the type never changes (API, PutParameter)."""
        key = call.params.get("KeyId", _DEFAULT_KEY)
        if key != _DEFAULT_KEY:
            try:
                self._underlay.call("kms", "DescribeKey", call.account, call.region, KeyId=key)
            except UnderlayError:
                raise Refusal("InvalidKeyId", f"Unable to encrypt: NotFoundException: {key} is not found.") from None
        if call.params.get("Overwrite"):
            present = self._present(call, call.params["Name"])
            if present is not None and call.params.get("Type", present["Type"]) != present["Type"]:
                raise Refusal("HierarchyTypeMismatchException", "Parameter Store doesn't support changing a parameter type in a hierarchy. "
                              "You must create a new, unique parameter.")
        return self._underlay.forward(call.request)

    def tagged(self, call: Call) -> Response:
        """The tag operations: the parameter must exist (API, InvalidResourceId)."""
        if call.params["ResourceType"] == "Parameter" and self._present(call, call.params["ResourceId"]) is None:
            raise Refusal("InvalidResourceId", "The resource ID isn't valid. Verify that you entered the correct ID and try again.")
        return self._underlay.forward(call.request)
