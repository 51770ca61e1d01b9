"""Bytes that anybody may have written → text that can be shown: no colours, nothing unseen, not too long."""

from __future__ import annotations

import re

__all__ = ["MOST_CHARACTERS", "clean_text"]

MOST_CHARACTERS = 4_000
"""Of a line that are shown."""
_MOST_BYTES = 16 * MOST_CHARACTERS
"""Looked at, so that a line of many colours is not cut before its text."""

_ESCAPES = re.compile(
    r"""
    \x1b\[[0-?]*[ -/]*[@-~]                    # colours and cursor (CSI)
    | \x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)  # titles, links and the like (OSC, DCS, SOS, PM, APC)
    | \x1b[ -/]*[0-~]?                         # the rest
    | \x9b[0-?]*[ -/]*[@-~]                    # CSI in one character
    """,
    re.VERBOSE,
)
_UNSEEN = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Control characters but the tab, and marks that turn or hide text."""
_PICTURES = 0x2400
"""Where Unicode has signs for the control characters."""


def clean_text(raw: bytes) -> tuple[str, int]:
    r"""Text of a line without its line end, and how many characters at its end were left out.

    Of what lies beyond the bytes that are looked at, a byte counts as a character.

    Examples
    --------
    >>> clean_text(b"\x1b[31mred\x1b[0m\tand \x00 \xff\r")
    ('red\tand ␀ \ufffd', 0)
    """
    text = raw[:_MOST_BYTES].rstrip(b"\r\n").decode("utf-8", "replace")
    text = _UNSEEN.sub(_sign, _ESCAPES.sub("", text))
    left_out = max(0, len(text) - MOST_CHARACTERS) + max(0, len(raw) - _MOST_BYTES)
    return text[:MOST_CHARACTERS], left_out


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(_PICTURES + code) if code < 0x20 else chr(_PICTURES + 0x21) if code == 0x7F else "\ufffd"
