"""The page that finds traces: what is asked for, what was found, and three tabs on what many traces say.

The address is the state: ``tab``, the time range of all pages (``at``, and ``span``: how far it looks back),
and the fields that ``api.trace_ask`` reads. The time bar says when to ask; assets/traces_page.js asks for the
tab that is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import dash
from dash import ClientsideFunction, Dash, Input, Output, dcc, html, no_update
from dash.development.base_component import Component

from mesh_graph.api.context import Context, current_context
from mesh_graph.api.trace_ask import ask_of
from mesh_graph.model import View
from mesh_graph.pages.answering import failed, links_of
from mesh_graph.pages.detail_controls import render_span
from mesh_graph.pages.grid import render_grid
from mesh_graph.pages.ids import Traces as T
from mesh_graph.pages.list_inputs import named
from mesh_graph.pages.timebar import asked_view, render_timebar, shown
from mesh_graph.pages.trace_fields import FIELDS, TABS, render_fields, render_tabs
from mesh_graph.tracing import Tracing
from mesh_graph.views.addresses import Links
from mesh_graph.views.messages_traces import MESSAGES
from mesh_graph.views.overview_parts import render_lines
from mesh_graph.views.trace_dependencies import render_dependencies
from mesh_graph.views.trace_figures import HEIGHT, scatter_figure
from mesh_graph.views.trace_list import TRACE_COLUMNS, render_found, render_nothing, trace_rows
from mesh_graph.views.trace_paths import render_paths
from mesh_graph.views.trace_propagation import render_propagation

__all__ = [
    "on_dependencies",
    "on_found",
    "on_names",
    "on_paths",
    "on_propagation",
    "register",
    "render_page",
]

PATH = "/traces"
Asked = Mapping[str, Any]
_NO_FIGURE: dict[str, Any] = {
    "layout": {
        "height": HEIGHT,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
    }
}
_CHART = {"displayModeBar": False, "responsive": True, "doubleClick": False, "showTips": False}


def render_page(**query: str) -> Component:
    """Skeleton of the page as the address has it, without data."""
    context = current_context()
    tab = query.get("tab", "") if query.get("tab", "") in TABS else "found"
    return html.Div(
        [
            *(dcc.Store(id=store) for store in T.PARTS.values()),
            html.Div(
                [
                    html.Div(render_fields(query), className="mg-toolbar-left"),
                    html.Div(
                        [
                            render_span(
                                context.defaults, query, component_id=T.SPAN, label="Looks back", width=92
                            ),
                            render_timebar(context, query, asked=T.ASKED, shown=T.SHOWN),
                        ],
                        className="mgt-range",
                    ),
                ],
                className="mg-toolbar",
            ),
            html.Div(id=T.NOTICE, className="mg-notice", role="alert"),
            html.Div(id=T.LINES, className="mg-trust", role="status"),
            render_tabs(tab),
            html.Div(_found_skeleton(), className="mgt-pane mgt-pane-found"),
            *(
                html.Div(
                    html.P(MESSAGES["loading"], className="mgt-quiet"),
                    id=pane,
                    className=f"mgt-pane mgt-pane-text mgt-pane-{name}",
                )
                for name, pane in (
                    ("path", T.PATH),
                    ("dependencies", T.DEPENDENCIES),
                    ("propagation", T.PROPAGATION),
                )
            ),
        ],
        id=T.PAGE,
        className="mg-board mg-board-table mgt-find-page",
        **{"data-tab": tab, "data-traces": dash.get_relative_path(f"{PATH}/")},
    )


def _found_skeleton() -> list[Component]:
    return [
        html.Div(id=T.WORDS, className="mgt-words", role="status"),
        html.Div(id=T.EMPTY, className="mg-nothing", role="status"),
        html.Div(
            [
                dcc.Graph(
                    id=T.SCATTER,
                    figure=_NO_FIGURE,
                    config=_CHART,
                    className="mg-d-plot mgt-scatter",
                    style={"height": HEIGHT},
                ),
                html.Div(render_grid(T.TABLE, TRACE_COLUMNS, rowHeight=32), className="mg-main"),
            ],
            className="mg-columns mgt-columns",
        ),
    ]


_FOUND = {
    "words": Output(T.WORDS, "children"),
    "empty": Output(T.EMPTY, "children"),
    "figure": Output(T.SCATTER, "figure"),
    "rows": Output(T.TABLE, "rowData"),
    "notice": Output(T.NOTICE, "children"),
    "lines": Output(T.LINES, "children"),
    "shown": Output(T.SHOWN, "data"),
}


def on_found(asked: Asked | None) -> dict[str, Any]:
    """Traces that answer: marks, rows, words; or why there are none."""
    answer: dict[str, Any] = dict.fromkeys(_FOUND, no_update)
    if not asked:
        return answer
    context = current_context()
    try:
        return answer | _found(context, asked)
    except Exception as error:  # noqa: BLE001 - the edge: what fails is told, and what is shown stays
        return answer | failed(asked, error)


def _found(context: Context, asked: Asked) -> dict[str, Any]:
    tracing = context.mesh.tracing
    if tracing is None:
        return {
            "empty": render_nothing(None),
            "rows": [],
            "notice": [],
            "shown": shown(asked, None),
            "words": [],
        }
    found = tracing.find(asked_view(context, asked), ask_of(_params(asked)))
    at = found.view.at or 0.0
    links = links_of(context, asked["query"], ())
    download = links.page("/api/pages/traces.csv", **_own(asked))
    return {
        "words": render_found(found, download),
        "empty": [] if found.rows else render_nothing(found),
        "figure": scatter_figure(found.rows, found.spread, (found.from_s, at)),
        "rows": trace_rows(found.rows, links),
        "notice": [],
        "lines": render_lines(found.gaps, ()),
        "shown": shown(asked, at),
    }


def _params(asked: Asked) -> dict[str, str]:
    return dict(parse_qsl(asked["query"].lstrip("?"), keep_blank_values=True))


def _own(asked: Asked) -> dict[str, str]:
    """What is asked for beside the time."""
    return {name: text for name, text in _params(asked).items() if name in FIELDS}


def on_paths(asked: Asked | None) -> dict[str, Any]:
    """Who owns the time of the traces found."""
    return _part(asked, lambda tracing, view, params: tracing.paths(view, ask_of(params)), render_paths)


def on_dependencies(asked: Asked | None) -> dict[str, Any]:
    """Who calls whom in the traces found, beside what the mesh counts."""
    return _part(
        asked, lambda tracing, view, params: tracing.dependencies(view, ask_of(params)), render_dependencies
    )


def on_propagation(asked: Asked | None) -> dict[str, Any]:
    """Who drops trace headers; of all services, whatever is looked for."""
    return _part(asked, lambda tracing, view, _: tracing.audit(view), render_propagation)


def _part(
    asked: Asked | None,
    ask: Callable[[Tracing, View, Mapping[str, str]], Any],
    render: Callable[[Any, Links], list[Component]],
) -> dict[str, Any]:
    """One tab: an answer (with its ``view`` and ``gaps``) as components, or why there is none."""
    answer: dict[str, Any] = dict.fromkeys(("pane", "notice", "lines", "shown"), no_update)
    if not asked:
        return answer
    context = current_context()
    try:
        if context.mesh.tracing is None:
            return answer | {"pane": render_nothing(None), "notice": [], "shown": shown(asked, None)}
        found = ask(context.mesh.tracing, asked_view(context, asked), _params(asked))
        pane = render(found, links_of(context, asked["query"], ()))
    except Exception as error:  # noqa: BLE001 - the edge: what fails is told, and what is shown stays
        return answer | failed(asked, error)
    lines = render_lines(found.gaps, ())
    return {"pane": pane, "notice": [], "lines": lines, "shown": shown(asked, found.view.at)}


def on_names(asked: Asked | None) -> tuple[Any, Any, Any]:
    """Services that have traces, the same as callers, and operations of the chosen one.

    What cannot be had stays as it is.
    """
    tracing = current_context().mesh.tracing
    if not asked or tracing is None:
        return no_update, no_update, no_update
    params = _params(asked)
    service = params.get("service", "")
    try:
        operations = tracing.operations(service) if service else ()
        services = tracing.services()
        return (
            named(services, service),
            named(services, params.get("caller", "")),
            named(operations, params.get("operation", "")),
        )
    except Exception:  # noqa: BLE001 - the edge: the list itself says what fails
        return no_update, no_update, no_update


def register(app: Dash) -> None:
    """Register page and callbacks on the app."""
    dash.register_page("traces", path=PATH, title="Traces · Meshgraph", layout=render_page)
    found = Input(T.PARTS["found"], "data")
    app.callback(output=_FOUND, inputs=[found], prevent_initial_call=True)(on_found)
    app.callback(
        Output(T.SERVICE, "data"),
        Output(T.CALLER, "data"),
        Output(T.OPERATION, "data"),
        Input(T.ASKED, "data"),
        prevent_initial_call=True,
    )(on_names)
    panes = ((T.PATH, "path", on_paths), (T.DEPENDENCIES, "dependencies", on_dependencies))
    for pane, name, callback in (*panes, (T.PROPAGATION, "propagation", on_propagation)):
        app.callback(
            output={
                "pane": Output(pane, "children"),
                "notice": Output(T.NOTICE, "children", allow_duplicate=True),
                "lines": Output(T.LINES, "children", allow_duplicate=True),
                "shown": Output(T.SHOWN, "data", allow_duplicate=True),
            },
            inputs=[Input(T.PARTS[name], "data")],
            prevent_initial_call=True,
        )(callback)
    _register_browser(app)


def _register_browser(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("meshgraph", "onTraces"),
        *(Output(store, "data") for store in T.PARTS.values()),
        Input(T.ASKED, "data"),
        Input(T.TABS, "value"),
        Input(T.SPAN, "value"),
        *(Input(field, "checked" if field == T.ERRORS else "value") for field in FIELDS.values()),
    )
    app.clientside_callback(ClientsideFunction("meshgraph", "onTraceMark"), Input(T.SCATTER, "clickData"))
    app.clientside_callback(ClientsideFunction("meshgraph", "onTraceZoom"), Input(T.SCATTER, "relayoutData"))
