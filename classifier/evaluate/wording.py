"""Numbers as the report prints them."""

from labeler.labels.wording import decimals_text, share_text

NONE = "–"
"""Stands where a figure is not defined."""


def percent(value: float | None) -> str:
    """`97.3%`, rounded down, so that 100% means that nothing is wrong."""
    return NONE if value is None else share_text(value)


def number(value: float | None, digits: int = 3) -> str:
    """`0.973`, rounded down, so that 1.000 means exactly 1."""
    return NONE if value is None else decimals_text(value, digits)


def quantity(count: int, noun: str) -> str:
    """`1 frame`, `2 frames`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def with_sign(value: int | None) -> str:
    """`+3`, `−2`, `0`."""
    if value is None:
        return NONE
    return f"{value:+d}".replace("-", "−") if value else "0"
