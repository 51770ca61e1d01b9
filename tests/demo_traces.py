"""The demo's traces of five minutes of Bookinfo's incident: what tracing backends are filled with."""

from __future__ import annotations

from functools import lru_cache

from mesh_graph.demo.story import story
from mesh_graph.demo.tracer import Tracer
from mesh_graph.traces.model import Trace

__all__ = ["END", "START", "some", "tracer"]

START = 1_790_002_800.0 + 7 * 60
"""Seven minutes past an hour (2026-09-21 15:00 UTC): the incident runs from five to thirteen past."""
END = START + 300
_BEFORE_S = 60.0
"""Traces that began so long before may have spans in that time."""


@lru_cache(1)
def tracer() -> Tracer:
    """The demo, of which one request in a hundred is traced."""
    return Tracer(story())


@lru_cache(1)
def some() -> tuple[Trace, ...]:
    """All traces with spans in that time, newest first."""
    return tuple(tracer().newest_first(START - _BEFORE_S, END))
