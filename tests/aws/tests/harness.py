"""One running stand-in for all tests, and what they share. Every test has an account of its own."""

from __future__ import annotations

import atexit
import io
import itertools
import json
import os
import pathlib
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request
import zipfile
from typing import Any, Callable

import botocore.config
import botocore.exceptions
import botocore.session

FOLDER = pathlib.Path(__file__).resolve().parent.parent
REGION = "eu-west-1"
_accounts = itertools.count(int(time.time()) % 100000 * 1000 + 100000000000)


class Instance:
    """A stand-in process."""

    def __init__(self, **environment: str) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "standin"], cwd=FOLDER, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env={**os.environ, **environment})
        assert self.process.stdout is not None
        self.endpoint = json.loads(self.process.stdout.readline())["endpoint"]

    def stop(self) -> None:
        """Ends it the way a parent does: by closing its standard input."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=15)
        self.process.stdout.close()


_shared: list[Instance] = []
_session = botocore.session.Session()


def shared() -> Instance:
    """The instance that all tests use."""
    if not _shared:
        _shared.append(Instance())
        atexit.register(_shared[0].stop)
    return _shared[0]


def new_account() -> str:
    """The id of an account that no other test uses."""
    return str(next(_accounts))


def control(method: str, path: str, body: Any = None) -> Any:
    """Calls the control API."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(shared().endpoint + path, data=data, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def client(service: str, account: str, region: str = REGION, **options: Any) -> Any:
    """A botocore client whose key is the account. It neither validates nor retries by itself."""
    keys = options.pop("credentials", {"AccessKeyId": account, "SecretAccessKey": "test", "SessionToken": None})
    return options.pop("session", _session).create_client(
        service, region_name=region, endpoint_url=shared().endpoint, aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"],
        config=botocore.config.Config(parameter_validation=False, retries={"total_max_attempts": 1}, **options),
    )


class _CborOnly:
    """A model loader that leaves a service only its CBOR protocol, which is all that the Rust SDK speaks."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def load_service_model(self, *args: Any, **kwargs: Any) -> Any:
        model = self._loader.load_service_model(*args, **kwargs)
        if "smithy-rpc-v2-cbor" not in model.get("metadata", {}).get("protocols", []):
            return model
        return {**model, "metadata": {**model["metadata"], "protocols": ["smithy-rpc-v2-cbor"]}}


_cbor_session = botocore.session.Session()
_cbor_session.register_component("data_loader", _CborOnly(_session.get_component("data_loader")))


def cbor_client(service: str, account: str, region: str = REGION) -> Any:
    """A client that speaks rpc-v2-cbor."""
    return client(service, account, region, session=_cbor_session)


class StandinTestCase(unittest.TestCase):
    """A test with an account and quick ways to seed it."""

    def setUp(self) -> None:
        self.account = new_account()

    def client(self, service: str, region: str = REGION, **options: Any) -> Any:
        """A client in the test's account."""
        return client(service, self.account, region, **options)

    def refused(self, code: str, act: Callable[..., Any], status: int | None = None, **params: Any) -> str:
        """Asserts that a call is refused with a code; returns the message."""
        with self.assertRaises(botocore.exceptions.ClientError) as raised:
            act(**params)
        self.assertEqual(raised.exception.response["Error"]["Code"], code, raised.exception)
        if status is not None:
            self.assertEqual(raised.exception.response["ResponseMetadata"]["HTTPStatusCode"], status)
        return raised.exception.response["Error"]["Message"]

    def settings(self, **body: Any) -> None:
        """Changes the account's settings."""
        control("POST", "/_settings", {"account": self.account, **body})

    def role(self, name: str, principal: Any, condition: Any = None, account: str | None = None) -> str:
        """Makes a role; returns its ARN."""
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
        if condition:
            statement["Condition"] = condition
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam = client("iam", account or self.account)
        return iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]["Arn"]

    def seed_canary_needs(self) -> tuple[str, str]:
        """A role that can be used at once and a bucket; returns ARN and bucket name."""
        self.settings(role_refusals=0, transition_ms=40)
        bucket = f"artifacts-{self.account}"
        self.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        return self.role("canary", {"Service": "lambda.amazonaws.com"}), bucket


def archive(**files: str) -> bytes:
    """A zip archive; `blueprint_config__json` becomes `blueprint_config.json`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for name, text in files.items():
            opened.writestr(name.replace("__", "."), text)
    return buffer.getvalue()


def blueprint_archive(config: Any) -> bytes:
    """A zip archive with a blueprint-config.json."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.writestr("blueprint-config.json", config if isinstance(config, str) else json.dumps(config))
    return buffer.getvalue()


HTTP_CHECK = {
    "globalSettings": {"stepTimeout": 10000},
    "steps": {
        "1": {
            "stepName": "home",
            "checkerType": "HTTP",
            "url": "https://example.com/",
            "httpMethod": "GET",
            "assertions": [{"type": "STATUS_CODE", "operator": "IN_RANGE", "rangeMin": 200, "rangeMax": 299}],
        }
    },
}


def canary_request(role: str, bucket: str, name: str = "home", **changes: Any) -> dict[str, Any]:
    """A CreateCanary request with a multi-checks blueprint."""
    return {
        "Name": name,
        "Code": {"ZipFile": blueprint_archive(HTTP_CHECK), "BlueprintTypes": ["multi-checks"]},
        "ArtifactS3Location": f"s3://{bucket}/canaries",
        "ExecutionRoleArn": role,
        "Schedule": {"Expression": "rate(5 minutes)"},
        "RuntimeVersion": "syn-nodejs-3.1",
        "RunConfig": {"TimeoutInSeconds": 60, "MemoryInMB": 960},
        "Tags": {"team": "web"},
        **changes,
    }


def wait_for_state(synthetics: Any, name: str, *states: str) -> dict[str, Any]:
    """Polls until a canary has one of the states; fails after ten seconds."""
    deadline = time.monotonic() + 10
    while True:
        canary = synthetics.get_canary(Name=name)["Canary"]
        if canary["Status"]["State"] in states:
            return canary
        if time.monotonic() > deadline:
            raise AssertionError(f"{name} stays in {canary['Status']}")
        time.sleep(0.01)
