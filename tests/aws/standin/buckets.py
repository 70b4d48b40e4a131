"""S3: what ministack grants and AWS doesn't.

Sources: API of S3, PutObject (If-None-Match), ListObjectsV2, DeleteObjects and GetObject ("Permissions": without s3:ListBucket an absent key
is a 403), "Error responses" (OperationAborted: the name of a bucket that was deleted a moment ago; hashicorp/terraform-provider-aws waits that
out when it makes a bucket); user guide, "Request redirection and the REST API" (a bucket answers in its own region only).
"""

from __future__ import annotations

import base64
import binascii
import threading
from typing import Callable
from urllib.parse import urlencode

from .authorization import Authorization
from .exchange import Call, Refusal, Response
from .settings import Settings
from .underlay import Underlay, UnderlayError

_MOST_KEYS = 1000
_OBJECTS = ("GetObject", "HeadObject", "PutObject", "DeleteObject", "DeleteObjects", "ListObjectsV2", "CopyObject", "CreateMultipartUpload",
            "UploadPart", "CompleteMultipartUpload", "AbortMultipartUpload")
_READS = ("GetObject", "HeadObject")


class Buckets:
    """The intercepted operations."""

    def __init__(self, underlay: Underlay, authorization: Authorization, settings: Settings) -> None:
        self._underlay = underlay
        self._authorization = authorization
        self._settings = settings
        self._regions: dict[str, str] = {}
        # How often the name of a deleted bucket is still refused, by account and name.
        self._refusals: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    def intercepts(self) -> dict[tuple[str, str], Callable[[Call], Response]]:
        """Service and operation to what answers it."""
        table: dict[tuple[str, str], Callable[[Call], Response]] = {("s3", name): self.serve for name in _OBJECTS}
        return {**table, ("s3", "CreateBucket"): self.create, ("s3", "DeleteBucket"): self.delete}

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
        """DeleteBucket. The name may come back, and in another region."""
        response = self._underlay.forward(call.request)
        if response.status < 300:
            with self._lock:
                self._regions.pop(call.params["Bucket"], None)
                self._refusals[(call.account, call.params["Bucket"])] = self._settings.bucket_refusals(call.account)
        return response

    def serve(self, call: Call) -> Response:
        """An operation on objects."""
        self._check_region(call)
        if call.name in ("PutObject", "CompleteMultipartUpload"):
            _check_conditions(call)
        elif call.name == "ListObjectsV2":
            _check_listing(call)
        elif call.name == "DeleteObjects" and not 1 <= len(call.params["Delete"].get("Objects") or []) <= _MOST_KEYS:
            raise Refusal("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
        response = self._underlay.forward(call.request)
        if response.status == 404 and call.name in _READS and self._region(call) is not None:
            self._check_absence(call)
        return response

    def _region(self, call: Call) -> str | None:
        """The region of a bucket; None when there is none, or it isn't the caller's."""
        name = call.params["Bucket"]
        with self._lock:
            if name in self._regions:
                return self._regions[name]
        try:
            region = self._underlay.call("s3", "HeadBucket", call.account, call.signed_region, Bucket=name).get("BucketRegion")
        except UnderlayError:
            return None
        with self._lock:
            self._regions[name] = region or call.signed_region
            return self._regions[name]

    def _check_region(self, call: Call) -> None:
        region = self._region(call)
        if region not in (None, call.signed_region):
            raise Refusal("PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint. "
                          f"Please send all future requests to this endpoint. (The bucket is in {region}.)", 301)

    def _check_absence(self, call: Call) -> None:
        if not self._authorization.allows(call, "s3:ListBucket", f"arn:aws:s3:::{call.params['Bucket']}"):
            raise Refusal("AccessDenied", f"User: {call.caller.arn} is not authorized to perform: s3:ListBucket on resource: "
                          f"\"arn:aws:s3:::{call.params['Bucket']}\" because no identity-based policy allows the s3:ListBucket action", 403)


def _check_conditions(call: Call) -> None:
    """API, PutObject: If-None-Match takes only `*`, and not together with If-Match."""
    given = call.params.get("IfNoneMatch")
    if given is not None and (given != "*" or "IfMatch" in call.params):
        raise Refusal("NotImplemented", "A header you provided implies functionality that is not implemented", 501)


def _check_listing(call: Call) -> None:
    """API, ListObjectsV2: at most 1,000 keys a page, whatever is asked for; a token must be one of S3's own."""
    token = call.params.get("ContinuationToken")
    if token is not None:
        try:
            base64.b64decode(token, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            token = ""
        if not token:
            raise Refusal("InvalidArgument", "The continuation token provided is incorrect")
    if call.params.get("MaxKeys", 0) > _MOST_KEYS:
        pairs = {**call.request.query_pairs(), "max-keys": str(_MOST_KEYS)}
        call.request.query = urlencode(pairs)
