"""Shares and differences as bars: plain elements as wide as the numbers, coloured by assets/canary.css."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from mesh_graph.canary.verdict import Bounds, Judged
from mesh_graph.views.messages_canary import format_points
from mesh_graph.views.numbers import format_percent
from mesh_graph.views.split_rows import ShareRow

__all__ = ["COLOURS", "colour_of", "difference_plot", "progress_bar", "share_plot", "split_bar"]

COLOURS = 6
"""Colours that versions take in turn; the first is the baseline's."""
NARROW = 0.06
"""A part narrower than this has no room for its name."""


def colour_of(place: int) -> str:
    """Class of the version at a place."""
    return f"mgc-v{place % COLOURS}"


def _percent(ratio: float) -> str:
    return f"{100 * min(1.0, max(0.0, ratio)):.2f}%"


def _part(row: ShareRow, share: float, place: int) -> Component:
    name = "lost" if row.role == "lost" else row.version
    colour = "mgc-vlost" if row.role == "lost" else colour_of(place)
    label = name if share >= NARROW else ""
    return html.Span(
        label,
        className=f"mgc-part {colour}",
        style={"width": _percent(share)},
        title=f"{name}: {format_percent(share)}",
    )


def split_bar(rows: Sequence[ShareRow]) -> Component:
    """Declared above observed, each one bar; without a declaration the observed one alone."""
    declared = [row for row in rows if not math.isnan(row.declared)]
    lines = []
    if declared:
        parts = [_part(row, row.declared, place) for place, row in enumerate(rows) if row in declared]
        lines.append(("declared", parts))
    # Of everything that was routed: what reached no version has its part of the bar, too.
    whole = sum(row.requests for row in rows)
    observed = [_part(row, row.requests / whole, place) for place, row in enumerate(rows) if row.requests]
    lines.append(("observed", observed or [html.Span("no traffic", className="mgc-part-none")]))
    return html.Div(
        [
            html.Div([html.Span(name, className="mgc-bar-name"), html.Div(parts, className="mgc-bar")])
            for name, parts in lines
        ],
        className="mgc-split-bar",
    )


def share_plot(row: ShareRow, place: int) -> Component:
    """One version's share from 0 to 100 %: the interval a band, what was observed a dot, declared a tick."""
    marks: list[Component] = []
    if not math.isnan(row.lower):
        width = max(row.upper - row.lower, 0.002)
        band = {"left": _percent(row.lower), "width": _percent(width)}
        marks.append(html.Span(className="mgc-band", style=band))
    if not math.isnan(row.declared):
        title = f"declared {format_percent(row.declared)}"
        marks.append(html.Span(className="mgc-tick", style={"left": _percent(row.declared)}, title=title))
    if not math.isnan(row.observed):
        title = f"observed {format_percent(row.observed)}"
        marks.append(html.Span(className="mgc-dot", style={"left": _percent(row.observed)}, title=title))
    return html.Div(
        marks, className=f"mgc-scale {colour_of(place)}", role="img", **{"aria-label": _spoken(row)}
    )


def _spoken(row: ShareRow) -> str:
    declared = "" if math.isnan(row.declared) else f", declared {format_percent(row.declared)}"
    observed = "no traffic" if math.isnan(row.observed) else format_percent(row.observed)
    return f"{row.version}: observed {observed}{declared}"


def difference_plot(judged: Judged) -> Component:
    """A difference to the baseline: zero in the middle, its margin a line, its interval a band."""
    if math.isnan(judged.difference) or math.isnan(judged.margin):
        return html.Div(className="mgc-diff mgc-diff-none")
    bounds = judged.interval or Bounds(judged.difference, judged.difference)
    reach = _reach(judged, bounds)

    def place(value: float) -> float:
        return 0.5 + 0.5 * max(-1.0, min(1.0, value / reach))

    low, high = place(bounds.lower), place(bounds.upper)
    marks = [
        html.Span(className="mgc-diff-ok", style={"width": _percent(place(judged.margin))}),
        html.Span(className="mgc-diff-zero", style={"left": _percent(place(0.0))}),
        html.Span(className="mgc-diff-margin", style={"left": _percent(place(judged.margin))}),
        html.Span(className="mgc-dot", style={"left": _percent(place(judged.difference))}),
    ]
    if judged.interval is not None:
        band = {"left": _percent(low), "width": _percent(max(high - low, 0.006))}
        marks.insert(1, html.Span(className="mgc-band", style=band))
    words = f"{format_points(judged.difference)}, at most {format_points(judged.margin)} allowed"
    return html.Div(
        marks,
        className=f"mgc-diff mgc-state-{judged.state}",
        title=words,
        role="img",
        **{"aria-label": words},
    )


def _reach(judged: Judged, bounds: Bounds) -> float:
    finite = [abs(v) for v in (bounds.lower, bounds.upper, judged.difference) if math.isfinite(v)]
    return max(1.6 * judged.margin, 1.08 * max(finite, default=0.0), 1e-6)


def progress_bar(part: float) -> Component:
    """How far the way to a decision is gone; unknown is an empty bar that says so."""
    if math.isnan(part):
        return html.Div(className="mgc-progress mgc-progress-unknown", title="not known how long")
    title = "decided" if part >= 1 else f"{format_percent(part)} of what a decision takes"
    return html.Div(
        html.Span(style={"width": _percent(part)}),
        className="mgc-progress" + (" mgc-progress-done" if part >= 1 else ""),
        title=title,
    )
