"""IAM roles: boundaries and trusted roles that must exist, and how much policy a role carries.

Sources: API of IAM, CreateRole and PutRolePolicy; user guide, "IAM and AWS STS quotas" (white space doesn't count); re:Post, "How do I
resolve the error 'Failed to update trust policy. Invalid principal in policy'" (a principal must exist, and holds no wildcard).
"""

from __future__ import annotations

import re
from typing import Any, Callable

from .exchange import Call, Refusal, Response
from .identity import read_role
from .policies import managed_policy, parsed
from .underlay import Underlay, UnderlayError

_INLINE_CHARACTERS = 10240
_TRUST_CHARACTERS = 2048


def _size(document: str) -> int:
    return len(re.sub(r"\s", "", document))


class Roles:
    """The intercepted operations."""

    def __init__(self, underlay: Underlay) -> None:
        self._underlay = underlay

    def intercepts(self) -> dict[tuple[str, str], Callable[[Call], Response]]:
        """Service and operation to what answers it."""
        table = {"CreateRole": self.bounded, "PutRolePermissionsBoundary": self.bounded, "PutRolePolicy": self.put_policy,
                 "UpdateAssumeRolePolicy": self.trusted}
        return {("iam", name): handler for name, handler in table.items()}

    def bounded(self, call: Call) -> Response:
        """CreateRole and PutRolePermissionsBoundary."""
        arn = call.params.get("PermissionsBoundary")
        if arn is not None and managed_policy(self._underlay, call.account, arn) is None:
            raise Refusal("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.", 404)
        self._check_trust(call.params.get("AssumeRolePolicyDocument", ""))
        return self._underlay.forward(call.request)

    def trusted(self, call: Call) -> Response:
        """UpdateAssumeRolePolicy."""
        self._check_trust(call.params["PolicyDocument"])
        return self._underlay.forward(call.request)

    def put_policy(self, call: Call) -> Response:
        """PutRolePolicy: all inline policies of a role together have a limit."""
        name, total = call.params["RoleName"], _size(call.params["PolicyDocument"])
        try:
            for policy in self._underlay.call("iam", "ListRolePolicies", call.account, "us-east-1", RoleName=name)["PolicyNames"]:
                if policy != call.params["PolicyName"]:
                    read = self._underlay.call("iam", "GetRolePolicy", call.account, "us-east-1", RoleName=name, PolicyName=policy)
                    total += _size(str(read["PolicyDocument"]))
        except UnderlayError:
            total = 0  # There is no such role; ministack says so.
        if total > _INLINE_CHARACTERS:
            raise Refusal("LimitExceeded", f"Maximum policy size of {_INLINE_CHARACTERS} bytes exceeded for role {name}", 409)
        return self._underlay.forward(call.request)

    def _check_trust(self, document: str) -> None:
        if _size(document) > _TRUST_CHARACTERS:
            raise Refusal("LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {_TRUST_CHARACTERS}", 409)
        for principal in _trusted(parsed(document) or {}):
            if ":role/" in principal and read_role(self._underlay, principal) is None:
                raise Refusal("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{principal}"')


def _trusted(document: dict[str, Any]) -> list[str]:
    """The accounts, roles and users that the statements of a trust policy name."""
    statements = document.get("Statement", [])
    named = [item.get("Principal") for item in (statements if isinstance(statements, list) else [statements])]
    listed = [principal.get("AWS", []) for principal in named if isinstance(principal, dict)]
    return [str(name) for names in listed for name in (names if isinstance(names, list) else [names])]
