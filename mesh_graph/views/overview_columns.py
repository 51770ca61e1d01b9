"""Columns of the tables of overview and lists, as plain ag-grid definitions.

Cells are drawn by assets/dashAgGridComponentFunctions.js from the rows of ``overview_rows``.
"""

from __future__ import annotations

from typing import Any

from mesh_graph.model import NodeKind
from mesh_graph.views.messages_overview import KINDS

__all__ = ["GRID_OPTIONS", "NAMESPACE_COLUMNS", "object_columns"]

Column = dict[str, Any]

GRID_OPTIONS: dict[str, Any] = {
    "rowHeight": 50,
    "headerHeight": 34,
    "animateRows": False,
    "suppressFieldDotNotation": True,
    "suppressCellFocus": False,
    "enableCellTextSelection": True,
    "tooltipShowDelay": 300,
    # Without an answer there is nothing to show: that is not the same as no rows.
    "localeText": {"noRowsToShow": "Nothing to show"},
}
"""Options of every table."""


def _number(field: str, name: str, text: str, width: int, **more: Any) -> Column:
    """A number that sorts as one and shows as its text; the largest first."""
    return {
        "field": field,
        "headerName": name,
        "valueFormatter": {"function": f"params.data.texts['{text}']"},
        "type": "rightAligned",
        "width": width,
        "sortingOrder": ["desc", "asc", None],
        "cellClass": "mg-number",
        **more,
    }


def _latency(name: str) -> Column:
    column = _number(f"{name}_ms", name, name, 72)
    above = f"params.data['{name}_is_above'] ? 1e15 : params.data['{name}_ms']"
    return {**column, "valueGetter": {"function": above}, "headerTooltip": "Response time of what came in"}


def _line(field: str, name: str, text: str, rates: str) -> Column:
    return _number(field, name, text, 112, cellRenderer="MeshgraphRate", cellRendererParams={"line": rates})


_STATUS: Column = {
    "field": "order",
    "headerName": "Status",
    "cellRenderer": "MeshgraphStatus",
    "width": 98,
    "sort": "asc",
    "sortIndex": 0,
    "sortingOrder": ["asc", "desc", None],
}
_WHY: Column = {
    "field": "reason",
    "headerName": "Why",
    "cellRenderer": "MeshgraphReason",
    "flex": 4,
    "minWidth": 240,
    "sortable": False,
}
_ERRORS = _number(
    "error_ratio",
    "Errors",
    "errors",
    72,
    cellRenderer="MeshgraphErrors",
    headerTooltip="Share that failed: of what came in or of what was sent, the worse",
)


def _name(field: str, header: str) -> Column:
    return {
        "field": field,
        "headerName": header,
        "cellRenderer": "MeshgraphName",
        "comparator": {"function": "meshgraphNatural(params)"},
        "flex": 1,
        "minWidth": 126,
    }


def _count(kind: NodeKind, header: str) -> Column:
    plural = KINDS[kind][1]
    return _number(
        plural, header, f"count_{kind.value}", 54,
        valueFormatter=None, cellRenderer="MeshgraphCount", cellRendererParams={"kind": kind.value},
        headerTooltip=plural.capitalize(),
    )  # fmt: skip


NAMESPACE_COLUMNS: list[Column] = [
    _STATUS,
    _name("namespace", "Namespace"),
    _WHY,
    _ERRORS,
    {
        **_line("in_rate", "In, rps", "in", "came_in"),
        "headerTooltip": "Requests that came in, from itself too",
    },
    {
        **_line("out_rate", "Out, rps", "out", "went_out"),
        "headerTooltip": "Requests that it sent, to itself too",
    },
    _latency("p95"),
    _number("tcp_rate", "TCP", "tcp", 78),
    _number("mtls_share", "mTLS", "mtls", 62),
    _count(NodeKind.APP, "Apps"),
    _count(NodeKind.WORKLOAD, "Wkl"),
    _count(NodeKind.SERVICE, "Svc"),
]
"""Columns of namespaces, the worst first."""


def object_columns(kind: NodeKind) -> list[Column]:
    """Columns of a list of applications, workloads or services, the worst first."""
    name = KINDS[kind][0].capitalize()
    sent = [] if kind is NodeKind.SERVICE else [_line("out_rate", "Out, rps", "out", "went_out")]
    return [
        _STATUS,
        {**_name("name", name), "flex": 1.5, "minWidth": 150},
        {"field": "namespace", "headerName": "Namespace", "cellRenderer": "MeshgraphPlace", "width": 130},
        _WHY,
        _ERRORS,
        _line("in_rate", "In, rps", "in", "came_in"),
        *sent,
        _latency("p50"),
        _latency("p95"),
        _number("tcp_rate", "TCP", "tcp", 78),
        {
            "field": "versions",
            "headerName": "Versions",
            "valueFormatter": {"function": "params.data.texts['versions']"},
            "width": 100,
        },
    ]
