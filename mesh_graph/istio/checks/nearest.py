"""The name that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

__all__ = ["nearest"]

CLOSE = 0.75
"""Similarity 0..1 from which a name is offered, as ``difflib`` counts it."""


def nearest(name: str, known: Sequence[str]) -> str:
    """The known name most like a wrong one; empty where none is like it."""
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=CLOSE)), "")
