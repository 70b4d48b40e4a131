"""Rules that stand only in prose, for services that ministack serves. Synthetics, Budgets and alarms have their own.

Each rule names its source. API: botocore's copy of the service's API reference. UG: the service's user guide.
Where the words of a refusal are AWS's own, they come from public issue threads that quote them.
"""

from __future__ import annotations

import json
import re
from typing import Any, Callable

from .exchange import Call, Refusal

# UG of CloudWatch Logs and API, PutRetentionPolicy.retentionInDays.
_RETENTION_DAYS = {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
_CHAINED_SECONDS = 3600
# UG of Lambda, "Defined runtime environment variables".
_RESERVED_VARIABLES = {
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
}


def _put_parameter(call: Call) -> None:
    """API, PutParameter; UG of Systems Manager, "Requirements and constraints for parameter names" and tiers."""
    params = call.params
    name = params["Name"]
    if not re.fullmatch(r"[a-zA-Z0-9_.\-/]+", name):
        raise Refusal("ValidationException", "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, "
                      "it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, "
                      "numbers and the following 3 symbols .-_")
    if re.match(r"/?(aws|ssm)", name, re.IGNORECASE):
        raise Refusal("ValidationException", f"No access to reserved parameter name: {name}.")
    if "/" in name and not name.startswith("/"):
        raise Refusal("ValidationException", "Parameter name must be a fully qualified name.")
    if name.count("/") > 15:
        raise Refusal("HierarchyLevelLimitExceededException",
                      "You have exceeded the maximum hierarchy levels. The maximum hierarchy levels are 15 for this operation.")
    if len(f"arn:aws:ssm:{call.region}:{call.account}:parameter/{name.lstrip('/')}") > 1011:
        raise Refusal("ValidationException", "The parameter name is too long.")
    advanced = params.get("Tier") in ("Advanced", "Intelligent-Tiering")
    if len(params["Value"].encode()) > (8192 if advanced else 4096):
        raise Refusal("ValidationException", "Standard tier parameters support a maximum parameter value of 4096 characters. To create "
                      "a larger parameter value, upgrade the parameter to use the advanced-parameter tier.")
    if not params["Value"]:
        raise Refusal("ValidationException", "Parameter value can't be empty.")
    if params.get("Overwrite") and params.get("Tags"):
        raise Refusal("ValidationException", "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, "
                      "please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or "
                      "RemoveTagsFromResource.")
    if "KeyId" in params and params.get("Type", "SecureString") != "SecureString":
        raise Refusal("ValidationException", f"KeyId is not applicable for the type {params['Type']}.")
    _check_tags(params.get("Tags", []), "ValidationException", 50)


def _check_tags(tags: list[dict[str, Any]], code: str, limit: int) -> None:
    """AWS general reference, "Tag naming limits and requirements"."""
    keys = [tag["Key"] for tag in tags]
    if len(set(keys)) != len(keys):
        raise Refusal(code, "Duplicate tag keys found.")
    if len(keys) > limit:
        raise Refusal(code, f"At most {limit} tags are allowed.")
    if any(key.lower().startswith("aws:") for key in keys):
        raise Refusal(code, "Tag keys must not begin with aws:")


def _policy(text: str, is_trust: bool) -> None:
    """UG of IAM, "Grammar of the IAM JSON policy language"."""

    def malformed(message: str) -> Refusal:
        return Refusal("MalformedPolicyDocument", message)

    try:
        document = json.loads(text)
    except ValueError:
        raise malformed("This policy contains invalid Json") from None
    if not isinstance(document, dict):
        raise malformed("Syntax errors in policy.")
    unknown = set(document) - {"Version", "Id", "Statement"}
    if unknown or document.get("Version", "2008-10-17") not in ("2012-10-17", "2008-10-17"):
        raise malformed("Syntax errors in policy.")
    statements = document.get("Statement")
    statements = statements if isinstance(statements, list) else [statements]
    if not statements or not all(isinstance(item, dict) for item in statements):
        raise malformed("Syntax errors in policy.")
    for item in statements:
        _statement(item, is_trust, malformed)


def _statement(item: dict[str, Any], is_trust: bool, malformed: Callable[[str], Refusal]) -> None:
    known = {"Sid", "Effect", "Action", "NotAction", "Condition", "Principal", "NotPrincipal", "Resource", "NotResource"}
    if set(item) - known or item.get("Effect") not in ("Allow", "Deny"):
        raise malformed("Syntax errors in policy.")
    if not {"Action", "NotAction"} & set(item):
        raise malformed("Policy statement must contain actions.")
    has_principal = bool({"Principal", "NotPrincipal"} & set(item))
    has_resource = bool({"Resource", "NotResource"} & set(item))
    if is_trust and has_resource:
        raise malformed("Has prohibited field Resource")
    if is_trust and not has_principal:
        raise malformed("Missing required field Principal")
    if not is_trust and has_principal:
        raise malformed("Policy document should not specify a principal.")
    if not is_trust and not has_resource:
        raise malformed("Policy statement must contain resources.")
    actions = item.get("Action", item.get("NotAction"))
    for action in actions if isinstance(actions, list) else [actions]:
        if not re.fullmatch(r"\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+", str(action)):
            raise malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")


def _create_role(call: Call) -> None:
    _policy(call.params["AssumeRolePolicyDocument"], is_trust=True)
    _check_tags(call.params.get("Tags", []), "InvalidInput", 50)


def _retention(call: Call) -> None:
    if call.params["retentionInDays"] not in _RETENTION_DAYS:
        raise Refusal("InvalidParameterException", f"retentionInDays must be one of {sorted(_RETENTION_DAYS)}")


def _create_topic(call: Call) -> None:
    """API of SNS, CreateTopic.Name: 1 to 256 letters, digits, hyphens, underscores; .fifo for FIFO topics."""
    fifo = call.params.get("Attributes", {}).get("FifoTopic") == "true"
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}" if not fifo else r"[A-Za-z0-9_-]{1,251}\.fifo", call.params["Name"]):
        raise Refusal("InvalidParameter", "Invalid parameter: Topic Name")
    _check_tags(call.params.get("Tags", []), "InvalidParameter", 50)


