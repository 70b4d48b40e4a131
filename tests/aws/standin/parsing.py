"""Requests into parameters, by protocol and by the shapes of the service model."""

from __future__ import annotations

import base64
import binascii
import datetime
import json
import re
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import cbor2

from .exchange import Call, Refusal
from .services import path_values


class _Unreadable(Refusal):
    def __init__(self, message: str) -> None:
        super().__init__("SerializationException", message)


def parse(call: Call) -> dict[str, Any]:
    """The operation's input as Python values, named as in the model; unknown members keep their names."""
    shape = call.operation.input_shape
    if shape is None:
        return {}
    if call.protocol == "json":
        return _structure_from_json(shape, _load_json(call.request.body))
    if call.protocol == "cbor":
        return _structure_from_json(shape, _load_cbor(call.request.body), from_cbor=True)
    if call.protocol == "query":
        return _parse_query(call, shape)
    return _parse_rest(call, shape)


def _load_json(body: bytes) -> Any:
    if not body.strip():
        return {}
    try:
        return json.loads(body)
    except ValueError as error:
        raise _Unreadable(f"The request body is not JSON: {error}.") from None


def _load_cbor(body: bytes) -> Any:
    if not body:
        return {}
    try:
        return cbor2.loads(body)
    except (cbor2.CBORDecodeError, ValueError, EOFError) as error:
        raise _Unreadable(f"The request body is not CBOR: {error}.") from None


def _timestamp(value: Any) -> datetime.datetime:
    if isinstance(value, datetime.datetime):
        return value
    try:
        if isinstance(value, (int, float)) or re.fullmatch(r"-?\d+(\.\d+)?", str(value)):
            return datetime.datetime.fromtimestamp(float(value), datetime.timezone.utc)
        return datetime.datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except (ValueError, OverflowError, OSError):
        raise _Unreadable(f"{value!r} is not a timestamp.") from None


def _from_json(shape: Any, value: Any, from_cbor: bool) -> Any:
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        if getattr(shape, "is_document_type", False):
            return value
        return _structure_from_json(shape, value, from_cbor)
    if kind == "list" and isinstance(value, list):
        return [_from_json(shape.member, item, from_cbor) for item in value if item is not None]
    if kind == "map" and isinstance(value, dict):
        return {key: _from_json(shape.value, item, from_cbor) for key, item in value.items() if item is not None}
    if kind == "blob" and not from_cbor and isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise _Unreadable("A binary member is not base64.") from None
    if kind == "timestamp":
        return _timestamp(value)
    return value


def _structure_from_json(shape: Any, value: Any, from_cbor: bool = False) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Unreadable(f"{shape.name} must be an object.")
    wire_names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
    result = {}
    for wire_name, item in value.items():
        if item is None:
            continue
        name = wire_names.get(wire_name)
        result[name or wire_name] = _from_json(shape.members[name], item, from_cbor) if name else item
    return result


def _scalar(shape: Any, text: str) -> Any:
    kind = shape.type_name
    try:
        if kind in ("integer", "long"):
            return int(text)
        if kind in ("float", "double"):
            return float(text)
    except ValueError:
        raise _Unreadable(f"{text!r} is not a number.") from None
    if kind == "boolean":
        if text not in ("true", "false"):
            raise _Unreadable(f"{text!r} is not a boolean.")
        return text == "true"
    if kind == "blob":
        return base64.b64decode(text)
    if kind == "timestamp":
        return _timestamp(text)
    return text


def _parse_query(call: Call, shape: Any) -> dict[str, Any]:
    text = call.request.body.decode("utf-8", "replace") or call.request.query
    flat = {key: value for key, value in parse_qsl(text, keep_blank_values=True) if key not in ("Action", "Version")}
    used: set[str] = set()
    result = _query_structure(shape, "", flat, used)
    for key in flat.keys() - used:
        if not any(key == seen or key.startswith(f"{seen}.") for seen in used):
            result[key] = flat[key]
    return result


def _query_structure(shape: Any, prefix: str, flat: dict[str, str], used: set[str]) -> dict[str, Any]:
    result = {}
    for name, member in shape.members.items():
        key = f"{prefix}{member.serialization.get('name', name)}"
        value = _query_value(member, key, flat, used)
        if value is not None:
            result[name] = value
    return result


