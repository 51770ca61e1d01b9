"""``GET /api/graph``: the graph of a view in our own shape (docs/api.md), for programs.

Takes every parameter of a view. Nothing is folded unless ``budget`` is named, and nothing is compared unless
``compare`` is. A namespace that no series has named for a week is 404; a silent one is an empty graph that
says when it was last seen and why there is nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import networkx as nx
import orjson
from flask import Blueprint, Response, request

from mesh_graph.api.context import MeshAnswers, current_context
from mesh_graph.api.openapi import VIEW, Described, described, query_parameter
from mesh_graph.api.problems import problem_response
from mesh_graph.api.replies import json_reply, tagged_reply
from mesh_graph.codec import format_instant, view_from_query
from mesh_graph.errors import InvalidRequest, UnknownNamespace
from mesh_graph.export.document import render_document
from mesh_graph.export.formats import FORMATS
from mesh_graph.export.mask_graph import masked_graph
from mesh_graph.model import View
from mesh_graph.topology.attributes import GraphAttr
from mesh_graph.views.diagnosis_lines import report_lines

__all__ = ["ANSWER", "UNFOLDED", "blueprint"]

UNFOLDED = 100_000
"""Nodes above which a graph is folded all the same."""

_NUMBER, _TEXT = {"type": "number"}, {"type": "string"}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_PART = {"type": "object", "additionalProperties": True}
ANSWER: dict[str, Any] = {
    "type": "object",
    "required": ["at", "window_s", "graph_type", "totals", "gaps", "folded", "queries", "nodes", "edges"],
    "properties": {
        "at": {"type": "string", "format": "date-time"},
        "window_s": {"type": "integer"},
        "graph_type": _TEXT,
        "totals": {"type": "object", "additionalProperties": _NUMBER},
        "gaps": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message", "parameters"],
                "properties": {"message": _TEXT},
            },
        },
        "focus": {
            "type": "object",
            "required": ["key", "hops", "centre", "whole"],
            "description": "What it was narrowed to; absent where it was not. 0 hops: all.",
        },
        "folded": {"type": "object", "additionalProperties": {"type": "integer"}},
        "queries": {"type": "object", "additionalProperties": {"type": "array", "items": _TEXT}},
        "nodes": {
            "type": "array",
            "items": {**_PART, "required": ["key", "kind"], "properties": {"key": _TEXT, "kind": _TEXT}},
        },
        "edges": {
            "type": "array",
            "items": {
                **_PART,
                "required": ["source", "destination", "protocol"],
                "properties": {
                    **dict.fromkeys(("source", "destination", "protocol"), _TEXT),
                    **dict.fromkeys(("rate", "error_rate", "latency_ms", "latency_above_ms"), _NUMBER),
                    **dict.fromkeys(("error_ratio", "share", "mtls_share"), _SHARE),
                },
            },
        },
        "empty": {"type": "object", "description": "Why there is nothing; absent where there is something."},
    },
}

blueprint = Blueprint("graph", __name__, url_prefix="/api")


@blueprint.get("/graph")
@described(
    Described(
        parameters=(
            *VIEW,
            query_parameter("format", "The shape of the answer.", {"type": "string", "enum": list(FORMATS)}),
            query_parameter("mask", "1 for pseudonyms in the place of names.", {"type": "string"}),
        ),
        schema=ANSWER,
    )
)
def graph() -> Response:
    """The graph of a view, for programs."""
    context = current_context()
    mesh, view = context.mesh, view_from_query(request.args, _defaults())
    name = request.args.get("format", "json")
    if name not in FORMATS:
        raise InvalidRequest("format", f"{name[:80]!r} is not served", f"It takes {', '.join(FORMATS)}.")
    unknown = mesh.unknown_namespaces(view.namespaces, view.at)
    if unknown:
        raise UnknownNamespace(unknown[0])
    found = mesh.graph(view)
    is_masked = request.args.get("mask") == "1"
    if is_masked:
        found = masked_graph(found, context.mask)
    if name != "json":
        return tagged_reply(FORMATS[name].render(found), FORMATS[name].mimetype)
    if is_masked:
        return json_reply(orjson.dumps(render_document(found)))
    return json_reply(orjson.dumps(render_document(found) | _emptiness(mesh, view, found)))


def _defaults() -> View:
    return replace(current_context().defaults, budget=UNFOLDED, compare_s=0)


def _emptiness(mesh: MeshAnswers, view: View, found: nx.MultiDiGraph[str]) -> dict[str, Any]:
    """When a silent namespace was last seen, and the diagnosis of a view without traffic."""
    if found or GraphAttr.FOCUS in found.graph:
        return {}
    seen = mesh.last_seen_namespaces(view.namespaces, found.graph[GraphAttr.AT])
    last = {name: format_instant(at) for name, at in seen.items()}
    return {"empty": {"last_seen": last, "diagnosis": report_lines(mesh.examine(view))}}


blueprint.register_error_handler(Exception, problem_response)
