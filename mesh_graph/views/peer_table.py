"""One subject → the tables of its traffic, inbound and outbound, a row per peer and protocol."""

from __future__ import annotations

import dash_ag_grid as dag
from dash import html
from dash.development.base_component import Component

from mesh_graph.answers.detail import Detail
from mesh_graph.model import NodeKey, NodeKind
from mesh_graph.views import panel_parts as parts
from mesh_graph.views.addresses import Links
from mesh_graph.views.peer_rows import PEER_COLUMNS, Row, other_ends, peer_rows

__all__ = ["render_traffic"]

ALWAYS = {"name", "namespace", "protocol", "success", "mtls"}
"""Columns that are shown although every row has nothing, or zero, there."""


def render_traffic(detail: Detail, links: Links) -> list[Component]:
    """Inbound and outbound tables, and the queries behind them."""
    sides = [
        ("in", "Inbound", detail.inbound),
        ("out", _outbound_head(detail.subject), other_ends(detail.outbound, detail.subject)),
    ]
    tables = [
        html.Section(
            [
                html.H3(f"{title} ({len(peers)})"),
                _grid(name, peer_rows(peers, links, detail.assessment.check)),
            ],
            className="mg-traffic-side",
        )
        for name, title, peers in sides
    ]
    return [*tables, *parts.queries(detail.queries)]


def _outbound_head(subject: NodeKey) -> str:
    return "Workloads behind it" if subject.kind is NodeKind.SERVICE else "Outbound"


def _grid(name: str, rows: list[Row]) -> Component:
    used = {field for row in rows for field, value in row.items() if value not in (None, 0.0)} | ALWAYS
    columns = [column | {"hide": column["field"] not in used} for column in PEER_COLUMNS]
    if not rows:
        return html.P("No traffic in this window.", className="mg-quiet")
    return dag.AgGrid(
        id=f"mg-traffic-{name}",
        rowData=rows,
        columnDefs=columns,
        getRowId="params.data.id",
        defaultColDef={"sortable": True, "resizable": True},
        dashGridOptions={
            "rowHeight": 30,
            "headerHeight": 32,
            "domLayout": "autoHeight",
            "animateRows": False,
            "suppressFieldDotNotation": True,
            "tooltipShowDelay": 300,
            "enableCellTextSelection": True,
            "pagination": len(rows) > 50,
            "paginationPageSize": 50,
            "paginationPageSizeSelector": False,
        },
        style={"width": "100%"},
    )
