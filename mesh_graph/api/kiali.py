"""Kiali's graph API: ``/api/namespaces/graph`` and the graphs of one node, for its clients.

    GET /api/namespaces/graph?namespaces=a,b
    GET /api/namespaces/<namespace>/workloads/<workload>/graph
    GET /api/namespaces/<namespace>/applications/<app>/graph
    GET /api/namespaces/<namespace>/applications/<app>/versions/<version>/graph
    GET /api/namespaces/<namespace>/services/<service>/graph

Parameters, defaults, JSON and errors are Kiali's; docs/kiali-api.md lists where we differ on purpose. What
was asked for and could not be had is told in ``unavailable``, what the source warned of in ``warnings``.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import orjson
from flask import Blueprint, Response, request

from mesh_graph.answers.kiali import KialiGraph
from mesh_graph.api.context import current_context
from mesh_graph.api.kiali_parameters import PARAMETERS, UNAVAILABLE, asked_appenders, read_options
from mesh_graph.api.openapi import Described, Schema, described, query_parameter
from mesh_graph.api.problems import problem
from mesh_graph.api.replies import json_reply
from mesh_graph.errors import InvalidRequest, SourceError, SourceTimeout
from mesh_graph.kiali.options import Appender, Target

__all__ = ["blueprint"]

_LOG = logging.getLogger(__name__)

_APPENDERS = ", ".join(sorted({*Appender, *UNAVAILABLE}))
_COMMON: tuple[Schema, ...] = (
    *(query_parameter(name, f"It takes {takes}.") for name, (_, _, takes) in PARAMETERS.items()),
    query_parameter("appenders", f"It takes {_APPENDERS}, separated by commas; empty is none."),
)
_ELEMENTS = {"type": "array", "items": {"type": "object", "required": ["data"]}}
_ABOUT = Described(
    parameters=(
        query_parameter("namespaces", "It takes names separated by commas.", required=True),
        *_COMMON,
    ),
    schema={
        "type": "object",
        "required": ["timestamp", "duration", "graphType", "elements"],
        "properties": {
            "timestamp": {"type": "integer"},
            "duration": {"type": "integer"},
            "graphType": {"type": "string"},
            "elements": {
                "type": "object",
                "required": ["nodes", "edges"],
                "properties": {"nodes": _ELEMENTS, "edges": _ELEMENTS},
            },
            "unavailable": {"type": "array"},
            "warnings": {"type": "array"},
        },
    },
    errors={
        400: "A parameter is wrong.",
        403: "The namespace is not known.",
        500: "Something went wrong here.",
        503: "The source could not answer.",
        504: "The source did not answer in time.",
    },
    problems="application/json",
)
_ABOUT_NODE = replace(
    _ABOUT, parameters=(*_COMMON, query_parameter("clusterName", "It takes the name of a cluster."))
)

blueprint = Blueprint("kiali", __name__, url_prefix="/api/namespaces")


@blueprint.get("/graph")
@described(_ABOUT)
def namespaces() -> Response:
    """The graph of the namespaces named by ``namespaces``."""
    return _answer(None)


@blueprint.get("/<namespace>/workloads/<workload>/graph")
@described(_ABOUT_NODE)
def of_workload(namespace: str, workload: str) -> Response:
    """Callers and callees of a workload."""
    return _answer(Target(namespace, workload=workload, cluster=_cluster()))


@blueprint.get("/<namespace>/applications/<app>/graph")
@blueprint.get("/<namespace>/applications/<app>/versions/<version>/graph")
@described(_ABOUT_NODE)
def of_app(namespace: str, app: str, version: str = "") -> Response:
    """Callers and callees of an app, or of one version of it."""
    # In a graph of apps a version is part of its app, as in Kiali.
    is_versioned = request.args.get("graphType") == "versionedApp"
    return _answer(Target(namespace, app=app, version=version * is_versioned, cluster=_cluster()))


@blueprint.get("/<namespace>/services/<service>/graph")
@described(_ABOUT_NODE)
def of_service(namespace: str, service: str) -> Response:
    """Callers of a service, and the workloads behind it."""
    return _answer(Target(namespace, service=service, cluster=_cluster()))


def _cluster() -> str:
    name = request.args.get("clusterName", "")
    return "" if name == "unknown" else name


def _answer(target: Target | None) -> Response:
    mesh = current_context().mesh
    options = read_options(request.args, target)
    for namespace in mesh.unknown_namespaces(options.namespaces, options.at):
        return _error(f"Requested namespace [{namespace}] is not accessible.", 403)
    return json_reply(orjson.dumps(_body(mesh.kiali_graph(options))))


def _body(graph: KialiGraph) -> dict[str, Any]:
    _, missing = asked_appenders(request.args)
    reasons = {name: UNAVAILABLE[name] for name in missing} | {str(k): v for k, v in graph.failed.items()}
    body = dict(graph.document)
    if reasons:
        body["unavailable"] = [{"appender": name, "reason": reason} for name, reason in reasons.items()]
    if graph.gaps:
        body["warnings"] = [dict(gap.parameters) for gap in graph.gaps]
    return body


def _error(text: str, status: int, detail: str = "") -> Response:
    body = {"error": text} | ({"detail": detail} if detail else {})
    return Response(orjson.dumps(body), status=status, mimetype="application/json")


def _on_error(error: Exception) -> Response:
    """An error in Kiali's shape; one that was not raised on purpose is logged and tells nothing of itself."""
    if isinstance(error, InvalidRequest):
        return _error(f"{error.problem}.", 400, error.advice)
    if isinstance(error, SourceError):
        return _error(error.problem, 504 if isinstance(error, SourceTimeout) else 503, error.advice)
    _LOG.error("An answer failed by accident.", exc_info=error)
    return _error(problem(error)["detail"], 500)


blueprint.register_error_handler(Exception, _on_error)
