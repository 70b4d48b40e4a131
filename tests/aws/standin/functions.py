"""Lambda functions: states that pass, roles that can't be assumed yet, and roles that are not the ones that were.

Sources: API of Lambda; developer guide, "Lambda function states" and "Troubleshoot invocation issues in Lambda" (KMSAccessDenied); hashicorp/terraform-provider-aws and aws-syndicate, whose
issues quote the refusals.
"""

from __future__ import annotations

import json
from typing import Any, Callable

from .exchange import Call, Refusal, Response
from .identity import read_role, trusts
from .passing import Key, Passing
from .policies import Question, role_policies
from .settings import Settings
from .synthetics.store import Store
from .underlay import Underlay, UnderlayError

_PENDING, _IN_PROGRESS = "Pending", "InProgress"


def function_name(reference: str) -> str:
    """The name in a name, an ARN or a partial ARN, without qualifier."""
    return reference.split(":function:")[1].split(":")[0] if ":function:" in reference else reference.split(":")[0]


def function_arn(call: Call, reference: str) -> str:
    """The unqualified ARN that a reference means in the call's account and region."""
    if reference.startswith("arn:"):
        return ":".join(reference.split(":")[:7])
    return f"arn:aws:lambda:{call.region}:{call.account}:function:{function_name(reference)}"


def role_must_allow(underlay: Underlay, role_arn: str, question: Question, message: str) -> None:
    """Refuses when the execution role lacks a permission that Lambda itself needs."""
    policies = role_policies(underlay, role_arn)
    if policies is None or policies.decide(question) != "Allow":
        raise Refusal("InvalidParameterValueException", message)


