"""The canary pages: the list of splits, and one split in full; one skeleton that a callback fills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from mesh_graph.api.context import Context, current_context
from mesh_graph.api.splits import split_defaults
from mesh_graph.canary.split import Split
from mesh_graph.errors import InvalidRequest
from mesh_graph.pages.answering import failed, links_of
from mesh_graph.pages.ids import Canary as C
from mesh_graph.pages.timebar import asked_view, render_timebar, shown
from mesh_graph.views.addresses import Links
from mesh_graph.views.split_list import render_splits
from mesh_graph.views.split_page import render_split

__all__ = ["on_asked", "register", "render_page"]

PATH = "/canary"
ANCHORS = {"auto": "last change", "15m": "15 min", "1h": "1 h", "6h": "6 h", "1d": "1 d"}
"""Since when to count, as the address has it, and its words."""


def render_page(namespace: str = "", name: str = "", **query: str) -> Component:
    """Skeleton of list and detail as the address has it, without data."""
    context = current_context()
    anchor = query.get("anchor") or "auto"
    choices = {**ANCHORS, **({} if anchor in ANCHORS else {anchor: anchor})}
    since = html.Div(
        [
            html.Span("Count since", className="mgc-since"),
            dmc.SegmentedControl(
                id=C.ANCHOR,
                data=[{"value": value, "label": label} for value, label in choices.items()],
                value=anchor,
                size="xs",
            ),
        ],
        className="mgc-anchor",
    )
    bar = render_timebar(_of_splits(context), query, asked=C.ASKED, shown=C.SHOWN)
    return html.Div(
        [
            html.Div([html.Div(since, className="mg-toolbar-left"), bar], className="mg-toolbar"),
            dcc.Store(id=C.PICTURE),
            html.Div(id=C.NOTICE, className="mg-notice", role="alert"),
            html.Div(_skeleton(), id=C.BODY, className="mgc-body"),
        ],
        id=C.ROOT,
        className="mgc-page",
    )


def _of_splits(context: Context) -> Context:
    return replace(context, defaults=split_defaults(context))


def _skeleton() -> Component:
    return html.Div([html.Div(className="mgc-ghost") for _ in range(3)], className="mgc-ghosts")


_OUTPUT = {
    "body": Output(C.BODY, "children"),
    "notice": Output(C.NOTICE, "children"),
    "picture": Output(C.PICTURE, "data"),
    "shown": Output(C.SHOWN, "data"),
}


def on_asked(asked: dict[str, Any] | None, picture: dict[str, Any] | None) -> dict[str, Any]:
    """The list, or the split that the address names; nothing where that is on the screen already."""
    answer: dict[str, Any] = dict.fromkeys(_OUTPUT, no_update)
    path = dash.get_relative_path(PATH)
    if not asked or not (asked["path"] == path or asked["path"].startswith(f"{path}/")):
        return answer
    picture = picture or {}
    try:
        found = _answer(current_context(), asked, asked["path"].removeprefix(path).strip("/"))
    except Exception as error:  # noqa: BLE001 - the edge: what fails is told, and what is shown stays
        at = picture.get("at")
        return answer | failed(asked, error, at) | ({} if at else {"body": []})
    new = {"at": found["at"], "query": asked["query"], "path": asked["path"]}
    same = {"notice": [], "shown": shown(asked, new["at"])}
    return answer | same if new == picture else answer | same | {"body": found["body"], "picture": new}


def _answer(context: Context, asked: Mapping[str, Any], place: str) -> dict[str, Any]:
    view = asked_view(_of_splits(context), asked)
    anchor = dict(parse_qsl(asked["query"].lstrip("?"))).get("anchor", "")
    links = links_of(context, asked["query"], ())
    kept = {"anchor": anchor} if anchor else {}
    if not place:
        splits = context.mesh.splits(view, anchor)
        at = splits[0].judgement.at if splits else view.at or context.mesh.now()
        return {"at": at, "body": render_splits(splits, lambda split: _address(links, split, kept))}
    parts = [unquote(part) for part in place.split("/")]
    if len(parts) != 2:
        raise InvalidRequest("path", "names no split", "It takes /canary/NAMESPACE/NAME.")
    detail = context.mesh.split(view, "/".join(parts), anchor)
    graph = links.page("/topology", namespaces=parts[0], find=f"service = {parts[1]} or app = {parts[1]}")
    body = render_split(detail, graph, links.page(PATH, **kept))
    return {"at": detail.split.judgement.at, "body": body}


def _address(links: Links, split: Split, kept: Mapping[str, str]) -> str:
    parts = (quote(part, safe="") for part in (split.namespace, split.service))
    return links.page("/".join((PATH, *parts)), **kept)


def register(app: Dash) -> None:
    """Register both pages and their callbacks on the app."""
    dash.register_page("canary", path=PATH, title="Canaries · Meshgraph", layout=render_page)
    dash.register_page(
        "canary_split",
        path_template=f"{PATH}/<namespace>/<name>",
        title="Canary · Meshgraph",
        layout=render_page,
    )
    app.callback(_OUTPUT, Input(C.ASKED, "data"), State(C.PICTURE, "data"), prevent_initial_call=True)(
        on_asked
    )
    app.clientside_callback(ClientsideFunction("meshgraph", "onAnchor"), Input(C.ANCHOR, "value"))
