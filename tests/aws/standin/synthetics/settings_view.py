"""Settings of canaries: with AWS's defaults on the way in, without what AWS hides on the way out."""

from __future__ import annotations

import copy
import time
from typing import Any

from . import rules
from .runtimes import takes_browser_configs
from .store import Canary, DryRun

# What an update replaces as a whole; Schedule, RunConfig and Code have rules of their own.
MERGED_WHOLE = (
    "ExecutionRoleArn", "RuntimeVersion", "SuccessRetentionPeriodInDays", "FailureRetentionPeriodInDays", "VpcConfig",
    "ArtifactS3Location", "ArtifactConfig", "ProvisionedResourceCleanup", "BrowserConfigs", "KmsKeyArn", "VisualReference",
    "VisualReferences",
)
_DEFAULT_MEMORY_MB = 1000
_DEFAULT_RETENTION_DAYS = 31


def dry_run_config(run: DryRun) -> dict[str, str]:
    """The dry run as GetCanary and StartCanaryDryRun show it."""
    return {"DryRunId": run.id, "LastDryRunExecutionStatus": "PASSED" if time.monotonic() >= run.ends else "RUNNING"}


def dry_canary_run(canary: Canary, run: DryRun) -> dict[str, Any]:
    """The dry run as GetCanaryRuns shows it."""
    done = time.monotonic() >= run.ends
    status = {"State": "PASSED", "TestResult": "PASSED"} if done else {"State": "RUNNING", "TestResult": "UNKNOWN"}
    return {"Id": run.id, "Name": canary.name, "Status": status, "Timeline": {"Started": run.started},
            "DryRunConfig": {"DryRunId": run.id}}


def schedule(given: dict[str, Any]) -> dict[str, Any]:
    """A schedule with its default duration."""
    return {"DurationInSeconds": 0, **given}


def without_variables(run: dict[str, Any]) -> dict[str, Any]:
    """The environment is write-only: no output shape has it."""
    return {name: value for name, value in run.items() if name != "EnvironmentVariables"}


def code(given: dict[str, Any]) -> dict[str, Any]:
    """What of the code may be read back."""
    return {name: given[name] for name in ("Handler", "BlueprintTypes", "Dependencies") if given.get(name)}


def new_settings(params: dict[str, Any]) -> dict[str, Any]:
    """A new canary's settings with the defaults that AWS fills in."""
    seconds = rules.interval_seconds(params["Schedule"]["Expression"])
    timeout = min(seconds or rules.LONGEST_TIMEOUT_SECONDS, rules.LONGEST_TIMEOUT_SECONDS)
    run = {"TimeoutInSeconds": timeout, "MemoryInMB": _DEFAULT_MEMORY_MB, "ActiveTracing": False, "EphemeralStorage": 1024}
    return {
        "SuccessRetentionPeriodInDays": _DEFAULT_RETENTION_DAYS,
        "FailureRetentionPeriodInDays": _DEFAULT_RETENTION_DAYS,
        "ProvisionedResourceCleanup": "AUTOMATIC",
        **{name: params[name] for name in ("Name", *MERGED_WHOLE) if name in params},
        "Code": code(params["Code"]),
        "Schedule": schedule(params["Schedule"]),
        "RunConfig": {**run, **without_variables(params.get("RunConfig", {}))},
    }


def shown_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings in the words of the output shape."""
    view = copy.deepcopy(settings)
    # AWS shows the location without its scheme (hashicorp/terraform-provider-aws suppresses that difference).
    view["ArtifactS3Location"] = view["ArtifactS3Location"].removeprefix("s3://")
    if "VpcConfig" in view:
        view["VpcConfig"]["VpcId"] = "vpc-0123456789abcdef0" if view["VpcConfig"].get("SubnetIds") else ""
    return view


def shown(canary: Canary) -> dict[str, Any]:
    """A canary in the words of the output shape."""
    view = {
        **shown_settings(canary.settings),
        "Id": canary.id,
        "Status": {"State": canary.state, "StateReason": canary.reason or None, "StateReasonCode": canary.code or None},
        "Timeline": {"Created": canary.created, "LastModified": canary.modified, "LastStarted": canary.started,
                     "LastStopped": canary.stopped},
        "Tags": dict(canary.tags) or None,
    }
    if canary.function_arn:
        if takes_browser_configs(canary.settings["RuntimeVersion"]):
            browsers = canary.settings.get("BrowserConfigs") or [{"BrowserType": "CHROME"}]
            view["EngineConfigs"] = [{"EngineArn": f"{canary.function_arn}:1", **browser} for browser in browsers]
        else:
            view["EngineArn"] = f"{canary.function_arn}:1"
    return view
