"""What ministack's process measured: log lines in the embedded metric format, and metrics of its services.

`child.py` writes each as a line of a file before the call that made it is answered, so whoever reads the file to its end
after an answer has seen all that belongs to it.
"""

from __future__ import annotations

import json
import pathlib
import threading
import time
from collections import deque
from typing import Any

from .embedded import Malformed, measured
from .store import Datum, MetricKey, MetricStore, stored_at

_OLDEST = 14 * 86400
_NEWEST = 2 * 3600
_KEPT = 500


class Feed:
    """Takes over the file's new lines. `malformed` keeps the latest lines that no metric could be made of, and why."""

    def __init__(self, file: pathlib.Path, store: MetricStore) -> None:
        self._file = file
        self._store = store
        self._position = 0
        self._lock = threading.Lock()
        self.malformed: deque[dict[str, str]] = deque(maxlen=_KEPT)

    def drain(self) -> None:
        """Puts everything that was written so far into the store."""
        with self._lock:
            if not self._file.exists() or self._file.stat().st_size == self._position:
                return
            with self._file.open("rb") as file:
                file.seek(self._position)
                whole, _, _ = file.read().rpartition(b"\n")
            if not whole:
                return
            self._position += len(whole) + 1
            for line in whole.split(b"\n"):
                self._take(json.loads(line))

    def _take(self, entry: dict[str, Any]) -> None:
        account, region = entry["account"], entry["region"]
        if "line" not in entry:
            key = MetricKey(entry["namespace"], entry["metric"], tuple(sorted(entry["dimensions"].items())))
            self._store.put(account, region, key, Datum.of_values(stored_at(entry["at"], 60), [entry["value"]], [1], entry["unit"]))
            return
        try:
            found = measured(entry["line"])
            if any(not -_OLDEST <= item.datum.at - time.time() <= _NEWEST for item in found):
                raise Malformed("_aws.Timestamp is older than two weeks, or more than two hours ahead")
        except Malformed as problem:
            self.malformed.append({"account": account, "region": region, "reason": str(problem), "line": entry["line"]})
            return
        for item in found:
            self._store.put(account, region, item.key, item.datum)

    def forget(self, account: str | None) -> None:
        """Drops what is noted of one account, or all."""
        with self._lock:
            kept = [entry for entry in self.malformed if account not in (None, entry["account"])]
            self.malformed.clear()
            self.malformed.extend(kept)
