"""``GET /api/pages/traces/<id>``: a trace as its page draws it; ``…/search?q=``: rows that say some words.

``…/map``: nodes and edges of the topology's graph that the trace went over.
``GET /api/pages/traces.csv``: the list as a file, for the same parameters as the page.
"""

from __future__ import annotations

import orjson
from flask import Blueprint, Response, request

from mesh_graph.answers.trace_places import trace_places
from mesh_graph.answers.trace_view import TraceView
from mesh_graph.api.context import current_context
from mesh_graph.api.openapi import Described, described, query_parameter, view_parameters
from mesh_graph.api.problems import problem_response
from mesh_graph.api.replies import json_reply, tagged_reply
from mesh_graph.api.schemas import TEXT
from mesh_graph.api.trace_ask import DESCRIBED, ask_of
from mesh_graph.codec import view_from_query
from mesh_graph.errors import InvalidRequest, NothingTraced
from mesh_graph.export.traces import render_traces
from mesh_graph.tracing import Tracing
from mesh_graph.views.elements import edge_id
from mesh_graph.views.messages_traces import MESSAGES
from mesh_graph.views.trace_payload import found_rows, trace_payload

__all__ = ["MOST_TEXT", "blueprint", "traced", "tracing_of_mesh"]

blueprint = Blueprint("trace_pages", __name__, url_prefix="/api/pages")
MOST_TEXT = 500
"""Characters of a search."""


def tracing_of_mesh() -> Tracing:
    """Answers about traces.

    Raises
    ------
    NothingTraced
        If nobody is asked for traces.
    """
    tracing = current_context().mesh.tracing
    if tracing is None:
        raise NothingTraced(" ".join(MESSAGES["not-set"].split("\n")[1:]))
    return tracing


def traced(trace_id: str) -> TraceView:
    """The trace with that id.

    Raises
    ------
    UnknownTrace
        If nobody holds it.
    NothingTraced
        If nobody is asked.
    InvalidRequest
        If the text is no trace id.
    """
    return tracing_of_mesh().trace(trace_id)


@blueprint.get("/traces/<trace_id>")
@described(Described(parameters=()))
def trace(trace_id: str) -> Response:
    """Rows of the trace, as ``views.trace_payload.trace_payload``."""
    return json_reply(orjson.dumps(trace_payload(traced(trace_id))))


@blueprint.get("/traces/<trace_id>/search")
@described(Described(parameters=(query_parameter("q", "Words that a row has to say, all of them."),)))
def search(trace_id: str) -> Response:
    """Numbers of the rows in which all words of ``q`` are said."""
    text = request.args.get("q", "")
    if len(text) > MOST_TEXT:
        raise InvalidRequest("q", f"has {len(text)} characters", f"It takes at most {MOST_TEXT}.")
    return json_reply(orjson.dumps({"rows": found_rows(traced(trace_id), text)}))


@blueprint.get("/traces/<trace_id>/map")
def on_map(trace_id: str) -> Response:
    """Elements of the topology's graph, for the parameters of a view, that the trace went over."""
    context = current_context()
    graph = context.mesh.graph(view_from_query(request.args, context.defaults))
    places = trace_places(graph, traced(trace_id))
    body = {
        "nodes": sorted(places.nodes),
        "edges": sorted(edge_id(*ends) for ends in places.edges),
        "missing": places.missing,
    }
    return json_reply(orjson.dumps(body))


@blueprint.get("/traces.csv")
@described(
    Described(parameters=(*view_parameters("at", "span"), *DESCRIBED), schema=TEXT, mimetype="text/csv")
)
def listed() -> Response:
    """Traces that answer, as CSV: a header, then a line for each."""
    view = view_from_query(request.args, current_context().defaults)
    found = tracing_of_mesh().find(view, ask_of(request.args))
    response = tagged_reply(render_traces(found.rows), "text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="traces.csv"'
    return response


blueprint.register_error_handler(Exception, problem_response)
