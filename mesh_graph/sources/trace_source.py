"""The protocol that every source of traces implements, and the one shape of its answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mesh_graph.traces.model import Trace
from mesh_graph.traces.question import TraceQuestion

__all__ = ["FoundTraces", "TraceQuestion", "TraceSource"]


@dataclass(frozen=True, slots=True)
class FoundTraces:
    """A source's answer to a question.

    Attributes
    ----------
    traces : tuple of Trace
        Newest first; of each all spans that the source has, also those outside the times asked for.
    was_cut : bool
        Whether there are, or may be, more than these.
    warnings : tuple of str
        What makes the answer partial, as sentences.
    looked_at : int or None
        Traces that were looked at to find those with a call of the caller; None where none is asked for, and
        where the backend knows.
    """

    traces: tuple[Trace, ...]
    was_cut: bool = False
    warnings: tuple[str, ...] = ()
    looked_at: int | None = None


class TraceSource(Protocol):
    """Anything that holds traces. Thread-safe; every call but ``name`` may raise ``SourceError``."""

    @property
    def name(self) -> str:
        """Who answers, for people: a URL without credentials, a file, or "demo mesh"."""
        ...

    @property
    def is_demo(self) -> bool:
        """Whether the traces are simulated; every page says so."""
        ...

    def now(self) -> float:
        """Present instant by the source's time, Unix seconds."""
        ...

    def services(self) -> tuple[str, ...]:
        """Names of the services that have spans, sorted."""
        ...

    def operations(self, service: str) -> tuple[str, ...]:
        """Names of a service's operations, sorted; none of a service that is not known."""
        ...

    def find(self, question: TraceQuestion) -> FoundTraces:
        """Traces that answer a question (``traces.question.is_answer``), newest first."""
        ...

    def trace(self, trace_id: str) -> Trace | None:
        """The trace with an id of up to 32 hexadecimal digits; None where the source has none.

        Raises
        ------
        InvalidRequest
            If the text is no such id.
        """
        ...

    def close(self) -> None:
        """Release connections; the source answers no more."""
        ...
