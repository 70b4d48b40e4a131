"""What travels through the layer: requests, responses, and the ways in which a call can end early."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable
from urllib.parse import parse_qsl


@dataclass
class Request:
    """One HTTP request as it came in. Header names are lower case; `path` is still percent-encoded."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    # Whether whoever asked is gone meanwhile, and waits for no answer.
    is_abandoned: Callable[[], bool] = lambda: False

    def query_pairs(self) -> dict[str, str]:
        """The query string's parameters; a key without a value maps to the empty string."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def target(self) -> str:
        """Path and query string, as they stand in the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass
class Response:
    """One HTTP answer."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class Caller:
    """Who sent a request: the account, the role when the key came from AssumeRole or belongs to a function, and that function."""

    account: str
    arn: str
    role_arn: str | None = None
    function_arn: str | None = None
    function_key: str = ""


@dataclass
class Call:
    """A request that was recognised as one operation of one service."""

    request: Request
    service: str
    operation: Any  # botocore.model.OperationModel
    protocol: str  # json | query | rest-json | rest-xml | cbor
    caller: Caller
    region: str  # "global" for the global services
    signed_region: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def account(self) -> str:
        """The account that the call acts in."""
        return self.caller.account

    @property
    def name(self) -> str:
        """The operation's name."""
        return self.operation.name


class Refusal(Exception):
    """The call is refused with a service error; the protocol decides how it is written."""

    def __init__(self, code: str, message: str, status: int = 400, **members: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = members


class DropConnection(Exception):
    """The TCP connection is closed without an answer."""
