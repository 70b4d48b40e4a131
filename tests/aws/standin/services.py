"""Which services exist, how each words its own refusals, and which operation a request means."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote

import botocore.session

from .exchange import Refusal, Request


@dataclass(frozen=True)
class Service:
    """A service that the layer knows.

    `invalid` is the error code for a request that breaks the model (length, range, pattern, enum),
    `throttled` the code and status of its throttling answer. Both are taken from the error lists of
    the service models and from the "Common errors" page of each API reference.
    """

    name: str
    signing_name: str
    invalid: str
    throttled: str
    throttled_status: int = 400
    is_global: bool = False
    own_state: bool = False


SERVICES = {
    service.name: service
    for service in (
        Service("sts", "sts", "ValidationError", "Throttling", is_global=True),
        Service("iam", "iam", "ValidationError", "Throttling", is_global=True),
        Service("ssm", "ssm", "ValidationException", "ThrottlingException"),
        Service("synthetics", "synthetics", "ValidationException", "TooManyRequestsException", 429, own_state=True),
        Service("cloudwatch", "monitoring", "ValidationError", "ThrottlingException"),
        Service("logs", "logs", "InvalidParameterException", "ThrottlingException"),
        Service("budgets", "budgets", "ValidationException", "ThrottlingException", is_global=True, own_state=True),
        Service("sns", "sns", "InvalidParameter", "Throttling"),
        Service("s3", "s3", "InvalidArgument", "SlowDown", 503, is_global=True),
        Service("kms", "kms", "ValidationException", "ThrottlingException"),
        Service("lambda", "lambda", "ValidationException", "TooManyRequestsException", 429),
        Service("resourcegroupstaggingapi", "tagging", "InvalidParameterException", "ThrottledException"),
        Service("ce", "ce", "ValidationException", "ThrottlingException", is_global=True, own_state=True),
        Service("sqs", "sqs", "InvalidParameterValue", "RequestThrottled", 403),
        Service("events", "events", "ValidationException", "ThrottlingException"),
        Service("scheduler", "scheduler", "ValidationException", "ThrottlingException", 429, own_state=True),
        Service("secretsmanager", "secretsmanager", "InvalidParameterException", "ThrottlingException"),
        Service("dynamodb", "dynamodb", "ValidationException", "ThrottlingException"),
        Service("pricing", "pricing", "InvalidParameterException", "ThrottlingException", own_state=True),
        Service("organizations", "organizations", "InvalidInputException", "TooManyRequestsException", is_global=True, own_state=True),
        Service("glue", "glue", "InvalidInputException", "ThrottlingException", own_state=True),
        Service("athena", "athena", "InvalidRequestException", "ThrottlingException", own_state=True),
    )
}
BY_SIGNING_NAME = {service.signing_name: service for service in SERVICES.values()}

_session = botocore.session.Session()
_load_lock = threading.Lock()


@cache
def _load(name: str) -> Any:
    return _session.get_service_model(name)


def model_of(name: str) -> Any:
    """The botocore service model of a service (loaded once)."""
    with _load_lock:
        return _load(name)


@dataclass(frozen=True)
class _Route:
    operation: str
    method: str
    pattern: re.Pattern[str]
    literal_length: int
    query_literals: tuple[tuple[str, str], ...]
    required_headers: tuple[str, ...]
    required_queries: tuple[str, ...]
    deprecated: bool

    def weight(self) -> tuple[bool, int, int, int]:
        """More literal parts win: `/canary/{name}/start` before `/canary/{name}`. S3 has deprecated twins."""
        return (not self.deprecated, len(self.query_literals), len(self.required_headers) + len(self.required_queries), self.literal_length)


def _compile_route(model: Any, name: str) -> _Route:
    operation = model.operation_model(name)
    path, _, query = operation.http["requestUri"].partition("?")
    expression = ""
    literal_length = 0
    for part in re.split(r"(\{[^}]+\})", path):
        if part.startswith("{"):
            expression += "(.+)" if part.endswith("+}") else "([^/]+)"
        else:
            literal_length += len(part)
            expression += re.escape(part)
    literals = tuple(tuple(item.partition("=")[::2]) for item in query.split("&") if item)
    headers: list[str] = []
    queries: list[str] = []
    shape = operation.input_shape
    for member in shape.required_members if shape else []:
        serialization = shape.members[member].serialization
        if serialization.get("location") == "header":
            headers.append(serialization["name"].lower())
        elif serialization.get("location") == "querystring":
            queries.append(serialization["name"])
    return _Route(name, operation.http["method"], re.compile(f"{expression.rstrip('/')}/?$"), literal_length,
                  literals, tuple(headers), tuple(queries), operation.deprecated)


@cache
def _routes(service: str) -> tuple[_Route, ...]:
    model = model_of(service)
    routes = [_compile_route(model, name) for name in model.operation_names]
    return tuple(sorted(routes, key=_Route.weight, reverse=True))


def _rest_operation(service: str, request: Request) -> str | None:
    pairs = request.query_pairs()
    fallback = None
    for route in _routes(service):
        if route.method != request.method or not route.pattern.match(request.path):
            continue
        if any(pairs.get(key) != value for key, value in route.query_literals):
            continue
        complete = all(name in request.headers for name in route.required_headers) and all(
            name in pairs for name in route.required_queries
        )
        if complete:
            return route.operation
        fallback = fallback or route.operation
    return fallback


def path_values(operation: Any, path: str) -> dict[str, str]:
    """The values of the URI labels of a REST operation, decoded."""
    template = operation.http["requestUri"].partition("?")[0]
    labels = [label.strip("{}+") for label in re.findall(r"\{[^}]+\}", template)]
    route = next(route for route in _routes(operation.service_model.service_name) if route.operation == operation.name)
    match = route.pattern.match(path)
    return dict(zip(labels, (unquote(value) for value in match.groups()), strict=True)) if match else {}


def protocol_and_operation(service: str, request: Request) -> tuple[str, str]:
    """Which protocol a request speaks, and which operation it names.

    A service may speak several (CloudWatch: CBOR, JSON and query), so the request decides, not the model.
    """
    cbor = re.fullmatch(r"/service/[^/]+/operation/([^/]+)", request.path)
    if cbor or request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return "cbor", cbor.group(1) if cbor else ""
    target = request.headers.get("x-amz-target")
    if target:
        return "json", target.rpartition(".")[2]
    protocol = model_of(service).metadata["protocol"]
    if protocol in ("rest-json", "rest-xml"):
        return protocol, _rest_operation(service, request) or ""
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded") or request.query:
        form = parse_qs(request.body.decode("utf-8", "replace") or request.query, keep_blank_values=True)
        return "query", form.get("Action", [""])[0]
    return ("cbor" if "cbor" in protocol else protocol), ""


def operation_model(service: str, name: str, request: Request) -> Any:
    """The model of an operation; a clear 400 when the service has no such operation."""
    model = model_of(service)
    if name not in model.operation_names:
        shown = name or f"{request.method} {request.path}"
        raise Refusal("UnknownOperationException", f"{service} has no operation {shown!r}.")
    return model.operation_model(name)
