"""Policy documents: what a resource's own policy admits, and what the policies of a role allow.

Wildcards, condition operators and the grammar are ministack's evaluator (the IAM user guide's "Policy evaluation logic"
and "IAM JSON policy elements: Condition operators"); who is asked about what, and with which facts, is said here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from ministack.core import iam_evaluator as evaluator

from .underlay import Underlay, UnderlayError

Document = dict[str, Any]
_US_EAST_1 = "us-east-1"


@dataclass(frozen=True)
class Question:
    """Whether somebody may do something to one resource. Keys of `facts` are condition keys in lower case."""

    action: str
    resource: str
    region: str
    principal_arn: str = "*"
    principal_account: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    def context(self) -> Any:
        """The question as the evaluator takes it."""
        # Absent on purpose: neither an organization nor an encrypted channel is modelled.
        facts = {"aws:principalorgid": None, **self.facts}
        return evaluator.EvalContext(
            principal_arn=self.principal_arn, principal_type="AssumedRole", principal_account=self.principal_account, action=self.action,
            resource_arn=self.resource, region=self.region, source_ip="127.0.0.1", secure_transport=True, service_context=facts)


def parsed(document: str | Document | None) -> Document | None:
    """A policy document as ministack returns it: JSON, JSON in percent-encoding, or a value."""
    if not document:
        return None
    if isinstance(document, str):
        try:
            document = json.loads(document if document.lstrip().startswith("{") else unquote(document))
        except ValueError:
            return None
    return document if isinstance(document, dict) else None


def resource_admits(document: str | Document | None, question: Question, service: str | None = None) -> str:
    """What a resource's policy says: Allow, Deny or ImplicitDeny. `service` is the service principal that asks."""
    return str(evaluator.evaluate_resource_policy(parsed(document), question.context(), service).decision)


def identity_allows(documents: list[Document], question: Question) -> str:
    """What a role's policies say together: Allow, Deny or ImplicitDeny."""
    statements = [evaluator.parse_policy_document(document) for document in documents]
    return str(evaluator.evaluate(question.context(), statements).decision)


def service_question(action: str, resource: str, region: str, source_account: str, source_arn: str, as_owner: bool = True) -> Question:
    """A service asks on behalf of a resource of an account (IAM user guide, "The confused deputy problem")."""
    facts = {"aws:sourceaccount": source_account, "aws:sourcearn": source_arn, "aws:sourceowner": source_account if as_owner else None}
    return Question(action, resource, region, facts=facts)


def topic_policy(underlay: Underlay, topic_arn: str) -> Document | None:
    """The policy of a topic; None when there is no such topic, or it has none."""
    return parsed(_topic_attributes(underlay, topic_arn).get("Policy"))


def _topic_attributes(underlay: Underlay, topic_arn: str) -> dict[str, str]:
    parts = topic_arn.split(":")
    if len(parts) != 6 or not re.fullmatch(r"\d{12}", parts[4]):
        return {}
    try:
        return dict(underlay.call("sns", "GetTopicAttributes", parts[4], parts[3], TopicArn=topic_arn).get("Attributes", {}))
    except UnderlayError:
        return {}


def topic_admits(underlay: Underlay, account: str, region: str, topic_arn: str, service_principal: str, source_account: str,
                 source_arn: str, as_owner: bool = True) -> bool:
    """Whether a topic's policy lets a service (`cloudwatch.amazonaws.com`) publish for one of its resources.

    `account` and `region` are those of the resource: a topic of another region can't be reached by an alarm or a rule. Without
    `as_owner` the policy that a new topic has by itself, which admits its owner, isn't enough: Budgets and Cost Anomaly Detection
    need a statement of their own (UG of both, "Creating an Amazon SNS topic").
    """
    parts = topic_arn.split(":")
    if len(parts) != 6 or parts[3] != region:
        return False
    question = service_question("sns:Publish", topic_arn, region, source_account or account, source_arn, as_owner)
    attributes = _topic_attributes(underlay, topic_arn)
    # Developer guide of SNS, "Enable compatibility between event sources from AWS services and encrypted topics": AWS's own key admits none.
    if attributes.get("KmsMasterKeyId", "").endswith("alias/aws/sns"):
        return False
    return resource_admits(parsed(attributes.get("Policy")), question, service_principal) == "Allow"


def queue_policy(underlay: Underlay, queue_arn: str) -> Document | None:
    """The policy of a queue; None when there is no such queue, or it has none."""
    parts = queue_arn.split(":")
    try:
        url = underlay.call("sqs", "GetQueueUrl", parts[4], parts[3], QueueName=parts[5])["QueueUrl"]
        answer = underlay.call("sqs", "GetQueueAttributes", parts[4], parts[3], QueueUrl=url, AttributeNames=["Policy"])
    except (UnderlayError, IndexError):
        return None
    return parsed(answer.get("Attributes", {}).get("Policy"))


@dataclass
class RolePolicies:
    """Everything that decides what a role may do."""

    documents: list[Document]
    boundary: Document | None
    has_boundary: bool

    def decide(self, question: Question) -> str:
        """Allow, Deny, ImplicitDeny, or BoundaryDeny when only the boundary stands in the way."""
        decision = identity_allows(self.documents, question)
        if decision != "Allow" or not self.has_boundary:
            return decision
        bounded = identity_allows([self.boundary] if self.boundary else [], question)
        return "BoundaryDeny" if bounded == "ImplicitDeny" else bounded


def role_policies(underlay: Underlay, role_arn: str) -> RolePolicies | None:
    """The inline and attached policies of a role and its boundary; None when there is no such role."""
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]

    def read(operation: str, **params: str) -> dict[str, Any]:
        return underlay.call("iam", operation, account, _US_EAST_1, **params)

    try:
        role = read("GetRole", RoleName=name)["Role"]
        names = read("ListRolePolicies", RoleName=name)["PolicyNames"]
        inline = [parsed(read("GetRolePolicy", RoleName=name, PolicyName=policy)["PolicyDocument"]) for policy in names]
        attached = read("ListAttachedRolePolicies", RoleName=name)["AttachedPolicies"]
    except UnderlayError:
        return None
    managed = [managed_policy(underlay, account, policy["PolicyArn"]) for policy in attached]
    boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return RolePolicies([document for document in [*inline, *managed] if document],
                        managed_policy(underlay, account, boundary) if boundary else None, bool(boundary))


def managed_policy(underlay: Underlay, account: str, policy_arn: str) -> Document | None:
    """The default version of a managed policy; None when there is no such policy (a boundary then allows nothing)."""
    try:
        policy = underlay.call("iam", "GetPolicy", account, _US_EAST_1, PolicyArn=policy_arn)["Policy"]
        version = underlay.call("iam", "GetPolicyVersion", account, _US_EAST_1, PolicyArn=policy_arn, VersionId=policy["DefaultVersionId"])
    except UnderlayError:
        return None
    return parsed(version["PolicyVersion"]["Document"])
