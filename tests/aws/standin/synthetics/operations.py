"""The operations of Synthetics that concern canaries.

Wording of refusals: where AWS's own words are known from public issue threads they are used, otherwise
they are ours. States and conflicts follow the API reference; which states UpdateCanary takes is from
hashicorp/terraform-provider-aws issue 17642 (a running canary must be stopped first).
"""

from __future__ import annotations

import copy
import time
import uuid
from typing import Any

from ..exchange import Call, Refusal
from ..identity import read_role, trusts
from ..paging import page
from ..underlay import Underlay
from . import provisioned, rules, settings_view
from .runtimes import RUNTIMES
from .store import Canary, DryRun, Store, Transition, now

_NOT_ASSUMED = (
    "The role defined for the function cannot be assumed by Lambda. (Service: AWSLambda; Status Code: 400; "
    "Error Code: InvalidParameterValueException; Request ID: {}; Proxy: null)"
)
_UPDATABLE = ("READY", "STOPPED", "ERROR")
_DELETABLE = ("READY", "STOPPED", "ERROR")


def _conflict(message: str) -> Refusal:
    return Refusal("ConflictException", message, 409)


class Canaries:
    """Handlers of the operations, by name."""

    def __init__(self, store: Store, underlay: Underlay) -> None:
        self._store = store
        self._underlay = underlay

    def handlers(self) -> dict[str, Any]:
        """Operation name to handler."""
        return {
            "CreateCanary": self.create, "GetCanary": self.read, "DescribeCanaries": self.describe,
            "UpdateCanary": self.update, "StartCanary": self.start, "StopCanary": self.stop, "DeleteCanary": self.delete,
            "GetCanaryRuns": self.runs, "DescribeCanariesLastRun": self.last_runs,
            "DescribeRuntimeVersions": self.runtimes, "StartCanaryDryRun": self.dry_run,
        }

    def _find(self, call: Call) -> Canary:
        canary = self._store.find(call.account, call.region, call.params["Name"])
        if canary is None:
            raise Refusal("ResourceNotFoundException", f"Canary not found: {call.params['Name']}", 404)
        return canary

    def _check_role(self, call: Call, arn: str) -> str | None:
        """The reason why Lambda can't assume the role, or None. AWS finds out after it has accepted the call."""
        if arn.split(":")[4] != call.account:
            raise Refusal("ValidationException", "Cross-account pass role is not allowed.")
        role = read_role(self._underlay, arn)
        trusted = role is not None and trusts(role["TrustPolicy"], {"lambda.amazonaws.com"}, {}, kind="Service")
        if role is None or not trusted or not self._store.use_role(call.account, role["RoleId"]):
            return _NOT_ASSUMED.format(uuid.uuid4())
        return None

    def _check_archive(self, call: Call, code: dict[str, Any]) -> tuple[bytes, str | None]:
        """The archive, and why its runs will fail (only when wrong blueprints are let through)."""
        archive = provisioned.read_archive(self._underlay, call.account, call.region, code)
        problems = rules.archive_problems(archive, bool(code.get("BlueprintTypes")))
        if not problems:
            return archive, None
        text = f"{'; '.join(problems)}."
        if not code.get("BlueprintTypes"):
            raise Refusal("ValidationException", text)
        if self._store.settings.refuses_blueprints(call.account):
            raise Refusal("ValidationException", f"Invalid blueprint configuration (AWS would fail the first run): {text}")
        return archive, text

    def create(self, call: Call) -> dict[str, Any]:
        """CreateCanary: makes function and layer; the state becomes READY by the clock."""
        params = call.params
        rules.check_request(params)
        rules.check_code(params["Code"], params["RuntimeVersion"])
        settings = settings_view.new_settings(params)
        rules.check_settings(settings)
        archive, run_failure = self._check_archive(call, params["Code"])
        provisioned.check_bucket(self._underlay, call.account, call.region, rules.bucket_of(params["ArtifactS3Location"]))
        canary = Canary(call.account, call.region, settings, dict(params.get("Tags", {})),
                        bool(params.get("ResourcesToReplicateTags")), run_failure=run_failure)
        reason = self._check_role(call, params["ExecutionRoleArn"])
        with canary.lock:
            then = self._store.transition(call.account, "create", "READY")
            canary.begin("CREATING", Transition(then.ends, "ERROR", reason, "CREATE_FAILED") if reason else then)
            self._store.add(canary)
            if not reason:
                try:
                    provisioned.make(self._underlay, canary, archive)
                except Exception:
                    self._store.remove(canary)
                    raise
            return {"Canary": settings_view.shown(canary)}

    def read(self, call: Call) -> dict[str, Any]:
        """GetCanary."""
        canary = self._find(call)
        with canary.lock:
            shown = settings_view.shown(canary)
            wanted = call.params.get("DryRunId")
            if wanted:
                run = canary.dry_runs.get(wanted)
                if run is None:
                    raise Refusal("ResourceNotFoundException", f"Dry run not found: {wanted}", 404)
                shown = {**shown, **settings_view.shown_settings(run.settings), "DryRunConfig": settings_view.dry_run_config(run)}
            return {"Canary": shown}

    def describe(self, call: Call) -> dict[str, Any]:
        """DescribeCanaries: 20 a page at most."""
        canaries = self._store.listed(call.account, call.region)
        names = call.params.get("Names")
        if names:
            canaries = [canary for canary in canaries if canary.name in names]
        found, token = page(canaries, call.params.get("NextToken"), call.params.get("MaxResults", 20))
        return {"Canaries": [settings_view.shown(canary) for canary in found], "NextToken": token}

    def update(self, call: Call) -> dict[str, Any]:
        """UpdateCanary: only what is named changes; the state returns to what it was."""
        canary, params = self._find(call), call.params
        with canary.lock:
            if canary.state not in _UPDATABLE:
                raise _conflict(f"Canary is in state {canary.state}; it can be updated only in {', '.join(_UPDATABLE)}.")
            if "DryRunId" in params:
                return self._apply_dry_run(call, canary)
            settings, archive = self._merged(call, canary)
            reason = None
            if "ExecutionRoleArn" in params or canary.function_arn is None:
                reason = self._check_role(call, settings["ExecutionRoleArn"])
            self._provision_update(canary, settings, archive, reason)
            canary.begin("UPDATING", self._after_update(call, canary, settings, reason))
        return {}

    def _after_update(self, call: Call, canary: Canary, settings: dict[str, Any], reason: str | None) -> Transition:
        before = canary.state
        if reason is None and canary.function_arn is None:
            # Nothing was ever made, and an update without code can't make it.
            reason = canary.reason
        then = self._store.transition(call.account, "update", "READY" if before == "ERROR" else before, settings)
        if reason:
            code = "CREATE_FAILED" if canary.function_arn is None else "ROLLBACK_COMPLETE"
            return Transition(then.ends, "ERROR" if before == "ERROR" else before, reason, code)
        return then

    def _provision_update(self, canary: Canary, settings: dict[str, Any], archive: bytes | None, reason: str | None) -> None:
        if reason or archive is None:
            return
        kept = canary.settings
        canary.settings = settings
        try:
            if canary.function_arn is None:
                provisioned.make(self._underlay, canary, archive)
            else:
                provisioned.publish_layer(self._underlay, canary, archive)
        finally:
            canary.settings = kept

    def _merged(self, call: Call, canary: Canary) -> tuple[dict[str, Any], bytes | None]:
        """The settings after an update, and the new code archive if the update brings one."""
        params = call.params
        rules.check_request(params)
        settings = copy.deepcopy(canary.settings)
        settings.update({name: params[name] for name in settings_view.MERGED_WHOLE if name in params})
        if "Schedule" in params:
            settings["Schedule"] = settings_view.schedule(params["Schedule"])
        if "RunConfig" in params:
            settings["RunConfig"] = {**settings["RunConfig"], **settings_view.without_variables(params["RunConfig"])}
        runtime = settings["RuntimeVersion"]
        if "Code" not in params:
            if runtime != canary.settings["RuntimeVersion"]:
                # The words come from hashicorp/terraform-provider-aws issue 46792.
                raise Refusal("ValidationException", "Code must be provided when updating to a different runtime")
            # UG, "Runtime versions support policy": an update must move away from a deprecated runtime.
            rules.check_runtime(runtime)
            rules.check_settings(settings)
            return settings, None
        rules.check_code(params["Code"], runtime)
        rules.check_settings(settings)
        archive, canary.run_failure = self._check_archive(call, params["Code"])
        if "ArtifactS3Location" in params:
            bucket = rules.bucket_of(params["ArtifactS3Location"])
            provisioned.check_bucket(self._underlay, call.account, call.region, bucket)
        settings["Code"] = settings_view.code(params["Code"])
        return settings, archive

    def _apply_dry_run(self, call: Call, canary: Canary) -> dict[str, Any]:
        # API, UpdateCanaryRequest.DryRunId: Schedule is the only other field.
        if set(call.params) - {"Name", "DryRunId", "Schedule"}:
            raise Refusal("ValidationException", "Only Schedule can be updated together with DryRunId")
        run = canary.dry_runs.get(call.params["DryRunId"])
        if run is None:
            raise Refusal("ResourceNotFoundException", f"Dry run not found: {call.params['DryRunId']}", 404)
        if time.monotonic() < run.ends:
            raise _conflict("The dry run has not ended yet.")
        settings = copy.deepcopy(run.settings)
        if "Schedule" in call.params:
            settings["Schedule"] = settings_view.schedule(call.params["Schedule"])
            rules.check_settings(settings)
        canary.begin("UPDATING", self._store.transition(call.account, "update", canary.state, settings))
        return {}

    def start(self, call: Call) -> dict[str, Any]:
        """StartCanary: from READY or STOPPED; the first start makes the log group."""
        canary = self._find(call)
        with canary.lock:
            if canary.state not in ("READY", "STOPPED") or canary.function_arn is None:
                # The words come from hashicorp/terraform-provider-aws issue 20382.
                raise _conflict(f"Canary is not in a startable state. Current state: {canary.state}")
            provisioned.make_log_group(self._underlay, canary)
            canary.begin("STARTING", self._store.transition(call.account, "start", "RUNNING"))
        return {}

    def stop(self, call: Call) -> dict[str, Any]:
        """StopCanary: from RUNNING."""
        canary = self._find(call)
        with canary.lock:
            if canary.state != "RUNNING":
                raise _conflict(f"Canary is not in a stoppable state. Current state: {canary.state}")
            canary.keep_runs()
            canary.begin("STOPPING", self._store.transition(call.account, "stop", "STOPPED"))
        return {}

    def delete(self, call: Call) -> dict[str, Any]:
        """DeleteCanary: not while it runs or changes."""
        canary = self._find(call)
        with canary.lock:
            if canary.state not in _DELETABLE:
                raise _conflict(f"Canary is in a state that can't be deleted: {canary.state}")
            then = self._store.transition(call.account, "delete", "DELETED")
            automatic = canary.settings["ProvisionedResourceCleanup"] == "AUTOMATIC"
            if then.state == "DELETED" and (automatic or call.params.get("DeleteLambda")):
                provisioned.remove(self._underlay, canary)
                canary.function_arn = None
            canary.begin("DELETING", then)
        return {}

    def runs(self, call: Call) -> dict[str, Any]:
        """GetCanaryRuns."""
        canary, params = self._find(call), call.params
        with canary.lock:
            if params.get("RunType") == "DRY_RUN" or params.get("DryRunId"):
                found = [settings_view.dry_canary_run(canary, run) for run in canary.dry_runs.values()
                         if params.get("DryRunId") in (None, run.id)]
            else:
                found = canary.runs()
        found, token = page(found, params.get("NextToken"), params.get("MaxResults", 100))
        return {"CanaryRuns": found, "NextToken": token}

    def last_runs(self, call: Call) -> dict[str, Any]:
        """DescribeCanariesLastRun: canaries that never ran have no entry."""
        names = call.params.get("Names")
        canaries = [canary for canary in self._store.listed(call.account, call.region) if names is None or canary.name in names]
        entries = [{"CanaryName": canary.name, "LastRun": runs[0]} for canary in canaries if (runs := canary.runs())]
        found, token = page(entries, call.params.get("NextToken"), call.params.get("MaxResults", 100))
        return {"CanariesLastRun": found, "NextToken": token}

    def runtimes(self, call: Call) -> dict[str, Any]:
        """DescribeRuntimeVersions."""
        versions = [runtime.described() for runtime in RUNTIMES.values()]
        found, token = page(versions, call.params.get("NextToken"), call.params.get("MaxResults", 100))
        return {"RuntimeVersions": found, "NextToken": token}

    def dry_run(self, call: Call) -> dict[str, Any]:
        """StartCanaryDryRun: tries settings without changing the canary."""
        canary = self._find(call)
        with canary.lock:
            if canary.state in ("CREATING", "DELETING", "UPDATING"):
                raise _conflict(f"Canary is in state {canary.state}.")
            settings, archive = self._merged(call, canary)
            self._provision_update(canary, settings, archive, None)
            ends = time.monotonic() + self._store.settings.transition_seconds(call.account)
            run = DryRun(str(uuid.uuid4()), ends, settings, now())
            canary.dry_runs[run.id] = run
            return {"DryRunConfig": settings_view.dry_run_config(run)}
