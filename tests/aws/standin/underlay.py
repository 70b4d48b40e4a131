"""ministack as a child process, and the connection to it."""

from __future__ import annotations

import ctypes
import json
import logging
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from typing import Any
from urllib.parse import urlencode

import botocore.parsers
import botocore.serialize
import urllib3

from .exchange import Request, Response
from .services import SERVICES, model_of

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "te", "upgrade", "proxy-connection", "expect"}
# Half of this is normal on a machine whose cores all compile; who starts the stand-in waits two minutes.
_START_SECONDS = 100.0
_PR_SET_PDEATHSIG = 1
# Functions that run at the same time, over all accounts: enough for any test, and not more than a small machine bears.
_CONCURRENT_FUNCTIONS = 64


class NotStarted(Exception):
    """ministack ended before it answered."""


class UnderlayError(Exception):
    """ministack answered a call of the layer itself with an error."""

    def __init__(self, service: str, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.service = service
        self.status = status
        self.code = code
        self.message = message


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _child_setup() -> None:
    """In the child: a process group of its own, and an end together with the parent (Linux)."""
    os.setpgid(0, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Underlay:
    """The running ministack. `endpoint` is the layer's own, which functions call."""

    def __init__(self, log: bool, endpoint: str) -> None:
        self.port = _free_port()
        self.endpoint = endpoint
        self.marker = f"hinomi-{secrets.token_hex(8)}:"
        self._name = f"hinomi-{secrets.token_hex(8)}"
        self._folder = tempfile.TemporaryDirectory(prefix="hinomi-standin-")
        # Account, or None for all, to the number of invocations that are no longer shown.
        self._forgotten: dict[str | None, int] = {}
        self._invocations = pathlib.Path(self._folder.name, "invocations.jsonl")
        self.measurements = pathlib.Path(self._folder.name, "measurements.jsonl")
        self._child = subprocess.Popen(
            # Not as a script: its folder would come first in the module path, and shadow modules of others.
            [sys.executable, "-c", "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')",
             str(pathlib.Path(__file__).with_name("child.py").resolve())],
            env=self._environment(log),
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr if log else subprocess.DEVNULL,
            stderr=None if log else subprocess.DEVNULL,
            preexec_fn=_child_setup,
            cwd=self._folder.name,
        )
        # More connections than the pool keeps are normal here, and not worth a warning.
        logging.getLogger("urllib3").setLevel(logging.ERROR)
        self._pool = urllib3.HTTPConnectionPool("127.0.0.1", self.port, maxsize=64, block=False, retries=False)
        self._parsers = botocore.parsers.ResponseParserFactory()

    def _environment(self, log: bool) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
        return {
            **kept,
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "TMPDIR": self._folder.name,
            "LOG_LEVEL": "INFO" if log else "ERROR",
            "MINISTACK_EDITION": self._name,
            "PERSIST_STATE": "0",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_ENDPOINT_URL": self.endpoint,
            "LAMBDA_ACCOUNT_CONCURRENCY": str(_CONCURRENT_FUNCTIONS),
            "STANDIN_INVOCATIONS": str(self._invocations),
            "STANDIN_MEASUREMENTS": str(self.measurements),
            "STANDIN_MARKER": self.marker,
        }

    def wait_until_ready(self) -> None:
        """Returns when our ministack answers; raises when it ended or took too long.

        The port was free a moment ago, but another process may have taken it: the name tells them apart.
        """
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._child.poll() is not None:
                raise NotStarted(f"ministack ended with code {self._child.returncode}; STANDIN_LOG=1 shows why")
            try:
                answer = self._pool.request("GET", "/_ministack/health", timeout=2.0)
                if self._name in answer.data.decode("utf-8", "replace"):
                    return
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(0.02)
        raise RuntimeError(f"ministack did not answer within {_START_SECONDS:.0f} s")

    def stop(self) -> None:
        """Ends ministack and everything that it started."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._child.pid, number)
            except ProcessLookupError:
                break
            try:
                self._child.wait(timeout=2.0)
            except subprocess.TimeoutExpired:
                continue
        self._folder.cleanup()

    def forward(self, request: Request) -> Response:
        """Sends a client's request on, unchanged, and returns the answer."""
        headers = {key: value for key, value in request.headers.items() if key not in _HOP_BY_HOP}
        answer = self._pool.urlopen(
            request.method,
            request.target(),
            body=request.body,
            headers=headers,
            retries=False,
            redirect=False,
            decode_content=False,
            timeout=urllib3.Timeout(connect=5.0, read=120.0),
        )
        kept = {key.lower(): value for key, value in answer.headers.items() if key.lower() not in _HOP_BY_HOP}
        if request.method == "HEAD" and "content-length" in answer.headers:
            kept["content-length"] = answer.headers["content-length"]
        return Response(answer.status, kept, answer.data)

    def call(self, service: str, operation: str, account: str, region: str, **params: Any) -> dict[str, Any]:
        """Calls an operation of ministack on the layer's own behalf."""
        model = model_of(service)
        operation_model = model.operation_model(operation)
        # CloudWatch names CBOR first; ministack answers its JSON with the same members.
        protocol = "json" if service == "cloudwatch" else model.metadata["protocol"]
        serializer = botocore.serialize.create_serializer(protocol)
        wire = serializer.serialize_to_request(params, operation_model)
        request = _to_request(wire, signed_headers(account, region, SERVICES[service].signing_name))
        response = self.forward(request)
        if operation_model.has_streaming_output and response.status < 300:
            return {operation_model.output_shape.serialization["payload"]: response.body}
        parsed = self._parsers.create_parser(protocol).parse(
            {"status_code": response.status, "headers": response.headers, "body": response.body},
            operation_model.output_shape,
        )
        if response.status >= 300:
            error = parsed.get("Error", {})
            raise UnderlayError(service, response.status, error.get("Code", ""), error.get("Message", ""))
        return parsed

    def invocations(self, account: str | None) -> list[dict[str, Any]]:
        """What functions of one account, or all, did so far, oldest first."""
        return [
            entry for number, entry in enumerate(self._all_invocations())
            if account in (None, entry["account"]) and number >= max(self._forgotten.get(key, 0) for key in (None, entry["account"]))
        ]

    def _all_invocations(self) -> list[dict[str, Any]]:
        if not self._invocations.exists():
            return []
        with self._invocations.open(encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]

    def forget(self, account: str | None) -> None:
        """Shows no longer what functions of one account, or all, did so far."""
        self._forgotten[account] = len(self._all_invocations())

    def reset(self) -> None:
        """Forgets everything that ministack holds."""
        self._pool.request("POST", "/_ministack/reset", timeout=30.0)


def signed_headers(account: str, region: str, signing_name: str) -> dict[str, str]:
    """The header by which ministack tells account, region and service. It checks no signature."""
    scope = f"{account}/20260101/{region}/{signing_name}/aws4_request"
    return {"authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}


def _to_request(wire: dict[str, Any], extra: dict[str, str]) -> Request:
    path, _, literal = wire["url_path"].partition("?")
    query = wire["query_string"]
    text = urlencode(query, doseq=True) if isinstance(query, dict) else query
    query_text = "&".join(part for part in (literal, text) if part)
    body = wire["body"]
    if isinstance(body, dict):
        body = urlencode(body, doseq=True)
    if isinstance(body, str):
        body = body.encode()
    headers = {key.lower(): str(value) for key, value in wire["headers"].items()}
    if not isinstance(wire["body"], (bytes, bytearray)) and isinstance(wire["body"], dict):
        headers["content-type"] = "application/x-www-form-urlencoded; charset=utf-8"
    return Request(wire["method"], path, query_text, {**headers, **extra, "host": "127.0.0.1"}, bytes(body or b""))
