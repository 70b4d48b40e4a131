"""Answers and refusals onto the wire. Only members of the model's output shape are ever written."""

from __future__ import annotations

import base64
import datetime
import json
import uuid
from typing import Any
from xml.sax.saxutils import escape

import cbor2

from .exchange import Call, Refusal, Response


# What the older query protocol of SQS called an error that the model names otherwise; clients still report that.
_QUERY_CODES = {"QueueDeletedRecently": "AWS.SimpleQueueService.QueueDeletedRecently"}


def _plain(shape: Any, value: Any, for_cbor: bool) -> Any:
    kind = shape.type_name
    if kind == "structure":
        if getattr(shape, "is_document_type", False):
            return value
        return {
            member.serialization.get("name", name): _plain(member, value[name], for_cbor)
            for name, member in shape.members.items()
            if value.get(name) is not None and member.serialization.get("location") is None
        }
    if kind == "list":
        return [_plain(shape.member, item, for_cbor) for item in value]
    if kind == "map":
        return {key: _plain(shape.value, item, for_cbor) for key, item in value.items()}
    if kind == "blob" and not for_cbor:
        return base64.b64encode(value).decode()
    if kind == "timestamp" and not for_cbor:
        return _json_timestamp(shape, value)
    if kind in ("float", "double"):
        return float(value)
    return value


def _json_timestamp(shape: Any, value: datetime.datetime) -> Any:
    if shape.serialization.get("timestampFormat") == "iso8601":
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return round(value.timestamp(), 3)


def _xml(name: str, shape: Any, value: Any) -> str:
    kind = shape.type_name
    if kind == "structure":
        inner = "".join(
            _xml(member.serialization.get("name", key), member, value[key])
            for key, member in shape.members.items()
            if value.get(key) is not None
        )
        return f"<{name}>{inner}</{name}>"
    if kind == "list":
        return f"<{name}>{''.join(_xml('member', shape.member, item) for item in value)}</{name}>"
    if kind == "map":
        entries = "".join(
            f"<entry><key>{escape(key)}</key>{_xml('value', shape.value, item)}</entry>" for key, item in value.items()
        )
        return f"<{name}>{entries}</{name}>"
    if kind == "timestamp":
        value = value.strftime("%Y-%m-%dT%H:%M:%SZ")
    elif kind == "boolean":
        value = "true" if value else "false"
    return f"<{name}>{escape(str(value))}</{name}>"


def _request_headers(content_type: str) -> tuple[str, dict[str, str]]:
    request_id = str(uuid.uuid4())
    return request_id, {"content-type": content_type, "x-amzn-requestid": request_id}


def answer(call: Call, result: dict[str, Any]) -> Response:
    """A successful answer in the call's protocol."""
    shape = call.operation.output_shape
    if call.protocol == "cbor":
        _, headers = _request_headers("application/cbor")
        headers["smithy-protocol"] = "rpc-v2-cbor"
        body = cbor2.dumps(_plain(shape, result, True), datetime_as_timestamp=True) if shape else b""
        return Response(200, headers, body)
    if call.protocol == "query":
        request_id, headers = _request_headers("text/xml")
        namespace = call.operation.service_model.metadata.get("xmlNamespace", "")
        inner = _xml(f"{call.name}Result", shape, result) if shape else ""
        text = (
            f'<{call.name}Response xmlns="{namespace}">{inner}'
            f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{call.name}Response>"
        )
        return Response(200, headers, text.encode())
    content_type = "application/x-amz-json-1.1" if call.protocol == "json" else "application/json"
    _, headers = _request_headers(content_type)
    return Response(200, headers, json.dumps(_plain(shape, result, False) if shape else {}).encode())


def _message_member(call: Call, code: str) -> str:
    """How the error's shape spells its message: Message in Synthetics, message in most others."""
    for shape in call.operation.error_shapes:
        if shape.metadata.get("error", {}).get("code", shape.name) == code or shape.name == code:
            return next((name for name in shape.members if name.lower() == "message"), "message")
    return "Message" if call.service in ("synthetics", "lambda", "budgets") else "message"


def refuse(call: Call, refusal: Refusal) -> Response:
    """An error answer in the call's protocol."""
    member = _message_member(call, refusal.code)
    if call.protocol in ("query", "rest-xml"):
        return _refuse_xml(call, refusal)
    if call.protocol == "cbor":
        return _refuse_cbor(call, refusal)
    content_type = "application/x-amz-json-1.1" if call.protocol == "json" else "application/json"
    _, headers = _request_headers(content_type)
    headers["x-amzn-errortype"] = refusal.code
    if "awsQueryCompatible" in call.operation.service_model.metadata:
        headers["x-amzn-query-error"] = f"{_QUERY_CODES.get(refusal.code, refusal.code)};{'Sender' if refusal.status < 500 else 'Receiver'}"
    body = {member: refusal.message, **refusal.members}
    if call.protocol == "json":
        body["__type"] = refusal.code
    elif call.service == "lambda":
        body["Type"] = "User"
    return Response(refusal.status, headers, json.dumps(body).encode())


def _refuse_xml(call: Call, refusal: Refusal) -> Response:
    request_id, headers = _request_headers("application/xml" if call.protocol == "rest-xml" else "text/xml")
    error = f"<Code>{escape(refusal.code)}</Code><Message>{escape(refusal.message)}</Message>"
    if call.protocol == "rest-xml":
        text = f"<Error>{error}<RequestId>{request_id}</RequestId></Error>"
    else:
        kind = "Sender" if refusal.status < 500 else "Receiver"
        text = f"<ErrorResponse><Error><Type>{kind}</Type>{error}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    body = b"" if call.request.method == "HEAD" else text.encode()
    return Response(refusal.status, headers, body)


def _refuse_cbor(call: Call, refusal: Refusal) -> Response:
    """rpc-v2-cbor names an error by its shape; a query-compatible service adds the old code in a header."""
    _, headers = _request_headers("application/cbor")
    headers["smithy-protocol"] = "rpc-v2-cbor"
    shape_name = refusal.code
    for shape in call.operation.service_model.error_shapes:
        if shape.metadata.get("error", {}).get("code") == refusal.code:
            shape_name = shape.name
    kind = "Sender" if refusal.status < 500 else "Receiver"
    headers["x-amzn-query-error"] = f"{refusal.code};{kind}"
    namespace = f"com.amazonaws.{call.service}"
    body = {"__type": f"{namespace}#{shape_name}", "message": refusal.message, **refusal.members}
    return Response(refusal.status, headers, cbor2.dumps(body))


def refuse_unrecognised(status: int, code: str, message: str) -> Response:
    """An error for a request of which not even the service is known."""
    _, headers = _request_headers("application/json")
    headers["x-amzn-errortype"] = code
    return Response(status, headers, json.dumps({"__type": code, "message": message}).encode())
