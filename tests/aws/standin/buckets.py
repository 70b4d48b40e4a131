"""S3: the name of a bucket that was deleted a moment ago.

Sources: API of S3, "Error responses" (OperationAborted); hashicorp/terraform-provider-aws, which waits that out when it makes a bucket.
"""

from __future__ import annotations

import threading
from typing import Callable

from .exchange import Call, Refusal, Response
from .settings import Settings
from .underlay import Underlay


class Buckets:
    """The intercepted operations."""

    def __init__(self, underlay: Underlay, settings: Settings) -> None:
        self._underlay = underlay
        self._settings = settings
        self._refusals: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    def intercepts(self) -> dict[tuple[str, str], Callable[[Call], Response]]:
        """Service and operation to what answers it."""
        return {("s3", "CreateBucket"): self.create, ("s3", "DeleteBucket"): self.delete}

    def forget(self, account: str | None) -> None:
        """Drops the memory of deleted buckets of one account, or all."""
        with self._lock:
            self._refusals = {key: left for key, left in self._refusals.items() if account not in (None, key[0])}

    def create(self, call: Call) -> Response:
        """CreateBucket: not while the deletion of the one before is under way."""
        key = (call.account, call.params["Bucket"])
        with self._lock:
            left = self._refusals.pop(key, 0)
            if left > 1:
                self._refusals[key] = left - 1
        if left:
            raise Refusal("OperationAborted", "A conflicting conditional operation is currently in progress against this resource. "
                          "Please try again.", 409)
        return self._underlay.forward(call.request)

    def delete(self, call: Call) -> Response:
        """DeleteBucket."""
        response = self._underlay.forward(call.request)
        if response.status < 300:
            with self._lock:
                self._refusals[(call.account, call.params["Bucket"])] = self._settings.bucket_refusals(call.account)
        return response
