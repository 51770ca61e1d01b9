"""Traces that answer a question, as a list: rows, how their durations spread, how much of all they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from mesh_graph.answers.trace_coverage import SampledShare, sampled_share
from mesh_graph.answers.trace_edges import plain_name
from mesh_graph.model import View
from mesh_graph.scope import EVERYTHING, Scope
from mesh_graph.sources.trace_source import FoundTraces, TraceSource
from mesh_graph.topology.attributes import Gap
from mesh_graph.traces.dependencies import MetricEdge
from mesh_graph.traces.model import Trace, TraceSummary
from mesh_graph.traces.question import TraceQuestion, is_answer
from mesh_graph.traces.sight import seen_trace
from mesh_graph.traces.summary import Spread, spread_of, summary_of

__all__ = ["TRACES_PARTIAL", "Found", "FoundList", "TraceAsk", "fetch_traces", "found_list", "question_of"]

TRACES_PARTIAL = "traces-partial"


@dataclass(frozen=True, slots=True)
class TraceAsk:
    """What traces are looked for, whenever they were: one span has all of it.

    Attributes
    ----------
    service, operation : str
        Empty for any.
    tags : tuple of (str, str)
    errors_only : bool
    min_duration_us, max_duration_us : int or None
        Of the span.
    limit : int
        Most traces wanted.
    caller : str
        Who called the service directly; empty for any. Then the span is one of the two ends of such a call.
    """

    service: str = ""
    operation: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    errors_only: bool = False
    min_duration_us: int | None = None
    max_duration_us: int | None = None
    limit: int = 100
    caller: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Traces as somebody may see them.

    Attributes
    ----------
    traces : tuple of Trace
        Newest first.
    was_cut : bool
        Whether there are, or may be, more than the limit let through.
    from_s : float
        Since when the traces are all there are, Unix seconds: the start asked for, or of a list that was cut
        its oldest trace.
    gaps : tuple of Gap
    looked_at : int or None
        Traces among which those with a call of the caller were looked for, where the backend cannot.
    """

    traces: tuple[Trace, ...]
    was_cut: bool
    from_s: float
    gaps: tuple[Gap, ...]
    looked_at: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FoundList:
    """Answer of ``found_list``; shared, not to be modified.

    Attributes
    ----------
    view : View
        With its instant; traces are looked for from ``span_s`` before it.
    ask : TraceAsk
    rows : tuple of TraceSummary
        Newest first.
    spread : Spread
        Of their durations.
    was_cut : bool
        Whether there are, or may be, more than the limit let through.
    from_s : float
        Since when the list is complete, Unix seconds.
    gaps : tuple of Gap
    sampled : SampledShare or None
        Part of the requests that is traced, estimated; None where the mesh counts none, or where the question
        is about more than a service, so that not all of its traces are here.
    looked_at : int or None
        As of ``Found``.
    """

    view: View
    ask: TraceAsk
    rows: tuple[TraceSummary, ...]
    spread: Spread
    was_cut: bool
    from_s: float
    gaps: tuple[Gap, ...]
    sampled: SampledShare | None = None
    looked_at: int | None = None


def question_of(view: View, ask: TraceAsk) -> TraceQuestion:
    """The question to a backend: what is looked for, in the time that the view looks back."""
    at = view.at or 0.0
    return TraceQuestion(
        start=at - view.span_s,
        end=at,
        service=ask.service,
        caller=ask.caller,
        operation=ask.operation,
        tags=dict(ask.tags),
        errors_only=ask.errors_only,
        min_duration_us=ask.min_duration_us,
        max_duration_us=ask.max_duration_us,
        limit=ask.limit,
    )


def fetch_traces(source: TraceSource, view: View, ask: TraceAsk, scope: Scope = EVERYTHING) -> Found:
    """Traces that answer, as somebody with that scope may see them.

    With a narrower scope a trace is found by what may be seen of it only, so that no search tells what the
    details of a foreign span are.

    Raises
    ------
    SourceError
        If the backend did not answer.
    """
    question = question_of(view, ask)
    told = _found(source, question)
    traces = [seen for trace in told.traces if (seen := seen_trace(trace, scope)) is not None]
    if not scope.is_whole:
        traces = [trace for trace in traces if is_answer(trace, question)]
    oldest = min((_start_us(trace) for trace in told.traces if trace.spans), default=0) / 1e6
    return Found(
        tuple(trace for trace in traces if trace.spans),
        told.was_cut,
        max(question.start, oldest) if told.was_cut else question.start,
        tuple(Gap(TRACES_PARTIAL, (("warning", text),)) for text in told.warnings),
        # How many there are that may not be seen is nobody's to know.
        told.looked_at if scope.is_whole else None,
    )


def _found(source: TraceSource, question: TraceQuestion) -> FoundTraces:
    """What a source has; where it knows services by plain names, what it has of those in the namespace."""
    told = source.find(question)
    if told.traces or "." not in question.service + question.caller:
        return told
    known = frozenset(source.services())
    service, caller = (plain_name(name, known) for name in (question.service, question.caller))
    if (service, caller) == (question.service, question.caller):
        return told
    told = source.find(replace(question, service=service, caller=caller))
    return replace(told, traces=tuple(trace for trace in told.traces if is_answer(trace, question)))


def _start_us(trace: Trace) -> int:
    return min(span.start_us for span in trace.spans)


def found_list(
    source: TraceSource,
    view: View,
    ask: TraceAsk,
    edges: Callable[[Iterable[str]], tuple[tuple[MetricEdge, ...], tuple[Gap, ...]]],
    *,
    scope: Scope = EVERYTHING,
) -> FoundList:
    """The list of traces that answer, of a view with its instant; errors as of ``fetch_traces``.

    Parameters
    ----------
    source : TraceSource
    view : View
    ask : TraceAsk
    edges : callable
        Gives the edges that the mesh counts, for the names of the traces' services.
    scope : Scope
    """
    found = fetch_traces(source, view, ask, scope)
    rows = [row for trace in found.traces if (row := summary_of(trace)) is not None]
    rows.sort(key=lambda row: (-row.start_us, row.trace_id))
    sampled, gaps = None, found.gaps
    if ask == TraceAsk(service=ask.service, limit=ask.limit) and scope.is_whole:
        counted, more = edges({name for row in rows for name, _ in row.services})
        sampled = sampled_share(found.traces, counted, (view.at or 0.0) - found.from_s, ask.service)
        gaps = (*gaps, *more)
    return FoundList(
        view,
        ask,
        tuple(rows),
        spread_of(rows),
        found.was_cut,
        found.from_s,
        gaps,
        sampled,
        found.looked_at,
    )
