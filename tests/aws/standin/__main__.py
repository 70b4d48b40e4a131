"""`python -m standin`: starts ministack and the layer, prints the endpoint, ends with its standard input."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading

from .gateway import Gateway
from .server import Server
from .underlay import NotStarted, Underlay

_ATTEMPTS = 3


def main() -> None:
    """Runs until standard input ends, or SIGTERM or SIGINT comes; takes ministack along."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    log = bool(os.environ.get("STANDIN_LOG"))
    server = Server(log)
    underlay = _started(log, server.endpoint)
    try:
        server.open(Gateway(underlay))
        threading.Thread(target=server.serve_forever, name="server", daemon=True).start()
        sys.stdout.write(json.dumps({"endpoint": server.endpoint}, separators=(",", ":")) + "\n")
        sys.stdout.flush()
        threading.Thread(target=_wait_for_end_of_input, args=(ended,), name="stdin", daemon=True).start()
        ended.wait()
    finally:
        underlay.stop()
    # Threads that still serve a connection, or wait for input, must not hold the process.
    os._exit(0)


def _started(log: bool, endpoint: str) -> Underlay:
    """A ministack that answers. Its port can be taken by somebody else in the moment before it binds."""
    for attempt in range(_ATTEMPTS):
        underlay = Underlay(log, endpoint)
        try:
            underlay.wait_until_ready()
            return underlay
        except BaseException as error:
            underlay.stop()
            if attempt == _ATTEMPTS - 1 or not isinstance(error, NotStarted):
                raise
    raise AssertionError("the last attempt returns or raises")


def _wait_for_end_of_input(ended: threading.Event) -> None:
    while os.read(0, 4096):
        pass
    ended.set()


if __name__ == "__main__":
    main()
