"""Which IAM action and which resource an operation means: the Service Authorization Reference, for what Hinomi calls.

An operation that names no resource here needs a policy that allows it on `*`.
"""

from __future__ import annotations

from typing import Any, Callable
from urllib.parse import quote

from .athena import Athena
from .exchange import Call
from .functions import function_arn
from .glue import resources_of as glue_resources
from .organizations.operations import resource_of as organization_resource
from .organizations.store import Store as Organizations
from .queues import action_of as queue_action
from .queues import queue_arn
from .tables import table_name
from .topics import action_of as topic_action
from .topics import topic_arn
from .underlay import Underlay, UnderlayError

Need = tuple[str, str]
"""Action and resource."""

_PREFIXES = {"resourcegroupstaggingapi": "tag"}
_FREE = {("sts", "GetCallerIdentity"), ("sts", "GetAccessKeyInfo")}
_S3_ACTIONS = {
    "ListBuckets": "ListAllMyBuckets", "HeadBucket": "ListBucket", "ListObjects": "ListBucket", "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions", "HeadObject": "GetObject", "DeleteObjects": "DeleteObject", "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject", "UploadPart": "PutObject", "CompleteMultipartUpload": "PutObject",
    "PutBucketEncryption": "PutEncryptionConfiguration", "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketEncryption": "GetEncryptionConfiguration", "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock", "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration", "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration", "DeleteBucketTagging": "PutBucketTagging",
    "PutBucketOwnershipControls": "PutBucketOwnershipControls", "GetBucketOwnershipControls": "GetBucketOwnershipControls",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls", "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListParts": "ListMultipartUploadParts", "PutBucketNotificationConfiguration": "PutBucketNotification",
    "GetBucketNotificationConfiguration": "GetBucketNotification", "UploadPartCopy": "PutObject",
}
_LOG_GROUP_TAGS = {"TagResource", "UntagResource", "ListTagsForResource"}
_DYNAMODB_PARTS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem", "Get": "GetItem"}


def prefix(service: str) -> str:
    """The part of an action before the colon."""
    return _PREFIXES.get(service, service)


