"""Traces found → one Plotly figure, as plain data: when they began, how long they took, how that spreads.

A trace is a mark: the higher the longer, the larger the more spans; one with errors is a diamond in another
colour, so that neither colour nor shape says it alone. Beside the marks the same durations are counted by
length; lines go through both at the quantiles. Durations are on a logarithmic axis.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mesh_graph.traces.model import TraceSummary
from mesh_graph.traces.summary import Spread
from mesh_graph.views.figures import COLOURS, DAY_S, Figure, instant_text, plain_text
from mesh_graph.views.numbers import format_micros

__all__ = ["HEIGHT", "scatter_figure", "start_text"]

HEIGHT = 300
"""Pixels."""
_LAST_S = 253_402_300_799
"""The end of the year 9999."""
_SMALLEST_PX, _LARGEST_PX = 7.0, 26.0
_MOST_SVG = 2000
"""Marks beyond this many are drawn on a canvas."""
_MOST_DECADES = 3
_MARKS = {
    False: ("circle", COLOURS["ok"], "without errors"),
    True: ("diamond", COLOURS["error"], "with errors"),
}


def scatter_figure(summaries: Sequence[TraceSummary], spread: Spread, span: tuple[float, float]) -> Figure:
    """Marks of traces over time, and their durations counted.

    Parameters
    ----------
    summaries : sequence of TraceSummary
        Empty gives axes without marks.
    spread : Spread
        Of those traces.
    span : (float, float)
        The range of time in which these are all there are, Unix seconds.
    """
    data = [
        trace
        for is_error in (False, True)
        if (some := [summary for summary in summaries if bool(summary.errors) == is_error])
        for trace in (_marks(some, is_error), _counts(spread, is_error))
    ]
    return {"data": data, "layout": _layout(summaries, spread, span)}


def _size(spans: int) -> float:
    return min(_LARGEST_PX, _SMALLEST_PX + 2.2 * math.sqrt(max(0, spans - 1)))


def _ms(duration_us: float) -> float:
    # A logarithmic axis has no place for zero.
    return max(duration_us, 1) / 1000


def start_text(start_us: int) -> str:
    """Instant of Unix microseconds in UTC, to the millisecond; what no calendar has stays at its end.

    Examples
    --------
    >>> start_text(1_795_230_000_123_456)
    '2026-11-21 03:00:00.123'
    """
    milliseconds = min(max(start_us // 1000, 0), _LAST_S * 1000)
    return f"{instant_text(milliseconds // 1000)}.{milliseconds % 1000:03d}"


def _marks(summaries: Sequence[TraceSummary], is_error: bool) -> Figure:
    symbol, colour, name = _MARKS[is_error]
    return {
        "type": "scattergl" if len(summaries) > _MOST_SVG else "scatter",
        "mode": "markers",
        "name": name,
        "x": [start_text(summary.start_us) for summary in summaries],
        "y": [_ms(summary.duration_us) for summary in summaries],
        "text": [_hover(summary) for summary in summaries],
        "customdata": [summary.trace_id for summary in summaries],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "symbol": symbol,
            "color": colour,
            "size": [_size(summary.spans) for summary in summaries],
            "opacity": 0.72,
            "line": {"width": 1, "color": colour},
        },
    }


def _hover(summary: TraceSummary) -> str:
    errors = f", {summary.errors:,} with errors" if summary.errors else ""
    return (
        f"<b>{plain_text(summary.root_service[:80])}</b> {plain_text(summary.root_name[:80])}<br>"
        f"{format_micros(summary.duration_us)}, {summary.spans:,} spans{errors}, "
        f"{len(summary.services):,} services"
    )


def _counts(spread: Spread, is_error: bool) -> Figure:
    colour, name = _MARKS[is_error][1:]
    bins = spread.bins
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "showlegend": False,
        "xaxis": "x2",
        "x": [one.with_errors if is_error else one.traces - one.with_errors for one in bins],
        "y": [(_ms(one.low_us) + _ms(one.high_us)) / 2 for one in bins],
        "width": [_ms(one.high_us) - _ms(one.low_us) for one in bins],
        "customdata": [f"{format_micros(one.low_us)} to {format_micros(one.high_us)}" for one in bins],
        "marker": {"color": colour, "opacity": 0.6},
        "hovertemplate": f"%{{customdata}}: %{{x}} {name}<extra></extra>",
    }


def _layout(summaries: Sequence[TraceSummary], spread: Spread, span: tuple[float, float]) -> Figure:
    start, end = (instant_text(at) for at in span)
    return {
        "height": HEIGHT,
        "margin": {"l": 62, "r": 52, "t": 8, "b": 48},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "inherit", "size": 11},
        "hovermode": "closest",
        "hoverlabel": {"font": {"size": 11}, "namelength": -1, "align": "left"},
        "dragmode": "zoom",
        "barmode": "stack",
        "bargap": 0,
        "showlegend": any(summary.errors for summary in summaries),
        "legend": {"orientation": "h", "x": 0, "y": -0.13, "yanchor": "top", "itemsizing": "constant"},
        "xaxis": {
            "type": "date",
            "range": [start, end],
            "domain": [0, 0.84],
            "showgrid": False,
            "nticks": 8,
            "tickformat": "%H:%M:%S" if span[1] - span[0] < DAY_S else "%d %b %H:%M",
        },
        "xaxis2": {
            "domain": [0.87, 1],
            "fixedrange": True,
            "showgrid": False,
            "nticks": 3,
            "rangemode": "tozero",
            "tickformat": "d",
        },
        "yaxis": {
            "type": "log",
            "fixedrange": True,
            "zeroline": False,
            **_ticks(summaries),
        },
        "shapes": [_line(duration) for _, duration in spread.quantiles_us],
        "annotations": _names(spread),
        "uirevision": f"{start}{end}",
    }


def _ticks(summaries: Sequence[TraceSummary]) -> Figure:
    """Lengths of time to mark: 1, 2, 5, 10 … of a unit, or over many decades only every tenth."""
    values = [math.log10(max(summary.duration_us, 1)) for summary in summaries] or [3.0]
    low, high = math.floor(min(values)), math.ceil(max(values))
    parts = (1, 2, 5) if high - low <= _MOST_DECADES else (1,)
    ticks = [part * 10**decade for decade in range(low, high + 1) for part in parts]
    return {"tickvals": [_ms(tick) for tick in ticks], "ticktext": [format_micros(tick) for tick in ticks]}


def _line(duration_us: int) -> dict[str, Any]:
    y = _ms(duration_us)
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": y,
        "y1": y,
        "line": {"width": 1, "dash": "dot", "color": "#868e96"},
    }


def _names(spread: Spread) -> list[dict[str, Any]]:
    """Names of the lines at the right; of several at one height one label with all their names."""
    at: dict[int, list[str]] = {}
    for quantile, duration_us in spread.quantiles_us:
        at.setdefault(duration_us, []).append(f"p{quantile * 100:g}")
    return [
        {
            "xref": "paper",
            "x": 1.004,
            "xanchor": "left",
            "y": math.log10(_ms(duration_us)),
            "text": " ".join(names),
            "showarrow": False,
            "font": {"size": 10.5},
        }
        for duration_us, names in at.items()
    ]
