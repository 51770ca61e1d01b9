"""Controls of a detail page: how far charts look back, and what their lines stand for."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from mesh_graph.codec import format_duration, parse_duration
from mesh_graph.detail.choice import Group, Told
from mesh_graph.model import View
from mesh_graph.pages.ids import Detail as D
from mesh_graph.pages.toolbar_parts import QUANTILES, options, render_select
from mesh_graph.views.messages_detail import GROUPS, TOLD

__all__ = ["render_choices", "render_span"]

SPANS = {
    "15m": "15 min",
    "30m": "30 min",
    "1h": "1 h",
    "3h": "3 h",
    "6h": "6 h",
    "12h": "12 h",
    "1d": "1 day",
    "2d": "2 days",
    "7d": "7 days",
}
WIDTH = 172
"""Of every select, pixels."""


def render_span(
    defaults: View,
    query: Mapping[str, str],
    *,
    component_id: str = D.SPAN,
    label: str = "Charts look back",
    width: int = WIDTH,
) -> Component:
    """How far a page looks back; what the address says and the list lacks is put first."""
    span = format_duration(defaults.span_s)
    with contextlib.suppress(ValueError):
        span = format_duration(parse_duration(query.get("span", span)))
    select = render_select(component_id, label, options(SPANS, (span,)), span, width=width)
    return html.Div(select, className="mg-d-span")


def render_choices(query: Mapping[str, str]) -> Component:
    """What the charts' lines stand for, whose report they are of, and which response time is meant."""
    chosen = (
        (
            D.GROUP,
            "A line for each",
            {group.value: words for group, words in GROUPS.items()},
            "group",
            Group.NONE,
        ),
        (D.TOLD, "Reported by", {told.value: words for told, words in TOLD.items()}, "told", Told.MERGED),
        (D.QUANTILE, "Grouped response time", QUANTILES, "quantile", "p95"),
    )
    selects = [
        render_select(
            component_id,
            label,
            options(words),
            query[name] if query.get(name) in words else default,
            width=WIDTH,
        )
        for component_id, label, words, name, default in chosen
    ]
    return html.Div(selects, className="mg-d-choices")
