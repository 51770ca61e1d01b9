"""The lists of applications, workloads and services: one page, three addresses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import dash
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from mesh_graph.answers.inventory import Inventory
from mesh_graph.api.context import Context, current_context
from mesh_graph.errors import MeshGraphError
from mesh_graph.model import NodeKind
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
from mesh_graph.pages.ids import Inventory as I
from mesh_graph.pages.list_inputs import named
from mesh_graph.pages.timebar import asked_view, pictured_view, render_timebar, shown
from mesh_graph.views.addresses import LISTS, Links
from mesh_graph.views.messages_overview import KINDS, shown_of
from mesh_graph.views.overview_columns import object_columns
from mesh_graph.views.overview_parts import render_lines
from mesh_graph.views.overview_rows import object_row

__all__ = ["on_asked", "on_filters", "register", "render_page"]

FILTERS = FilterIds(I.NAME, I.STATUS, I.CLUSTER)


def render_page(kind: NodeKind = NodeKind.APP, /, **query: str) -> Component:
    """Skeleton of a list as the address has it, without data."""
    context = current_context()
    what = [
        *render_filters(FILTERS, query, KINDS[kind][1]),
        html.Div(id=I.COUNT, className="mg-list-count", role="status"),
        *render_only(LISTS[kind], query),
    ]
    return html.Div(
        [
            dcc.Store(id=I.KIND, data=kind.value),
            dcc.Store(id=I.PICTURE),
            html.Div(
                [
                    html.Div(what, className="mg-toolbar-left"),
                    render_timebar(context, query, asked=I.ASKED, shown=I.SHOWN),
                ],
                className="mg-toolbar",
            ),
            html.Div(id=I.NOTICE, className="mg-notice", role="alert"),
            html.Div(id=I.LINES, className="mg-trust", role="status"),
            html.Div(id=I.EMPTY, className="mg-nothing", role="status"),
            html.Div(
                html.Div(render_grid(I.TABLE, object_columns(kind)), className="mg-main"),
                className="mg-columns",
            ),
        ],
        id=I.ROOT,
        className="mg-board mg-board-table",
    )


_OUTPUT = {
    "notice": Output(I.NOTICE, "children"),
    "lines": Output(I.LINES, "children"),
    "empty": Output(I.EMPTY, "children"),
    "statuses": Output(I.STATUS, "children"),
    "clusters": Output(I.CLUSTER, "data"),
    "picture": Output(I.PICTURE, "data"),
    "shown": Output(I.SHOWN, "data"),
}
_ROWS = {"rows": Output(I.TABLE, "rowData"), "count": Output(I.COUNT, "children")}


def on_asked(
    asked: dict[str, Any] | None, picture: dict[str, Any] | None, kind: str, cluster: str | None
) -> dict[str, Any]:
    """All that the page shows of the view that is asked for, but for its rows."""
    answer: dict[str, Any] = dict.fromkeys(_OUTPUT, no_update)
    if not asked or asked["path"] != dash.get_relative_path(LISTS[NodeKind(kind)]):
        return answer
    context, picture = current_context(), picture or {}
    try:
        view = asked_view(context, asked)
        inventory = context.mesh.inventory(view, NodeKind(kind))
        new = {"at": inventory.view.at, "query": asked["query"]}
        if new == picture:
            return answer | {"notice": [], "shown": shown(asked, new["at"])}
        empty = [] if inventory.rows else render_empty(context, view)
        lines = render_lines(inventory.gaps, doubts_of(context, view))
    except Exception as error:  # noqa: BLE001 - the edge: what fails is told, and what is shown stays
        return answer | failed(asked, error, picture.get("at"))
    return {
        "notice": [],
        "lines": lines,
        "empty": empty,
        "statuses": status_chips(row.assessment.status for row in inventory.rows),
        "clusters": named((row.key.cluster for row in inventory.rows), cluster),
        "picture": new,
        "shown": shown(asked, new["at"]),
    }


def on_filters(picture: dict[str, Any] | None, filters: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Rows of the view that is shown, as the filters leave them, and how many of how many they are."""
    answer: dict[str, Any] = dict.fromkeys(_ROWS, no_update)
    if not picture:
        return answer
    context = current_context()
    try:
        inventory = context.mesh.inventory(pictured_view(context, picture), NodeKind(kind))
    except MeshGraphError:
        return answer
    links = _links(context, inventory, picture["query"])
    chosen = Filters.of(**filters)
    rows = [row for row in (object_row(one, links) for one in inventory.rows) if chosen.keep(row)]
    return {"rows": rows, "count": shown_of(NodeKind(kind), len(rows), len(inventory.rows))}


def _links(context: Context, inventory: Inventory, query: str) -> Links:
    return links_of(context, query, (row.key.cluster for row in inventory.rows))


def register(app: Dash) -> None:
    """Register the three pages, and the callbacks that they share."""
    for kind, path in LISTS.items():
        title = f"{KINDS[kind][1].capitalize()} · Meshgraph"
        dash.register_page(path.strip("/"), path=path, title=title, layout=partial(render_page, kind))
    app.callback(
        output=_OUTPUT,
        inputs={
            "asked": Input(I.ASKED, "data"),
            "picture": State(I.PICTURE, "data"),
            "kind": State(I.KIND, "data"),
            "cluster": State(I.CLUSTER, "value"),
        },
        prevent_initial_call=True,
    )(on_asked)
    app.callback(
        output=_ROWS,
        inputs={
            "picture": Input(I.PICTURE, "data"),
            "filters": filter_inputs(FILTERS),
            "kind": State(I.KIND, "data"),
        },
    )(on_filters)
    register_filters(app, FILTERS)
