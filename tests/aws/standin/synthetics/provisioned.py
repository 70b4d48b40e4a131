"""What a canary makes in the account: a Lambda function, a layer with its code, a log group.

Source: CloudWatch user guide (UG), "Editing or deleting a canary", and the API reference of DeleteCanary:
the function and layers go with the canary (AUTOMATIC, or DeleteLambda), the log group stays.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any

from ..exchange import Refusal
from ..underlay import Underlay, UnderlayError
from .store import Canary

# UG, "Synthetics runtime versions": Node.js 20.x below syn-nodejs-3.x, 22.x below the browser runtimes of today.
_FUNCTION_RUNTIMES = {"syn-python": "python3.11", "syn-nodejs-p": "nodejs22.x", "syn-nodejs-": "nodejs20.x"}


def _entry_archive() -> bytes:
    """A function body that answers; the check itself is never run by the stand-in."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.js", "exports.handler = async () => ({ statusCode: 200 });\n")
    return buffer.getvalue()


_ENTRY_ARCHIVE = _entry_archive()


def make(underlay: Underlay, canary: Canary, archive: bytes) -> None:
    """Makes layer and function of a new canary."""
    publish_layer(underlay, canary, archive)
    version = canary.settings["RuntimeVersion"]
    runtime = next(value for prefix, value in _FUNCTION_RUNTIMES.items() if version.startswith(prefix))
    run = canary.settings["RunConfig"]
    answer = underlay.call(
        "lambda", "CreateFunction", canary.account, canary.region,
        FunctionName=canary.function_name,
        Runtime=runtime,
        Role=canary.settings["ExecutionRoleArn"],
        Handler="index.handler",
        Code={"ZipFile": _ENTRY_ARCHIVE},
        Timeout=run["TimeoutInSeconds"],
        MemorySize=run["MemoryInMB"],
        Layers=[canary.layer_arns[-1]],
        **({"Tags": canary.tags} if canary.replicates_tags else {}),
    )
    canary.function_arn = answer["FunctionArn"]


def publish_layer(underlay: Underlay, canary: Canary, archive: bytes) -> None:
    """Publishes the canary's code as a layer version; old versions stay until the canary goes."""
    answer = underlay.call(
        "lambda", "PublishLayerVersion", canary.account, canary.region,
        LayerName=canary.function_name, Content={"ZipFile": archive}, Description=f"Code of canary {canary.name}")
    canary.layer_arns.append(answer["LayerVersionArn"])
    canary.settings["Code"] = {**canary.settings["Code"], "SourceLocationArn": answer["LayerVersionArn"]}


def replace_tags(underlay: Underlay, canary: Canary, added: dict[str, str], removed: list[str]) -> None:
    """Carries a change of tags over to the function."""
    if not (canary.replicates_tags and canary.function_arn):
        return
    if added:
        underlay.call("lambda", "TagResource", canary.account, canary.region, Resource=canary.function_arn, Tags=added)
    if removed:
        underlay.call("lambda", "UntagResource", canary.account, canary.region, Resource=canary.function_arn, TagKeys=removed)


def remove(underlay: Underlay, canary: Canary) -> None:
    """Removes function and layers. Somebody may have deleted them by hand before."""
    try:
        underlay.call("lambda", "DeleteFunction", canary.account, canary.region, FunctionName=canary.function_name)
    except UnderlayError as error:
        if error.status != 404:
            raise
    for arn in canary.layer_arns:
        name, version = arn.rsplit(":", 2)[1:]
        underlay.call("lambda", "DeleteLayerVersion", canary.account, canary.region, LayerName=name, VersionNumber=int(version))


def make_log_group(underlay: Underlay, canary: Canary) -> None:
    """The first run makes the log group; a group that is there already is fine."""
    try:
        underlay.call("logs", "CreateLogGroup", canary.account, canary.region, logGroupName=f"/aws/lambda/{canary.function_name}")
    except UnderlayError as error:
        if error.code != "ResourceAlreadyExistsException":
            raise


def read_archive(underlay: Underlay, account: str, region: str, code: dict[str, Any]) -> bytes:
    """The code archive of a request, from the request itself or from S3."""
    if "ZipFile" in code:
        return bytes(code["ZipFile"])
    try:
        version = {"VersionId": code["S3Version"]} if "S3Version" in code else {}
        answer = underlay.call("s3", "GetObject", account, region, Bucket=code["S3Bucket"], Key=code["S3Key"], **version)
    except UnderlayError as error:
        raise Refusal("ValidationException", f"Could not read s3://{code['S3Bucket']}/{code['S3Key']}: {error}") from None
    return answer["Body"]


def check_bucket(underlay: Underlay, account: str, region: str, bucket: str) -> None:
    """The artifact bucket must exist."""
    try:
        underlay.call("s3", "HeadBucket", account, region, Bucket=bucket)
    except UnderlayError as error:
        if error.status == 301:
            return  # It exists, in another region.
        raise Refusal("ValidationException", f"The artifact bucket {bucket} does not exist or can't be reached") from None
