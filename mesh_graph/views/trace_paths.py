"""The critical paths of many traces → whose time it is: a bar and a table of owners, by quantile."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.answers.trace_many import TracePaths
from mesh_graph.traces.aggregate import Around, OwnerShare
from mesh_graph.traces.interval import Interval
from mesh_graph.views.addresses import Links
from mesh_graph.views.messages_traces import MESSAGES
from mesh_graph.views.numbers import format_micros, format_percent
from mesh_graph.views.words import fill

__all__ = ["render_paths"]

MOST_OWNERS = 50
COLOURED = 10
"""Owners with a colour of their own in the bars; the rest are one."""
_MOST_TEXT = 120


def render_paths(found: TracePaths, links: Links) -> list[Component]:
    """What the roots of the traces found waited for; in words, where there is nothing to tell."""
    told = found.aggregate
    if not told.owners:
        return [html.P(MESSAGES["path.nothing"], className="mgt-lead")]
    named = {"count": f"{told.traces:,}", "route": _route(found), "caller": found.ask.caller}
    lead = fill(MESSAGES["path.lead.called" if found.ask.caller else "path.lead"], named)
    left = fill(MESSAGES["path.left-out"], {"count": f"{told.left_out:,}"}) if told.left_out else ""
    cut = MESSAGES["path.cut"] if found.was_cut else ""
    return [
        html.P([lead, left, cut], className="mgt-lead"),
        html.Div(
            [_bar(number, told.around, told.owners) for number in range(len(told.around))],
            className="mgt-bars",
        ),
        _table(told.around, told.owners, links),
        html.Details(
            [html.Summary(MESSAGES["path.how"]), html.P(MESSAGES["path.method"])], className="mgt-how"
        ),
    ]


def _route(found: TracePaths) -> str:
    service, operation = found.ask.service, found.ask.operation
    return f"{service} {operation}".strip()[:_MOST_TEXT] or MESSAGES["path.whole"]


def _name(around: Around) -> str:
    return f"p{around.quantile * 100:g}"


def _bar(number: int, around: Sequence[Around], owners: Sequence[OwnerShare]) -> Component:
    """One quantile as a bar: the owners with the largest shares of the slowest have parts of their own."""
    one = around[number]
    parts = [
        html.Span(
            style={"flexGrow": owner.shares[number]},
            title=f"{owner.service}: {owner.operation[:_MOST_TEXT]} {format_percent(owner.shares[number])}",
            **{"data-service": str(place)},
        )
        for place, owner in enumerate(owners[:COLOURED])
        if owner.shares[number] > 0
    ]
    rest = sum(owner.shares[number] for owner in owners[COLOURED:])
    if rest > 0:
        words = fill(MESSAGES["path.rest"], {"share": format_percent(rest)})
        parts.append(html.Span(style={"flexGrow": rest}, title=words, className="mgt-rest"))
    head = [
        html.B(f"{_name(one)} {format_micros(one.duration_us)}"),
        html.Small(_bounds(one)),
    ]
    return html.Div([html.Div(head), html.Div(parts, className="mgt-bar-of")], className="mgt-quantile")


def _bounds(one: Around) -> str:
    low = MESSAGES["path.unbounded"] if one.low_us is None else format_micros(one.low_us)
    high = MESSAGES["path.unbounded"] if one.high_us is None else format_micros(one.high_us)
    return fill(MESSAGES["path.bounds"], {"low": low, "high": high, "count": f"{one.traces:,}"})


def _table(around: Sequence[Around], owners: Sequence[OwnerShare], links: Links) -> Component:
    names = [_name(one) for one in around]
    heads = [
        html.Th("Service and operation"),
        *(html.Th(f"of {name}", className="mg-number") for name in names),
        *(
            html.Th(f"{name} saved, at half", className="mg-number", title=MESSAGES["path.saved"])
            for name in names
        ),
        html.Th("Traces", className="mg-number"),
    ]
    rows = [_row(place, owner, around, links) for place, owner in enumerate(owners[:MOST_OWNERS])]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="mgt-table")
    rest = len(owners) - MOST_OWNERS
    more = (
        [html.P(fill(MESSAGES["path.more"], {"count": f"{rest:,}"}), className="mgt-quiet")]
        if rest > 0
        else []
    )
    return html.Div([table, *more], className="mgt-scroll")


def _row(place: int, owner: OwnerShare, around: Sequence[Around], links: Links) -> Component:
    where = {"service": owner.service, **({"operation": owner.operation} if owner.operation else {})}
    key = [html.Span(className="mgt-key", **{"data-service": str(place)})] if place < COLOURED else []
    name = html.Td(
        [
            *key,
            dcc.Link(html.B(owner.service[:_MOST_TEXT] or "–"), href=links.page("/traces", **where)),
            html.Span(owner.operation[:_MOST_TEXT], className="mgt-operation"),
        ]
    )
    shares = [_share(share, known) for share, known in zip(owner.shares, owner.intervals, strict=True)]
    saved = owner.saved_us or (None,) * len(around)
    return html.Tr(
        [
            name,
            *shares,
            *(html.Td(_saved(us), className="mg-number") for us in saved),
            html.Td(f"{owner.traces:,}", className="mg-number"),
        ]
    )


def _share(share: float, known: Interval | None) -> Component:
    sure = MESSAGES["path.unsure"]
    if known is not None:
        bounds = {"low": format_percent(known.low), "high": format_percent(known.high)}
        sure = fill(MESSAGES["path.sure"], bounds)
    bar = html.Span(className="mgt-share", style={"width": f"{share * 100:.1f}%"})
    return html.Td([format_percent(share), bar], className="mg-number mgt-share-cell", title=sure)


def _saved(saved_us: float | None) -> str:
    return "–" if saved_us is None else format_micros(saved_us)
