"""Istio's classic ServiceGraph, for its clients: ``/graph``, ``/d3graph``, ``/dotgraph``; ``/dotviz`` drawn.

All take ``time_horizon`` (a duration, 5m), ``filter_empty`` (false), ``source_namespace``,
``source_workload``, ``destination_namespace`` and ``destination_workload``. Drawing needs Graphviz beside the
server.
"""

from __future__ import annotations

import shutil
import subprocess
from threading import BoundedSemaphore

from flask import Blueprint, Response, request

from mesh_graph.answers.classic import ClassicAsk
from mesh_graph.api.context import current_context
from mesh_graph.api.problems import plain_problem, problem_response
from mesh_graph.api.replies import json_reply, tagged_reply
from mesh_graph.codec import MAX_WINDOW_S, parse_duration
from mesh_graph.errors import InvalidRequest
from mesh_graph.export.servicegraph import Edge, classic_edges, render_d3, render_dot, render_graph

__all__ = ["blueprint"]

DRAW_S = 15.0
_DRAWING = BoundedSemaphore(2)
"""Graphviz takes a processor for as long as it draws."""
_FILTERS = ("source_namespace", "source_workload", "destination_namespace", "destination_workload")

blueprint = Blueprint("classic", __name__)


@blueprint.get("/graph")
def graph() -> Response:
    """Nodes and edges by name."""
    return json_reply(render_graph(_edges()))


@blueprint.get("/d3graph")
def d3graph() -> Response:
    """Nodes and links by position."""
    return json_reply(render_d3(_edges()))


@blueprint.get("/dotgraph")
def dotgraph() -> Response:
    """The graph as DOT."""
    return tagged_reply(render_dot(_edges()), "text/vnd.graphviz")


@blueprint.get("/dotviz")
def dotviz() -> Response:
    """The graph as drawn by Graphviz."""
    drawn = _draw(render_dot(_edges()))
    return plain_problem("no-graphviz", 501) if drawn is None else tagged_reply(drawn, "image/svg+xml")


def _edges() -> list[Edge]:
    named = {name: request.args.get(name, "") for name in _FILTERS}
    ask = ClassicAsk(_window(), request.args.get("filter_empty") != "true", **named)
    return classic_edges(*current_context().mesh.classic_calls(ask))


def _window() -> int:
    text = request.args.get("time_horizon") or "5m"
    try:
        seconds = parse_duration(text)
        if not 0 < seconds <= MAX_WINDOW_S:
            raise ValueError("out of range")
    except ValueError:
        problem = f"{text[:80]!r} is not understood"
        raise InvalidRequest("time_horizon", problem, "It takes a duration such as 5m, up to 30d.") from None
    return seconds


def _draw(dot: bytes) -> bytes | None:
    """SVG of a graph in DOT; None where Graphviz is not there, or does not manage in time."""
    program = shutil.which("dot")
    if program is None:
        return None
    with _DRAWING:
        try:
            done = subprocess.run(
                [program, "-Tsvg"], input=dot, capture_output=True, timeout=DRAW_S, check=True
            )
        except (subprocess.SubprocessError, OSError):
            return None
    return done.stdout


blueprint.register_error_handler(Exception, problem_response)
