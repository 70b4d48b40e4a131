"""Amounts as whole numbers of ten-billionths, so that sums are exact; AWS writes as many as ten decimals."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

ONE = 10_000_000_000
"""One US dollar, or one unit of usage."""


def amount(value: Any) -> int:
    """The amount behind a number or a decimal text; ValueError when it is none. More than ten decimals are rounded."""
    try:
        return int((Decimal(str(value)) * ONE).to_integral_value())
    except InvalidOperation:
        raise ValueError(f"{value!r} is not an amount") from None


def shown(value: int) -> str:
    """As Cost Explorer writes it: `0`, `12.5`, `-0.0000000301`; no zeros at the end."""
    sign, value = ("-", -value) if value < 0 else ("", value)
    whole, part = divmod(value, ONE)
    text = f"{part:010d}".rstrip("0")
    return f"{sign}{whole}.{text}" if text else f"{sign}{whole}"


def cents(value: int) -> str:
    """As Budgets writes it back: three decimals at most, one at least (`12.345`, `100.0`)."""
    rounded = (Decimal(value) / ONE).quantize(Decimal("0.001")).normalize()
    text = f"{rounded:f}"
    return text if "." in text else f"{text}.0"


def dollars(value: int) -> str:
    """As a message writes it: `$12.35`."""
    return f"${Decimal(value) / ONE:,.2f}"