def _create_bucket(call: Call) -> None:
    """UG of S3, "General purpose bucket naming rules"; API, CreateBucket.LocationConstraint."""
    name = call.params["Bucket"]
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name) or ".." in name or re.fullmatch(r"(\d+\.){3}\d+", name) or (
        name.startswith(("xn--", "sthree-", "amzn-s3-demo-")) or name.endswith(("-s3alias", "--ol-s3", ".mrap", "--x-s3"))
    ):
        raise Refusal("InvalidBucketName", "The specified bucket is not valid.")
    place = call.params.get("CreateBucketConfiguration", {}).get("LocationConstraint")
    if call.signed_region == "us-east-1":
        if place == "us-east-1":
            raise Refusal("InvalidLocationConstraint", "The specified location-constraint is not valid")
    elif place != call.signed_region:
        raise Refusal("IllegalLocationConstraintException", f"The {place or 'unspecified'} location constraint is incompatible for the "
                      "region specific endpoint this request was sent to.")


def _assume_role(call: Call) -> None:
    """API of STS, AssumeRole: an hour at most when the caller itself is an assumed role."""
    if call.caller.role_arn and call.params.get("DurationSeconds", 0) > _CHAINED_SECONDS:
        raise Refusal("ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")


def _create_function(call: Call) -> None:
    """API of Lambda, Environment: names of two characters or more (also the model's pattern); 4 KB in all, reserved names (UG)."""
    variables = call.params.get("Environment", {}).get("Variables", {})
    reserved = sorted(name for name in variables if name in _RESERVED_VARIABLES)
    if reserved:
        raise Refusal("InvalidParameterValueException", "Lambda was unable to configure your environment variables because the environment "
                      "variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys "
                      f"used in this request: {', '.join(reserved)}")
    if sum(len(key.encode()) + len(value.encode()) for key, value in variables.items()) > 4096:
        raise Refusal("InvalidParameterValueException", "Lambda was unable to configure your environment variables because the environment "
                      "variables you have provided exceeded the 4KB limit.")


def _get_resources(call: Call) -> None:
    """API of the Resource Groups Tagging API, GetResources: ResourceARNList goes with no other filter."""
    params = call.params
    if params.get("ResourceARNList") and (params.get("TagFilters") or params.get("ResourceTypeFilters") or "ResourcesPerPage" in params):
        raise Refusal("InvalidParameterException", "ResourceARNList can't be used together with another parameter")
    if len(params.get("TagFilters", [])) > 50 or any(len(item.get("Values", [])) > 20 for item in params.get("TagFilters", [])):
        raise Refusal("InvalidParameterException", "At most 50 tag filters with 20 values each are allowed")


RULES: dict[tuple[str, str], Callable[[Call], None]] = {
    ("ssm", "PutParameter"): _put_parameter,
    ("iam", "CreateRole"): _create_role,
    ("iam", "UpdateAssumeRolePolicy"): lambda call: _policy(call.params["PolicyDocument"], is_trust=True),
    ("iam", "PutRolePolicy"): lambda call: _policy(call.params["PolicyDocument"], is_trust=False),
    ("iam", "CreatePolicy"): lambda call: _policy(call.params["PolicyDocument"], is_trust=False),
    ("logs", "PutRetentionPolicy"): _retention,
    ("sns", "CreateTopic"): _create_topic,
    ("s3", "CreateBucket"): _create_bucket,
    ("sts", "AssumeRole"): _assume_role,
    ("lambda", "CreateFunction"): _create_function,
    ("lambda", "UpdateFunctionConfiguration"): _create_function,
    ("resourcegroupstaggingapi", "GetResources"): _get_resources,
}


def check_prose(call: Call) -> None:
    """Refuses a call that breaks a rule of its operation."""
    rule = RULES.get((call.service, call.name))
    if rule is not None:
        rule(call)
