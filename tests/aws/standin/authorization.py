"""What a role may do: its policies and its boundary against every call that it makes.

IAM user guide, "Policy evaluation logic". Asked are functions, and sessions of AssumeRole whose role has a policy at all; the root of
an account may do everything. The words of the refusal are AWS's own ("Troubleshoot access denied error messages").
"""

from __future__ import annotations

import threading
from typing import Any

from .actions import Actions, passed_roles
from .athena import Athena
from .exchange import Call, Refusal
from .organizations.store import Store as Organizations
from .policies import Question, RolePolicies, resource_admits, queue_policy, role_policies, topic_policy
from .underlay import Underlay, UnderlayError

# Service to code and status; the rest answers AccessDeniedException, with 400 in the json protocol and 403 elsewhere.
_CODES = {"sns": ("AuthorizationError", 403), "sts": ("AccessDenied", 403), "iam": ("AccessDenied", 403), "s3": ("AccessDenied", 403),
          "cloudwatch": ("AccessDenied", 403), "sqs": ("AccessDenied", 403)}
_REASONS = {
    "Deny": "with an explicit deny in an identity-based policy",
    "BoundaryDeny": "because no permissions boundary allows the {action} action",
    "ImplicitDeny": "because no identity-based policy allows the {action} action",
}


class Authorization:
    """Decides, and remembers the policies of roles until an IAM call of their account changes something."""

    def __init__(self, underlay: Underlay, organizations: Organizations, athena: Athena) -> None:
        self._underlay = underlay
        self._actions = Actions(underlay, organizations, athena)
        self._known: dict[str, RolePolicies | None] = {}
        self._lock = threading.Lock()

    def forget(self, account: str | None) -> None:
        """Drops what is remembered of one account, or all."""
        with self._lock:
            self._known = {arn: policies for arn, policies in self._known.items() if account not in (None, arn.split(":")[4])}

    def policies(self, role_arn: str) -> RolePolicies | None:
        """The policies of a role; None when it is gone."""
        with self._lock:
            if role_arn in self._known:
                return self._known[role_arn]
        found = role_policies(self._underlay, role_arn)
        with self._lock:
            self._known[role_arn] = found
        return found

    def check(self, call: Call) -> None:
        """Refuses a call that the caller's role doesn't allow."""
        caller = call.caller
        if caller.role_arn is None:
            return
        policies = self.policies(caller.role_arn)
        if caller.function_arn is None and (policies is None or not policies.documents):
            return
        facts = self._facts(call)
        for action, resource in self._actions.needs(call):
            self._check_one(call, policies, action, resource, facts)
        for role_arn, service in passed_roles(call):
            self._check_one(call, policies, "iam:PassRole", role_arn, {**facts, "iam:passedtoservice": service})

    def allows(self, call: Call, action: str, resource: str) -> bool:
        """Whether the caller may also do something else than what it asks for; who isn't asked for policies may."""
        caller = call.caller
        if caller.role_arn is None:
            return True
        policies = self.policies(caller.role_arn)
        if caller.function_arn is None and (policies is None or not policies.documents):
            return True
        question = Question(action, resource, call.signed_region, caller.role_arn, call.account)
        return policies is not None and policies.decide(question) == "Allow"

    def _check_one(self, call: Call, policies: RolePolicies | None, action: str, resource: str, facts: dict[str, Any]) -> None:
        role_arn = call.caller.role_arn or ""
        question = Question(action, resource, call.signed_region, role_arn, call.account, facts)
        decision = policies.decide(question) if policies is not None else "ImplicitDeny"
        if decision == "Allow" or (decision == "ImplicitDeny" and self._own_resource_admits(call, action, resource, facts)):
            return
        code, status = _CODES.get(call.service, ("AccessDeniedException", 400 if call.protocol == "json" else 403))
        shown = action.replace("sns:", "SNS:") if call.service == "sns" else action.lower() if call.service == "sqs" else action
        reason = _REASONS[decision].format(action=shown)
        raise Refusal(code, f"User: {call.caller.arn} is not authorized to perform: {shown} on resource: {resource} {reason}", status)

    def _own_resource_admits(self, call: Call, action: str, resource: str, facts: dict[str, Any]) -> bool:
        """In its own account, a topic's or queue's policy alone is enough, when it names more than the account."""
        if call.service not in ("sns", "sqs") or resource.count(":") != 5 or resource.split(":")[4] != call.account:
            return False
        policy = topic_policy(self._underlay, resource) if call.service == "sns" else queue_policy(self._underlay, resource)
        if policy is None:
            return False
        statements = policy.get("Statement", [])
        named = [item for item in (statements if isinstance(statements, list) else [statements]) if not _names_account(item.get("Principal"))]
        question = Question(action, resource, call.region, call.caller.arn, call.account, {**facts, "aws:sourceowner": call.account})
        return resource_admits({"Statement": named}, question) == "Allow"

    def _facts(self, call: Call) -> dict[str, Any]:
        params = call.params
        tags = params.get("Tags", params.get("tags", params.get("ResourceTags", {})))
        pairs = tags.items() if isinstance(tags, dict) else [(tag["Key"], tag.get("Value")) for tag in tags if isinstance(tag, dict) and "Key" in tag]
        facts: dict[str, Any] = {f"aws:requesttag/{key.lower()}": value for key, value in pairs}
        if facts:
            facts["aws:tagkeys"] = [key for key, _ in pairs]
        if call.service == "cloudwatch" and "Namespace" in params:
            facts["cloudwatch:namespace"] = params["Namespace"]
        if call.service == "lambda" and "EventSourceMapping" in call.name and "FunctionName" in params:
            facts["lambda:functionarn"] = params["FunctionName"]
        if call.service == "iam" and "PermissionsBoundary" in params:
            facts["iam:permissionsboundary"] = params["PermissionsBoundary"]
        if call.service == "sts" and "ExternalId" in params:
            facts["sts:externalid"] = params["ExternalId"]
        if call.service == "s3":
            facts.update({f"s3:{name.lower()}": params[key] for name, key in (("prefix", "Prefix"), ("delimiter", "Delimiter")) if key in params})
        if call.service == "dynamodb" and "TableName" in params:
            facts["dynamodb:leadingkeys"] = self._leading_keys(call)
        return facts

    def _leading_keys(self, call: Call) -> list[str] | None:
        """The partition key's value of a call on one item (developer guide, "Using IAM policy conditions for fine-grained access control")."""
        item = call.params.get("Key") or call.params.get("Item")
        if not item:
            return None
        try:
            table = self._underlay.call("dynamodb", "DescribeTable", call.account, call.region, TableName=call.params["TableName"])["Table"]
        except UnderlayError:
            return None
        name = next(entry["AttributeName"] for entry in table["KeySchema"] if entry["KeyType"] == "HASH")
        return [str(value) for value in item.get(name, {}).values()]


def _names_account(principal: Any) -> bool:
    """Whether a statement's principal is an account as a whole: that leaves the decision to the identity's policies."""
    named = principal.get("AWS", []) if isinstance(principal, dict) else principal
    return any(str(item).endswith(":root") or str(item).isdigit() for item in (named if isinstance(named, list) else [named]))
