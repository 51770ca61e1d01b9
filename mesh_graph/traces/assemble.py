"""Spans of a document → its traces: ids that two ends share are split, repeats dropped, halves joined."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mesh_graph.traces.ids import is_short
from mesh_graph.traces.model import SpanKind, SpanProblem, Trace
from mesh_graph.traces.reading import Draft, derived_id

__all__ = ["Reading", "assemble"]

_CALLING = (SpanKind.CLIENT, SpanKind.PRODUCER)
_CALLED = (SpanKind.SERVER, SpanKind.CONSUMER)
_SPAN_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Reading:
    """The traces of a document.

    Attributes
    ----------
    traces : tuple of Trace
        Newest first.
    unreadable : int
        Spans that were left out, since they name no trace or are no spans at all.
    """

    traces: tuple[Trace, ...]
    unreadable: int = 0


def assemble(drafts: Iterable[Draft | None], unreadable: int = 0) -> Reading:
    """The traces that spans belong to; of no spans, none. Each None is one more that could not be read."""
    by_trace: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft is None:
            unreadable += 1
        else:
            by_trace[draft.trace_id].append(draft)
    notes = _join_halves(by_trace)
    traces = [_trace(trace_id, own, notes.get(trace_id, ())) for trace_id, own in by_trace.items()]
    traces.sort(key=lambda trace: (-trace.spans[0].start_us, trace.trace_id))
    return Reading(tuple(traces), unreadable)


def _join_halves(by_trace: dict[str, list[Draft]]) -> dict[str, tuple[SpanProblem, ...]]:
    """Put spans under a trace's full id that know its lower 64 bits only, as older tracers pass them on."""
    whole = {trace_id[16:]: trace_id for trace_id in by_trace if not is_short(trace_id)}
    notes: dict[str, tuple[SpanProblem, ...]] = {}
    for short in [trace_id for trace_id in by_trace if is_short(trace_id) and trace_id[16:] in whole]:
        full = whole[short[16:]]
        halves = by_trace.pop(short)
        for draft in halves:
            draft.trace_id = full
        by_trace[full] += halves
        notes[full] = (SpanProblem("short-trace-id", halves[0].span_id, {"spans": len(halves)}),)
    return notes


def _trace(trace_id: str, drafts: Sequence[Draft], notes: tuple[SpanProblem, ...]) -> Trace:
    starts = [draft.start_us for draft in drafts if draft.start_us is not None]
    earliest_us = min(starts, default=0)
    kept, repeats = _without_repeats(drafts)
    _split_shared(kept)
    spans = sorted((draft.span(earliest_us) for draft in kept), key=lambda span: span.start_us)
    problems = [problem for draft in kept for problem in draft.problems]
    return Trace(trace_id, tuple(spans), (*notes, *repeats, *problems))


def _without_repeats(drafts: Sequence[Draft]) -> tuple[list[Draft], list[SpanProblem]]:
    """Spans without those that were reported twice word for word, and a problem for each that was."""
    first: dict[tuple[object, ...], Draft] = {}
    repeated: Counter[str] = Counter()
    kept = []
    for draft in drafts:
        key = (draft.span_id, draft.kind, draft.service, draft.name, draft.start_us, draft.duration_us)
        known = first.setdefault(key, draft)
        if known is draft or known != draft:
            kept.append(draft)
        else:
            repeated[draft.span_id] += 1
    return kept, [SpanProblem("repeated-span", span_id, {"times": n + 1}) for span_id, n in repeated.items()]


def _split_shared(drafts: Sequence[Draft]) -> None:
    """Give server spans that have their client's id one of their own, below the client's.

    What was called from either end names the shared id as its parent: it goes to the server, unless only the
    client is of its service.
    """
    by_id: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        by_id[draft.span_id].append(draft)
    shared = {}
    for span_id, ends in by_id.items():
        callers = [draft for draft in ends if draft.kind in _CALLING]
        servers = [draft for draft in ends if draft.kind in _CALLED]
        if callers and servers:
            shared[span_id] = (callers, servers)
            for number, server in enumerate(servers):
                server.rename(derived_id(_SPAN_DIGITS, span_id, str(number)), span_id)
    renamed = {id(server) for _, servers in shared.values() for server in servers}
    for draft in drafts:
        if draft.parent_id in shared and id(draft) not in renamed:
            draft.parent_id = _above(draft, *shared[draft.parent_id])


def _above(child: Draft, callers: Sequence[Draft], servers: Sequence[Draft]) -> str:
    own = (end for end in (*servers, *callers) if end.service == child.service)
    return next(own, servers[0]).span_id
