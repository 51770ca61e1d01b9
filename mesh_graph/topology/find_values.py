"""What words of the language hold: texts, numbers with units, or no value, which compares with nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from math import isclose

__all__ = [
    "UNITS",
    "Number",
    "Quantity",
    "Text",
    "Truth",
    "all_of",
    "any_of",
    "compare",
    "inverse",
    "read_value",
]

Truth = bool | None
"""True, False, or None: there is no value to tell by."""
Text = str
Number = tuple[float, float]
"""Lowest and highest that the value may be; the same where it is known."""


class Quantity(StrEnum):
    """What an operand's values are."""

    FLAG = "yes or no"
    TEXT = "text"
    CODE = "code"
    RATE = "per second"
    BYTES = "bytes per second"
    SHARE = "%"
    DURATION = "ms"
    COUNT = "number"


_BYTES = {"": 1.0, "b": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 2.0**10, "mib": 2.0**20, "gib": 2.0**30}
UNITS: dict[Quantity, dict[str, float]] = {
    Quantity.CODE: {"": 1.0},
    Quantity.RATE: {"": 1.0, "rps": 1.0, "/s": 1.0, "k": 1e3, "krps": 1e3, "rpm": 1 / 60, "/min": 1 / 60},
    Quantity.BYTES: _BYTES | {f"{unit}/s": factor for unit, factor in _BYTES.items()},
    Quantity.SHARE: {"": 0.01, "%": 0.01},
    Quantity.DURATION: {"": 1.0, "us": 1e-3, "µs": 1e-3, "ms": 1.0, "s": 1e3, "min": 6e4},
    Quantity.COUNT: {"": 1.0},
}
_NUMBER = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?)\s*(\D*)", re.IGNORECASE)
_CODE_CLASS = re.compile(r"[1-5]xx")


def read_value(text: str, quantity: Quantity, operator: str) -> str | float:
    """Read the value that an operand is compared with.

    Texts come back in lower case, numbers in the units of the graph: shares 0..1, durations in milliseconds.

    Raises
    ------
    ValueError
        If the operator does not go with the quantity, or the value is no such number; the message is advice.
    """
    by_size, by_text = operator in ("<", "<=", ">", ">="), operator in ("*=", "^=", "$=")
    if quantity is Quantity.TEXT or (quantity is Quantity.CODE and not by_size):
        if by_size:
            raise ValueError("It holds text: use =, !=, contains, startswith or endswith.")
        return text.casefold()
    if by_text:
        raise ValueError("It holds a number: use =, !=, >, >=, < or <=.")
    units = UNITS[quantity]
    match = _NUMBER.fullmatch(text.strip())
    if match is None or match[2].casefold() not in units:
        known = ", ".join(unit for unit in units if unit)
        raise ValueError("Write a number" + (f", if you like with a unit: {known}." if known else "."))
    return float(match[1]) * units[match[2].casefold()]


def compare(value: Text | Number, operator: str, wanted: str | float) -> Truth:
    """Compare one value with the one wanted; the operators are those without a "not" in them."""
    if isinstance(value, tuple):
        return _compare_number(value, operator, float(wanted))
    if isinstance(wanted, float):
        # A size is wanted of a code; a code that is no number ("-") has none.
        return _compare_number((float(value),) * 2, operator, wanted) if value.isdecimal() else None
    text = value.casefold()
    if operator == "=":
        return text == wanted or (_CODE_CLASS.fullmatch(wanted) is not None and _is_in_class(text, wanted))
    return {"*=": wanted in text, "^=": text.startswith(wanted), "$=": text.endswith(wanted)}[operator]


def _is_in_class(code: str, wanted: str) -> bool:
    return len(code) == 3 and code.isdecimal() and code[0] == wanted[0]


def _compare_number(value: Number, operator: str, wanted: float) -> Truth:
    low, high = value
    if low < high:
        # Somewhere above the low end: told only from what is wanted at or below it.
        return operator in (">", ">=") if wanted <= low else None
    if operator == "=":
        return isclose(low, wanted, rel_tol=1e-9)
    return {">": low > wanted, ">=": low >= wanted, "<": low < wanted, "<=": low <= wanted}[operator]


def inverse(truth: Truth) -> Truth:
    """Not; what cannot be told stays so."""
    return None if truth is None else not truth


def all_of(truths: Iterable[Truth]) -> Truth:
    """And: false where one is false, else unknown where one is unknown."""
    found = set(truths)
    return False if False in found else None if None in found else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """Or: true where one is true, else unknown where one is unknown; of none, false."""
    found = set(truths)
    return True if True in found else None if None in found else False
