"""Whole lists out of ministack."""

from __future__ import annotations

from typing import Any

from .underlay import Underlay


def all_pages(underlay: Underlay, service: str, operation: str, account: str, region: str, key: str,
              tokens: tuple[str, str], **params: Any) -> list[Any]:
    """All entries of a list operation; `tokens` are the names of the token in the answer and in the request."""
    found: list[Any] = []
    extra: dict[str, Any] = {}
    while True:
        answer = underlay.call(service, operation, account, region, **params, **extra)
        found.extend(answer.get(key, []))
        token = answer.get(tokens[0])
        if not token:
            return found
        extra = {tokens[1]: token}
