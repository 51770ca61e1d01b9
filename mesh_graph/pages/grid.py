"""The table of overview and lists: it fills its place, and keeps rows by their id."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
from dash import html
from dash.development.base_component import Component

from mesh_graph.views.overview_columns import GRID_OPTIONS

__all__ = ["render_grid"]


def render_grid(component_id: str, columns: list[dict[str, Any]], **options: Any) -> Component:
    """An empty table with these columns; ``options`` go before those of all tables."""
    grid = dag.AgGrid(
        id=component_id,
        columnDefs=columns,
        getRowId="params.data.id",
        defaultColDef={"sortable": True, "resizable": True, "suppressHeaderMenuButton": True},
        dashGridOptions={**GRID_OPTIONS, **options},
        style={"height": "100%", "width": "100%"},
    )
    return html.Div(grid, className="mg-grid")
