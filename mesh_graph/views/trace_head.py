"""One trace → the head of its page: what it is of, when, how long, how much, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from dash import html
from dash.development.base_component import Component

from mesh_graph.answers.trace_view import TraceView
from mesh_graph.traces.model import SpanProblem
from mesh_graph.views.messages_traces import problem_words
from mesh_graph.views.numbers import format_micros
from mesh_graph.views.trace_figures import start_text

__all__ = ["render_head", "render_problems"]

_MOST_LINES = 30
_MOST_TEXT = 200


def render_head(view: TraceView) -> list[Component]:
    """Name of the trace by its root, and its numbers."""
    summary = view.summary
    depth = max((row.depth for row in view.rows), default=0) + 1
    name = html.H1(
        [summary.root_service[:_MOST_TEXT] or "–", html.Small(summary.root_name[:_MOST_TEXT])],
        title=f"{summary.root_service}: {summary.root_name}"[:_MOST_TEXT],
    )
    start = start_text(summary.start_us)
    facts = [
        ("Start, UTC", start, False),
        ("Duration", format_micros(view.duration_us), False),
        ("Spans", f"{len(view.rows):,}", False),
        ("Services", f"{len(summary.services):,}", False),
        ("Depth", f"{depth:,}", False),
        ("Errors", f"{summary.errors:,}", summary.errors > 0),
    ]
    return [html.Div(name, className="mg-d-title"), _facts(facts)]


def _facts(facts: Iterable[tuple[str, str, bool]]) -> Component:
    rows = [
        html.Div([html.Dt(name), html.Dd(text, **{"data-some": "1" if is_bad else "0"})])
        for name, text, is_bad in facts
    ]
    return html.Dl(rows, className="mgt-facts")


def render_problems(problems: Iterable[SpanProblem]) -> list[Component]:
    """What is wrong with the spans, a line for each kind of problem; a line leads to its first span."""
    alike: dict[str, list[SpanProblem]] = {}
    for problem in problems:
        alike.setdefault(problem.id, []).append(problem)
    return [line for some in alike.values() for line in _lines(some)]


def _lines(problems: list[SpanProblem]) -> list[Component]:
    """Alike problems: each with its own words, but of the same words only the first and how many more."""
    counted = Counter(problem_words(problem) for problem in problems)
    firsts: dict[str, SpanProblem] = {}
    for problem in problems:
        firsts.setdefault(problem_words(problem), problem)
    lines = [
        html.Div(
            [_jump(words, firsts[words]), f" ({count:,} spans)" if count > 1 else ""],
            className="mg-line mg-line-gap",
        )
        for words, count in counted.items()
    ]
    if len(lines) <= _MOST_LINES:
        return lines
    more = html.Div(f"and {len(lines) - _MOST_LINES:,} more of this kind", className="mg-line mg-line-gap")
    return [*lines[:_MOST_LINES], more]


def _jump(words: str, problem: SpanProblem) -> Component | str:
    if not problem.span_id:
        return words
    return html.Button(words, type="button", **{"data-span": problem.span_id})
