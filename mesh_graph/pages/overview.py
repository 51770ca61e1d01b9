"""The overview: which namespace is ill and why, the extremes, what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from mesh_graph.answers.overview import Overview
from mesh_graph.api.context import Context, current_context
from mesh_graph.errors import MeshGraphError
from mesh_graph.model import View
from mesh_graph.pages.answering import doubts_of, failed, links_of, render_empty
from mesh_graph.pages.filters import (
    FilterIds,
    Filters,
    filter_inputs,
    register_filters,
    render_filters,
    render_only,
    status_chips,
)
from mesh_graph.pages.grid import render_grid
from mesh_graph.pages.ids import Overview as O
from mesh_graph.pages.list_inputs import named
from mesh_graph.pages.timebar import asked_view, pictured_view, render_timebar, shown
from mesh_graph.views.addresses import Links
from mesh_graph.views.overview_columns import NAMESPACE_COLUMNS
from mesh_graph.views.overview_parts import (
    render_changes,
    render_lines,
    render_tops,
    render_totals,
)
from mesh_graph.views.overview_rows import namespace_row

__all__ = ["on_asked", "on_filters", "register", "render_page"]

PATH = "/"
FILTERS = FilterIds(O.NAME, O.STATUS, O.CLUSTER)
MODES = ({"value": "table", "label": "Table"}, {"value": "cards", "label": "Cards"})


def render_page(**query: str) -> Component:
    """Skeleton of the page as the address has it, without data."""
    context = current_context()
    mode = dmc.SegmentedControl(
        id=O.MODE, data=list(MODES), value="cards" if query.get("show") == "cards" else "table", size="xs"
    )
    what = [
        *render_filters(FILTERS, query, "namespaces"),
        html.Div(mode, className="mg-mode"),
        *render_only(PATH, query),
    ]
    return html.Div(
        [
            html.Div(
                [
                    html.Div(what, className="mg-toolbar-left"),
                    render_timebar(context, query, asked=O.ASKED, shown=O.SHOWN),
                ],
                className="mg-toolbar",
            ),
            dcc.Store(id=O.PICTURE),
            html.Div(id=O.NOTICE, className="mg-notice", role="alert"),
            html.Div(id=O.LINES, className="mg-trust", role="status"),
            html.Div(id=O.TOTALS, className="mg-totals"),
            html.Div(id=O.EMPTY, className="mg-nothing", role="status"),
            html.Div(
                [
                    html.Div(
                        [render_grid(O.TABLE, NAMESPACE_COLUMNS), html.Div(id=O.CARDS, className="mg-cards")],
                        className="mg-main",
                    ),
                    html.Aside(id=O.SIDE, className="mg-side", **{"aria-label": "Extremes and changes"}),
                ],
                className="mg-columns",
            ),
        ],
        id=O.ROOT,
        className="mg-board",
    )


_OUTPUT = {
    "notice": Output(O.NOTICE, "children"),
    "lines": Output(O.LINES, "children"),
    "empty": Output(O.EMPTY, "children"),
    "totals": Output(O.TOTALS, "children"),
    "side": Output(O.SIDE, "children"),
    "statuses": Output(O.STATUS, "children"),
    "clusters": Output(O.CLUSTER, "data"),
    "picture": Output(O.PICTURE, "data"),
    "shown": Output(O.SHOWN, "data"),
}


def on_asked(
    asked: dict[str, Any] | None, picture: dict[str, Any] | None, cluster: str | None
) -> dict[str, Any]:
    """All that the page shows of the view that is asked for, but for its rows."""
    answer: dict[str, Any] = dict.fromkeys(_OUTPUT, no_update)
    if not asked or asked["path"] != dash.get_relative_path(PATH):
        return answer
    context, picture = current_context(), picture or {}
    try:
        view = asked_view(context, asked)
        overview = context.mesh.overview(view)
        new = {"at": overview.view.at, "query": asked["query"]}
        if new == picture:
            return answer | {"notice": [], "shown": shown(asked, new["at"])}
        found = _parts(context, view, overview, _links(context, overview, asked["query"]))
    except Exception as error:  # noqa: BLE001 - the edge: what fails is told, and what is shown stays
        return answer | failed(asked, error, picture.get("at"))
    clusters = named((row.key.cluster for row in overview.namespaces), cluster)
    return found | {"notice": [], "clusters": clusters, "picture": new, "shown": shown(asked, new["at"])}


def _links(context: Context, overview: Overview, query: str) -> Links:
    clusters = (row.key.cluster for row in overview.namespaces)
    return links_of(context, query, clusters)


def _parts(context: Context, view: View, overview: Overview, links: Links) -> dict[str, Any]:
    return {
        "lines": render_lines(overview.gaps, doubts_of(context, view)),
        "empty": [] if overview.namespaces else render_empty(context, view),
        "totals": render_totals(overview.totals, links),
        "side": [*render_tops(overview, links), *render_changes(overview, links)],
        "statuses": status_chips(row.assessment.status for row in overview.namespaces),
    }


def on_filters(picture: dict[str, Any] | None, filters: Mapping[str, Any]) -> Any:
    """Rows of the view that is shown, as the filters leave them."""
    if not picture:
        return no_update
    context = current_context()
    try:
        overview = context.mesh.overview(pictured_view(context, picture))
    except MeshGraphError:
        return no_update
    links = _links(context, overview, picture["query"])
    chosen = Filters.of(**filters)
    return [row for row in (namespace_row(one, links) for one in overview.namespaces) if chosen.keep(row)]


def register(app: Dash) -> None:
    """Register page and callbacks on the app."""
    dash.register_page("overview", path=PATH, title="Overview · Meshgraph", layout=render_page)
    app.callback(
        output=_OUTPUT,
        inputs={
            "asked": Input(O.ASKED, "data"),
            "picture": State(O.PICTURE, "data"),
            "cluster": State(O.CLUSTER, "value"),
        },
        prevent_initial_call=True,
    )(on_asked)
    app.callback(
        output=Output(O.TABLE, "rowData"),
        inputs={"picture": Input(O.PICTURE, "data"), "filters": filter_inputs(FILTERS)},
    )(on_filters)
    # Cards are drawn in the browser: hundreds of them take seconds as components.
    app.clientside_callback(
        ClientsideFunction("meshgraph", "onCards"),
        Output(O.ROOT, "className"),
        Input(O.TABLE, "rowData"),
        Input(O.MODE, "value"),
    )
    register_filters(app, FILTERS, Input(O.MODE, "value"))
