"""Fields of the page that finds traces, and its tabs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import dash_mantine_components as dmc
from dash.development.base_component import Component

from mesh_graph.pages.ids import Traces as T
from mesh_graph.pages.toolbar_parts import Options

__all__ = ["FIELDS", "TABS", "named", "render_fields", "render_tabs"]

TABS = {
    "found": "Traces",
    "path": "Critical path",
    "dependencies": "Dependencies",
    "propagation": "Propagation",
}
FIELDS = {
    "service": T.SERVICE,
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
MOST_NAMES = 5_000


def named(names: Iterable[str], chosen: str) -> Options:
    """Options of a select of names; the one that is chosen stays, known or not."""
    known = sorted({name for name in (*names, chosen) if name})[:MOST_NAMES]
    return [{"value": name, "label": name} for name in known]


def render_fields(query: Mapping[str, str]) -> list[Component]:
    """The fields as the address has them."""
    limit = query.get("limit", "100")
    limits = sorted(
        {*LIMITS, limit} if limit.isascii() and limit.isdigit() and len(limit) < 7 else LIMITS, key=int
    )
    return [
        _select(T.SERVICE, "Service", query.get("service", ""), 190),
        _select(T.OPERATION, "Operation", query.get("operation", ""), 170),
        _text(T.TAGS, "Tags", query.get("tags", ""), "key=value …", 170),
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


def _select(component_id: str, label: str, value: str, width: int) -> Component:
    return dmc.Select(
        id=component_id,
        label=label,
        placeholder="any",
        data=named((), value),
        value=value or None,
        searchable=True,
        clearable=True,
        allowDeselect=True,
        nothingFoundMessage="No such name",
        limit=200,
        w=width,
        size="xs",
        className="mg-field",
        comboboxProps={"width": "max-content", "position": "bottom-start"},
    )


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
