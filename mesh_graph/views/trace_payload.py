"""One trace → what the browser draws of it: columns of its rows, names once each, no tags.

Ten thousand spans are some hundred kilobytes; what a span says in full is asked for when it is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mesh_graph.answers.trace_view import TraceRow, TraceView
from mesh_graph.traces.model import SpanKind
from mesh_graph.traces.question import text_of
from mesh_graph.views.messages_traces import WORDS

__all__ = [
    "CALLS",
    "ERROR",
    "ERROR_INSIDE",
    "FOREIGN",
    "ORPHAN",
    "PROBLEM",
    "SKEWED",
    "found_rows",
    "trace_payload",
]

ERROR, ERROR_INSIDE, PROBLEM, ORPHAN, SKEWED, FOREIGN, CALLS = 1, 2, 4, 8, 16, 32, 64
"""Bits of a row's ``flags``; assets/trace_rows.js reads them."""
_MOST_NAME = 300


def trace_payload(view: TraceView) -> dict[str, Any]:
    """Rows of a trace, column by column.

    Returns
    -------
    dict
        ``id``, ``duration`` (microseconds), ``services`` and ``names`` (texts, each once), ``words``, and

        rows : dict of list, in the order of the tree
            ``span`` (id), ``parent`` (row or -1), ``depth``, ``end`` (the row after the last inside),
            ``service`` and ``name`` (places in the lists), ``start`` (from the trace's start), ``duration``,
            ``self`` (microseconds), ``flags`` (bits)
        path : dict of row to list of [from, to]
            The critical path, microseconds from the trace's start.
    """
    services = _Once(row.span.service for row in view.rows)
    names = _Once(row.span.name for row in view.rows)
    troubled = {problem.span_id for problem in view.problems if problem.span_id}
    return {
        "id": view.trace_id,
        "duration": view.duration_us,
        "services": services.texts,
        "names": names.texts,
        "words": WORDS,
        "rows": {
            "span": [row.span.span_id for row in view.rows],
            "parent": [row.parent for row in view.rows],
            "depth": [row.depth for row in view.rows],
            "end": [number + 1 + row.below for number, row in enumerate(view.rows)],
            "service": services.places,
            "name": names.places,
            "start": [row.offset_us for row in view.rows],
            "duration": [row.span.duration_us for row in view.rows],
            "self": [row.self_us for row in view.rows],
            "flags": [_flags(row, row.span.span_id in troubled) for row in view.rows],
        },
        "path": {str(number): row.critical for number, row in enumerate(view.rows) if row.critical},
    }


class _Once:
    """Texts, each once and cut to a length that can be shown, and the place of each among them."""

    def __init__(self, texts: Iterable[str]) -> None:
        known: dict[str, int] = {}
        self.places = [known.setdefault(text[:_MOST_NAME], len(known)) for text in texts]
        self.texts = list(known)


def _flags(row: TraceRow, is_troubled: bool) -> int:
    return (
        ERROR * row.span.is_error
        | ERROR_INSIDE * (row.errors_below > 0)
        | PROBLEM * is_troubled
        | ORPHAN * row.is_orphan
        | SKEWED * row.is_skewed
        | FOREIGN * row.is_foreign
        | CALLS * (row.span.kind in (SpanKind.CLIENT, SpanKind.PRODUCER))
    )


def found_rows(view: TraceView, text: str) -> list[int]:
    """Rows that say every word of a text somewhere: in service, operation, id, tags or events; in any case.

    A tag is known as ``key=value``, so that both may be searched for at once. Nothing is found by no words.
    """
    words = text.casefold().split()
    if not words:
        return []
    return [number for number, row in enumerate(view.rows) if _says(row, words)]


def _says(row: TraceRow, words: list[str]) -> bool:
    span = row.span
    said = [span.service, span.name, span.span_id, span.kind.value, *(["error"] if span.is_error else [])]
    said += [f"{key}={text_of(value)}" for key, value in (*span.attributes.items(), *span.resource.items())]
    for event in span.events:
        said += [event.name, *(f"{key}={text_of(value)}" for key, value in event.attributes.items())]
    whole = "\n".join(said).casefold()
    return all(word in whole for word in words)
