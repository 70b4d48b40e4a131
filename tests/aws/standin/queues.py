"""SQS: the queue policy for callers of other accounts, the minute after a deletion, and values that only prose limits.

Sources: API of SQS, CreateQueue, DeleteQueue and SetQueueAttributes; developer guide, "Amazon SQS policies" and "Amazon SQS message quotas".
"""

from __future__ import annotations

import json
import re
import threading
import time
from typing import Any, Callable

from . import answers
from .exchange import Call, Refusal, Response
from .policies import Question, queue_policy, resource_admits
from .settings import Settings
from .underlay import Underlay, UnderlayError

_RANGES = {
    "VisibilityTimeout": (0, 43200), "MessageRetentionPeriod": (60, 1209600), "DelaySeconds": (0, 900),
    "MaximumMessageSize": (1024, 1048576), "ReceiveMessageWaitTimeSeconds": (0, 20), "KmsDataKeyReusePeriodSeconds": (60, 86400),
}
# Developer guide, "Amazon SQS policy quotas".
_POLICY_BYTES = 8192
_BATCHES = {"SendMessageBatch": "SendMessage", "DeleteMessageBatch": "DeleteMessage", "ChangeMessageVisibilityBatch": "ChangeMessageVisibility"}
# Developer guide, "Overview of managing access": these can't be granted to another account.
_OWNERS_ONLY = {"CreateQueue", "DeleteQueue", "SetQueueAttributes", "TagQueue", "UntagQueue", "AddPermission", "RemovePermission",
                "ListQueues", "ListQueueTags", "StartMessageMoveTask", "CancelMessageMoveTask", "ListMessageMoveTasks"}


def action_of(operation: str) -> str:
    """The IAM action behind an operation: a batch needs what its single operation needs."""
    return f"sqs:{_BATCHES.get(operation, operation)}"


def queue_arn(call: Call) -> str | None:
    """The queue that a call means."""
    owner = call.params.get("QueueOwnerAWSAccountId", call.account)
    if "QueueName" in call.params:
        return f"arn:aws:sqs:{call.region}:{owner}:{call.params['QueueName']}"
    match = re.search(r"/(\d{12})/([^/]+)$", call.params.get("QueueUrl", ""))
    return f"arn:aws:sqs:{call.region}:{match.group(1)}:{match.group(2)}" if match else None


