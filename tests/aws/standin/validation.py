"""Parameters against the constraints of the service model: required, type, length, range, pattern, enum, unknown."""

from __future__ import annotations

import datetime
from functools import lru_cache
from typing import Any

import regex

from .exchange import Call, Refusal
from .services import SERVICES

_TYPES: dict[str, Any] = {
    "string": (str,),
    "character": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "blob": (bytes, bytearray),
    "timestamp": (datetime.datetime, str),
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
}


@lru_cache(maxsize=4096)
def _pattern(text: str) -> Any:
    """A model pattern, or None for one that even `regex` can't compile (then it isn't checked)."""
    try:
        return regex.compile(text)
    except regex.error:
        return None


def _camel(path: list[str]) -> str:
    """AWS names members in these messages with a small first letter: 'runConfig.timeoutInSeconds'."""
    return ".".join(part[:1].lower() + part[1:] for part in path)


class _Checker:
    def __init__(self) -> None:
        self.problems: list[str] = []
        self.unknown: list[str] = []
        self.wrong_types: list[str] = []

    def constraint(self, value: Any, path: list[str], text: str) -> None:
        shown = "null" if value is None else f"'{_shown(value)}'"
        self.problems.append(f"Value {shown} at '{_camel(path)}' failed to satisfy constraint: {text}")

    def check(self, shape: Any, value: Any, path: list[str]) -> None:
        kind = shape.type_name
        if getattr(shape, "is_document_type", False):
            return
        if not isinstance(value, _TYPES.get(kind, object)) or (
            isinstance(value, bool) and kind in ("integer", "long", "float", "double")
        ):
            self.wrong_types.append(f"'{_camel(path)}' must be of type {kind}")
            return
        if kind == "structure":
            self.structure(shape, value, path)
        elif kind == "list":
            self.size(shape, value, path, len(value))
            for index, item in enumerate(value, start=1):
                self.check(shape.member, item, [*path, str(index), "member"])
        elif kind == "map":
            self.size(shape, value, path, len(value))
            for key, item in value.items():
                self.check(shape.key, key, [*path, "key"])
                self.check(shape.value, item, [*path, key, "value"])
        elif kind == "string":
            self.string(shape, value, path)
        elif kind == "blob":
            self.size(shape, value, path, len(value))
        elif kind in ("integer", "long", "float", "double"):
            self.number(shape, value, path)

    def structure(self, shape: Any, value: dict[str, Any], path: list[str]) -> None:
        for name in shape.required_members:
            if value.get(name) is None:
                self.constraint(None, [*path, name], "Member must not be null")
        for name, item in value.items():
            if name not in shape.members:
                self.unknown.append(".".join([*path, name]))
            elif item is not None:
                self.check(shape.members[name], item, [*path, name])

    def size(self, shape: Any, value: Any, path: list[str], length: int) -> None:
        least, most = shape.metadata.get("min"), shape.metadata.get("max")
        if least is not None and length < least:
            self.constraint(value, path, f"Member must have length greater than or equal to {least}")
        if most is not None and length > most:
            self.constraint(value, path, f"Member must have length less than or equal to {most}")

    def string(self, shape: Any, value: str, path: list[str]) -> None:
        self.size(shape, value, path, len(value))
        pattern = shape.metadata.get("pattern")
        compiled = _pattern(pattern) if pattern else None
        # AWS matches the whole value, also where the pattern carries no anchors.
        if compiled is not None and not compiled.fullmatch(value):
            self.constraint(value, path, f"Member must satisfy regular expression pattern: {pattern}")
        if shape.enum and value not in shape.enum:
            self.constraint(value, path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")

    def number(self, shape: Any, value: float, path: list[str]) -> None:
        least, most = shape.metadata.get("min"), shape.metadata.get("max")
        if least is not None and value < least:
            self.constraint(value, path, f"Member must have value greater than or equal to {least}")
        if most is not None and value > most:
            self.constraint(value, path, f"Member must have value less than or equal to {most}")


def _shown(value: Any) -> str:
    if isinstance(value, (bytes, bytearray)):
        return f"{len(value)} bytes"
    text = str(value)
    return text if len(text) <= 200 else f"{text[:200]}..."


def validate(call: Call) -> None:
    """Refuses a call whose parameters break the service model, in the service's own words and error code."""
    shape = call.operation.input_shape
    if shape is None:
        return
    checker = _Checker()
    checker.structure(shape, call.params, [])
    if checker.unknown:
        # Real services ignore most unknown members; here they are a mistake of the caller, or a newer SDK.
        raise Refusal("SerializationException", f"{call.name} has no member {', '.join(sorted(checker.unknown))}.")
    if checker.wrong_types:
        raise Refusal("SerializationException", f"{call.name}: {'; '.join(checker.wrong_types)}.")
    if checker.problems:
        noun = "error" if len(checker.problems) == 1 else "errors"
        text = f"{len(checker.problems)} validation {noun} detected: {'; '.join(checker.problems)}"
        raise Refusal(_code(call), text)


def _code(call: Call) -> str:
    if call.service == "synthetics" and "Tag" in call.name:
        return "BadRequestException"
    return SERVICES[call.service].invalid
