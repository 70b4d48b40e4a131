"""Real functions for tests: a bootstrap in Python that speaks the Lambda Runtime API, in a zip archive as AWS takes it."""

from __future__ import annotations

import io
import json
import sys
import time
import zipfile
from typing import Any, Callable

import botocore.exceptions

from harness import StandinTestCase, client, control

_LOOP = '''#!%s
import json, os, sys, urllib.request

API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"

def aws(service, region=None):
    import botocore.config, botocore.session
    return botocore.session.Session().create_client(service, region_name=region or os.environ["AWS_REGION"],
        config=botocore.config.Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}))

def post(path, value):
    request = urllib.request.Request(API + path, data=json.dumps(value).encode(), method="POST")
    urllib.request.urlopen(request).read()

%s

while True:
    with urllib.request.urlopen(API + "next") as answer:
        headers, event = answer.headers, json.loads(answer.read())
    request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    try:
        result = handle(event, headers)
    except Exception as error:
        print("failed:", error, flush=True)
        post(request_id + "/error", {"errorMessage": str(error), "errorType": type(error).__name__})
    else:
        post(request_id + "/response", result)
'''


def function_archive(source: str) -> bytes:
    """A deployment package; `source` defines `handle(event, headers)`, with `aws(service)` for a client as the function's role."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        opened.writestr(entry, _LOOP % (sys.executable, source))
    return buffer.getvalue()


def statement(*actions: str, resource: Any = "*", **extra: Any) -> dict[str, Any]:
    """A statement that allows actions."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **extra}


LOGS = statement("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")


class FunctionTestCase(StandinTestCase):
    """A test whose functions run."""

    def setUp(self) -> None:
        super().setUp()
        self.settings(role_refusals=0, transition_ms=0, schedules="manual", queue_reuse_seconds=0)

    def role_of(self, name: str, service: str, *statements: dict[str, Any], account: str | None = None) -> str:
        """A role that a service assumes, with one inline policy."""
        arn = self.role(name, {"Service": service}, account=account)
        if statements:
            document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
            client("iam", account or self.account).put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document)
        return arn

    def function(self, name: str, source: str, *statements: dict[str, Any], **changes: Any) -> str:
        """A function with a role of its own; returns its ARN."""
        role = self.role_of(f"{name}-role", "lambda.amazonaws.com", LOGS, *statements)
        made = self.client("lambda").create_function(**{
            "FunctionName": name, "Role": role, "Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": 10,
            "Code": {"ZipFile": function_archive(source)}, **changes})
        return str(made["FunctionArn"])

    def invoke(self, name: str, event: Any) -> tuple[Any, str | None]:
        """The answer of a function, and its kind of error."""
        answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
        return json.loads(answer["Payload"].read()), answer.get("FunctionError")

    def invocations(self) -> list[dict[str, Any]]:
        """What the account's functions did."""
        return list(control("GET", f"/_functions/invocations?account={self.account}")["invocations"])

    def eventually(self, probe: Callable[[], Any], seconds: float = 20) -> Any:
        """The first true value of a probe."""
        deadline = time.monotonic() + seconds
        while True:
            value = probe()
            if value:
                return value
            if time.monotonic() > deadline:
                raise AssertionError(f"nothing came within {seconds:.0f} s; invocations: {self.invocations()}")
            time.sleep(0.05)

    def queue(self, name: str, account: str | None = None, **attributes: str) -> tuple[str, str]:
        """A queue's URL and ARN."""
        sqs = client("sqs", account or self.account)
        url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return url, f"arn:aws:sqs:eu-west-1:{account or self.account}:{name}"


def denied(error: botocore.exceptions.ClientError) -> str:
    """The message of a refusal."""
    return str(error.response["Error"]["Message"])
