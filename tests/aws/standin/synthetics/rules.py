"""Rules for canaries that stand only in prose. Each names its source.

API: botocore's copy of the Synthetics API reference. UG: CloudWatch user guide.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from ..exchange import Refusal
from . import blueprint
from .runtimes import RUNTIMES, takes_blueprints, takes_browser_configs

# Lambda developer guide, "Defined runtime environment variables", reserved keys.
_RESERVED_VARIABLES = {
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
}
_VARIABLES_BYTES = 4096
_ZIP_BYTES = 225 * 1000
_RETENTION_DAYS = 455
LONGEST_TIMEOUT_SECONDS = 840


def _refuse(message: str) -> Refusal:
    return Refusal("ValidationException", message)


def interval_seconds(expression: str) -> int | None:
    """Seconds between runs of a rate expression (0 = once); None for cron. Refuses anything else.

    API, CanaryScheduleInput.Expression: minute, minutes or hour; from 1 minute to 1 hour; 0 = once.
    """
    if re.fullmatch(r"cron\(\S+( \S+){5}\)", expression):
        return None
    match = re.fullmatch(r"rate\((\d+) (minute|minutes|hour)\)", expression)
    if match is None:
        raise _refuse(f"Invalid schedule expression: {expression}")
    seconds = int(match.group(1)) * (3600 if match.group(2) == "hour" else 60)
    if seconds > 3600:
        raise _refuse("The rate of a canary must be between rate(1 minute) and rate(1 hour)")
    return seconds


def check_settings(settings: dict[str, Any]) -> None:
    """What must hold between the members of a canary, seen after defaults or an update were merged in."""
    seconds = interval_seconds(settings["Schedule"]["Expression"])
    timeout = settings["RunConfig"].get("TimeoutInSeconds")
    # API, CanaryRunConfigInput.TimeoutInSeconds: not longer than the frequency.
    if timeout is not None and seconds and timeout > seconds:
        raise _refuse("Timeout must be less than or equal to the frequency of the canary")
    # API, RetryConfigInput: with two retries the timeout must be less than 600 seconds.
    if timeout is not None and timeout >= 600 and settings["Schedule"].get("RetryConfig", {}).get("MaxRetries") == 2:
        raise _refuse("TimeoutInSeconds must be less than 600 with MaxRetries of 2")
    if settings.get("BrowserConfigs") and not takes_browser_configs(settings["RuntimeVersion"]):
        # API, Canary.EngineConfigs: from syn-nodejs-puppeteer-11.0 and syn-nodejs-playwright-3.0.
        raise _refuse(f"BrowserConfigs is not supported by {settings['RuntimeVersion']}")


def check_request(params: dict[str, Any]) -> None:
    """What must hold inside the members of a CreateCanary or UpdateCanary request."""
    run = params.get("RunConfig", {})
    # API, MemoryInMB: a multiple of 64.
    if run.get("MemoryInMB", 64) % 64:
        raise _refuse("MemoryInMB must be a multiple of 64")
    _check_variables(run.get("EnvironmentVariables", {}))
    for name in ("SuccessRetentionPeriodInDays", "FailureRetentionPeriodInDays"):
        # UG, "Creating a canary": 1 to 455 days; the model says 1024.
        if params.get(name, 1) > _RETENTION_DAYS:
            raise _refuse(f"{name} must be between 1 and {_RETENTION_DAYS}")
    if "ArtifactS3Location" in params:
        bucket_of(params["ArtifactS3Location"])
    if "ResourcesToReplicateTags" in params and not params.get("Tags"):
        # API, ResourcesToReplicateTags: without tags the creation fails.
        raise _refuse("ResourcesToReplicateTags needs Tags")
    if params.get("RuntimeVersion"):
        check_runtime(params["RuntimeVersion"])
    if params.get("ArtifactConfig", {}).get("S3Encryption", {}).get("KmsKeyArn") and (
        params["ArtifactConfig"]["S3Encryption"].get("EncryptionMode") != "SSE_KMS"
    ):
        raise _refuse("KmsKeyArn can only be specified with the encryption mode SSE_KMS")


def check_runtime(name: str) -> None:
    """The runtime must exist and not be deprecated (UG, "Runtime versions support policy")."""
    runtime = RUNTIMES.get(name)
    if runtime is None:
        raise _refuse(f"Invalid runtime version specified: {name}.")
    if runtime.is_deprecated():
        # The words come from github.com/aws-samples/arc-zonal-shift-demo issue 3.
        raise _refuse("Deprecated runtime version specified.")


def _check_variables(variables: dict[str, str]) -> None:
    # API, CanaryRunConfigInput.EnvironmentVariables.
    for key in variables:
        if not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]+", key):
            raise _refuse(f"Environment variable {key!r} must start with a letter and have two characters or more")
        if key in _RESERVED_VARIABLES:
            raise _refuse(f"Environment variable {key!r} is reserved by Lambda")
    if sum(len(key.encode()) + len(value.encode()) for key, value in variables.items()) > _VARIABLES_BYTES:
        raise _refuse("The total size of the environment variables must not exceed 4 KB")


def bucket_of(location: str) -> str:
    """The bucket of an artifact location (API, ArtifactS3Location: its name has no period)."""
    match = re.fullmatch(r"(?:s3://)?([^/]+)(?:/.*)?", location)
    if match is None:
        raise _refuse(f"Invalid artifact location: {location}")
    bucket = match.group(1)
    if "." in bucket:
        raise _refuse("The artifact bucket's name can't include a period (.)")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", bucket):
        raise _refuse(f"Invalid artifact bucket: {bucket}")
    return bucket


def check_code(code: dict[str, Any], runtime: str) -> None:
    """Where the code comes from and how it is entered (API, CanaryCodeInput)."""
    if ("ZipFile" in code) == ("S3Bucket" in code):
        raise _refuse("Code needs either ZipFile or S3Bucket and S3Key")
    if "S3Bucket" in code and "S3Key" not in code:
        raise _refuse("S3Key must be provided with S3Bucket")
    if len(code.get("ZipFile", b"")) >= _ZIP_BYTES:
        raise Refusal("RequestEntityTooLargeException", "ZipFile must be smaller than 225 KB", 413)
    if not code.get("BlueprintTypes"):
        if not code.get("Handler"):
            raise _refuse("Handler must be provided")
        return
    if "Handler" in code:
        # UG, "Creating multi checks blueprint canary": both give a ValidationException. Whether AWS lets an
        # empty one pass is not documented, so it is refused as well.
        raise _refuse("Handler must not be provided when BlueprintTypes is specified")
    if code["BlueprintTypes"] != ["multi-checks"]:
        raise _refuse(f"Invalid blueprint type: {code['BlueprintTypes'][0]}")
    if not takes_blueprints(runtime):
        raise _refuse(f"BlueprintTypes is not supported by {runtime}")


def archive_problems(archive: bytes, is_blueprint: bool) -> list[str]:
    """What is wrong inside the code archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            names = opened.namelist()
            if not is_blueprint:
                return [] if names else ["the archive is empty"]
            if blueprint.FILE_NAME not in names:
                return [f"the archive has no {blueprint.FILE_NAME}"]
            text = opened.read(blueprint.FILE_NAME)
            # UG: the archive holds blueprint-config.json and, if there is one, synthetics.json.
            extra = sorted(set(names) - {blueprint.FILE_NAME, "synthetics.json"})
    except (zipfile.BadZipFile, EOFError, NotImplementedError):
        return ["could not unzip the code archive"]
    return [f"the archive holds {name}" for name in extra] + blueprint.problems(text)
