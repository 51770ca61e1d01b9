"""The page of one configuration object: its YAML with the faulty lines marked, and how to mend them."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote
from zlib import crc32

import dash
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from mesh_graph.answers.intent_object import ObjectDetail
from mesh_graph.api.context import current_context
from mesh_graph.pages.answering import SHARED, failed, links_of
from mesh_graph.pages.ids import IstioObject as O
from mesh_graph.pages.istio import render_nothing
from mesh_graph.pages.timebar import asked_view, register_shown, render_timebar, shown
from mesh_graph.views.addresses import ISTIO, Links
from mesh_graph.views.istio_object import render_object
from mesh_graph.views.messages_config import MESSAGES
from mesh_graph.views.words import fill

__all__ = ["on_asked", "register", "render_page"]


def render_page(namespace: str = "", kind: str = "", name: str = "", **query: str) -> Component:
    """Skeleton of an object's page, without data."""
    place = {
        "namespace": unquote(namespace),
        "kind": unquote(kind),
        "name": unquote(name),
        "cluster": query.get("cluster", ""),
    }
    links = Links({known: query[known] for known in (*SHARED, "refresh") if known in query})
    crumbs = [
        dcc.Link("Configuration", href=links.page(ISTIO), className="mg-link"),
        html.Span("›", **{"aria-hidden": "true"}),
        html.Span(place["namespace"]),
        *([html.Span(f"in cluster {place['cluster']}")] if place["cluster"] else []),
    ]
    title = html.H1([place["name"], html.Small(place["kind"])], title=place["name"])
    bar = render_timebar(current_context(), query, asked=O.ASKED, shown=O.SHOWN)
    return html.Div(
        [
            dcc.Store(id=O.PLACE, data=place),
            dcc.Store(id=O.PICTURE),
            html.Div(
                [
                    html.Div([html.Div(crumbs, className="mg-d-crumbs"), title], className="mg-d-title"),
                    html.Div(bar, className="mg-d-range"),
                ],
                className="mg-d-top",
            ),
            html.Div(id=O.NOTICE, className="mg-notice", role="alert"),
            html.Div(id=O.BODY, className="mgi-body"),
        ],
        id=O.ROOT,
        className="mg-d",
    )


_OUTPUT = {
    "body": Output(O.BODY, "children"),
    "notice": Output(O.NOTICE, "children"),
    "picture": Output(O.PICTURE, "data"),
    "shown": Output(O.SHOWN, "data"),
}


def on_asked(asked: dict[str, Any] | None, place: dict[str, str], picture: int | None) -> dict[str, Any]:
    """The object as it is declared now; nothing where that is on the screen already."""
    answer: dict[str, Any] = dict.fromkeys(_OUTPUT, no_update)
    if not asked or not asked["path"].startswith(dash.get_relative_path(ISTIO) + "/"):
        return answer
    context = current_context()
    try:
        view = asked_view(context, asked)
        intent = context.mesh.intent
        if intent is None:
            return answer | {"notice": [], "shown": shown(asked, None), "body": render_nothing()}
        told = answer | {"notice": [], "shown": shown(asked, view.at or context.mesh.now())}
        found = intent.object(
            view, place["kind"], place["namespace"], place["name"], cluster=place["cluster"]
        )
        if found is None:
            return told | {"body": _gone(place), "picture": None}
        new = _fingerprint(found)
        if new == picture:
            return told
        now = intent.objects(view).confirmed_at
        clusters = {row.source.cluster for row in intent.objects(view).rows}
        links = links_of(context, asked["query"], clusters)
        return told | {"body": render_object(found, links, now), "picture": new}
    except Exception as error:  # noqa: BLE001 - the edge: what fails is told, and what is shown stays
        return answer | failed(asked, error)


def _gone(place: dict[str, str]) -> list[Component]:
    return [
        html.P(fill(MESSAGES["config.gone"], place), className="mg-unknown"),
        html.P(MESSAGES["config.gone.advice"], className="mg-quiet"),
    ]


def _fingerprint(found: ObjectDetail) -> int:
    """A number that is another where the page would be another, so that reading is not disturbed."""
    findings = [(one.code, one.path, one.parameters) for one in found.row.findings]
    named = [(one.source.kind, one.source.namespace, one.source.name) for one in found.referred_by]
    return crc32(repr((found.row.key, found.yaml, findings, found.refers_to, named)).encode())


def register(app: Dash) -> None:
    """Register the page and its callback on the app."""
    dash.register_page(
        "istio_object",
        path_template=f"{ISTIO}/<namespace>/<kind>/<name>",
        title="Configuration · Meshgraph",
        layout=render_page,
    )
    register_shown(app, O.SHOWN)
    app.callback(
        _OUTPUT,
        Input(O.ASKED, "data"),
        State(O.PLACE, "data"),
        State(O.PICTURE, "data"),
        prevent_initial_call=True,
    )(on_asked)
