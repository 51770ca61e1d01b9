"""A file of traces as a source: what Jaeger's UI, Zipkin's, or an OpenTelemetry Collector has written."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mesh_graph.errors import ConfigError
from mesh_graph.sources.answer import AnswerInvalid
from mesh_graph.sources.json_text import decode_json
from mesh_graph.sources.trace_api import unreadable_words
from mesh_graph.sources.trace_source import FoundTraces
from mesh_graph.sources.uncollected import uncollected
from mesh_graph.traces.formats import read_traces
from mesh_graph.traces.ids import trace_id_of
from mesh_graph.traces.model import Trace
from mesh_graph.traces.question import TraceQuestion, is_answer
from mesh_graph.traces.reading import Budget, NotTraces

__all__ = ["FileLimits", "FileTraces", "open_trace_file"]

_EXPECTED = "It takes the JSON that Jaeger's or Zipkin's page downloads, or OTLP as JSON."
_SMALLER = "Export fewer traces, or load the file into a Jaeger and connect to that."


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLimits:
    """How large a file of traces may be.

    Attributes
    ----------
    size : int
        Bytes.
    spans : int
    seconds : float
        For reading it.
    """

    size: int = 256 * 2**20
    spans: int = 300_000
    seconds: float = 30.0


_LIMITS = FileLimits()


class FileTraces:
    """Implements ``TraceSource`` over the traces of a file.

    Parameters
    ----------
    name : str
        Of the file.
    traces : tuple of Trace
        Newest first.
    unreadable : int
        Spans that the file has beside them.
    """

    is_demo = False

    def __init__(self, name: str, traces: tuple[Trace, ...], unreadable: int = 0) -> None:
        self._name = name
        self._traces = traces
        self._by_id = {trace.trace_id: trace for trace in traces}
        self._warnings = unreadable_words(unreadable)
        self._ended = max(span.end_us for trace in traces for span in trace.spans) / 1e6

    @property
    def name(self) -> str:
        """The file's name."""
        return self._name

    def now(self) -> float:
        """When the last span ended, Unix seconds: a file's time stands still."""
        return self._ended

    def services(self) -> tuple[str, ...]:
        """Names of the services that have spans, sorted."""
        return tuple(sorted({span.service for trace in self._traces for span in trace.spans} - {""}))

    def operations(self, service: str) -> tuple[str, ...]:
        """Names of a service's operations, sorted."""
        spans = (span for trace in self._traces for span in trace.spans)
        return tuple(sorted({span.name for span in spans if span.service == service} - {""}))

    def find(self, question: TraceQuestion) -> FoundTraces:
        """Traces that answer a question, newest first."""
        found = [trace for trace in self._traces if is_answer(trace, question)]
        return FoundTraces(tuple(found[: question.limit]), len(found) > question.limit, self._warnings)

    def trace(self, trace_id: str) -> Trace | None:
        """The trace with an id; None if the file has none."""
        return self._by_id.get(trace_id_of(trace_id))

    def close(self) -> None:
        """Nothing to release."""


def open_trace_file(
    path: Path, limits: FileLimits = _LIMITS, clock: Callable[[], float] = time.monotonic
) -> FileTraces:
    """The traces of a file in any of the formats, told by its content.

    Parameters
    ----------
    path : Path
    limits : FileLimits
    clock : callable
        Seconds, for the limit on time.

    Raises
    ------
    ConfigError
        If it cannot be read, is none, holds no spans or too many, or takes too long.
    """
    until = clock() + limits.seconds

    def check() -> None:
        if clock() > until:
            raise NotTraces(f"takes longer than {limits.seconds:g} s to read")

    try:
        with uncollected():
            _, reading = read_traces(decode_json(_bytes(path, limits.size)), Budget(limits.spans, check))
    except AnswerInvalid as problem:
        raise ConfigError(f"The trace file {path} {problem}. {_EXPECTED}") from None
    except NotTraces as problem:
        advice = _EXPECTED if "none of" in str(problem) else _SMALLER
        raise ConfigError(f"The trace file {path} {problem}. {advice}") from None
    if not reading.traces:
        raise ConfigError(f"The trace file {path} holds no spans. {_EXPECTED}")
    return FileTraces(path.name, reading.traces, reading.unreadable)


def _bytes(path: Path, most: int) -> bytes:
    try:
        if path.stat().st_size > most:
            raise ConfigError(f"The trace file {path} is larger than {most / 2**20:g} MiB. {_SMALLER}")
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ConfigError(f"The trace file {path} cannot be read: {reason}.") from None
