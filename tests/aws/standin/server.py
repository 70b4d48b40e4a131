"""The HTTP server: one thread per connection, HTTP/1.1 with keep-alive, loopback only."""

from __future__ import annotations

import contextlib
import select
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .control import Control
from .exchange import DropConnection, Request, Response
from .gateway import Gateway

_IDLE_SECONDS = 120


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    server: Server

    def __getattr__(self, name: str) -> Any:
        """Every method is served the same way."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        try:
            body = self._read_body()
        except (ValueError, ConnectionError):
            self.close_connection = True
            return
        path, _, query = self.path.partition("?")
        headers = {key.lower(): value for key, value in self.headers.items()}
        request = Request(self.command, path, query, headers, body, self._is_abandoned)
        try:
            self._write(self.server.answer(request))
        except DropConnection:
            self._drop()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _read_body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            return self._read_chunks()
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def _read_chunks(self) -> bytes:
        parts: list[bytes] = []
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            if size == 0:
                while self.rfile.readline().strip():
                    pass
                return b"".join(parts)
            parts.append(self.rfile.read(size))
            self.rfile.readline()

    def _write(self, response: Response) -> None:
        lines = [f"HTTP/1.1 {response.status} {self.responses.get(response.status, ('',))[0]}"]
        lines += [f"{key}: {value}" for key, value in response.headers.items()]
        if "content-length" not in response.headers:
            lines.append(f"content-length: {len(response.body)}")
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        self.wfile.write(head if self.command == "HEAD" else head + response.body)

    def _is_abandoned(self) -> bool:
        try:
            # A socket with a timeout waits for data, whatever the flags of `recv` say.
            is_readable = bool(select.select([self.connection], [], [], 0)[0])
            return is_readable and self.connection.recv(1, socket.MSG_PEEK) == b""
        except OSError:
            return True

    def _drop(self) -> None:
        """Ends the connection without a byte; SO_LINGER 0 makes it a reset, as a broken line looks."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.connection.close()

    def finish(self) -> None:
        """A dropped connection has nothing to flush."""
        with contextlib.suppress(OSError, ValueError):
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """One line per request, only when asked for."""
        if self.server.log:
            sys.stderr.write(f"{format % args}\n")


class Server(ThreadingHTTPServer):
    """Serves SDKs and the control API on a random loopback port."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, log: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.log = log
        self._gateway: Gateway | None = None
        self._control: Control | None = None

    @property
    def endpoint(self) -> str:
        """The address for AWS_ENDPOINT_URL. It is known before the server answers, since ministack must know it."""
        return f"http://127.0.0.1:{self.server_port}"

    def open(self, gateway: Gateway) -> None:
        """Says what to serve; before that the server must not run."""
        self._gateway, self._control = gateway, Control(gateway)

    def server_bind(self) -> None:
        """As the base does, without its look-up of the host's name."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        address = self.socket.getsockname()
        self.server_address = address
        self.server_name, self.server_port = address[0], address[1]

    def get_request(self) -> tuple[socket.socket, Any]:
        """Small answers leave at once."""
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error."""
        if self.log:
            super().handle_error(request, client_address)

    def answer(self, request: Request) -> Response:
        """Control API below `/_`, everything else is AWS."""
        assert self._gateway is not None and self._control is not None
        if request.path.startswith("/_"):
            return self._control.serve(request)
        return self._gateway.serve(request)
