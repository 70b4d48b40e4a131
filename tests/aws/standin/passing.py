"""States that pass: CREATING, Pending, InProgress, Deleting. They last as long as the account's `transition_ms` says."""

from __future__ import annotations

import threading
import time
from typing import Any

from .settings import Settings

Key = tuple[str, str, str]
"""Account, region, name."""


class Passing:
    """What is under way, for one kind of object."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._until: dict[Key, tuple[str, float, Any]] = {}
        self._lock = threading.Lock()

    def begin(self, key: Key, state: str, kept: Any = None) -> None:
        """A state begins. `kept` is what reads still show while it lasts; no time passes when `transition_ms` is 0."""
        seconds = self._settings.transition_seconds(key[0])
        with self._lock:
            self._until.pop(key, None)
            if seconds > 0:
                self._until[key] = (state, time.monotonic() + seconds, kept)

    def end(self, key: Key) -> None:
        """Whatever was under way is over."""
        with self._lock:
            self._until.pop(key, None)

    def state(self, key: Key) -> str | None:
        """The passing state of an object, or None."""
        with self._lock:
            found = self._until.get(key)
            if found is not None and found[1] <= time.monotonic():
                del self._until[key]
                return None
            return found[0] if found else None

    def kept(self, key: Key) -> Any:
        """What `begin` was told to keep, while the state lasts."""
        if self.state(key) is None:
            return None
        with self._lock:
            found = self._until.get(key)
            return found[2] if found else None

    def all_kept(self, account: str, region: str) -> list[Any]:
        """Everything that is kept in one place."""
        with self._lock:
            keys = [key for key in self._until if key[:2] == (account, region)]
        return [kept for kept in map(self.kept, keys) if kept is not None]

    def forget(self, account: str | None) -> None:
        """Drops what is under way in one account, or all."""
        with self._lock:
            self._until = {key: value for key, value in self._until.items() if account not in (None, key[0])}
