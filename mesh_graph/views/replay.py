"""Totals over time → the frames of the replay strip: how high, how bad, and in words.

A frame:

    at        number           Unix seconds
    rate      number or null   requests per second; null is no traffic
    errors    number or null   error ratio 0..1; null is unknown, never none
    level     text             ok, warn, err, idle, unrated
    text      text             the same in words
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from mesh_graph.views.numbers import format_bytes_rate, format_percent, format_rate
from mesh_graph.views.scale import error_level
from mesh_graph.views.words import joined, say

__all__ = ["render_frames"]


def render_frames(totals: pd.DataFrame) -> list[dict[str, Any]]:
    """Frames in the order of time.

    Parameters
    ----------
    totals : pandas.DataFrame
        ``time`` (Unix seconds), ``request_rate``, ``error_ratio``, ``bytes_rate``; NaN if unknown.
    """
    columns = ("time", "request_rate", "error_ratio", "bytes_rate")
    return [_frame(*row) for row in zip(*(totals[name].tolist() for name in columns), strict=True)]


def _frame(at: float, rate: float, errors: float, byte_rate: float) -> dict[str, Any]:
    has_requests = rate > 0
    words = [format_rate(rate, digits=3)] if has_requests else []
    words += [say("summary.errors", ratio=format_percent(errors))] if math.isfinite(errors) else []
    words += [format_bytes_rate(byte_rate)] if byte_rate > 0 else []
    return {
        "at": at,
        "rate": rate if math.isfinite(rate) else None,
        "errors": errors if math.isfinite(errors) else None,
        "level": error_level(errors if math.isfinite(errors) else None) if has_requests else "idle",
        "text": joined(words) if words else say("level.idle"),
    }
