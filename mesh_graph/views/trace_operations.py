"""One trace as a graph of operations, left to right; the stronger the ground, the more time of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from urllib.parse import quote

from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.answers.trace_view import TraceView
from mesh_graph.topology.layout_layers import layers_of
from mesh_graph.traces.operations import Operation, OperationGraph, Step, operation_graph
from mesh_graph.views.addresses import Links
from mesh_graph.views.messages_traces import MESSAGES
from mesh_graph.views.numbers import format_micros, format_percent
from mesh_graph.views.words import fill

__all__ = ["placed", "render_operations"]

WIDTH, HEIGHT = 230, 62
"""Of a box, pixels."""
GAP_X, GAP_Y, BEND = 70, 16, 14
_MOST_TEXT = 120
_GREY = "#868e96"

Point = tuple[float, float]


def render_operations(view: TraceView, links: Links) -> list[Component]:
    """Boxes over a picture of the lines between them, and what the ground means."""
    graph = operation_graph(
        Step((row.span.service, row.span.name), row.parent, row.self_us, row.critical_us, row.span.is_error)
        for row in view.rows
    )
    boxes, routes = placed(graph)
    wide = max((x for x, _ in boxes), default=0) + WIDTH + 24
    high = max((y for _, y in boxes), default=0) + HEIGHT + 24
    left = fill(MESSAGES["operations.left-out"], {"count": f"{graph.left_out:,}"}) if graph.left_out else ""
    picture = html.Img(src=_lines(routes, graph, wide, high), alt="", width=wide, height=high)
    shown = [
        _box(operation, place, graph.self_us, links)
        for operation, place in zip(graph.operations, boxes, strict=True)
    ]
    return [
        html.P([MESSAGES["operations.lead"], left], className="mgt-lead"),
        html.Div(
            html.Div([picture, *shown], className="mgt-dag", style={"width": wide, "height": high}),
            className="mgt-scroll",
        ),
    ]


def placed(graph: OperationGraph) -> tuple[list[Point], dict[tuple[int, int], list[Point]]]:
    """Upper left corners of the boxes, and the points that lines between them go through.

    A line leaves a box in the middle of its right side and enters one in the middle of its left, also where
    it goes against the direction of most. An operation that calls itself has no line.
    """
    pairs = {ends: count for ends, count in graph.calls.items() if ends[0] != ends[1]}
    layers = layers_of(len(graph.operations), pairs)
    corners: dict[int, Point] = {}
    for column, nodes in enumerate(layers.columns):
        y = 0.0
        for node in nodes:
            corners[node] = (column * (WIDTH + GAP_X), y)
            y += (HEIGHT if node < len(graph.operations) else BEND) + GAP_Y
    boxes = [corners[place] for place in range(len(graph.operations))]
    return boxes, {
        ends: _through(layers.routes.get(ends) or layers.routes.get(ends[::-1]) or ends, corners, boxes)
        for ends in pairs
    }


def _through(route: Sequence[int], corners: Mapping[int, Point], boxes: Sequence[Point]) -> list[Point]:
    points: list[Point] = []
    for number, node in enumerate(route):
        x, y = corners[node]
        if node >= len(boxes):
            points += [(x, y + BEND / 2), (x + WIDTH, y + BEND / 2)]
        elif number == 0:
            points.append((x + WIDTH, y + HEIGHT / 2))
        else:
            points.append((x, y + HEIGHT / 2))
    return points


def _lines(
    routes: Mapping[tuple[int, int], list[Point]], graph: OperationGraph, wide: float, high: float
) -> str:
    """The lines as an image: the more calls, the wider."""
    paths = "".join(
        f'<path d="{_curve(points)}" stroke-width="{min(5.0, 1.2 + graph.calls[ends] ** 0.5 / 4):.1f}"/>'
        for ends, points in routes.items()
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high:.0f}">'
        f'<g fill="none" stroke="{_GREY}" stroke-opacity="0.75">{paths}</g></svg>'
    )
    return f"data:image/svg+xml,{quote(svg)}"


def _curve(points: Sequence[Point]) -> str:
    x, y = points[0]
    parts = [f"M{x:.0f} {y:.0f}"]
    for (a, b), (c, d) in pairwise(points):
        middle = (a + c) / 2
        parts.append(f"C{middle:.0f} {b:.0f} {middle:.0f} {d:.0f} {c:.0f} {d:.0f}")
    return "".join(parts)


def _box(operation: Operation, place: Point, whole_us: int, links: Links) -> Component:
    share = operation.self_us / whole_us if whole_us > 0 else 0.0
    where = {"service": operation.service, **({"operation": operation.name} if operation.name else {})}
    errors = [html.Span(className="mgt-mark mgt-mark-error")] if operation.errors else []
    numbers = f"{format_micros(operation.self_us)} own, {format_percent(share)}"
    words = {
        "spans": f"{operation.spans:,}",
        "errors": f"{operation.errors:,}",
        "self": format_micros(operation.self_us),
        "critical": format_micros(operation.critical_us),
    }
    return dcc.Link(
        [
            html.B([*errors, operation.service[:_MOST_TEXT] or "–"]),
            html.Span(operation.name[:_MOST_TEXT], className="mgt-operation-name"),
            html.Span([numbers, html.Small(f"×{operation.spans:,}")], className="mgt-own"),
        ],
        href=links.page("/traces", **where),
        className="mgt-box",
        title=fill(MESSAGES["operations.title"], words),
        style={"left": place[0], "top": place[1], "--mgt-heat": f"{min(1.0, share) * 70:.0f}%"},
    )
