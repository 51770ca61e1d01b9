"""Fields of the page that finds traces, and its tabs."""

from __future__ import annotations

from collections.abc import Mapping

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from mesh_graph.pages.ids import Traces as T
from mesh_graph.pages.list_inputs import render_names

__all__ = ["FIELDS", "TABS", "render_fields", "render_tabs"]

TABS = {
    "found": "Traces",
    "path": "Critical path",
    "dependencies": "Dependencies",
    "propagation": "Propagation",
}
FIELDS = {
    "service": T.SERVICE,
    "caller": T.CALLER,
    "operation": T.OPERATION,
    "tags": T.TAGS,
    "errors": T.ERRORS,
    "min": T.MIN,
    "max": T.MAX,
    "limit": T.LIMIT,
}
"""Ids of the fields by their name in the address; assets/traces_page.js has the same order."""
LIMITS = ("20", "100", "500", "1000", "2000")
DEBOUNCE_MS = 500


def render_fields(query: Mapping[str, str]) -> list[Component]:
    """The fields as the address has them."""
    return [
        render_names(T.SERVICE, "Service", query.get("service", ""), width=190, empty="any"),
        render_names(T.CALLER, "Called by", query.get("caller", ""), width=170, empty="anyone"),
        render_names(T.OPERATION, "Operation", query.get("operation", ""), width=170, empty="any"),
        _text(T.TAGS, "Tags", query.get("tags", ""), "key=value …", 170),
        html.Div(_render_bounds(query), className="mgt-bounds"),
    ]


def _render_bounds(query: Mapping[str, str]) -> list[Component]:
    """Of how many, how long and failed: together on one line."""
    limit = query.get("limit", "100")
    limits = sorted(
        {*LIMITS, limit} if limit.isascii() and limit.isdigit() and len(limit) < 7 else LIMITS, key=int
    )
    return [
        _text(T.MIN, "At least", query.get("min", ""), "100ms", 78),
        _text(T.MAX, "At most", query.get("max", ""), "2s", 78),
        dmc.Select(
            id=T.LIMIT,
            label="Limit",
            data=[{"value": value, "label": f"{int(value):,}"} for value in limits],
            value=limit if limit in limits else "100",
            w=86,
            size="xs",
            className="mg-field",
        ),
        dmc.Chip(
            "Errors only",
            id=T.ERRORS,
            checked=query.get("errors") == "1",
            size="xs",
            variant="outline",
            className="mgt-errors-only",
        ),
    ]


def _text(component_id: str, label: str, value: str, placeholder: str, width: int) -> Component:
    return dmc.TextInput(
        id=component_id,
        label=label,
        value=value,
        placeholder=placeholder,
        debounce=DEBOUNCE_MS,
        w=width,
        size="xs",
        className="mg-field",
    )


def render_tabs(tab: str) -> Component:
    """The tabs."""
    items = [dmc.TabsTab(words, value=name) for name, words in TABS.items()]
    return dmc.Tabs([dmc.TabsList(items)], id=T.TABS, value=tab, className="mgt-tabs")
