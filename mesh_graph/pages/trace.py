"""The page of one trace: its head, the timeline that the browser draws, the operations, the chosen span.

The address is the state: the trace's id in the path; ``tab``, ``chosen`` (span), ``find``, ``zoom`` and
``path`` behind it. Rows never pass through a callback: assets/trace_page.js fetches them from the JSON twin.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlencode

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from mesh_graph.api.context import current_context
from mesh_graph.api.trace_pages import traced
from mesh_graph.pages.answering import SHARED, links_of, render_problem
from mesh_graph.pages.ids import Trace as T
from mesh_graph.views.addresses import Links
from mesh_graph.views.trace_head import render_head, render_problems
from mesh_graph.views.trace_operations import render_operations
from mesh_graph.views.trace_span import render_span, row_of

__all__ = ["on_chosen", "on_head", "on_operations", "register", "render_page"]

TABS = {"timeline": "Timeline", "operations": "Operations"}
_KEYS = (
    ("↑ ↓", "rows"),
    ("← →", "fold"),
    ("/", "search"),
    ("n", "next found"),
    ("e", "next error"),
    ("z", "zoom to span"),
)


def render_page(trace_id: str = "", **query: str) -> Component:
    """Skeleton of the page, without data."""
    trace_id = unquote(trace_id)
    tab = query.get("tab", "") if query.get("tab", "") in TABS else "timeline"
    twin = dash.get_relative_path(f"/api/pages/traces/{quote(trace_id, safe='')}")
    return html.Div(
        [
            dcc.Store(id=T.PLACE, data={"trace": trace_id, "twin": twin, "query": urlencode(query)}),
            dcc.Store(id=T.ASKED),
            dcc.Store(id=T.STARTED),
            dcc.Store(id=T.CHOSEN),
            html.Div([_crumbs(trace_id, query), html.Div(id=T.HEAD, className="mgt-head")]),
            html.Div(id=T.NOTICE, className="mg-notice", role="alert"),
            html.Div(id=T.PROBLEMS, className="mgt-problems", role="status"),
            dmc.Tabs(
                [dmc.TabsList([dmc.TabsTab(words, value=name) for name, words in TABS.items()])],
                id=T.TABS,
                value=tab,
                className="mgt-tabs",
            ),
            html.Div(
                [
                    _timeline(),
                    html.Aside(id=T.DETAIL, className="mgt-detail", **{"aria-label": "Chosen span"}),
                ],
                className="mgt-pane mgt-pane-timeline",
            ),
            html.Div(id=T.OPERATIONS, className="mgt-pane mgt-pane-operations mgt-pane-text"),
        ],
        id=T.PAGE,
        className="mgt-page",
        **{"data-tab": tab, "data-trace": trace_id, "data-chosen": "0", "data-state": "loading"},
    )


def _crumbs(trace_id: str, query: Mapping[str, str]) -> Component:
    links = Links({name: query[name] for name in (*SHARED, "refresh") if name in query})
    return html.Div(
        [
            dcc.Link("Traces", href=links.page("/traces"), className="mg-link"),
            html.Span("›", **{"aria-hidden": "true"}),
            html.Span(trace_id[:64], className="mgt-code"),
        ],
        className="mg-d-crumbs mgt-crumbs",
    )


def _button(component_id: str, text: str, title: str, **more: Any) -> Component:
    return html.Button(text, id=component_id, type="button", title=title, **more)


def _tools() -> Component:
    keys = [part for key, words in _KEYS for part in (html.Kbd(key), f" {words} ")]
    return html.Div(
        [
            # Not dcc.Input: what is found stays in the browser and in the address.
            html.Div(id="mgt-find-holder"),
            html.Span(id="mgt-found", className="mgt-found", role="status"),
            _button("mgt-previous", "‹", "Previous found (N)", **{"aria-label": "Previous found"}),
            _button("mgt-next", "›", "Next found (n)", **{"aria-label": "Next found"}),
            _button("mgt-next-error", "Next error", "Next span that failed (e)"),
            _button(
                "mgt-path", "Critical path", "What the root was waiting for (p)", **{"aria-pressed": "true"}
            ),
            _button("mgt-fold-all", "Fold all", "Show the first level only"),
            _button("mgt-open-all", "Open all", "Show all levels"),
            _button("mgt-whole", "Whole trace", "Look at all of the time (0)", disabled=True),
            html.Span(keys, className="mgt-keys"),
        ],
        className="mgt-tools",
        role="group",
        **{"aria-label": "Timeline"},
    )


def _timeline() -> Component:
    axis = [
        html.Span("Service and operation", className="mgt-axis-name"),
        html.Div(id="mgt-divide", className="mgt-divide", **{"aria-hidden": "true"}),
        html.Div(id="mgt-ticks", className="mgt-ticks"),
    ]
    scroller = html.Div(
        [
            html.Div(id="mgt-rows-notice", className="mgt-rows-notice mg-nothing", role="alert"),
            html.Div(id="mgt-rows", className="mgt-rows", role="rowgroup"),
        ],
        id="mgt-scroller",
        className="mgt-scroller",
        tabIndex=0,
        role="treegrid",
        **{"aria-label": "Spans"},
    )
    return html.Div(
        [
            _tools(),
            html.Div(
                id="mgt-minimap",
                className="mgt-minimap",
                title="Drag to look at a part; double-click for all",
            ),
            html.Div(axis, className="mgt-axis"),
            scroller,
            html.Div(id="mgt-said", className="mg-visually-hidden", **{"aria-live": "polite"}),
        ],
        id="mgt-timeline",
        className="mgt-timeline",
    )


def on_head(place: dict[str, str] | None) -> dict[str, Any]:
    """Name and numbers of the trace, and what is wrong with it; a failure in words."""
    answer: dict[str, Any] = {"head": no_update, "problems": no_update, "notice": no_update}
    if not place or not place["trace"]:
        return answer
    try:
        view = traced(place["trace"])
        links = links_of(current_context(), place["query"], ())
        head = render_head(view, links, current_context().mesh.now())
        return {"head": head, "problems": render_problems(view.problems), "notice": []}
    except Exception as error:  # noqa: BLE001 - the edge: what fails is told
        return answer | {"notice": render_problem(error, None)}


def on_operations(asked: dict[str, str] | None) -> Any:
    """The trace as a graph of its operations."""
    if not asked:
        return no_update
    try:
        return render_operations(traced(asked["trace"]), links_of(current_context(), asked["query"], ()))
    except Exception as error:  # noqa: BLE001 - the edge
        return render_problem(error, None)


def on_chosen(chosen: dict[str, Any] | None) -> Any:
    """What the chosen span says; nothing where none is."""
    if not chosen or not chosen["span"]:
        return []
    try:
        view = traced(chosen["trace"])
        row = row_of(view, chosen["span"])
        links = links_of(current_context(), chosen["query"], ())
        return [] if row is None else render_span(view, row, links)
    except Exception as error:  # noqa: BLE001 - the edge
        return render_problem(error, None)


def register(app: Dash) -> None:
    """Register page and callbacks on the app."""
    dash.register_page(
        "trace", path_template="/traces/<trace_id>", title="Trace · Meshgraph", layout=render_page
    )
    app.callback(
        output={
            "head": Output(T.HEAD, "children"),
            "problems": Output(T.PROBLEMS, "children"),
            "notice": Output(T.NOTICE, "children"),
        },
        inputs=[Input(T.PLACE, "data")],
    )(on_head)
    app.callback(Output(T.OPERATIONS, "children"), Input(T.ASKED, "data"), prevent_initial_call=True)(
        on_operations
    )
    app.callback(Output(T.DETAIL, "children"), Input(T.CHOSEN, "data"), prevent_initial_call=True)(on_chosen)
    app.clientside_callback(
        ClientsideFunction("meshgraph", "onTrace"),
        # It fills nothing; without an output Dash would not call it when the page comes.
        Output(T.STARTED, "data"),
        Output(T.ASKED, "data"),
        Input(T.TABS, "value"),
        State(T.PLACE, "data"),
    )
