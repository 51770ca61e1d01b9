"""History of a node or edge → charts over time: errors first, then rate, then response time.

Axes carry units and begin at zero; a step without data is a gap in the line, never a zero; one crosshair goes
through all charts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from mesh_graph.fields import BYTES_RATE, LATENCY_MS, REQUEST_RATE, TIME
from mesh_graph.views.words import say

__all__ = ["ERROR_RATIO", "Y_AXIS", "Chart", "chart_rows", "render_charts"]

ERROR_RATIO = "error_ratio"
"""Column of a history: 0..1; NaN where there was no traffic."""
Y_AXIS = {"width": 46, "interval": 0}
"""Of any chart: every tick stands at its value. Else the topmost is moved down until its words fit in."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: the history's column, its title, its unit, what a value is multiplied by, its colour."""

    column: str
    title: str
    unit: str
    factor: float
    colour: str


CHARTS = (
    Chart(ERROR_RATIO, "Errors", "%", 100.0, "var(--mg-err)"),
    Chart(REQUEST_RATE, "Requests", "rps", 1.0, "var(--mg-ok)"),
    Chart(BYTES_RATE, "TCP", "kB/s", 1e-3, "var(--mg-ok)"),
    Chart(LATENCY_MS, "Response time", "ms", 1.0, "var(--mg-latency)"),
)


def _clock(seconds: float, span_s: float) -> str:
    form = "%d %b %H:%M" if span_s > 86400 else "%H:%M" if span_s >= 600 else "%H:%M:%S"
    return datetime.fromtimestamp(seconds, UTC).strftime(form)


def chart_rows(history: pd.DataFrame, chart: Chart) -> list[dict[str, Any]]:
    """Points of one chart in the order of time; ``value`` is None where nothing is known."""
    frame = history.sort_values(TIME)
    times, values = frame[TIME].tolist(), (frame[chart.column] * chart.factor).tolist()
    span_s = times[-1] - times[0] if times else 0.0
    return [
        {"time": _clock(time, span_s), "value": value if math.isfinite(value) else None}
        for time, value in zip(times, values, strict=True)
    ]


def _line(rows: list[dict[str, Any]], chart: Chart) -> Component:
    return dmc.LineChart(
        h=120,
        data=rows,
        dataKey="time",
        series=[{"name": "value", "label": f"{chart.title}, {chart.unit}", "color": chart.colour}],
        withDots=len(rows) == 1,
        connectNulls=False,
        curveType="linear",
        strokeWidth=1.5,
        tickLine="none",
        valueFormatter={"function": "meshgraphChartNumber"},
        lineChartProps={"syncId": "mg-history"},
        lineProps={"isAnimationActive": False},
        xAxisProps={"minTickGap": 40, "interval": "preserveStartEnd"},
        yAxisProps={**Y_AXIS, "domain": [0, "auto"], "tickCount": 4},
    )


def render_charts(history: pd.DataFrame, names: Mapping[str, str] | None = None) -> list[Component]:
    """Charts of every column that the history has values for.

    Parameters
    ----------
    history : pandas.DataFrame
        Columns ``time : float64, Unix seconds`` and any of ``error_ratio : float64, 0..1``,
        ``request_rate : float64, per second``, ``bytes_rate : float64, per second``,
        ``latency_ms : float64, milliseconds``; NaN is unknown.
    names : mapping of column to str
        What a column is called where its title is not enough ("Response time p95").
    """
    titles = names or {}
    parts: list[Component] = []
    for chart in CHARTS:
        if chart.column not in history or history[chart.column].notna().sum() == 0:
            continue
        heading = html.H4(f"{titles.get(chart.column, chart.title)}, {chart.unit}")
        parts.append(
            html.Section([heading, _line(chart_rows(history, chart), chart)], className="mg-section")
        )
    if parts:
        return [html.P(say("charts.title"), className="mg-charts-title"), *parts]
    return [html.P(say("charts.empty"), className="mg-quiet")]
