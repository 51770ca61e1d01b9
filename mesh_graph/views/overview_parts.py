"""Parts of the overview beside its table: totals, extremes, changes, and what could not be had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.answers.changes import Change
from mesh_graph.answers.overview import Overview, TopRow, Totals
from mesh_graph.codec import format_instant
from mesh_graph.health import Assessment
from mesh_graph.model import NodeKind, Status
from mesh_graph.topology.attributes import Gap
from mesh_graph.views.addresses import LISTS, Links
from mesh_graph.views.messages_health import STATUSES, assessment_words, key_words
from mesh_graph.views.messages_overview import KINDS, change_words
from mesh_graph.views.numbers import (
    format_bytes_rate,
    format_latency,
    format_percent,
    format_rate,
    format_seconds,
)
from mesh_graph.views.overview_rows import NO_NUMBER
from mesh_graph.views.words import gap_text

__all__ = ["render_changes", "render_lines", "render_tops", "render_totals"]

MAX_CHANGES = 12


def render_totals(totals: Totals, links: Links) -> list[Component]:
    """The mesh in one line: how many of what fare how, and its traffic."""
    kinds = [(NodeKind.NAMESPACE, totals.statuses), *totals.objects.items()]
    ratio = totals.error_rate / totals.request_rate if totals.request_rate else None
    numbers = (
        ("Requests", _or_dash(totals.request_rate, format_rate), "Each request once"),
        ("Errors", NO_NUMBER if ratio is None else format_percent(ratio), "Of all requests"),
        ("TCP", _or_dash(totals.tcp_rate, format_bytes_rate), "Both ways"),
    )
    return [
        *(_count_tile(kind, counted, links) for kind, counted in kinds),
        *(_tile(name, html.Span(text, className="mg-tile-value"), title) for name, text, title in numbers),
    ]


def _or_dash(rate: float, text: Callable[..., str]) -> str:
    """The rate with three digits; of nothing seen a dash, for that is no zero."""
    return text(rate, digits=3) if rate else NO_NUMBER


def _tile(name: str, content: Any, title: str = "", class_name: str = "") -> Component:
    head = html.Span(name, className="mg-tile-name")
    return html.Div([head, content], className=f"mg-tile {class_name}".strip(), title=title)


def _count_tile(kind: NodeKind, counted: Counter[Status], links: Links) -> Component:
    name = KINDS[kind][1].capitalize()
    total = sum(counted.values())
    parts = [
        html.Span(
            [html.Span(className="mg-status-mark", **{"aria-hidden": "true"}), f"{counted[status]:,}"],
            className="mg-status",
            title=f"{counted[status]:,} {STATUSES[status].lower()}",
            **{"data-status": status.value, "data-firm": "1"},
        )
        for status in Status
        if counted[status]
    ]
    bar = html.Div(
        [
            html.Span(style={"flexGrow": counted[status]}, **{"data-status": status.value})
            for status in Status
            if counted[status]
        ],
        className="mg-bar",
        **{"aria-hidden": "true"},
    )
    value = html.Div([html.Span(f"{total:,}", className="mg-tile-value"), *parts], className="mg-tile-line")
    title = name if kind not in LISTS else dcc.Link(name, href=links.page(LISTS[kind]))
    head = html.Span(title, className="mg-tile-name")
    return html.Div([head, value, bar], className="mg-tile mg-tile-wide")


def render_tops(overview: Overview, links: Links) -> list[Component]:
    """The services with the most errors, the slowest, the busiest; names in full."""
    return [
        _top("Highest error ratio", overview.top_errors, format_percent, links),
        _top("Slowest, p95", overview.top_latency, format_latency, links),
        _top("Most requests", overview.top_rate, format_rate, links),
    ]


def _top(title: str, rows: Sequence[TopRow], text: Any, links: Links) -> Component:
    items = [
        html.Li(
            [
                _mark(row.assessment),
                dcc.Link(key_words(row.key), href=links.of(row.key), title=assessment_words(row.assessment)),
                html.Span(text(row.value), className="mg-number"),
            ]
        )
        for row in rows
    ]
    return _box(title, html.Ol(items) if items else html.P("None.", className="mg-none"))


def _box(title: str, content: Component) -> Component:
    return html.Section([html.H3(title), content], className="mg-side-box")


def _mark(assessment: Assessment) -> Component:
    return html.Span(
        html.Span(className="mg-status-mark"),
        className="mg-status",
        title=STATUSES[assessment.status],
        role="img",
        **{
            "data-status": assessment.status.value,
            "data-firm": "1" if assessment.is_firm else "0",
            "aria-label": STATUSES[assessment.status],
        },
    )


def render_changes(overview: Overview, links: Links) -> list[Component]:
    """What is different from the earlier time, or that nothing is."""
    if overview.earlier_at is None:
        return [_box("Changes", html.P("Nothing earlier to compare with.", className="mg-none"))]
    ago = format_seconds((overview.view.at or 0.0) - overview.earlier_at)
    found = [_change(change, links) for change in overview.changes[:MAX_CHANGES]]
    rest = len(overview.changes) - len(found)
    if rest > 0:
        found.append(html.Li(f"and {rest:,} more", className="mg-none"))
    content = html.Ul(found) if found else html.P("Nothing came, went or turned.", className="mg-none")
    box = _box(f"Changes since {ago} ago", content)
    box.title = f"Compared with {format_instant(overview.earlier_at)}"
    return [box]


def _change(change: Change, links: Links) -> Component:
    link = dcc.Link(change_words(change), href=links.of(change.subject))
    return html.Li([html.Span(className="mg-change", **{"data-change": change.message}), link])


def render_lines(gaps: Iterable[Gap], doubts: Iterable[str]) -> list[Component]:
    """What could not be had, and why the numbers may be wrong, a line each."""
    texts = [*doubts, *dict.fromkeys(map(gap_text, gaps))]
    return [html.Div(text, className="mg-line mg-line-gap") for text in texts]
