"""The Logs tab of a workload's page: its controls as the address has them; assets/logs.js asks and shows.

The lines go from the API to the browser's list without a callback: thousands of them as components would be
laid out anew at each refresh.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from mesh_graph.api.context import Context
from mesh_graph.logs.model import Level
from mesh_graph.model import NodeKey, NodeKind
from mesh_graph.pages.ids import Logs as L
from mesh_graph.pages.toolbar_parts import options, render_select
from mesh_graph.views.messages_logs import LEVELS
from mesh_graph.views.words import say

__all__ = ["register_logs", "render_logs"]

LINES = {"100": "100", "500": "500", "2000": "2,000", "5000": "5,000"}
MOST = "500"
"""Lines, where nothing is chosen."""
DEBOUNCE_MS = 500
FIELDS = {
    "pods": (L.PODS, "value"),
    "containers": (L.CONTAINERS, "value"),
    "having": (L.HAVING, "value"),
    "without": (L.WITHOUT, "value"),
    "regex": (L.REGEX, "checked"),
    "level": (L.LEVEL, "value"),
    "lines": (L.LINES, "value"),
    "any_age": (L.ANY_AGE, "checked"),
    "previous": (L.PREVIOUS, "checked"),
}
"""Ids of the controls by their names in the address; assets/logs.js has the same order."""


def render_logs(context: Context, subject: NodeKey, query: Mapping[str, str]) -> list[Component]:
    """The tab without lines; the reason where nobody is asked for them. Only workloads have one."""
    if subject.kind is not NodeKind.WORKLOAD:
        return _controls({}, is_hidden=True)
    why = context.mesh.logs.why_off(subject)
    state = html.Div(say("logs.loading"), id=L.STATE, className="mgl-state", role="status")
    if why is not None:
        told = [html.P(say(f"logs-off.{why}{part}")) for part in ("", ".advice")]
        return [
            *_controls({}, is_hidden=True),
            html.Div(told, id=L.STATE, className="mgl-state", role="status"),
        ]
    return [*_controls(query), state, *_list(subject)]


def _list(subject: NodeKey) -> list[Component]:
    path = "/".join(quote(part, safe="") for part in (subject.namespace, subject.workload))
    return [
        html.Div(id=L.NOTES, className="mgl-notes", role="status"),
        html.Div(
            id=L.LIST,
            className="mgl-list",
            tabIndex=0,
            role="log",
            **{
                "aria-label": say("logs.list"),
                "aria-live": "off",
                "data-twin": dash.get_relative_path(f"/api/workloads/{path}/logs"),
            },
        ),
    ]


def _controls(query: Mapping[str, str], *, is_hidden: bool = False) -> list[Component]:
    """All controls: what callbacks name has to be there, also where it is of no use."""
    level = query.get("level", "")
    lines = query.get("lines", "")
    chosen = (
        _several(L.PODS, "Pods", query.get("pods", ""), 170),
        _several(L.CONTAINERS, "Containers", query.get("containers", ""), 130),
        _text(L.HAVING, "Having", query.get("having", "")),
        _text(L.WITHOUT, "Without", query.get("without", "")),
        _chip(L.REGEX, "Regex", is_on=query.get("regex") == "1"),
        render_select(
            L.LEVEL,
            "Level",
            options({level.value: words for level, words in LEVELS.items()}),
            level if level in list(Level) else Level.UNKNOWN.value,
            width=150,
        ),
        render_select(L.LINES, "At most", options(LINES), lines if lines in LINES else MOST, width=76),
        _chip(L.ANY_AGE, "Of any age", is_on=query.get("any_age") == "1"),
        _chip(L.PREVIOUS, "Previous run", is_on=query.get("previous") == "1"),
        _chip(L.SIDE, "Side by side", is_on=True),
        _chip(L.WRAP, "Wrap", is_on=False),
        html.A("Download", id=L.DOWNLOAD, href="", className="mg-link mgl-download", download=""),
    )
    hidden = {"hidden": True} if is_hidden else {}
    return [html.Div(chosen, className="mgl-controls", **hidden), dcc.Store(id=L.STARTED)]


def _several(component_id: str, label: str, named: str, width: int) -> Component:
    """A choice of several names; the browser knows which there are once it has the first lines."""
    names = [name for name in named.split(",") if name]
    return dmc.MultiSelect(
        id=component_id,
        label=label,
        data=names,
        value=names,
        placeholder="" if names else "all",
        clearable=True,
        searchable=True,
        w=width,
        size="xs",
        className="mg-field",
    )


def _text(component_id: str, label: str, value: str) -> Component:
    return dmc.TextInput(
        id=component_id,
        label=label,
        value=value,
        debounce=DEBOUNCE_MS,
        w=120,
        size="xs",
        className="mg-field",
    )


def _chip(component_id: str, words: str, *, is_on: bool) -> Component:
    return dmc.Chip(words, id=component_id, checked=is_on, size="xs", variant="outline", className="mgl-chip")


def register_logs(app: Dash, asked: str) -> None:
    """Let the browser know of what is asked for, which is in that store, and of every choice."""
    app.clientside_callback(
        ClientsideFunction("meshgraph", "onLogs"),
        Output(L.STARTED, "data"),
        Input(asked, "data"),
        *(Input(*field) for field in FIELDS.values()),
        Input(L.SIDE, "checked"),
        Input(L.WRAP, "checked"),
    )
