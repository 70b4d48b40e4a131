"""Pages of a list, with a token that says where the next one begins."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Sequence

from .exchange import Refusal


def page(items: Sequence[Any], token: str | None, size: int, error: str = "ValidationException") -> tuple[list[Any], str | None]:
    """One page, and the token of the next one (None at the end)."""
    start = 0
    if token:
        try:
            start = int(base64.urlsafe_b64decode(token.encode()).decode().removeprefix("offset:"))
        except (binascii.Error, ValueError):
            raise Refusal(error, "Invalid NextToken") from None
    end = start + size
    following = base64.urlsafe_b64encode(f"offset:{end}".encode()).decode() if end < len(items) else None
    return list(items[start:end]), following
