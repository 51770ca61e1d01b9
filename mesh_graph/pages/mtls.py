"""Mutual TLS: what each namespace declares beside what its proxies saw, and who talks in plain text."""

from __future__ import annotations

from typing import Any

import dash
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from mesh_graph.api.context import current_context
from mesh_graph.pages.answering import failed, links_of
from mesh_graph.pages.filters import render_only
from mesh_graph.pages.ids import Mtls as M
from mesh_graph.pages.istio import render_nothing
from mesh_graph.pages.timebar import asked_view, register_shown, render_timebar, shown
from mesh_graph.views.mtls_page import render_mtls

__all__ = ["PATH", "on_asked", "register", "render_page"]

PATH = "/mtls"


def render_page(**query: str) -> Component:
    """Skeleton as the address has it, without data."""
    bar = render_timebar(current_context(), query, asked=M.ASKED, shown=M.SHOWN)
    title = html.Div([html.H1("Mutual TLS"), *render_only(PATH, query)], className="mg-d-title")
    return html.Div(
        [
            dcc.Store(id=M.PICTURE),
            html.Div([title, html.Div(bar, className="mg-d-range")], className="mg-d-top"),
            html.Div(id=M.NOTICE, className="mg-notice", role="alert"),
            html.Div(id=M.BODY, className="mgm-body"),
        ],
        id=M.ROOT,
        className="mg-d",
    )


_OUTPUT = {
    "body": Output(M.BODY, "children"),
    "notice": Output(M.NOTICE, "children"),
    "picture": Output(M.PICTURE, "data"),
    "shown": Output(M.SHOWN, "data"),
}


def on_asked(asked: dict[str, Any] | None, picture: dict[str, Any] | None) -> dict[str, Any]:
    """Declared and observed mutual TLS of the view that is asked for."""
    answer: dict[str, Any] = dict.fromkeys(_OUTPUT, no_update)
    if not asked or asked["path"] != dash.get_relative_path(PATH):
        return answer
    context, picture = current_context(), picture or {}
    try:
        view = asked_view(context, asked)
        intent = context.mesh.intent
        if intent is None:
            return answer | {
                "body": [html.Div(render_nothing(), className="mg-nothing")],
                "notice": [],
                "shown": shown(asked, None),
            }
        found = intent.mtls(view)
    except Exception as error:  # noqa: BLE001 - the edge: what fails is told, and what is shown stays
        return answer | failed(asked, error, picture.get("at"))
    links = links_of(context, asked["query"], (row.cluster for row in found.rows))
    new = {"at": found.view.at, "query": asked["query"]}
    told = answer | {"notice": [], "shown": shown(asked, found.view.at)}
    return told if new == picture else told | {"body": render_mtls(found, links), "picture": new}


def register(app: Dash) -> None:
    """Register the page and its callback on the app."""
    dash.register_page("mtls", path=PATH, title="Mutual TLS · Meshgraph", layout=render_page)
    register_shown(app, M.SHOWN)
    app.callback(_OUTPUT, Input(M.ASKED, "data"), State(M.PICTURE, "data"), prevent_initial_call=True)(
        on_asked
    )
