"""Thresholds and steps: which number gets which tone, width and pattern. One table for graph and legend."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any, Literal

from mesh_graph.model import Protocol, State
from mesh_graph.topology.attributes import EdgeAttr as E
from mesh_graph.topology.outcome import DEGRADED_FROM, FAILURE_FROM

__all__ = [
    "BYTES_STEPS",
    "LATENCY_STEPS",
    "LEVELS",
    "MODES",
    "RATE_STEPS",
    "Level",
    "edge_level",
    "edge_tones",
    "edge_width",
    "error_level",
]

Level = Literal["ok", "warn", "err", "idle", "unrated"]
LEVELS: tuple[Level, ...] = ("ok", "warn", "err", "idle", "unrated")
"""How something fares; ``unrated`` has traffic and no error ratio."""

RATE_STEPS = (0.1, 1.0, 10.0, 100.0)
"""Requests per second at which the next of five steps begins."""
BYTES_STEPS = (1e3, 1e4, 1e5, 1e6)
"""Bytes per second at which the next of five steps begins."""
LATENCY_STEPS = (10.0, 50.0, 250.0, 1000.0)
"""Milliseconds at which the next of five steps begins."""
MODES = ("health", "errors", "rate", "latency")
"""What colour can show: error ratio and rate, error ratio, rate, response time."""

_NARROWEST, _WIDEST = 1.5, 8.0


def error_level(ratio: float | None) -> Level:
    """Level of an error ratio 0..1; unknown is ``unrated``, never ``ok``."""
    if ratio is None:
        return "unrated"
    return "err" if ratio >= FAILURE_FROM else "warn" if ratio >= DEGRADED_FROM else "ok"


def edge_level(edge: Mapping[str, Any]) -> Level:
    """Level of an edge: idle without traffic, else by its error ratio."""
    if edge.get(E.IS_IDLE) or edge.get(E.STATE) == State.VANISHED or not edge.get(E.RATE):
        # A TCP edge can be silent while its connections fail.
        return error_level(edge[E.ERROR_RATIO]) if edge.get(E.ERROR_RATE) else "idle"
    return error_level(edge.get(E.ERROR_RATIO))


def edge_tones(edge: Mapping[str, Any], level: Level) -> tuple[str, str, str, str]:
    """Tones of an edge in the order of ``MODES``; a tone is a key of ``palette.tones``."""
    steps = BYTES_STEPS if edge.get(E.PROTOCOL) == Protocol.TCP else RATE_STEPS
    rate_step = bisect_right(steps, edge.get(E.RATE, 0.0))
    latency = edge.get(E.LATENCY_MS)
    by_rate = "idle" if level == "idle" else f"rate{rate_step}"
    by_latency = "idle" if latency is None else f"latency{bisect_right(LATENCY_STEPS, latency)}"
    if level == "ok":
        return f"ok{rate_step}", "ok4", by_rate, by_latency
    if level == "unrated":
        return f"unrated{rate_step}", "unrated", by_rate, by_latency
    return level, level, by_rate, by_latency


def edge_width(edge: Mapping[str, Any]) -> float:
    """Width in pixels, 1.5 to 8: a log scale of the rate, in half pixels so that noise moves nothing."""
    rate = edge.get(E.RATE) or 0.0
    per_second = rate / 1e3 if edge.get(E.PROTOCOL) == Protocol.TCP else rate
    width = _NARROWEST + 1.6 * math.log10(1 + 10 * max(0.0, per_second))
    return min(_WIDEST, round(width * 2) / 2)
