"""``GET /api/pages/topology``: the topology page's JSON twin (see ``views/payload.py`` for its shape).

Takes every parameter of a view; with ``fresh=1`` a live view is of this very moment, past every cache.
An answer carries an ``ETag``; a request that names it gets ``304``, no body.
``/api/pages/namespaces`` lists what the namespace picker offers.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import networkx as nx
import orjson
from flask import Blueprint, Response, request

from mesh_graph.api.context import Context, MeshAnswers, current_context
from mesh_graph.api.problems import problem_response
from mesh_graph.codec import view_from_query
from mesh_graph.model import View
from mesh_graph.views.diagnosis_lines import doubt_lines, report_lines
from mesh_graph.views.payload import About, render_payload

__all__ = ["blueprint", "encoded_payload"]

blueprint = Blueprint("topology", __name__, url_prefix="/api/pages")


def encoded_payload(context: Context, view: View) -> bytes:
    """Payload of a view as JSON; rendered once for each graph that ``Mesh`` hands out."""
    graph = context.mesh.graph(view)
    texts = context.encoded.setdefault(graph, {})
    if view not in texts:
        texts[view] = orjson.dumps(
            render_payload(graph, context.places.of(graph, view), view, _about(context.mesh, view, graph))
        )
    return texts[view]


def _about(mesh: MeshAnswers, view: View, graph: nx.MultiDiGraph[str]) -> About:
    return About(
        source=mesh.source_name,
        is_demo=mesh.is_demo,
        trust=doubt_lines(mesh.trust(view)),
        empty=report_lines(mesh.examine(view)) if not graph else (),
    )


@blueprint.get("/topology")
def topology() -> Response:
    """The graph of a view, ready to draw."""
    context = current_context()
    view = view_from_query(request.args, context.defaults)
    if view.at is None and request.args.get("fresh") == "1":
        view = replace(view, at=context.mesh.now())
    return _answer(encoded_payload(context, view))


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
