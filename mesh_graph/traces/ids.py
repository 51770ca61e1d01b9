"""Ids of traces and spans in one spelling: lower-case hexadecimal, padded with zeros on the left."""

from __future__ import annotations

import re

from mesh_graph.errors import InvalidRequest

__all__ = ["is_short", "trace_id_of"]

_TRACE_ID = re.compile(r"[0-9a-fA-F]{1,32}")


def trace_id_of(text: str) -> str:
    """A trace id as people write it, of 64 or 128 bits, as 32 digits.

    Raises
    ------
    InvalidRequest
        If it is none.
    """
    text = text.strip()
    if not _TRACE_ID.fullmatch(text) or not text.strip("0"):
        raise InvalidRequest("trace id", "is not an id", "It takes 1 to 32 hexadecimal digits, not all zero.")
    return text.lower().rjust(32, "0")


def is_short(trace_id: str) -> bool:
    """Whether a padded trace id has 64 bits only, as older tracers give it."""
    return trace_id.startswith("0" * 16)
