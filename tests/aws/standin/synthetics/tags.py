"""Tags of canaries."""

from __future__ import annotations

from typing import Any

from ..exchange import Call, Refusal
from ..underlay import Underlay
from . import provisioned
from .store import Canary, Store

_TAG_LIMIT = 50


class Tags:
    """Handlers of the tag operations, by name. They answer with errors of their own family."""

    def __init__(self, store: Store, underlay: Underlay) -> None:
        self._store = store
        self._underlay = underlay

    def handlers(self) -> dict[str, Any]:
        """Operation name to handler."""
        return {"TagResource": self.tag, "UntagResource": self.untag, "ListTagsForResource": self.read}

    def _find(self, call: Call) -> Canary:
        arn = call.params["ResourceArn"]
        parts = arn.split(":")
        if len(parts) != 7 or parts[5] != "canary":
            raise Refusal("BadRequestException", f"Invalid resource ARN: {arn}")
        canary = None
        if parts[3] == call.region and parts[4] == call.account:
            canary = self._store.find(call.account, call.region, parts[6])
        if canary is None:
            raise Refusal("NotFoundException", f"Resource not found: {arn}", 404)
        return canary

    def tag(self, call: Call) -> dict[str, Any]:
        """TagResource: adds and replaces."""
        canary = self._find(call)
        with canary.lock:
            tags = {**canary.tags, **call.params["Tags"]}
            if len(tags) > _TAG_LIMIT:
                raise Refusal("BadRequestException", f"A canary can have at most {_TAG_LIMIT} tags")
            canary.tags = tags
            provisioned.replace_tags(self._underlay, canary, call.params["Tags"], [])
        return {}

    def untag(self, call: Call) -> dict[str, Any]:
        """UntagResource."""
        canary = self._find(call)
        with canary.lock:
            canary.tags = {key: value for key, value in canary.tags.items() if key not in call.params["TagKeys"]}
            provisioned.replace_tags(self._underlay, canary, {}, call.params["TagKeys"])
        return {}

    def read(self, call: Call) -> dict[str, Any]:
        """ListTagsForResource."""
        return {"Tags": dict(self._find(call).tags)}