class Functions:
    """The intercepted operations."""

    def __init__(self, underlay: Underlay, canaries: Store, settings: Settings) -> None:
        self._underlay = underlay
        self._canaries = canaries
        self._passing = Passing(settings)
        self._grants: dict[Key, tuple[str, str]] = {}

    def intercepts(self) -> dict[tuple[str, str], Callable[[Call], Response]]:
        """Service and operation to what answers it."""
        table = {"CreateFunction": self.create, "UpdateFunctionConfiguration": self.update, "UpdateFunctionCode": self.update,
                 "GetFunction": self.shown, "GetFunctionConfiguration": self.shown, "Invoke": self.invoke,
                 "InvokeWithResponseStream": self.invoke, "DeleteFunction": self.delete}
        return {("lambda", name): handler for name, handler in table.items()}

    def forget(self, account: str | None) -> None:
        """Drops what is under way in one account, or all."""
        self._passing.forget(account)
        self._grants = {key: grant for key, grant in self._grants.items() if account not in (None, key[0])}

    def _key(self, call: Call) -> Key:
        return (call.account, call.region, function_name(call.params["FunctionName"]))

    def create(self, call: Call) -> Response:
        """CreateFunction: Pending for a while."""
        self._check_role(call)
        response = self._underlay.forward(call.request)
        if response.status < 300:
            self._passing.begin(self._key(call), _PENDING)
            self._grant(call, response)
        return self._with_state(call, response)

    def update(self, call: Call) -> Response:
        """UpdateFunctionConfiguration and UpdateFunctionCode: one at a time."""
        state = self._passing.state(self._key(call))
        if state == _PENDING:
            raise _in_state(state)
        if state is not None:
            raise Refusal("ResourceConflictException", "The operation cannot be performed at this time. An update is in progress for "
                          f"resource: {function_arn(call, call.params['FunctionName'])}", 409, Type="User")
        self._check_role(call)
        self._check_queues(call)
        response = self._underlay.forward(call.request)
        if response.status < 300 and not call.params.get("DryRun"):
            self._passing.begin(self._key(call), _IN_PROGRESS)
            self._grant(call, response)
        return self._with_state(call, response)

    def shown(self, call: Call) -> Response:
        """GetFunction and GetFunctionConfiguration."""
        return self._with_state(call, self._underlay.forward(call.request))

    def invoke(self, call: Call) -> Response:
        """Invoke: not before the function was Active once."""
        state = self._passing.state(self._key(call))
        if state == _PENDING:
            raise _in_state(state)
        self._check_grant(call)
        return self._underlay.forward(call.request)

    def delete(self, call: Call) -> Response:
        """DeleteFunction: at once."""
        self._passing.end(self._key(call))
        self._grants.pop(self._key(call), None)
        return self._underlay.forward(call.request)

    def _grant(self, call: Call, response: Response) -> None:
        """What decrypts an environment is granted to one role, which IAM knows by an id that another of the same ARN doesn't have."""
        key, configuration = self._key(call), json.loads(response.body)
        if not configuration.get("Environment", {}).get("Variables"):
            self._grants.pop(key, None)
        elif key not in self._grants or self._grants[key][0] != configuration["Role"]:
            role = read_role(self._underlay, configuration["Role"])
            self._grants[key] = (configuration["Role"], role["RoleId"] if role else "")

    def _check_grant(self, call: Call) -> None:
        role_arn, role_id = self._grants.get(self._key(call), ("", ""))
        role = read_role(self._underlay, role_arn)
        if role is not None and role["RoleId"] != role_id:
            raise Refusal("KMSAccessDeniedException", "Lambda was unable to decrypt the environment variables because KMS access was denied. "
                          "Please check the function's KMS key settings.", 502)

    def _check_role(self, call: Call) -> None:
        arn = call.params.get("Role")
        if arn is None:
            return
        if arn.split(":")[4] != call.account:
            raise Refusal("AccessDeniedException", "Cross-account pass role is not allowed.", 403)
        role = read_role(self._underlay, arn)
        trusted = role is not None and trusts(role["TrustPolicy"], {"lambda.amazonaws.com"}, {}, kind="Service")
        if role is None or not trusted or not self._canaries.use_role(call.account, role["RoleId"]):
            raise Refusal("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda.")
        if call.params.get("VpcConfig", {}).get("SubnetIds"):
            role_must_allow(self._underlay, arn, Question("ec2:CreateNetworkInterface", "*", call.region),
                            "The provided execution role does not have permissions to call CreateNetworkInterface on EC2")

    def _check_queues(self, call: Call) -> None:
        """A longer timeout than the visibility of a queue that feeds the function is refused, as at the mapping itself."""
        timeout = call.params.get("Timeout")
        if timeout is None:
            return
        mappings = self._underlay.call("lambda", "ListEventSourceMappings", call.account, call.region,
                                       FunctionName=function_name(call.params["FunctionName"]))["EventSourceMappings"]
        for mapping in mappings:
            if ":sqs:" in mapping["EventSourceArn"]:
                check_visibility(self._underlay, mapping["EventSourceArn"], timeout)

    def _with_state(self, call: Call, response: Response) -> Response:
        if response.status >= 300:
            return response
        body = json.loads(response.body)
        configuration: dict[str, Any] = body.get("Configuration", body)
        for name in [name for name in configuration if name.startswith(("StateReason", "LastUpdateStatus"))]:
            del configuration[name]
        state = self._passing.state(self._key(call))
        if state == _PENDING:
            configuration.update(State=_PENDING, StateReason="The function is being created.", StateReasonCode="Creating")
        else:
            configuration.update(State="Active", LastUpdateStatus="InProgress" if state else "Successful")
            if state:
                configuration.update(LastUpdateStatusReason="The function is being created.", LastUpdateStatusReasonCode="Creating")
        return Response(response.status, {name: value for name, value in response.headers.items() if name != "content-length"},
                        json.dumps(body).encode())


def check_visibility(underlay: Underlay, queue_arn: str, timeout: int) -> None:
    """Developer guide, "Using Lambda with Amazon SQS": a queue's visibility timeout is at least its function's timeout."""
    parts = queue_arn.split(":")
    try:
        url = underlay.call("sqs", "GetQueueUrl", parts[4], parts[3], QueueName=parts[5])["QueueUrl"]
        attributes = underlay.call("sqs", "GetQueueAttributes", parts[4], parts[3], QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    except UnderlayError:
        raise Refusal("InvalidParameterValueException", "Error occurred while ReceiveMessage. SQS Error Code: "
                      "AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.") from None
    visibility = int(attributes["Attributes"]["VisibilityTimeout"])
    if visibility < timeout:
        raise Refusal("InvalidParameterValueException",
                      f"Queue visibility timeout: {visibility} seconds is less than Function timeout: {timeout} seconds")


def _in_state(state: str) -> Refusal:
    return Refusal("ResourceConflictException", "The operation cannot be performed at this time. The function is currently in the "
                   f"following state: {state}", 409, Type="User")
