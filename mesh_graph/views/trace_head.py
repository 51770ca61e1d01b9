"""One trace → the head of its page: what it is of, when, how long, how much, and what is wrong with it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.answers.trace_view import TraceView
from mesh_graph.codec import format_instant
from mesh_graph.traces.model import SpanProblem
from mesh_graph.views.addresses import Links
from mesh_graph.views.messages_traces import problem_words
from mesh_graph.views.numbers import format_micros
from mesh_graph.views.trace_figures import start_text

__all__ = ["render_head", "render_problems"]

_MOST_LINES = 30
_MOST_TEXT = 200
_SOON_S = 60
"""What happened so long ago has been scraped."""
_MOST_NAMESPACES = 12


def render_head(view: TraceView, links: Links, now: float) -> list[Component]:
    """Name of the trace by its root, its numbers, and the way to it on the map.

    Parameters
    ----------
    view : TraceView
    links : Links
    now : float
        Present instant, Unix seconds: of what just happened the map is live.
    """
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
    way = dcc.Link("On the map", href=_map(view, links, now), className="mg-link mgt-on-map")
    return [html.Div([name, way], className="mg-d-title"), _facts(facts)]


def _map(view: TraceView, links: Links, now: float) -> str:
    """The topology of the trace's namespaces a little after its end, with the trace lit up."""
    services = (service for service, _ in view.summary.services)
    namespaces = sorted({service.rpartition(".")[2] for service in services if "." in service})
    then = math.ceil((view.summary.start_us + view.duration_us) / 1e6) + _SOON_S
    when = {"at": format_instant(then)} if 0 <= then < now - _SOON_S else {}
    narrow = {"namespaces": ",".join(namespaces)} if len(namespaces) <= _MOST_NAMESPACES else {}
    return links.page("/topology", trace=view.trace_id, **when, **narrow)


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
