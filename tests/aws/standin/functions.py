"""Lambda functions: a role that was just made can't be assumed at first.

The refusal is synchronous here, unlike in Synthetics (hashicorp/terraform-provider-aws and aws-syndicate quote it).
"""

from __future__ import annotations

from typing import Callable

from .exchange import Call, Refusal, Response
from .identity import read_role, trusts
from .synthetics.store import Store
from .underlay import Underlay


class Functions:
    """The intercepted operations."""

    def __init__(self, underlay: Underlay, canaries: Store) -> None:
        self._underlay = underlay
        self._canaries = canaries

    def intercepts(self) -> dict[tuple[str, str], Callable[[Call], Response]]:
        """Service and operation to what answers it."""
        return {("lambda", "CreateFunction"): self.checked, ("lambda", "UpdateFunctionConfiguration"): self.checked}

    def checked(self, call: Call) -> Response:
        """CreateFunction and UpdateFunctionConfiguration."""
        arn = call.params.get("Role")
        if arn is not None:
            if arn.split(":")[4] != call.account:
                raise Refusal("AccessDeniedException", "Cross-account pass role is not allowed.", 403)
            role = read_role(self._underlay, arn)
            trusted = role is not None and trusts(role["TrustPolicy"], {"lambda.amazonaws.com"}, {}, kind="Service")
            if role is None or not trusted or not self._canaries.use_role(call.account, role["RoleId"]):
                raise Refusal("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda.")
        return self._underlay.forward(call.request)
