"""The topology page's toolbar: what to look at, how fresh, how drawn. Values arrive in the browser."""

from __future__ import annotations

from collections.abc import Mapping

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from mesh_graph.pages.icons import icon
from mesh_graph.pages.ids import Topology as T
from mesh_graph.pages.toolbar_parts import (
    QUANTILES,
    REFRESHES,
    WINDOWS,
    options,
    refresh_buttons,
    render_select,
)

__all__ = ["LABELS", "render_search", "render_toolbar"]

GRAPH_TYPES = {
    "versionedApp": "Versioned app",
    "app": "App",
    "workload": "Workload",
    "service": "Service",
    "namespace": "Namespace map",
}
COLOURS = {
    "health": "Errors and rate",
    "errors": "Error ratio",
    "rate": "Rate",
    "latency": "Response time",
}
LABELS = {
    "rate": "Rate",
    "share": "Share of the source",
    "errors": "Error %",
    "latency": "Response time",
    "throughput": "Throughput",
}
BOXES = {"app": "App", "namespace": "Namespace", "cluster": "Cluster"}
RESPONSE_TIMES = {**QUANTILES, "none": "Not fetched"}
COMPARES = {"0s": "Nothing", "10m": "10 min ago", "1h": "1 h ago", "1d": "1 day ago", "1w": "1 week ago"}
SHOW = {
    "services": "Service nodes",
    "idle": "Edges without traffic",
    "waypoints": "Waypoint proxies",
    "animation": "Traffic animation",
    "mtls": "mTLS locks",
    "minimap": "Minimap",
    "legend": "Legend",
}


def _namespaces() -> Component:
    return dmc.MultiSelect(
        id=T.NAMESPACES,
        label="Namespaces",
        placeholder="all namespaces",
        searchable=True,
        clearable=True,
        hidePickedOptions=True,
        nothingFoundMessage="No such namespace",
        data=[],
        value=[],
        limit=200,
        maxDropdownHeight=320,
        size="xs",
        className="mg-field mg-namespaces",
    )


def _check_group(component_id: str, title: str, words: Mapping[str, str]) -> Component:
    boxes = [dmc.Checkbox(label=label, value=value, size="xs") for value, label in words.items()]
    return dmc.CheckboxGroup(
        dmc.Stack(boxes, gap=6, mt=6),
        id=component_id,
        label=title,
        value=[],
        size="xs",
        className="mg-checks",
    )


def _display(defaults: Mapping[str, str]) -> Component:
    columns = dmc.Group(
        [
            dmc.Stack(
                [
                    _check_group(T.LABELS, "On edges", LABELS),
                    render_select(
                        T.RESPONSE_TIME,
                        "Response time is",
                        options(RESPONSE_TIMES),
                        defaults["response_time"],
                        width=140,
                    ),
                ]
            ),
            _check_group(T.SHOW, "Show", SHOW),
            dmc.Stack(
                [
                    _check_group(T.BOXES, "Boxes by", BOXES),
                    render_select(
                        T.COMPARE,
                        "Vanished and new since",
                        options(COMPARES, (defaults["compare"],)),
                        defaults["compare"],
                        width=150,
                    ),
                ]
            ),
        ],
        align="flex-start",
        gap="xl",
    )
    target = dmc.Button("Display", size="xs", variant="default", leftSection=icon("sliders"))
    return dmc.Popover(
        [dmc.PopoverTarget(target), dmc.PopoverDropdown(columns)],
        position="bottom-start",
        shadow="md",
        withinPortal=True,
        trapFocus=True,
        keepMounted=True,
    )


def _expression(component_id: str, label: str, placeholder: str) -> Component:
    return dmc.TextInput(
        id=component_id,
        label=label,
        placeholder=placeholder,
        value="",
        debounce=True,
        w=124,
        size="xs",
        className="mg-field mg-expression",
    )


def render_search() -> Component:
    """Search over everything in the picture; its results drop down below it."""
    box = dmc.TextInput(
        id=T.SEARCH,
        placeholder="Search the graph  ( / )",
        leftSection=icon("search"),
        w=250,
        size="xs",
        autoComplete="off",
    )
    return html.Div([box, html.Div(id=T.RESULTS, className="mg-results")], className="mg-search")


def _freshness(defaults: Mapping[str, str]) -> Component:
    return dmc.Group(
        [
            html.Div(id=T.WHEN, className="mg-when"),
            html.Div(id=T.AGE, className="mg-age", role="status", **{"aria-live": "off"}),
            render_select(
                T.REFRESH,
                "Refresh every",
                options(REFRESHES, (defaults["refresh"],)),
                defaults["refresh"],
                width=92,
            ),
            *refresh_buttons(T.PAUSE, T.REFRESH_NOW, keys=("P", "R")),
        ],
        gap="xs",
        align="flex-end",
        wrap="nowrap",
        className="mg-freshness",
    )


def render_toolbar(defaults: Mapping[str, str]) -> Component:
    """The toolbar with every control at its default.

    Parameters
    ----------
    defaults : mapping
        Text of every parameter (``controls.parameter_defaults``).
    """
    what = [
        _namespaces(),
        render_select(T.GRAPH_TYPE, "Graph", options(GRAPH_TYPES), defaults["graph_type"], width=132),
        render_select(
            T.WINDOW, "Rates over", options(WINDOWS, (defaults["window"],)), defaults["window"], width=88
        ),
        render_select(T.COLOUR, "Colour by", options(COLOURS), defaults["colour"], width=132),
        _display(defaults),
        _expression(T.FIND, "Find", "mark: rt > 500"),
        _expression(T.HIDE, "Hide", "leave out: healthy"),
    ]
    return html.Div(
        [html.Div(what, className="mg-toolbar-left"), _freshness(defaults)],
        className="mg-toolbar",
        role="toolbar",
        **{"aria-label": "What the graph shows"},
    )
