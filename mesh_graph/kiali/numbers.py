"""Numbers as Kiali writes them: decimal text."""

from __future__ import annotations

__all__ = ["percent", "rate_text", "whole"]

FEWEST_DECIMALS = 2
MOST_DECIMALS = 5


def rate_text(rate: float) -> str:
    """A rate to two decimals, or as many more, up to five, as it takes to see one digit.

    Examples
    --------
    >>> rate_text(12.5), rate_text(0.004), rate_text(0.0000004)
    ('12.50', '0.004', '0.00000')
    """
    decimals, scaled = 0, rate
    while decimals < MOST_DECIMALS and scaled < 1:
        scaled *= 10
        decimals += 1
    return f"{rate:.{max(FEWEST_DECIMALS, decimals)}f}"


def percent(part: float, whole: float) -> str:
    """Share of a whole above zero, in percent to one decimal."""
    return f"{part / whole * 100:.1f}"


def whole(value: float) -> str:
    """The nearest whole number."""
    return f"{value:.0f}"
