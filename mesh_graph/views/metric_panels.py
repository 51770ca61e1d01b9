"""A metrics tab → its components: what both reports say, the charts, what has no data."""

from __future__ import annotations

import math
from collections.abc import Iterator

from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.answers.metric_panels import Panel
from mesh_graph.answers.metrics import Metrics
from mesh_graph.detail.lines import Line, lines_of
from mesh_graph.views import panel_parts as parts
from mesh_graph.views.figures import HEIGHT, UNITS, Figure, heat_figure, line_colour, line_figure
from mesh_graph.views.messages_detail import MESSAGES, PANELS, difference_words, line_words
from mesh_graph.views.numbers import format_seconds
from mesh_graph.views.words import fill, say

__all__ = ["CHART", "chart_id", "render_metrics"]

CHART = "mg-metric"
"""Type in the ids of charts."""
_CONFIG = {"displayModeBar": False, "responsive": True, "doubleClick": False, "showTips": False}


def chart_id(name: str) -> dict[str, str]:
    """Id of a panel's chart."""
    return {"type": CHART, "name": name}


def render_metrics(metrics: Metrics) -> list[Component]:
    """Content of a metrics tab."""
    notes = [html.P(difference_words(gap), className="mg-difference") for gap in metrics.differences]
    order = _order(metrics)
    charts = [chart for panel in metrics.panels for chart in _charts(panel, metrics, order)]
    if not any(panel.has_data for panel in metrics.panels):
        charts.append(html.P(say("charts.empty"), className="mg-quiet"))
    return [*notes, *_legend(order), html.Div(charts, className="mg-d-charts"), *_foot(metrics)]


def _order(metrics: Metrics) -> list[Line]:
    """Lines of all charts, each once, those of the first charts first; none where they are measures."""
    if metrics.choice.is_plain:
        return []
    ours = (panel for panel in metrics.panels if not panel.title and not panel.has_own_lines)
    panels = sorted(ours, key=lambda panel: panel.name != "requests")
    return list(dict.fromkeys(line for panel in panels for line in lines_of(panel.lines)))


def _legend(order: list[Line]) -> Iterator[Component]:
    """One legend for all charts: a line has one colour on the whole tab."""
    if order:
        keys = [
            html.Span(
                [
                    html.Span(className="mg-d-key", style={"background": line_colour(line, order)}),
                    line_words(line, is_plain=False) or "all",
                ]
            )
            for line in order
        ]
        yield html.Div(keys, className="mg-d-legend")


def _foot(metrics: Metrics) -> Iterator[Component]:
    if metrics.absent:
        yield html.P(
            fill(MESSAGES["absent"], {"panels": ", ".join(PANELS[name] for name in metrics.absent)}),
            className="mg-quiet mg-absent",
        )
    span = metrics.span
    words = {"window": format_seconds(span.window_s), "step": format_seconds(span.step_s)}
    yield html.P(fill(MESSAGES["range"], words), className="mg-quiet")


def _charts(panel: Panel, metrics: Metrics, order: list[Line]) -> Iterator[Component]:
    if panel.problem is not None:
        yield _section(panel.name, panel, [html.P(f"{panel.problem}", className="mg-d-problem")])
        return
    if not panel.has_data:
        if panel.title:
            yield _section(panel.name, panel, [html.P(MESSAGES["added.empty"], className="mg-quiet")])
        return
    marked = (metrics.span.end - metrics.marked_s, metrics.span.end)
    # Lines that a team named, and containers, are of other labels: they have their own order of colours.
    lines = lines_of(panel.lines) if panel.title or panel.has_own_lines else order
    figure = line_figure(
        panel.name,
        panel.lines,
        marked=marked,
        order=lines,
        odd=panel.outliers,
        unit=panel.unit if panel.title else None,
        has_legend=panel.has_own_lines,
    )
    yield _section(panel.name, panel, [_graph(panel.name, figure), *_notes(panel, metrics.choice.is_plain)])
    if panel.heat is not None:
        yield _section(
            "duration_heat", panel, [_graph("duration_heat", heat_figure(panel.heat, marked=marked))]
        )


def _graph(name: str, figure: Figure) -> Component:
    return dcc.Graph(
        id=chart_id(name), figure=figure, config=_CONFIG, className="mg-d-plot", style={"height": HEIGHT}
    )


def _section(name: str, panel: Panel, content: list[Component]) -> Component:
    unit = panel.unit if panel.title else UNITS.get(name, ("ms", 1.0))[0]
    queries = parts.queries({"": panel.promql})
    title = panel.title or PANELS[name]
    head = html.H3([title, *([html.Span(f", {unit}", className="mg-unit")] if unit else [])])
    return html.Section([head, *content, *queries], className="mg-d-chart", **{"data-panel": name})


def _notes(panel: Panel, is_plain: bool) -> Iterator[Component]:
    for line in panel.outliers:
        words = fill(MESSAGES["outlier"], {"name": line_words(line, is_plain=is_plain)})
        yield html.P([parts.level_mark("warn"), words], className="mg-d-note")
    above = [
        line_words(line, is_plain=is_plain)
        for at, line in enumerate(lines_of(panel.lines))
        if any(map(math.isinf, panel.lines.iloc[:, at].tolist()))
    ]
    if above and not panel.title:
        words = fill(MESSAGES["above-top"], {"lines": ", ".join(above)})
        yield html.P(words, className="mg-d-note")
    if panel.hidden:
        yield html.P(fill(MESSAGES["hidden"], {"count": str(panel.hidden)}), className="mg-d-note")
