"""The grammar of a multi-checks blueprint (`blueprint-config.json`).

Source: the JSON schema that the CloudWatch user guide ("Creating multi checks blueprint canary") tells to
follow (github.com/aws-samples/synthetics-canary-local-debugging-sample, nodejs-canary/schema.json), and the
guide's page "Writing a JSON configuration for Node.js multi Checks blueprint". The schema forbids unknown
properties at every level. Where the two differ the schema wins: timeouts start at 1,000 ms (one edition of
the guide says 5,000), and what only the guide mentions (`userAgent`, `tokenCacheTtl`, `connectionTimeout`,
`readTimeout`) is refused.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Callable

FILE_NAME = "blueprint-config.json"
_VARIABLE = re.compile(r"\$\{[^}]+\}")
_NAME = r"[a-zA-Z][a-zA-Z0-9_]*"
_Check = Callable[[Any], "str | None"]


@dataclass(frozen=True)
class _Shape:
    required: dict[str, _Check]
    optional: dict[str, _Check] = field(default_factory=dict)


def _has_variable(value: Any) -> bool:
    return isinstance(value, str) and _VARIABLE.search(value) is not None


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) else "must be a string"


def _flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be a boolean"


def _url(value: Any) -> str | None:
    if isinstance(value, str) and (_has_variable(value) or re.fullmatch(r"https?://[^\s/]+.*", value)):
        return None
    return "must be an http or https URL"


def _host(value: Any) -> str | None:
    good = isinstance(value, str) and len(value) <= 253 and re.fullmatch(
        r"[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9]|\$\{[a-zA-Z_][a-zA-Z0-9_]*\}", value)
    return None if good else "must be a host name or one variable"


def _whole(least: int, most: int | None = None) -> _Check:
    def check(value: Any) -> str | None:
        if not isinstance(value, int) or isinstance(value, bool) or value < least or (most is not None and value > most):
            return f"must be a whole number from {least}" + (f" to {most}" if most is not None else "")
        return None

    return check


def _number(value: Any) -> str | None:
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0
    return None if good else "must be a number from 0"


def _one_of(*allowed: str) -> _Check:
    # Variables are not substituted in members with fixed values.
    return lambda value: None if value in allowed else f"must be one of {', '.join(allowed)}"


def _text_map(value: Any) -> str | None:
    good = isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
    return None if good else "must be an object of strings"


def _headers(value: Any) -> str | None:
    if _text_map(value) or not all(re.fullmatch(r"[a-zA-Z][a-zA-Z0-9-_]*", name) for name in value):
        return "must be an object of strings whose names start with a letter"
    return None


def _some_of(*allowed: str) -> _Check:
    def check(value: Any) -> str | None:
        good = isinstance(value, list) and all(item in allowed for item in value)
        return None if good else f"must be a list of {', '.join(allowed)}"

    return check


def _matches(pattern: str, longest: int = 1024) -> _Check:
    def check(value: Any) -> str | None:
        good = isinstance(value, str) and len(value) <= longest and re.fullmatch(pattern, value)
        return None if good else f"must match {pattern} and have at most {longest} characters"

    return check


def _anything(_value: Any) -> str | None:
    """For members that are looked at elsewhere."""
    return None


def _text_or_flag(value: Any) -> str | None:
    return None if isinstance(value, (str, bool)) else "must be a string or a boolean"


_MILLISECONDS = _whole(1000, 300000)
_PORT = _whole(1, 65535)
_COMPARE = _one_of("EQUALS", "GREATER_THAN", "LESS_THAN")
_ENCODING = _one_of("UTF-8", "ASCII", "HEX")

_CHECKS = {
    "HTTP": _Shape(
        {"url": _url, "httpMethod": _one_of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")},
        {"timeout": _MILLISECONDS, "waitTime": _whole(0, 60), "headers": _headers, "body": _text, "authentication": _anything},
    ),
    "DNS": _Shape(
        {"domain": _host},
        {"recordType": _one_of("A", "CNAME", "MX", "TXT", "NS"), "nameserver": _host, "timeout": _MILLISECONDS,
         "port": _PORT, "protocol": _one_of("UDP", "TCP")},
    ),
    "SSL": _Shape(
        {"hostname": _host},
        {"port": _PORT, "timeout": _MILLISECONDS, "sni": _flag, "verifyHostname": _flag, "allowSelfSigned": _flag},
    ),
    "TCP": _Shape(
        {"hostname": _host, "port": _PORT},
        {"timeout": _MILLISECONDS, "sendData": _text, "expectedResponse": _text, "encoding": _ENCODING},
    ),
}
_AUTHENTICATIONS = {
    "NONE": _Shape({}),
    "BASIC": _Shape({"username": _text, "password": _text}),
    "API_KEY": _Shape({"apiKey": _text}, {"headerName": _text}),
    "OAUTH_CLIENT_CREDENTIALS": _Shape(
        {"tokenUrl": _url, "clientId": _text, "clientSecret": _text},
        {"scope": _text, "audience": _text, "resource": _text,
         "tokenApiAuth": _some_of("BASIC_AUTH_HEADER", "REQUEST_BODY")},
    ),
    "SIGV4": _Shape({"service": _text, "region": _text, "roleArn": _text}),
}
_STATUS = _whole(100, 599)
_RESPONSE_TIME = _Shape({"operator": _COMPARE, "value": _number}, {"unit": _one_of("MILLISECONDS")})
_ASSERTIONS = {
    "HTTP": {
        "STATUS_CODE": _Shape(
            {"operator": _one_of("EQUALS", "NOT_EQUALS", "GREATER_THAN", "LESS_THAN", "IN_RANGE")},
            {"value": _STATUS, "rangeMin": _STATUS, "rangeMax": _STATUS},
        ),
        "RESPONSE_TIME": _RESPONSE_TIME,
        "HEADER": _Shape(
            {"headerName": _text,
             "operator": _one_of("EQUALS", "NOT_EQUALS", "CONTAINS", "NOT_CONTAINS", "REGEX_MATCH", "EXIST")},
            {"value": _text_or_flag},
        ),
        "BODY": _Shape(
            {"operator": _one_of("CONTAINS", "NOT_CONTAINS", "EQUALS", "NOT_EQUALS", "EXISTS"), "value": _text_or_flag},
            {"target": _one_of("JSON", "TEXT"), "path": _text},
        ),
    },
    "DNS": {
        "RECORD_VALUE": _Shape(
            {"operator": _one_of("EQUALS", "NOT_EQUALS", "CONTAINS", "NOT_CONTAINS", "REGEX_MATCH"), "value": _text}),
        "RESPONSE_TIME": _RESPONSE_TIME,
        "RECORD_COUNT": _Shape({"operator": _COMPARE, "value": _whole(0)}),
        "AUTHORITATIVE": _Shape({"value": _flag}),
        "TTL": _Shape({"operator": _COMPARE, "value": _whole(0)}),
    },
    "SSL": {
        "CERTIFICATE_EXPIRY": _Shape(
            {"operator": _one_of("GREATER_THAN", "LESS_THAN"), "value": _whole(0)}, {"unit": _one_of("DAYS", "HOURS")}),
        "CERTIFICATE_SUBJECT": _Shape(
            {"field": _one_of("CN", "O", "OU", "C", "ST", "L"), "operator": _one_of("CONTAINS", "EQUALS", "REGEX_MATCH"),
             "value": _text}, {"regex": _text}),
        "CERTIFICATE_ISSUER": _Shape(
            {"field": _one_of("CN", "O"), "operator": _one_of("CONTAINS", "EQUALS"), "value": _text}),
        "CERTIFICATE_VALID": _Shape({"value": _flag}),
        "CIPHER_SUITE": _Shape({"operator": _one_of("CONTAINS", "NOT_CONTAINS"), "value": _text}),
        "CERTIFICATE_TRANSPARENCY": _Shape({"value": _flag}),
    },
    "TCP": {
        "CONNECTION_SUCCESSFUL": _Shape({"value": _flag}),
        "RESPONSE_TIME": _RESPONSE_TIME,
        "RESPONSE_SIZE": _Shape({"operator": _COMPARE, "value": _number}, {"unit": _one_of("BYTES")}),
        "RESPONSE_DATA": _Shape(
            {"operator": _one_of("CONTAINS", "EQUALS", "NOT_CONTAINS", "REGEX_MATCH", "STARTS_WITH", "ENDS_WITH"),
             "value": _text},
            {"encoding": _ENCODING},
        ),
    },
}
_EXTRACTOR = _Shape(
    {"name": _matches(_NAME), "type": _one_of("BODY")}, {"path": _text, "regex": _text, "regexGroup": _whole(0)})


class _Walk:
    def __init__(self) -> None:
        self.problems: list[str] = []

    def members(self, value: Any, shape: _Shape, where: str, beside: tuple[str, ...] = ()) -> bool:
        if not isinstance(value, dict):
            self.problems.append(f"{where} must be an object")
            return False
        for name in shape.required:
            if name not in value:
                self.problems.append(f"{where} has no {name}")
        for name, item in value.items():
            check = shape.required.get(name) or shape.optional.get(name)
            if check is None:
                if name not in beside:
                    self.problems.append(f"{where} has the unknown property {name!r}")
                continue
            problem = check(item)
            if problem:
                self.problems.append(f"{where}.{name} {problem}")
        return True

    def root(self, value: Any) -> None:
        if not self.members(value, _Shape({"steps": _anything}, {"globalSettings": _anything, "variables": _anything}), "the file"):
            return
        if "globalSettings" in value:
            self.members(value["globalSettings"], _Shape({}, {"stepTimeout": _MILLISECONDS}), "globalSettings")
        self.variables(value.get("variables", {}))
        steps = value.get("steps", {})
        if not isinstance(steps, dict) or not 1 <= len(steps) <= 10:
            self.problems.append("steps must be an object of 1 to 10 steps")
            return
        for number, step in steps.items():
            self.step(number, step)
        names = [step.get("stepName") for step in steps.values() if isinstance(step, dict)]
        if len(set(map(str, names))) != len(names):
            self.problems.append("every stepName must be unique")

    def variables(self, value: Any) -> None:
        if _text_map(value) or len(value) > 10:
            self.problems.append("variables must be an object of at most 10 strings")
            return
        for name in value:
            if not re.fullmatch(_NAME, name):
                self.problems.append(f"variables.{name} must match {_NAME}")

    def step(self, number: str, step: Any) -> None:
        where = f"steps.{number}"
        if not re.fullmatch(r"[1-9]|10", number):
            self.problems.append(f"{where}: step numbers are \"1\" to \"10\"")
        kind = step.get("checkerType") if isinstance(step, dict) else None
        if not isinstance(kind, str) or kind not in _CHECKS:
            self.problems.append(f"{where}.checkerType must be one of {', '.join(_CHECKS)}")
            return
        shape = _CHECKS[kind]
        common = {"stepName": _matches(r"[a-zA-Z][a-zA-Z0-9_-]*", 64), "checkerType": _anything}
        self.members(step, _Shape({**common, **shape.required}, shape.optional), where, ("assertions", "extractors"))
        if "authentication" in step:
            self.tagged(step["authentication"], _AUTHENTICATIONS, f"{where}.authentication")
        for index, assertion in enumerate(self.listed(step, "assertions", where)):
            self.assertion(assertion, kind, f"{where}.assertions[{index}]")
        for index, extractor in enumerate(self.listed(step, "extractors", where)):
            self.members(extractor, _EXTRACTOR, f"{where}.extractors[{index}]")

    def listed(self, step: dict[str, Any], name: str, where: str) -> list[Any]:
        value = step.get(name, [])
        if isinstance(value, list):
            return value
        self.problems.append(f"{where}.{name} must be a list")
        return []

    def tagged(self, value: Any, shapes: dict[str, _Shape], where: str) -> str | None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in shapes:
            self.problems.append(f"{where}.type must be one of {', '.join(shapes)}")
            return None
        self.members(value, shapes[kind], where, ("type", "description") if shapes is not _AUTHENTICATIONS else ("type",))
        if not isinstance(value.get("description", ""), str):
            self.problems.append(f"{where}.description must be a string")
        return kind

    def assertion(self, value: Any, checker: str, where: str) -> None:
        kind = self.tagged(value, _ASSERTIONS[checker], where)
        if kind is None:
            return
        operator = value.get("operator")
        if kind == "STATUS_CODE":
            needed = ("rangeMin", "rangeMax") if operator == "IN_RANGE" else ("value",)
            self.problems.extend(f"{where} has no {name}" for name in needed if name not in value)
        elif kind == "HEADER" and "value" not in value:
            self.problems.append(f"{where} has no value")
        elif kind == "BODY" and value.get("target", "JSON") == "JSON" and "path" not in value:
            self.problems.append(f"{where} has no path")
        if kind in ("HEADER", "BODY") and "value" in value:
            wanted, shown = (bool, "boolean") if operator in ("EXIST", "EXISTS") else (str, "string")
            if not isinstance(value["value"], wanted):
                self.problems.append(f"{where}.value must be a {shown}")


def problems(text: bytes) -> list[str]:
    """Everything that is wrong with a `blueprint-config.json`; empty when it is fine."""
    try:
        value = json.loads(text)
    except ValueError as error:
        return [f"the file is not JSON: {error}"]
    walk = _Walk()
    walk.root(value)
    return walk.problems
