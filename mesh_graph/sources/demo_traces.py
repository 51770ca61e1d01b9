"""The demo mesh's traces as a source: those that its proxies would have reported."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice

from mesh_graph.demo.story import story
from mesh_graph.demo.tracer import Tracer
from mesh_graph.sources.trace_source import FoundTraces
from mesh_graph.traces.ids import trace_id_of
from mesh_graph.traces.model import Trace
from mesh_graph.traces.question import TraceQuestion, is_answer

__all__ = ["DemoTraces"]

LOOKED_AT = 8_000
LONGEST_S = 60.0
"""Traces that began so long before the times asked for may have spans in them."""


class DemoTraces:
    """Implements ``TraceSource`` over the simulated mesh.

    Parameters
    ----------
    tracer : Tracer, optional
        Of the story by default, one request in a hundred.
    clock : callable
        Present instant, Unix seconds.
    look_at : int
        Most traces that are looked at to answer one question.
    """

    def __init__(
        self,
        tracer: Tracer | None = None,
        clock: Callable[[], float] = time.time,
        look_at: int = LOOKED_AT,
    ) -> None:
        self._tracer = tracer or Tracer(story())
        self._clock = clock
        self._look_at = look_at

    @property
    def name(self) -> str:
        """Who answers: the demo mesh."""
        return "demo mesh"

    @property
    def is_demo(self) -> bool:
        """True."""
        return True

    def now(self) -> float:
        """Present instant, Unix seconds."""
        return self._clock()

    def services(self) -> tuple[str, ...]:
        """Names of the services that have spans, sorted."""
        return self._tracer.services

    def operations(self, service: str) -> tuple[str, ...]:
        """Names of a service's operations, sorted."""
        return self._tracer.operations(service)

    def find(self, question: TraceQuestion) -> FoundTraces:
        """Traces of any time, past or future, that answer a question, newest first."""
        began = self._tracer.newest_first(
            question.start - LONGEST_S, question.end, question.caller or question.service
        )
        looked_at = 0
        found: list[Trace] = []
        for trace in islice(began, self._look_at):
            looked_at += 1
            if is_answer(trace, question):
                found.append(trace)
                if len(found) > question.limit:
                    return FoundTraces(tuple(found[: question.limit]), was_cut=True)
        if looked_at < self._look_at:
            return FoundTraces(tuple(found))
        words = f"Only the newest {self._look_at:,} traces were looked at; ask for less time."
        return FoundTraces(tuple(found), was_cut=True, warnings=(words,))

    def trace(self, trace_id: str) -> Trace | None:
        """The trace with an id; None if no sampled request has it."""
        return self._tracer.trace(trace_id_of(trace_id))

    def close(self) -> None:
        """Nothing to release."""
