"""The topology page: its skeleton, its callbacks and its registration.

The graph lives outside the page container and is only hidden on other pages: whatever rebuilds it loses its
viewport, its positions and its selection. Its numbers never pass through a callback: the browser fetches them
from the page's JSON twin (assets/feed.js) and applies them to the live graph (assets/apply.js).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import dash
import dash_ag_grid as dag
import dash_cytoscape as cyto
import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from mesh_graph.api.context import current_context
from mesh_graph.codec import view_from_query
from mesh_graph.fields import LATENCY_MS
from mesh_graph.model import NodeKind, View
from mesh_graph.pages.controls import CONTROLS, PAGE_CHOICES, browser_controls, parameter_defaults
from mesh_graph.pages.icons import icon
from mesh_graph.pages.ids import Shell
from mesh_graph.pages.ids import Topology as T
from mesh_graph.pages.toolbar import render_toolbar
from mesh_graph.views.addresses import LISTS
from mesh_graph.views.charts import render_charts
from mesh_graph.views.columns import EDGE_COLUMNS, NODE_COLUMNS
from mesh_graph.views.legend import render_legend
from mesh_graph.views.panel import parse_selection, render_panel
from mesh_graph.views.peer_rows import NO_PAGE
from mesh_graph.views.scale import LEVELS
from mesh_graph.views.stylesheet import overlay_colours, stylesheet
from mesh_graph.views.trace_links import render_trace_links
from mesh_graph.views.words import say

__all__ = ["register", "render_stage"]

_TOOLS = (
    ("zoom-in", "Zoom in (+)"),
    ("zoom-out", "Zoom out (-)"),
    ("fit", "Fit everything (F)"),
    ("reset", "Forget moved nodes"),
    ("image", "Save as PNG"),
    ("legend", "Legend (L)"),
    ("table", "Table view (T)"),
    ("clock", "Replay the past (H)"),
)


_HEAD_PARTS = 3
"""What the panel of a selection begins with: its name, remarks, who it is."""


def _config(defaults: Mapping[str, str]) -> Component:
    data: dict[str, Any] = {
        "defaults": dict(defaults),
        "controls": browser_controls(),
        "choices": dict(PAGE_CHOICES),
        "twin": dash.get_relative_path("/api/pages/topology"),
        "namespaces": dash.get_relative_path("/api/pages/namespaces"),
        "page": dash.get_relative_path("/topology"),
        "lists": {kind.value: dash.get_relative_path(path) for kind, path in LISTS.items()},
        "pageless": NO_PAGE,
        "words": {level: say(f"level.{level}") for level in LEVELS} | {"vanished": say("state.vanished")},
        "columns": {"edges": EDGE_COLUMNS, "nodes": NODE_COLUMNS},
        "styles": {scheme: stylesheet(scheme) for scheme in ("light", "dark")},
        "colours": {scheme: overlay_colours(scheme) for scheme in ("light", "dark")},
    }
    return dcc.Store(id=T.CONFIG, data=data)


def _graph() -> Component:
    # Not responsive: the wrapper would divide by the size before, and zoom with every panel that opens.
    # assets/panel.js follows the size and leaves the view alone.
    return cyto.Cytoscape(
        id=T.GRAPH,
        elements=[],
        stylesheet=[],
        layout={"name": "preset", "fit": False},
        autoRefreshLayout=False,
        boxSelectionEnabled=False,
        minZoom=0.04,
        maxZoom=4,
        className="mg-graph",
        style={"width": "100%", "height": "100%"},
    )


def _tools() -> Component:
    buttons = [
        dmc.Tooltip(
            html.Button(
                icon(name), className="mg-tool", type="button", **{"data-tool": name, "aria-label": words}
            ),
            label=words,
            position="right",
        )
        for name, words in _TOOLS
    ]
    return html.Div(
        buttons, id=T.TOOLS, className="mg-tools", role="group", **{"aria-label": "View of the graph"}
    )


def _table() -> Component:
    kinds = [
        html.Button(name, type="button", className="mg-table-kind", **{"data-kind": kind})
        for kind, name in (("edges", "Edges"), ("nodes", "Nodes"), ("0", "Back to the graph"))
    ]
    grid = dag.AgGrid(
        id=T.TABLE,
        rowData=[],
        columnDefs=[],
        getRowId="params.data.id",
        defaultColDef={"sortable": True, "resizable": True, "floatingFilter": True, "minWidth": 80},
        dashGridOptions={
            "rowHeight": 28,
            "headerHeight": 32,
            "floatingFiltersHeight": 32,
            "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True},
            "animateRows": False,
            "suppressFieldDotNotation": True,
        },
        style={"height": "100%", "width": "100%"},
    )
    head = html.Div(kinds, id=T.TABLE_KINDS, className="mg-table-kinds", role="group")
    return html.Div([head, html.Div(grid, className="mg-grid")], id=T.TABLE_PANE, className="mg-table-pane")


def _canvas() -> Component:
    return html.Div(
        [
            _graph(),
            html.Div(id=T.SUMMARY, className="mg-summary"),
            html.Div(id=T.FOCUS, className="mg-focus", role="group", **{"aria-label": "Focus"}),
            html.Div(id=T.EMPTY, className="mg-empty", role="status"),
            _tools(),
            html.Div(render_legend(), id=T.LEGEND, className="mg-legend", **{"aria-label": "Legend"}),
            html.Div(id=T.MINIMAP, className="mg-minimap", **{"aria-hidden": "true"}),
            html.Div(id=T.LISTBOX, className="mg-listbox"),
            html.Div(id=T.ANNOUNCE, className="mg-visually-hidden", **{"aria-live": "polite"}),
            html.Div(id=T.REPLAY, className="mg-replay", role="group", **{"aria-label": "Replay"}),
            _table(),
        ],
        className="mg-canvas",
    )


def _panel() -> Component:
    toggle = html.Button(
        icon("forward"),
        id=T.PANEL_TOGGLE,
        className="mg-panel-toggle",
        type="button",
        **{"aria-label": "Side panel (I)"},
    )
    body = [html.Div(id=T.PANEL_BODY), html.Div(id=T.CHARTS)]
    content = html.Div(body, className="mg-panel-content", tabIndex=0)
    return html.Aside(
        [dcc.Store(id=T.SELECTION), dcc.Store(id=T.HISTORY), toggle, content],
        id=T.PANEL,
        className="mg-panel",
    )


def render_stage(view: View, refresh_s: int) -> Component:
    """Skeleton of the page, without data; mounted once for the life of the document."""
    defaults = parameter_defaults(view, refresh_s)
    return html.Div(
        [
            _config(defaults),
            render_toolbar(defaults),
            html.Div(id=T.NOTICE, className="mg-notice", role="alert"),
            html.Div(id=T.TRUST, className="mg-trust", role="status"),
            html.Div([_canvas(), _panel()], className="mg-body"),
        ],
        id=T.STAGE,
        className="mg-stage",
    )


def on_selection(selection: dict[str, str] | None) -> Any:
    """Side panel of what is selected in the picture that is shown."""
    if not selection:
        return no_update
    mesh, selected = current_context().mesh, selection["selected"]
    graph = mesh.graph(_view_of(selection))
    panel = render_panel(graph, selected)
    found = parse_selection(graph, selected) if selected else None
    if mesh.tracing is None or found is None:
        return panel
    return [*panel[:_HEAD_PARTS], *render_trace_links(graph, found), *panel[_HEAD_PARTS:]]


def on_history(selection: dict[str, str] | None) -> Any:
    """Charts over time of what is selected; none for the whole graph and for boxes."""
    if not selection or not selection["selected"]:
        return []
    mesh, view = current_context().mesh, _view_of(selection)
    found = parse_selection(mesh.graph(view), selection["selected"])
    if found is None or (isinstance(found, str) and found.startswith(f"{NodeKind.BOX}|")):
        return []
    history = mesh.edge_history(view, *found) if isinstance(found, tuple) else mesh.node_history(view, found)
    return render_charts(history, {LATENCY_MS: f"Response time {view.response_time}"})


def _view_of(selection: dict[str, str]) -> View:
    params = dict(parse_qsl(selection["query"], keep_blank_values=True))
    return view_from_query(params, current_context().defaults)


def _nothing(**_query: str) -> Component:
    return html.Div()


def register(app: Dash) -> None:
    """Register page and callbacks on the app."""
    dash.register_page("topology", path="/topology", title="Topology · Meshgraph", layout=_nothing)
    app.clientside_callback(
        ClientsideFunction("meshgraph", "onControls"),
        *(Input(control.id, "value") for control in CONTROLS),
        State(T.CONFIG, "data"),
    )
    app.callback(Output(T.PANEL_BODY, "children"), Input(T.SELECTION, "data"), prevent_initial_call=True)(
        on_selection
    )
    app.callback(Output(T.CHARTS, "children"), Input(T.HISTORY, "data"), prevent_initial_call=True)(
        on_history
    )
    app.clientside_callback(
        ClientsideFunction("meshgraph", "onTableRows"),
        Input(T.TABLE, "selectedRows"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("meshgraph", "onPathname"),
        Input(Shell.LOCATION, "pathname"),
    )
