"""Who calls whom, by traces beside metrics → a table; what only one of them knows is said."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.answers.trace_many import DependencyRow, TraceDependencies
from mesh_graph.views.addresses import Links
from mesh_graph.views.messages_traces import MESSAGES
from mesh_graph.views.numbers import format_percent, format_rate
from mesh_graph.views.words import fill

__all__ = ["remark_of", "render_dependencies"]

MOST_ROWS = 400
_MOST_TEXT = 120
_HEADS = ("Calls", "Failed", "In traces", "Requests", "Errors")


def render_dependencies(found: TraceDependencies, links: Links) -> list[Component]:
    """The table; in words, where neither knows anything."""
    if not found.rows:
        return [html.P(MESSAGES["dependencies.nothing"], className="mgt-lead")]
    both = sum(row.traced is not None and row.counted is not None for row in found.rows)
    counts = {
        "traces": f"{found.traces:,}",
        "both": f"{both:,}",
        "traced": f"{sum(row.counted is None for row in found.rows):,}",
        "counted": f"{sum(row.traced is None for row in found.rows):,}",
    }
    heads = [
        html.Th("From"),
        html.Th("To"),
        *(html.Th(name, className="mg-number") for name in _HEADS),
        html.Th("Remark"),
    ]
    group = html.Tr(
        [
            html.Th("", colSpan=2),
            html.Th("by traces", colSpan=3, className="mgt-group"),
            html.Th("by the mesh's metrics", colSpan=2, className="mgt-group"),
            html.Th(""),
        ]
    )
    rows = [_row(row, links) for row in found.rows[:MOST_ROWS]]
    rest = len(found.rows) - MOST_ROWS
    more = (
        [html.P(fill(MESSAGES["path.more"], {"count": f"{rest:,}"}), className="mgt-quiet")]
        if rest > 0
        else []
    )
    table = html.Table([html.Thead([group, html.Tr(heads)]), html.Tbody(rows)], className="mgt-table")
    lead = fill(MESSAGES["dependencies.lead"], counts)
    return [html.P(lead, className="mgt-lead"), html.Div([table, *more], className="mgt-scroll")]


def remark_of(row: DependencyRow) -> str:
    """What only one of the two knows; empty where they agree that there are such calls."""
    if row.traced is None:
        return MESSAGES["dependencies.untraced"]
    if not row.traced.is_reported:
        return MESSAGES["dependencies.silent"]
    return MESSAGES["dependencies.uncounted"] if row.counted is None else ""


def _row(row: DependencyRow, links: Links) -> Component:
    traced, counted = row.traced, row.counted
    numbers = [
        f"{traced.calls:,}" if traced else "–",
        format_percent(traced.errors / traced.calls) if traced and traced.calls else "–",
        f"{traced.traces:,}" if traced else "–",
        format_rate(counted.rate) if counted else "–",
        format_percent(counted.error_rate / counted.rate) if counted and counted.rate else "–",
    ]
    return html.Tr(
        [
            html.Td(_name(row.source, links)),
            html.Td(_name(row.destination, links)),
            *(html.Td(text, className="mg-number") for text in numbers),
            html.Td(remark_of(row), className="mgt-quiet"),
        ]
    )


def _name(service: str, links: Links) -> Component:
    return dcc.Link(service[:_MOST_TEXT] or "–", href=links.page("/traces", service=service))