def _query_value(shape: Any, key: str, flat: dict[str, str], used: set[str]) -> Any:
    if shape.type_name in ("structure", "list", "map"):
        if key in flat and flat[key] == "":
            used.add(key)
            return [] if shape.type_name == "list" else {}
        if not any(name.startswith(f"{key}.") for name in flat):
            return None
        used.add(key)
        if shape.type_name == "structure":
            return _query_structure(shape, f"{key}.", flat, used)
        return _query_list(shape, key, flat, used) if shape.type_name == "list" else _query_map(shape, key, flat, used)
    if key not in flat:
        return None
    used.add(key)
    return _scalar(shape, flat[key])


def _indexes(prefix: str, flat: dict[str, str]) -> list[int]:
    found = {name[len(prefix) + 1:].split(".")[0] for name in flat if name.startswith(f"{prefix}.")}
    return sorted(int(index) for index in found if index.isdigit())


def _query_list(shape: Any, key: str, flat: dict[str, str], used: set[str]) -> list[Any]:
    prefix = key if shape.serialization.get("flattened") else f"{key}.{shape.member.serialization.get('name', 'member')}"
    return [_query_value(shape.member, f"{prefix}.{index}", flat, used) for index in _indexes(prefix, flat)]


def _query_map(shape: Any, key: str, flat: dict[str, str], used: set[str]) -> dict[str, Any]:
    prefix = key if shape.serialization.get("flattened") else f"{key}.entry"
    key_name = shape.key.serialization.get("name", "key")
    value_name = shape.value.serialization.get("name", "value")
    result = {}
    for index in _indexes(prefix, flat):
        entry_key = flat.get(f"{prefix}.{index}.{key_name}", "")
        result[entry_key] = _query_value(shape.value, f"{prefix}.{index}.{value_name}", flat, used)
    return result


def _parse_rest(call: Call, shape: Any) -> dict[str, Any]:
    labels = path_values(call.operation, call.request.path)
    pairs = call.request.query_pairs()
    result: dict[str, Any] = {}
    in_body = {}
    for name, member in shape.members.items():
        location = member.serialization.get("location")
        wire_name = member.serialization.get("name", name)
        if location is None:
            in_body[name] = member
            continue
        value = _located(call, member, location, wire_name, labels, pairs)
        if value is not None:
            result[name] = value
    payload = shape.serialization.get("payload")
    if payload:
        result.update(_payload(call, payload, shape.members[payload]))
    elif in_body and call.protocol == "rest-json":
        body = _structure_from_json(shape, _load_json(call.request.body))
        result.update({name: value for name, value in body.items() if name in in_body or name not in shape.members})
    return result


def _located(call: Call, member: Any, location: str, name: str, labels: dict[str, str], pairs: dict[str, str]) -> Any:
    if location == "headers":
        prefix = name.lower()
        found = {key[len(prefix):]: value for key, value in call.request.headers.items() if key.startswith(prefix)}
        return found or None
    if location == "uri":
        text = labels.get(name)
    elif location == "querystring":
        if member.type_name == "list":
            values = [value for key, value in parse_qsl(call.request.query, keep_blank_values=True) if key == name]
            return values or None
        text = pairs.get(name)
    else:
        text = call.request.headers.get(name.lower())
        if text is not None and member.type_name == "list":
            return [item.strip() for item in text.split(",")]
        if text is not None and member.type_name == "timestamp":
            return text
    return None if text is None else _scalar(member, text)


def _payload(call: Call, name: str, member: Any) -> dict[str, Any]:
    body = call.request.body
    if member.type_name in ("blob", "string"):
        value = body if member.type_name == "blob" else body.decode("utf-8", "replace")
        return {name: value} if body else {}
    if not body.strip():
        return {}
    if call.protocol == "rest-json":
        return {name: _from_json(member, _load_json(body), False)}
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise Refusal("MalformedXML", f"The XML you provided was not well-formed: {error}.") from None
    return {name: _from_xml(member, root)}


def _local_name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _from_xml(shape: Any, element: ElementTree.Element) -> Any:
    if shape.type_name == "structure":
        result = {}
        for name, member in shape.members.items():
            wire_name = member.serialization.get("name", name)
            if member.type_name == "list" and member.serialization.get("flattened"):
                wire_name = member.serialization.get("name") or member.member.serialization.get("name", name)
                found = [child for child in element if _local_name(child) == wire_name]
                if found:
                    result[name] = [_from_xml(member.member, child) for child in found]
                continue
            child = next((child for child in element if _local_name(child) == wire_name), None)
            if child is not None:
                result[name] = _from_xml(member, child)
        return result
    if shape.type_name == "list":
        return [_from_xml(shape.member, child) for child in element]
    return _scalar(shape, element.text or "")
