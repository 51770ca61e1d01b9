"""Lines over time → Plotly figures, as plain data. One figure serves the light and the dark scheme.

Axes carry their unit and begin at zero; a step without data is a gap in the line, never a zero. Line colours
are of middle lightness, to be told from either ground; text and grid take their colour from the page's style.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from mesh_graph.detail.lines import Heat, Line, lines_of
from mesh_graph.views.messages_detail import line_words
from mesh_graph.views.numbers import format_latency

__all__ = [
    "COLOURS",
    "HEIGHT",
    "SERIES",
    "UNITS",
    "Figure",
    "heat_figure",
    "instant_text",
    "line_colour",
    "line_figure",
    "plain_text",
]

Figure = dict[str, Any]

COLOURS: dict[str, str] = {
    "ok": "#1c7ed6",
    "error": "#d6224a",
    "client_error": "#b8860b",
    "hung_up": "#868e96",
    "avg": "#868e96",
    "p50": "#0c8599",
    "p95": "#9c4fc4",
    "p99": "#d9480f",
    "sent": "#1c7ed6",
    "received": "#0c8f6f",
    "opened": "#1c7ed6",
    "closed": "#868e96",
    "failed": "#d6224a",
}
"""Colours of plain lines."""
SERIES = (
    "#1c7ed6", "#d9480f", "#0c8f6f", "#9c4fc4", "#b8860b", "#d6336c",
    "#0c8599", "#748c0d", "#5c6fe8", "#a6643a", "#868e96", "#2f9e44",
)  # fmt: skip
"""Colours of grouped lines, in their order."""
_DASHES = {"avg": "dot", "p99": "dash", "closed": "dot", "source": "dash", "waypoint": "dot"}
UNITS: dict[str, tuple[str, float]] = {
    "errors": ("%", 100.0),
    "requests": ("rps", 1.0),
    "duration": ("ms", 1.0),
    "request_size": ("B", 1.0),
    "response_size": ("B", 1.0),
    "throughput": ("B/s", 1.0),
    "messages": ("messages/s", 1.0),
    "tcp_bytes": ("B/s", 1.0),
    "tcp_connections": ("connections/s", 1.0),
    "pods_cpu": ("cores", 1.0),
    "pods_throttled": ("%", 100.0),
    "pods_memory": ("B", 1.0),
}
"""Unit of a panel, and what its values are multiplied by."""
_WIDTH = 1.6
DAY_S = 86400
HEIGHT = 236
"""Pixels, legend included."""


def instant_text(seconds: float) -> str:
    """Instant as the charts write it, UTC without saying so."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _values(column: Iterable[float], factor: float) -> list[float | None]:
    return [value * factor if math.isfinite(value) else None for value in column]


def line_colour(line: Line, order: Sequence[Line]) -> str:
    """Colour of a line: a measure's own, else by its place in the order that all charts of a tab share."""
    if line in order:
        return SERIES[order.index(line) % len(SERIES)]
    return COLOURS.get(line[0], SERIES[0])


def line_figure(
    name: str,
    lines: pd.DataFrame,
    *,
    marked: tuple[float, float],
    order: Sequence[Line] = (),
    odd: Sequence[Line] = (),
    unit: str | None = None,
    has_legend: bool = False,
) -> Figure:
    """A chart of lines.

    Parameters
    ----------
    name : str
        Panel; a key of ``UNITS``.
    lines : pandas.DataFrame
        Index ``time``, a column per ``Line``.
    marked : (float, float)
        Part of the axis that tables and graphs are of, Unix seconds.
    order : sequence of Line
        Lines of all charts of the tab, in their common order; empty where the lines are measures.
    odd : sequence of Line
        Lines that stand out.
    unit : str or None
        None for that of the panel in ``UNITS``.
    has_legend : bool
        Whether lines with an order are named below the chart, too.
    """
    unit, factor = UNITS[name] if unit is None else (unit, 1.0)
    times = [instant_text(time) for time in lines.index]
    stacked = not order and name == "requests"
    traces = [
        _trace(times, _values(lines.iloc[:, at].tolist(), factor), line, order)
        | _emphasis(line, odd)
        | ({"stackgroup": "all", "fillcolor": _fill(line)} if stacked else {})
        for at, line in enumerate(lines_of(lines))
    ]
    told = len(traces) if has_legend or not order else 0
    return {"data": traces, "layout": _layout(unit, lines.index.to_numpy(), marked, told)}


