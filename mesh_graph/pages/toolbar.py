"""The topology page's toolbar: what to look at, how fresh, how drawn. Values arrive in the browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from mesh_graph.codec import parse_duration
from mesh_graph.pages.icons import icon
from mesh_graph.pages.ids import Topology as T
from mesh_graph.views.numbers import format_seconds

__all__ = ["render_search", "render_toolbar"]

Options = list[dict[str, str]]

GRAPH_TYPES = {
    "versionedApp": "Versioned app",
    "app": "App",
    "workload": "Workload",
    "service": "Service",
    "namespace": "Namespace map",
}
WINDOWS = {
    "1m": "1 min",
    "2m": "2 min",
    "5m": "5 min",
    "10m": "10 min",
    "30m": "30 min",
    "1h": "1 h",
    "6h": "6 h",
}
REFRESHES = {"5s": "5 s", "10s": "10 s", "15s": "15 s", "30s": "30 s", "1m": "1 min", "5m": "5 min"}
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
RESPONSE_TIMES = {"avg": "Average", "p50": "p50", "p95": "p95", "p99": "p99", "none": "Not fetched"}
COMPARES = {"0s": "Nothing", "10m": "10 min ago", "1h": "1 h ago", "1d": "1 day ago", "1w": "1 week ago"}
SHOW = {
    "services": "Service nodes",
    "idle": "Edges without traffic",
    "animation": "Traffic animation",
    "mtls": "mTLS locks",
    "minimap": "Minimap",
    "legend": "Legend",
}


def options(words: Mapping[str, str], also: Iterable[str] = ()) -> Options:
    """Options of a select; a length of time that the list lacks is put first."""
    extra = {value: format_seconds(parse_duration(value)) for value in also if value not in words}
    return [{"value": value, "label": label} for value, label in {**extra, **words}.items()]


def _select(component_id: str, label: str, data: Options, width: int, value: str) -> Component:
    return dmc.Select(
        id=component_id, label=label, data=data, value=value, w=width, size="xs", className="mg-field"
    )


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
                    _select(
                        T.RESPONSE_TIME,
                        "Response time is",
                        options(RESPONSE_TIMES),
                        140,
                        defaults["response_time"],
                    ),
                ]
            ),
            _check_group(T.SHOW, "Show", SHOW),
            dmc.Stack(
                [
                    _check_group(T.BOXES, "Boxes by", BOXES),
                    _select(
                        T.COMPARE,
                        "Vanished and new since",
                        options(COMPARES, (defaults["compare"],)),
                        150,
                        defaults["compare"],
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
    pause = dmc.ActionIcon(
        icon("pause"),
        id=T.PAUSE,
        variant="default",
        size=30,
        **{"aria-label": "Pause the refresh", "aria-pressed": "false"},
    )
    return dmc.Group(
        [
            html.Div(id=T.WHEN, className="mg-when"),
            html.Div(id=T.AGE, className="mg-age", role="status", **{"aria-live": "off"}),
            _select(
                T.REFRESH,
                "Refresh every",
                options(REFRESHES, (defaults["refresh"],)),
                92,
                defaults["refresh"],
            ),
            dmc.Tooltip(pause, label="Pause or resume the refresh (P)"),
            dmc.Tooltip(
                dmc.Button("Refresh", id=T.REFRESH_NOW, size="xs", leftSection=icon("refresh")),
                label="Fetch the newest numbers now (R)",
            ),
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
        _select(T.GRAPH_TYPE, "Graph", options(GRAPH_TYPES), 132, defaults["graph_type"]),
        _select(T.WINDOW, "Rates over", options(WINDOWS, (defaults["window"],)), 88, defaults["window"]),
        _select(T.COLOUR, "Colour by", options(COLOURS), 132, defaults["colour"]),
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
