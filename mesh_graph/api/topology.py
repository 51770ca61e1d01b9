"""``GET /api/pages/topology``: the topology page's JSON twin (see ``views/payload.py`` for its shape).

Takes every parameter of a view; with ``fresh=1`` a live view is of this very moment, past every cache.
An answer carries an ``ETag``; a request that names it gets ``304``, no body.
With ``doubts_at`` the doubts are those of another instant: the frames of a replay share its last one's.
``/api/pages/topology/replay`` takes a view with ``start``, ``end`` and ``step``, makes its frames ready and
answers with their totals (``views/replay.py``).
``/api/pages/topology/search`` lists the elements of a view in which the words of ``text`` are found.
``/api/pages/namespaces`` lists what the namespace picker offers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import networkx as nx
import orjson
from flask import Blueprint, Response, request

from mesh_graph.answers.replay import Frames
from mesh_graph.api.context import Context, MeshAnswers, current_context
from mesh_graph.api.problems import problem_response
from mesh_graph.codec import parse_duration, parse_instant, view_from_query
from mesh_graph.errors import InvalidRequest
from mesh_graph.model import View
from mesh_graph.topology.attributes import GraphAttr
from mesh_graph.topology.find_search import search as find_words
from mesh_graph.views.diagnosis_lines import doubt_lines, report_lines
from mesh_graph.views.elements import edge_id
from mesh_graph.views.payload import About, render_payload
from mesh_graph.views.replay import render_frames

__all__ = ["blueprint", "encoded_payload"]

T = TypeVar("T")
MAX_WORDS = 200
"""Characters of a search that are read."""

blueprint = Blueprint("topology", __name__, url_prefix="/api/pages")


def encoded_payload(context: Context, view: View, doubted: View | None = None) -> bytes:
    """Payload of a view as JSON; rendered once for each graph that ``Mesh`` hands out.

    Parameters
    ----------
    context : Context
    view : View
    doubted : View or None
        Whose doubts it carries, if not its own.
    """
    graph = context.mesh.graph(view)
    texts = context.encoded.setdefault(graph, {})
    if view not in texts:
        places, bends = context.places.of(graph, view, context.scope)
        about = _about(context.mesh, doubted or view, graph)
        texts[view] = orjson.dumps(render_payload(graph, places, view, about, bends=bends))
    return texts[view]


def _about(mesh: MeshAnswers, view: View, graph: nx.MultiDiGraph[str]) -> About:
    said = {gap.message for gap in graph.graph.get(GraphAttr.GAPS, ())}
    return About(
        source=mesh.source_name,
        is_demo=mesh.is_demo,
        trust=doubt_lines([doubt for doubt in mesh.trust(view) if doubt.message not in said]),
        empty=() if graph or GraphAttr.FOCUS in graph.graph else report_lines(mesh.examine(view)),
    )


@blueprint.get("/topology")
def topology() -> Response:
    """The graph of a view, ready to draw."""
    context = current_context()
    view = view_from_query(request.args, context.defaults)
    if view.at is None and request.args.get("fresh") == "1":
        view = replace(view, at=context.mesh.now())
    doubts_at = request.args.get("doubts_at")
    doubted = replace(view, at=_read("doubts_at", parse_instant, doubts_at)) if doubts_at else None
    return _answer(encoded_payload(context, view, doubted))


@blueprint.get("/topology/replay")
def replay() -> Response:
    """Totals of a view's frames, whose pictures can then be had without asking the source."""
    context = current_context()
    view = view_from_query(request.args, context.defaults)
    start, end = (_read(name, parse_instant, request.args.get(name, "")) for name in ("start", "end"))
    step = _read("step", parse_duration, request.args.get("step", ""))
    totals = context.mesh.replay(view, Frames(start, end, step))
    return _answer(orjson.dumps(render_frames(totals)))


def _read(name: str, read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(name, f"{text[:80]!r} is not understood") from error


@blueprint.get("/topology/search")
def search() -> Response:
    """Ids of the view's nodes, boxes and edges in which every word is found, the likeliest first."""
    context = current_context()
    graph = context.mesh.graph(view_from_query(request.args, context.defaults))
    found = find_words(graph, request.args.get("text", "")[:MAX_WORDS])
    return _answer(orjson.dumps([key if isinstance(key, str) else edge_id(*key) for key in found]))


@blueprint.get("/namespaces")
def namespaces() -> Response:
    """Names of the mesh's namespaces, sorted."""
    return _answer(orjson.dumps(current_context().mesh.namespaces()))


def _answer(body: bytes) -> Response:
    response = Response(body, mimetype="application/json")
    response.set_etag(hashlib.blake2b(body, digest_size=12).hexdigest())
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


blueprint.register_error_handler(Exception, problem_response)