class Queues:
    """The intercepted operations."""

    def __init__(self, underlay: Underlay, settings: Settings) -> None:
        self._underlay = underlay
        self._settings = settings
        self._deleted: dict[str, float] = {}
        self._going: dict[str, threading.Timer] = {}
        self._lock = threading.Lock()

    def intercepts(self) -> dict[tuple[str, str], Callable[[Call], Response]]:
        """Service and operation to what answers it."""
        return {("sqs", "CreateQueue"): self.create, ("sqs", "DeleteQueue"): self.delete, ("sqs", "SetQueueAttributes"): self.change}

    def forget(self, account: str | None) -> None:
        """Drops the memory of deleted queues of one account, or all."""
        with self._lock:
            self._deleted = {arn: moment for arn, moment in self._deleted.items() if account not in (None, arn.split(":")[4])}
            for arn in [arn for arn in self._going if account in (None, arn.split(":")[4])]:
                self._going.pop(arn).cancel()

    def create(self, call: Call) -> Response:
        """CreateQueue."""
        name = call.params["QueueName"]
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo", name):
            raise Refusal("InvalidParameterValue", "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
        self._check_attributes(call)
        with self._lock:
            moment = self._deleted.get(queue_arn(call) or "")
        if moment is not None and time.monotonic() - moment < self._settings.queue_reuse_seconds(call.account):
            raise Refusal("QueueDeletedRecently", "You must wait 60 seconds after deleting a queue before you can create another "
                          "with the same name.")
        return self._underlay.forward(call.request)

    def change(self, call: Call) -> Response:
        """SetQueueAttributes: a queue has SQS's own keys or one of KMS, and whoever sets the one loses the other."""
        self._check_attributes(call)
        attributes: dict[str, str] = call.params.get("Attributes", {})
        response = self._underlay.forward(call.request)
        if response.status < 300 and attributes.get("KmsMasterKeyId") and "SqsManagedSseEnabled" not in attributes:
            self._underlay.call("sqs", "SetQueueAttributes", call.account, call.region, QueueUrl=call.params["QueueUrl"],
                                Attributes={"SqsManagedSseEnabled": "false"})
        return response

    def delete(self, call: Call) -> Response:
        """DeleteQueue: for some time the queue may still answer as if nothing had happened."""
        arn, lingers = queue_arn(call), self._settings.queue_lingers_seconds(call.account)
        if arn is not None and lingers > 0:
            return self._delete_later(call, arn, lingers)
        response = self._underlay.forward(call.request)
        if response.status < 300 and arn is not None:
            with self._lock:
                self._deleted[arn] = time.monotonic()
        return response

    def _delete_later(self, call: Call, arn: str, seconds: float) -> Response:
        url = call.params["QueueUrl"]
        self._underlay.call("sqs", "GetQueueAttributes", call.account, call.region, QueueUrl=url)

        def go() -> None:
            with self._lock:
                self._going.pop(arn, None)
            try:
                self._underlay.call("sqs", "DeleteQueue", call.account, call.region, QueueUrl=url)
            except UnderlayError:
                pass  # It is gone already.

        timer = threading.Timer(seconds, go)
        timer.daemon = True
        with self._lock:
            self._deleted[arn] = time.monotonic()
            if arn not in self._going:
                self._going[arn] = timer
                timer.start()
        return answers.answer(call, {})

    def _check_attributes(self, call: Call) -> None:
        attributes: dict[str, str] = call.params.get("Attributes", {})
        for name, value in attributes.items():
            least, most = _RANGES.get(name, (None, None))
            if least is not None and not (re.fullmatch(r"\d+", value) and least <= int(value) <= (most or 0)):
                raise Refusal("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
        if attributes.get("KmsMasterKeyId") and attributes.get("SqsManagedSseEnabled") == "true":
            raise Refusal("InvalidAttributeValue", "You can use one type of server-side encryption (SSE) at one time. You can either enable "
                          "KMS SSE or SQS SSE.")
        if len(attributes.get("Policy", "").encode()) > _POLICY_BYTES:
            raise Refusal("InvalidAttributeValue", f"Invalid value for the parameter Policy. Reason: Maximum policy size of {_POLICY_BYTES} "
                          "bytes exceeded.")
        if attributes.get("Policy"):
            check_policy(attributes["Policy"], "sqs")
        if attributes.get("RedrivePolicy"):
            self._check_redrive(call, attributes["RedrivePolicy"])

    def _check_redrive(self, call: Call, text: str) -> None:
        def wrong(reason: str) -> Refusal:
            return Refusal("InvalidParameterValue", f"Value {text} for parameter RedrivePolicy is invalid. Reason: {reason}")

        try:
            policy = json.loads(text)
            arn, most = policy["deadLetterTargetArn"], int(policy["maxReceiveCount"])
        except (ValueError, TypeError, KeyError):
            raise wrong("Redrive policy is not a valid JSON map.") from None
        if not 1 <= most <= 1000:
            raise wrong(f"Invalid value for maxReceiveCount: {most}, valid values are from 1 to 1000 both inclusive.")
        parts = arn.split(":")
        if parts[3:5] != [call.region, call.account]:
            raise wrong("Dead letter target must be in the same account and region as the source.")
        try:
            self._underlay.call("sqs", "GetQueueUrl", parts[4], parts[3], QueueName=parts[5])
        except UnderlayError:
            raise wrong("Dead letter target does not exist.") from None

    def check_caller(self, call: Call) -> None:
        """The queue policy decides for callers of other accounts (API, common error AccessDenied)."""
        arn = queue_arn(call)
        if arn is None or arn.split(":")[4] == call.account:
            return
        question = Question(action_of(call.name), arn, call.region, call.caller.arn, call.account)
        if call.name in _OWNERS_ONLY or resource_admits(queue_policy(self._underlay, arn), question) != "Allow":
            raise Refusal("AccessDenied", f"User: {call.caller.arn} is not authorized to perform: {action_of(call.name).lower()} on resource: "
                          f"{arn} because no resource-based policy allows the {action_of(call.name).lower()} action", 403)


def check_policy(text: str, service: str) -> None:
    """A resource's policy: JSON, with principals, and with actions of its own service only."""
    code = "InvalidAttributeValue" if service == "sqs" else "InvalidParameter"
    what = "Invalid value for the parameter Policy." if service == "sqs" else "Invalid parameter: Policy Error: null"
    try:
        document: Any = json.loads(text)
        statements = document["Statement"]
        for item in statements if isinstance(statements, list) else [statements]:
            actions = item.get("Action", item.get("NotAction"))
            actions = actions if isinstance(actions, list) else [actions]
            if item["Effect"] not in ("Allow", "Deny") or not {"Principal", "NotPrincipal"} & set(item) or "Resource" not in item:
                raise ValueError
            if any(not re.match(rf"({service}:|\*$)", action, re.IGNORECASE) for action in actions):
                raise Refusal(code, "Invalid parameter: Policy statement action out of service scope!" if service == "sns" else what)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refusal(code, what) from None
