"""``GET /api/pages/topology``: the topology page's JSON twin (see ``views/payload.py`` for its shape).

Takes every parameter of a view. An answer carries an ``ETag``; a request that names it gets ``304``, no body.
``/api/pages/namespaces`` lists what the namespace picker offers.
"""

from __future__ import annotations

import hashlib

import orjson
from flask import Blueprint, Response, request

from mesh_graph.api.context import Context, current_context
from mesh_graph.api.problems import problem_response
from mesh_graph.codec import view_from_query
from mesh_graph.model import View
from mesh_graph.topology.layout import layout
from mesh_graph.views.payload import About, render_payload

__all__ = ["blueprint", "encoded_payload"]

blueprint = Blueprint("topology", __name__, url_prefix="/api/pages")


def encoded_payload(context: Context, view: View) -> bytes:
    """Payload of a view as JSON; rendered once for each graph that ``Mesh`` hands out."""
    graph = context.mesh.graph(view)
    texts = context.encoded.setdefault(graph, {})
    if view not in texts:
        about = About(source=context.mesh.source_name, is_demo=context.mesh.is_demo)
        texts[view] = orjson.dumps(render_payload(graph, layout(graph), view, about))
    return texts[view]


@blueprint.get("/topology")
def topology() -> Response:
    """The graph of a view, ready to draw."""
    context = current_context()
    view = view_from_query(request.args, context.defaults)
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