class Actions:
    """Knows the needs of a call. Some names mean an ARN that only the object itself tells."""

    def __init__(self, underlay: Underlay, organizations: Organizations, athena: Athena) -> None:
        self._underlay = underlay
        self._organizations = organizations
        self._athena = athena
        self._tables: dict[str, Callable[[Call], list[Need]]] = {
            "lambda": self._lambda, "iam": self._iam, "sns": self._sns, "sqs": self._sqs, "dynamodb": self._dynamodb,
            "events": self._events, "scheduler": self._scheduler, "s3": self._s3, "ssm": self._ssm, "logs": self._logs,
            "cloudwatch": self._cloudwatch, "synthetics": self._synthetics, "budgets": self._budgets, "sts": self._sts,
            "secretsmanager": self._secrets, "kms": self._kms, "ce": self._ce,
            "organizations": lambda call: [(f"organizations:{call.name}", organization_resource(call, self._organizations))],
            "glue": lambda call: [(f"glue:{call.name}", resource) for resource in glue_resources(call)],
            "athena": lambda call: [(f"athena:{call.name}", self._athena.resource_of(call))],
        }

    def needs(self, call: Call) -> list[Need]:
        """Every action that the caller must be allowed, with its resource. Empty: nobody needs a permission for it."""
        if (call.service, call.name) in _FREE:
            return []
        rule = self._tables.get(call.service)
        return rule(call) if rule else [(f"{prefix(call.service)}:{call.name}", "*")]

    @staticmethod
    def _lambda(call: Call) -> list[Need]:
        params, action = call.params, f"lambda:{call.name}"
        if call.name in ("Invoke", "InvokeWithResponseStream"):
            qualifier = f":{params['Qualifier']}" if params.get("Qualifier") else ""
            return [("lambda:InvokeFunction", function_arn(call, params["FunctionName"]) + qualifier)]
        if "EventSourceMapping" in call.name:
            resource = f"arn:aws:lambda:{call.region}:{call.account}:event-source-mapping:{params['UUID']}" if "UUID" in params else "*"
            return [(action, resource)]
        if "Resource" in params:
            return [(action, params["Resource"])]
        return [(action, function_arn(call, params["FunctionName"]) if "FunctionName" in params else "*")]

    def _iam(self, call: Call) -> list[Need]:
        params, action = call.params, f"iam:{call.name}"
        if call.name == "CreateRole":
            return [(action, f"arn:aws:iam::{call.account}:role{params.get('Path', '/')}{params['RoleName']}")]
        if "RoleName" in params:
            try:
                resource = self._underlay.call("iam", "GetRole", call.account, "us-east-1", RoleName=params["RoleName"])["Role"]["Arn"]
            except UnderlayError:
                resource = f"arn:aws:iam::{call.account}:role/{params['RoleName']}"
            return [(action, resource)]
        return [(action, params.get("PolicyArn", "*"))]

    @staticmethod
    def _sns(call: Call) -> list[Need]:
        return [(topic_action(call.name), topic_arn(call) or "*")]

    @staticmethod
    def _sqs(call: Call) -> list[Need]:
        return [(queue_action(call.name), queue_arn(call) or "*")]

    @staticmethod
    def _dynamodb(call: Call) -> list[Need]:
        params = call.params

        def arn(reference: str) -> str:
            return f"arn:aws:dynamodb:{call.region}:{call.account}:table/{table_name(reference)}"

        if call.name in ("TransactWriteItems", "TransactGetItems"):
            return [(f"dynamodb:{_DYNAMODB_PARTS[kind]}", arn(part["TableName"])) for item in params["TransactItems"] for kind, part in item.items()]
        if call.name in ("BatchWriteItem", "BatchGetItem"):
            return [(f"dynamodb:{call.name}", arn(name)) for name in params["RequestItems"]]
        if "TableName" in params:
            index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
            return [(f"dynamodb:{call.name}", arn(params["TableName"]) + index)]
        return [(f"dynamodb:{call.name}", params.get("ResourceArn", "*"))]

    @staticmethod
    def _events(call: Call) -> list[Need]:
        params, action = call.params, f"events:{call.name}"
        place = f"arn:aws:events:{call.region}:{call.account}"
        if call.name == "PutEvents":
            buses = {entry.get("EventBusName", "default") for entry in params["Entries"]}
            return [(action, f"{place}:event-bus/{bus}") for bus in sorted(buses)]
        rule = params.get("Rule") or (params.get("Name") if "Rule" in call.name else None)
        if rule is not None:
            bus = params.get("EventBusName", "default")
            return [(action, f"{place}:rule/{rule}" if bus == "default" else f"{place}:rule/{bus}/{rule}")]
        return [(action, params.get("ResourceARN", "*"))]

    @staticmethod
    def _scheduler(call: Call) -> list[Need]:
        params, action = call.params, f"scheduler:{call.name}"
        place = f"arn:aws:scheduler:{call.region}:{call.account}"
        if "ResourceArn" in params:
            return [(action, params["ResourceArn"])]
        if "Name" not in params:
            return [(action, "*")]
        if "Group" in call.name:
            return [(action, f"{place}:schedule-group/{params['Name']}")]
        return [(action, f"{place}:schedule/{params.get('GroupName', 'default')}/{params['Name']}")]

    @staticmethod
    def _s3(call: Call) -> list[Need]:
        params = call.params
        action = f"s3:{_S3_ACTIONS.get(call.name, call.name)}"
        if "Bucket" not in params:
            return [(action, "*")]
        bucket = f"arn:aws:s3:::{params['Bucket']}"
        if call.name == "DeleteObjects":
            return [(action, f"{bucket}/{item['Key']}") for item in params["Delete"]["Objects"]]
        if "Key" in params:
            if params.get("VersionId") and call.name in ("GetObject", "DeleteObject"):
                action += "Version"
            return [(action, f"{bucket}/{params['Key']}")]
        return [(action, bucket)]

    @staticmethod
    def _ssm(call: Call) -> list[Need]:
        params, action = call.params, f"ssm:{call.name}"

        def arn(name: str) -> str:
            return name if name.startswith("arn:") else f"arn:aws:ssm:{call.region}:{call.account}:parameter/{name.lstrip('/')}"

        names = params.get("Names") or [name for name in (params.get("Name"), params.get("Path")) if name]
        if params.get("ResourceType") == "Parameter":
            names = [params["ResourceId"]]
        return [(action, arn(name)) for name in names] or [(action, "*")]

    @staticmethod
    def _logs(call: Call) -> list[Need]:
        """CloudWatch Logs user guide, "Overview of managing access permissions": tags are on the group, the rest on its streams."""
        params, action = call.params, f"logs:{call.name}"
        if call.name in _LOG_GROUP_TAGS:
            return [(action, params["resourceArn"])]
        name = params.get("logGroupName") or params.get("logGroupIdentifier", "").partition(":log-group:")[2].removesuffix(":*")
        name = name or params.get("logGroupNamePrefix", "")
        return [(action, f"arn:aws:logs:{call.region}:{call.account}:log-group:{name}:log-stream:{params.get('logStreamName', '')}")]

    @staticmethod
    def _cloudwatch(call: Call) -> list[Need]:
        params, action = call.params, f"cloudwatch:{call.name}"
        if "ResourceARN" in params:
            return [(action, params["ResourceARN"])]
        names = params.get("AlarmNames") if call.name == "DeleteAlarms" else None
        names = names or ([params["AlarmName"]] if "AlarmName" in params else [])
        return [(action, f"arn:aws:cloudwatch:{call.region}:{call.account}:alarm:{name}") for name in names] or [(action, "*")]

    @staticmethod
    def _synthetics(call: Call) -> list[Need]:
        params, action = call.params, f"synthetics:{call.name}"
        if "ResourceArn" in params:
            return [(action, params["ResourceArn"])]
        if "Name" in params and call.name != "CreateCanary":
            return [(action, f"arn:aws:synthetics:{call.region}:{call.account}:canary:{params['Name']}")]
        return [(action, "*")]

    @staticmethod
    def _budgets(call: Call) -> list[Need]:
        params = call.params
        if "ResourceARN" in params:
            return [(f"budgets:{call.name}", params["ResourceARN"])]
        name = params.get("BudgetName") or params.get("Budget", params.get("NewBudget", {})).get("BudgetName", "*")
        action = "budgets:ViewBudget" if call.name.startswith("Describe") else "budgets:ModifyBudget"
        return [(action, f"arn:aws:budgets::{call.account}:budget/{name}")]

    @staticmethod
    def _ce(call: Call) -> list[Need]:
        """Queries are on an ARN that names the operation, as AWS's own refusals show it; monitors and subscriptions have ARNs."""
        params = call.params
        named = params.get("ResourceArn") or params.get("SubscriptionArn") or params.get("MonitorArn")
        if named is None and call.name.startswith("CreateAnomaly"):
            return [(f"ce:{call.name}", "*")]
        return [(f"ce:{call.name}", named or f"arn:aws:ce:us-east-1:{call.account}:/{call.name}")]

    @staticmethod
    def _sts(call: Call) -> list[Need]:
        return [(f"sts:{call.name}", call.params.get("RoleArn", "*"))]

    def _secrets(self, call: Call) -> list[Need]:
        action, secret = f"secretsmanager:{call.name}", call.params.get("SecretId")
        if call.name == "CreateSecret":
            return [(action, f"arn:aws:secretsmanager:{call.region}:{call.account}:secret:{call.params['Name']}-??????")]
        if secret is None or secret.startswith("arn:"):
            return [(action, secret or "*")]
        try:
            return [(action, self._underlay.call("secretsmanager", "DescribeSecret", call.account, call.region, SecretId=secret)["ARN"])]
        except UnderlayError:
            return [(action, f"arn:aws:secretsmanager:{call.region}:{call.account}:secret:{quote(secret)}")]

    @staticmethod
    def _kms(call: Call) -> list[Need]:
        key = call.params.get("KeyId")
        if key is None or key.startswith("arn:"):
            return [(f"kms:{call.name}", key or "*")]
        return [(f"kms:{call.name}", f"arn:aws:kms:{call.region}:{call.account}:{key if key.startswith('alias/') else f'key/{key}'}")]


def passed_roles(call: Call) -> list[tuple[str, str]]:
    """Roles that a call hands to a service, with that service (IAM user guide, "Granting permissions to pass a role")."""
    params: dict[str, Any] = call.params
    if call.service == "lambda" and call.name in ("CreateFunction", "UpdateFunctionConfiguration") and params.get("Role"):
        return [(params["Role"], "lambda.amazonaws.com")]
    if call.service == "scheduler" and call.name in ("CreateSchedule", "UpdateSchedule"):
        return [(params["Target"]["RoleArn"], "scheduler.amazonaws.com")]
    if call.service == "synthetics" and params.get("ExecutionRoleArn"):
        return [(params["ExecutionRoleArn"], "lambda.amazonaws.com")]
    if call.service == "events" and call.name in ("PutRule", "PutTargets"):
        found = [params.get("RoleArn"), *(target.get("RoleArn") for target in params.get("Targets", []))]
        return [(role, "events.amazonaws.com") for role in found if role]
    return []
