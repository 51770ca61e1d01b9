"""Columns of the table view, as plain ag-grid definitions; cells are text, never markup."""

from __future__ import annotations

from typing import Any

__all__ = ["EDGE_COLUMNS", "NODE_COLUMNS"]

Column = dict[str, Any]


def _text(field: str, name: str, **more: Any) -> Column:
    return {"field": field, "headerName": name, "filter": "agTextColumnFilter", **more}


def _number(field: str, name: str, unit: str) -> Column:
    return {
        "field": field,
        "headerName": f"{name}, {unit}",
        "filter": "agNumberColumnFilter",
        "type": "rightAligned",
        "valueFormatter": {"function": "meshgraphNumber(params.value)"},
        "width": 130,
    }


_LEVEL = _text(
    "state",
    "State",
    width=110,
    cellClassRules={
        f"mg-cell-{level}": f"params.data.level === '{level}'"
        for level in ("ok", "warn", "err", "idle", "vanished")
    },
)

EDGE_COLUMNS: list[Column] = [
    _LEVEL,
    _text("source", "Source", flex=2),
    _text("source_namespace", "Namespace", flex=1.4),
    _text("target", "Destination", flex=2),
    _text("target_namespace", "Namespace", flex=1.4),
    _text("protocol", "Protocol", width=100),
    _number("rate", "Rate", "rps or B/s"),
    {**_number("error_percent", "Errors", "%"), "sort": "desc"},
    _number("latency_ms", "Time", "ms"),
    _number("mtls_percent", "mTLS", "%"),
]
"""Columns of edges, those that fail most first."""

NODE_COLUMNS: list[Column] = [
    _LEVEL,
    _text("name", "Name", flex=2),
    _text("kind", "Kind", width=110),
    _text("namespace", "Namespace", flex=1),
    _text("cluster", "Cluster", flex=1),
    {**_number("in_rate", "In", "rps"), "sort": "desc", "sortIndex": 1},
    {**_number("in_percent", "Errors in", "%"), "sort": "desc", "sortIndex": 0},
    _number("out_rate", "Out", "rps"),
    _number("out_percent", "Errors out", "%"),
]
"""Columns of nodes, those that fail most first."""
