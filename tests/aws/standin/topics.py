"""SNS: who may publish and subscribe, and what a topic's policy may say.

Sources: API of SNS; developer guide, "Example cases for Amazon SNS access control" and "Sending messages to a queue in another
account". Which subscriptions wait for a confirmation is decided where they are made (`child.py`).
"""

from __future__ import annotations

import re
from typing import Callable

from .exchange import Call, Refusal, Response
from .policies import Question, resource_admits, topic_policy
from .queues import check_policy
from .underlay import Underlay

# Developer guide, "Valid Amazon SNS policy actions": nothing else can be granted to another account.
_GRANTABLE = {"AddPermission", "DeleteTopic", "GetDataProtectionPolicy", "GetTopicAttributes", "ListSubscriptionsByTopic",
              "ListTagsForResource", "Publish", "PutDataProtectionPolicy", "RemovePermission", "SetTopicAttributes", "Subscribe"}


def action_of(operation: str) -> str:
    """The IAM action behind an operation."""
    return f"sns:{'Publish' if operation == 'PublishBatch' else operation}"


def topic_arn(call: Call) -> str | None:
    """The topic that a call means, also behind a subscription."""
    params = call.params
    if call.name == "CreateTopic":
        return f"arn:aws:sns:{call.region}:{call.account}:{params['Name']}"
    arn = params.get("TopicArn") or params.get("TargetArn") or params.get("ResourceArn")
    if arn is None and params.get("SubscriptionArn", "").count(":") == 6:
        arn = params["SubscriptionArn"].rpartition(":")[0]
    return arn


class Topics:
    """The intercepted operations."""

    def __init__(self, underlay: Underlay) -> None:
        self._underlay = underlay

    def intercepts(self) -> dict[tuple[str, str], Callable[[Call], Response]]:
        """Service and operation to what answers it."""
        return {("sns", "CreateTopic"): self.attributes, ("sns", "SetTopicAttributes"): self.attributes,
                ("sns", "Unsubscribe"): self.unsubscribe}

    def attributes(self, call: Call) -> Response:
        """CreateTopic and SetTopicAttributes."""
        params = call.params
        policy = params.get("Attributes", {}).get("Policy")
        if params.get("AttributeName") == "Policy":
            policy = params.get("AttributeValue")
        if policy:
            check_policy(policy, "sns")
        return self._underlay.forward(call.request)

    def unsubscribe(self, call: Call) -> Response:
        """Unsubscribe: what is pending has no ARN yet. A subscription is its owner's and the topic's owner's to end."""
        arn = call.params["SubscriptionArn"]
        if not re.fullmatch(r"arn:[^:]+:sns:[^:]+:\d{12}:[^:]+:[^:]+", arn):
            raise Refusal("InvalidParameter", "Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not "
                          f"{arn.count(':') + 1}")
        return self._underlay.forward(call.request)

    def check_caller(self, call: Call) -> None:
        """The topic policy decides for callers of other accounts; a topic is only there in its own region."""
        arn = topic_arn(call)
        if arn is None or call.name == "CreateTopic" or arn.count(":") != 5:
            return
        if arn.split(":")[3] != call.region:
            raise Refusal("InvalidParameter", "Invalid parameter: TopicArn")
        if arn.split(":")[4] == call.account or "SubscriptionArn" in call.params:
            return
        facts = {"sns:protocol": call.params.get("Protocol"), "sns:endpoint": call.params.get("Endpoint"),
                 "aws:sourceowner": call.account, "aws:sourceaccount": None, "aws:sourcearn": None}
        question = Question(action_of(call.name), arn, call.region, call.caller.arn, call.account, facts)
        if call.name not in _GRANTABLE | {"PublishBatch"} or resource_admits(topic_policy(self._underlay, arn), question) != "Allow":
            action = action_of(call.name).replace("sns:", "SNS:")
            raise Refusal("AuthorizationError", f"User: {call.caller.arn} is not authorized to perform: {action} on resource: {arn} "
                          f"because no resource-based policy allows the {action} action", 403)