def _trace(times: list[str], values: list[float | None], line: Line, order: Sequence[Line]) -> Figure:
    name, reporter = line
    colour = line_colour(line, order)
    dash = _DASHES.get(reporter if order else name, "solid")
    is_lonely = sum(value is not None for value in values) == 1
    return {
        "type": "scatter",
        "mode": "markers" if is_lonely else "lines",
        "x": times,
        "y": values,
        "name": plain_text(line_words(line, is_plain=not order)),
        "line": {"color": colour, "width": _WIDTH, "dash": dash},
        "marker": {"color": colour},
        "connectgaps": False,
    }


def plain_text(text: str) -> str:
    """Text that Plotly draws as it is: it would take tags and entities for markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _emphasis(line: Line, odd: Sequence[Line]) -> Figure:
    if not odd:
        return {}
    return {"opacity": 1.0 if line in odd else 0.45}


def _fill(line: Line) -> str:
    colour = COLOURS.get(line[0], SERIES[0])
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.28)"


def _layout(unit: str, times: np.ndarray, marked: tuple[float, float], lines: int) -> Figure:
    start, end = instant_text(times[0]), instant_text(times[-1])
    begin = instant_text(max(float(times[0]), marked[0]))
    band = {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": begin,
        "x1": instant_text(marked[1]),
        "y0": 0,
        "y1": 1,
        "line": {"width": 0},
        "fillcolor": "rgba(28,126,214,0.09)",
        "layer": "below",
    }
    return {
        "height": HEIGHT,
        "margin": {"l": 54, "r": 10, "t": 6, "b": 56 if lines > 1 else 26},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "inherit", "size": 11},
        "hovermode": "x unified",
        "hoverlabel": {"font": {"size": 11}, "namelength": -1},
        "dragmode": "zoom",
        "showlegend": lines > 1,
        "legend": {"orientation": "h", "x": 0, "y": -0.15, "yanchor": "top", "font": {"size": 11}},
        "xaxis": {
            "type": "date",
            "range": [start, end],
            "nticks": 6,
            "showgrid": False,
            "tickformat": "%H:%M" if times[-1] - times[0] < DAY_S else "%d %b %H:%M",
            "hoverformat": "%d %b %H:%M:%S UTC",
        },
        "yaxis": {
            "rangemode": "tozero",
            "fixedrange": True,
            "nticks": 5,
            "title": {"text": unit, "standoff": 4},
            "tickformat": "~s" if unit in ("B", "B/s") else "",
            "hoverformat": ".3~s" if unit in ("B", "B/s") else ".3~r",
            "zeroline": False,
        },
        "shapes": [] if marked[0] <= float(times[0]) else [band],
        "uirevision": f"{start}{end}",
    }


def heat_figure(spread: Heat, *, marked: tuple[float, float]) -> Figure:
    """How response times spread over the histogram's buckets: a row per bucket, stronger for more."""
    low, high = spread.edges[:-1], spread.edges[1:]
    names = [_bucket_name(float(a), float(b)) for a, b in zip(low, high, strict=True)]
    rates = [[None if math.isnan(rate) else rate for rate in row] for row in spread.rates.tolist()]
    layout = _layout("", spread.times, marked, 1)
    layout["hovermode"] = "closest"
    layout["margin"] = {**layout["margin"], "l": 92}
    layout["yaxis"] = {"type": "category", "fixedrange": True, "showgrid": False, "title": {"text": ""}}
    trace = {
        "type": "heatmap",
        "x": [instant_text(time) for time in spread.times.tolist()],
        "y": names,
        "z": rates,
        "colorscale": [[0, "rgba(156,79,196,0)"], [1, "rgba(156,79,196,1)"]],
        "zmin": 0,
        "hovertemplate": "%{x}<br>%{y}: %{z:.3~r} rps<extra></extra>",
        "colorbar": {"thickness": 8, "outlinewidth": 0, "title": {"text": "rps", "side": "top"}, "nticks": 4},
        "xgap": 1,
        "ygap": 1,
    }
    # What a click on a cell means (assets/traces_links.js).
    layout["meta"] = {
        "bounds_ms": {name: [float(a), _finite(b)] for name, a, b in zip(names, low, high, strict=True)}
    }
    return {"data": [trace], "layout": layout}


def _finite(edge: float) -> float | None:
    return None if math.isinf(edge) else float(edge)


def _bucket_name(low: float, high: float) -> str:
    if math.isinf(high):
        return f"over {format_latency(low)}"
    return f"to {format_latency(high)}"
