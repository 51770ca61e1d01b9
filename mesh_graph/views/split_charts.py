"""Shares over time, and response times of the versions side by side, as charts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from mesh_graph.canary.history import SHARE
from mesh_graph.canary.objective import EDGE_MS
from mesh_graph.canary.sample import UNATTRIBUTED, VERSION
from mesh_graph.canary.split import Split
from mesh_graph.fields import TIME
from mesh_graph.views.charts import Y_AXIS
from mesh_graph.views.numbers import format_latency
from mesh_graph.views.split_bars import COLOURS

__all__ = ["declared_lines", "distribution_rows", "render_distribution", "render_history", "share_chart_rows"]

LOST = "no version"
_DAY_S = 86400
_LINE = {"color": "var(--mg-text)", "strokeDasharray": "5 3", "strokeWidth": 1.5}


def _colour(place: int) -> str:
    return f"var(--mgc-v{place % COLOURS})"


def share_chart_rows(history: pd.DataFrame, versions: tuple[str, ...]) -> list[dict[str, Any]]:
    """Points of the stacked chart, in per cent, in the order of time; None where nothing was routed."""
    wide = history.pivot(index=TIME, columns=VERSION, values=SHARE).sort_index()
    names = {**dict(zip(versions, versions, strict=True)), UNATTRIBUTED: LOST}
    span_s = float(wide.index[-1] - wide.index[0]) if len(wide) else 0.0
    form = "%d %b %H:%M" if span_s > _DAY_S else "%H:%M" if span_s >= 600 else "%H:%M:%S"
    rows = []
    for at, shares in zip(wide.index, wide.to_dict("records"), strict=True):
        row: dict[str, Any] = {"time": datetime.fromtimestamp(float(at), UTC).strftime(form)}
        for version, name in names.items():
            share = shares.get(version, math.nan)
            row[name] = None if math.isnan(share) else round(100 * share, 3)
        rows.append(row)
    return rows


def render_history(history: pd.DataFrame, split: Split) -> Component:
    """Stacked shares over time; the declared weights are the lines where one version should end."""
    rows = share_chart_rows(history, split.versions)
    if not rows:
        return html.P("Nothing was routed in this time.", className="mg-quiet")
    has_lost = UNATTRIBUTED in set(history[VERSION])
    series = [{"name": name, "color": _colour(place)} for place, name in enumerate(split.versions)]
    lost = [{"name": LOST, "color": "var(--mg-err)"}] if has_lost else []
    return dmc.AreaChart(
        h=220,
        data=rows,
        dataKey="time",
        type="stacked",
        series=[*series, *lost],
        curveType="stepBefore",
        withDots=False,
        withGradient=False,
        fillOpacity=0.75,
        strokeWidth=1,
        unit="%",
        tickLine="none",
        referenceLines=declared_lines(split, history, rows),
        areaProps={"isAnimationActive": False},
        xAxisProps={"minTickGap": 60, "interval": "preserveStartEnd"},
        yAxisProps={**Y_AXIS, "domain": [0, 100], "ticks": [0, 25, 50, 75, 100]},
    )


def declared_lines(split: Split, history: pd.DataFrame, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where one version should end and the next begin, in per cent: a line for every time it was declared.

    Parameters
    ----------
    split : Split
    history : pandas.DataFrame
        As ``share_history`` gives it.
    rows : list of dict
        As ``share_chart_rows`` gives them, of the same history.
    """
    steps = split.promise.steps if split.promise else ()
    times = sorted(set(history[TIME]))
    if not any(step.at > times[0] for step in steps):
        return [{"y": y, **_LINE} for y in _ends(split.declared.weights, split.versions)]
    lines: list[dict[str, Any]] = []
    for step, until in zip(steps, [*(later.at for later in steps[1:]), math.inf], strict=True):
        held = [row["time"] for row, time in zip(rows, times, strict=True) if step.at <= time <= until]
        for y in _ends(step.weights, split.versions) if held else []:
            lines.append({"segment": [{"x": held[0], "y": y}, {"x": held[-1], "y": y}], **_LINE})
        if held and step.at > times[0]:
            lines.append({"x": held[0], "color": "var(--mg-text)", "strokeWidth": 1})
    return lines


def _ends(weights: Mapping[str, float] | None, versions: tuple[str, ...]) -> list[float]:
    ends = accumulate(100 * (weights or {}).get(version, 0.0) for version in versions)
    return [round(end, 3) for end in list(ends)[:-1] if 0 < end < 100]


def distribution_rows(
    distributions: pd.DataFrame, versions: tuple[str, ...]
) -> tuple[list[dict[str, Any]], list[float]]:
    """Per cent of each version's requests by bucket, and the buckets' upper edges, milliseconds.

    Buckets that hold nothing at either end are left out.
    """
    wide = distributions.pivot(index=EDGE_MS, columns=VERSION, values=SHARE).sort_index()
    within = wide.reindex(columns=list(versions)).ffill().fillna(0.0)
    parts = within.diff().fillna(within).clip(lower=0.0)
    busy = parts.index[(parts > 5e-4).any(axis=1)]
    if not len(busy):
        return [], []
    kept = parts.loc[busy[0] : busy[-1]]
    edges = [float(edge) for edge in kept.index]
    rows = [
        {"edge": _edge(edge, edges), **{v: round(100 * float(row[v]), 3) for v in versions}}
        for edge, (_, row) in zip(edges, kept.iterrows(), strict=True)
    ]
    return rows, edges


def _edge(edge: float, edges: list[float]) -> str:
    if math.isfinite(edge):
        return f"≤ {format_latency(edge)}"
    top = max((e for e in edges if math.isfinite(e)), default=None)
    return f"> {format_latency(top)}" if top else "all"


def render_distribution(distributions: pd.DataFrame, split: Split) -> Component:
    """Response times of all versions over one another, with the objective as a line."""
    rows, edges = distribution_rows(distributions, split.versions)
    if not rows:
        return html.P("No response times were measured.", className="mg-quiet")
    lines = []
    if split.objective and split.objective.edge_ms in edges:
        label = f"objective {format_latency(split.objective.edge_ms)}"
        edge = _edge(split.objective.edge_ms, edges)
        lines.append({"x": edge, "label": label, "color": "var(--mg-text)", "strokeDasharray": "5 3"})
    return dmc.AreaChart(
        h=220,
        data=rows,
        dataKey="edge",
        series=[{"name": name, "color": _colour(place)} for place, name in enumerate(split.versions)],
        curveType="monotone",
        fillOpacity=0.16,
        strokeWidth=2,
        withDots=False,
        withGradient=False,
        unit="%",
        tickLine="none",
        referenceLines=lines,
        areaProps={"isAnimationActive": False},
        xAxisProps={"interval": "preserveStartEnd", "minTickGap": 8},
        yAxisProps=Y_AXIS,
    )
