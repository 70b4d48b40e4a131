"""Who calls, and who may become whom (AssumeRole).

The rules of trust policies are those of the IAM user guide, "Cross-account policy evaluation logic" and
"How to use external ID when granting access to your AWS resources". What the caller's own policies allow is
looked at in `authorization.py`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import threading
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

from ministack.core.iam_evaluator import fnmatch_iam_cs

from .exchange import Call, Caller, Refusal, Request, Response
from .underlay import Underlay, UnderlayError

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request")
_ACCOUNT = re.compile(r"\d{12}")
_FUNCTION_KEY = re.compile(r"ASIAFUNCTION([A-Z2-7]+)")
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):role/(?:.*/)?([^/]+)$")


class Identities:
    """The sessions that AssumeRole handed out."""

    def __init__(self) -> None:
        self._sessions: dict[str, Caller] = {}
        self._lock = threading.Lock()

    def scope(self, request: Request) -> tuple[str, str, str] | None:
        """Access key, region and signing name of a signed request."""
        text = request.headers.get("authorization", "")
        match = _CREDENTIAL.search(text)
        if match is None and "X-Amz-Credential" in request.query:
            match = _CREDENTIAL.search(f"Credential={request.query_pairs().get('X-Amz-Credential', '')}")
        return (match.group(1), match.group(3), match.group(4)) if match else None

    def caller(self, access_key: str) -> Caller | None:
        """The principal behind an access key. A key of 12 digits is the root of that account."""
        if _ACCOUNT.fullmatch(access_key):
            return Caller(access_key, f"arn:aws:iam::{access_key}:root")
        if _FUNCTION_KEY.fullmatch(access_key):
            return _function_caller(access_key)
        with self._lock:
            return self._sessions.get(access_key)

    def learn(self, role_arn: str, response: Response) -> None:
        """Remembers the key that a successful AssumeRole answer carries."""
        if response.status != 200:
            return
        found = {element.tag.rpartition("}")[2]: element.text or "" for element in ElementTree.fromstring(response.body).iter()}
        account = role_arn.split(":")[4]
        with self._lock:
            self._sessions[found["AccessKeyId"]] = Caller(account, found["Arn"], role_arn)

    def forget(self, account: str | None = None) -> None:
        """Drops the sessions of one account, or all."""
        with self._lock:
            self._sessions = {key: caller for key, caller in self._sessions.items() if account not in (None, caller.account)}


def _function_caller(access_key: str) -> Caller | None:
    """The role of the function that was started with this key (`child.py` writes it into the key)."""
    match = _FUNCTION_KEY.fullmatch(access_key)
    text = match.group(1) if match else ""
    try:
        role_arn, _, function_arn = base64.b32decode(text + "=" * (-len(text) % 8)).decode().partition(" ")
        account, name = role_arn.split(":")[4], function_arn.split(":")[6]
    except (binascii.Error, UnicodeDecodeError, IndexError):
        return None
    arn = f"arn:aws:sts::{account}:assumed-role/{role_arn.rpartition('/')[2]}/{name}"
    return Caller(account, arn, role_arn, function_arn, access_key)


def as_account(request: Request, access_key: str, account: str) -> None:
    """Lets ministack see the account behind a function's key, which it doesn't know."""
    header = request.headers.get("authorization", "")
    request.headers["authorization"] = header.replace(f"Credential={access_key}/", f"Credential={account}/", 1)
    request.headers.pop("x-amz-security-token", None)


def read_role(underlay: Underlay, role_arn: str) -> dict[str, Any] | None:
    """The IAM role behind an ARN, with its trust policy parsed; None when it doesn't exist."""
    match = _ROLE_ARN.match(role_arn)
    if match is None:
        return None
    try:
        role = underlay.call("iam", "GetRole", match.group(1), "us-east-1", RoleName=match.group(2))["Role"]
    except UnderlayError:
        return None
    if role["Arn"] != role_arn:
        return None
    document = role["AssumeRolePolicyDocument"]
    role["TrustPolicy"] = json.loads(unquote(document)) if isinstance(document, str) else document
    return role


def check_assume_role(call: Call, underlay: Underlay) -> None:
    """Refuses AssumeRole as AWS does: an absent role and a forbidden one look alike."""
    role_arn = call.params["RoleArn"]
    role = read_role(underlay, role_arn)
    facts = {"sts:externalid": call.params.get("ExternalId"), "aws:principalarn": call.caller.role_arn or call.caller.arn,
             "aws:principalaccount": call.account, "sts:rolesessionname": call.params.get("RoleSessionName")}
    if role is None or not trusts(role["TrustPolicy"], _principal_names(call.caller), facts):
        text = f"User: {call.caller.arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
        raise Refusal("AccessDenied", text, 403)
    if call.params.get("DurationSeconds", 0) > role.get("MaxSessionDuration", 3600):
        # API of STS, AssumeRole.DurationSeconds.
        raise Refusal("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")


def _principal_names(caller: Caller) -> set[str]:
    names = {"*", caller.account, f"arn:aws:iam::{caller.account}:root", caller.arn}
    return names | {caller.role_arn} if caller.role_arn else names


def trusts(policy: dict[str, Any], principals: set[str], facts: dict[str, str | None], kind: str = "AWS") -> bool:
    """Whether a trust policy lets one of the principals assume the role. A Deny that matches wins."""
    allowed = False
    for statement in _as_list(policy.get("Statement", [])):
        if not any(action in ("sts:AssumeRole", "sts:*", "*") for action in _as_list(statement.get("Action", []))):
            continue
        named = statement.get("Principal", {})
        named = {"AWS": named} if isinstance(named, str) else named
        if not principals & set(_as_list(named.get(kind, []))):
            continue
        conditions = statement.get("Condition", {})
        if not all(_condition_holds(operator, keys, facts) for operator, keys in conditions.items()):
            continue
        if statement.get("Effect") == "Deny":
            return False
        allowed = True
    return allowed


def _condition_holds(operator: str, keys: dict[str, Any], facts: dict[str, str | None]) -> bool:
    for key, expected in keys.items():
        value = facts.get(key.lower())
        wanted = [str(item) for item in _as_list(expected)]
        if operator == "StringEquals":
            holds = value in wanted
        elif operator == "StringLike":
            holds = value is not None and any(fnmatch_iam_cs(value, item) for item in wanted)
        elif operator in ("ArnEquals", "ArnLike"):
            holds = value is not None and any(_arn_like(value, item) for item in wanted)
        elif operator in ("StringNotEquals",):
            holds = value not in wanted
        else:
            holds = False  # An operator that isn't known here must not open a door.
        if not holds:
            return False
    return True


def _arn_like(arn: str, pattern: str) -> bool:
    """UG of IAM, "IAM JSON policy elements: Condition operators": each of the six parts is compared on its own, and ArnEquals does as ArnLike."""
    parts, patterns = arn.split(":", 5), pattern.split(":", 5)
    return len(parts) == len(patterns) == 6 and all(map(fnmatch_iam_cs, parts, patterns))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
