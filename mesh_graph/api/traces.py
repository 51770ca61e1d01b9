"""``GET /api/traces``, ``/api/traces/<id>``, and what many traces say together.

    /api/traces                 what is found, with the spread of durations and the part that is sampled
    /api/traces/<id>            one trace in full
    /api/traces/critical-path   whose time it is: shares of p50, p95 and p99, and what half would save
    /api/traces/dependencies    who calls whom, by traces beside metrics
    /api/traces/audit           where traces fall apart, and which service drops headers
    /api/traces/services        names of services, or with ``service`` of its operations

All look back ``span`` from ``at``; those that find take the parameters of ``trace_ask``. Answers are
described in ``docs/traces.md``.
"""

from __future__ import annotations

import orjson
from flask import Blueprint, Response, request

from mesh_graph.answers.trace_list import TraceAsk
from mesh_graph.api.context import current_context
from mesh_graph.api.openapi import Described, described, query_parameter, view_parameters
from mesh_graph.api.problems import problem_response
from mesh_graph.api.replies import json_reply
from mesh_graph.api.schemas import (
    NUMBER,
    OBJECT,
    TEXT,
    YES_OR_NO,
    record,
    rows_of,
)
from mesh_graph.api.trace_ask import DESCRIBED, ask_of
from mesh_graph.api.trace_pages import tracing_of_mesh
from mesh_graph.codec import view_from_query
from mesh_graph.model import View
from mesh_graph.views.trace_json import (
    audit_document,
    dependencies_document,
    found_document,
    paths_document,
    trace_document,
)

__all__ = ["blueprint"]

blueprint = Blueprint("traces", __name__, url_prefix="/api/traces")


_OBJECT_OR_NONE = {"type": ["object", "null"]}
_TIME = view_parameters("at", "span")
_ABOUT = {"at": NUMBER, "at_text": TEXT, "span_s": NUMBER, "gaps": rows_of(TEXT), "is_complete": YES_OR_NO}
_SUMMARY = {
    "trace_id": TEXT,
    "root_service": TEXT,
    "root_name": TEXT,
    "start_us": NUMBER,
    "duration_us": NUMBER,
    "spans": NUMBER,
    "errors": NUMBER,
    "services": rows_of(record(service=TEXT, spans=NUMBER)),
}
_FOUND = record(
    **_ABOUT,
    complete_since=NUMBER,
    looked_at={"type": ["integer", "null"]},
    sampled=_OBJECT_OR_NONE,
    quantiles=rows_of(record(quantile=NUMBER, duration_us=NUMBER)),
    histogram=rows_of(record(low_us=NUMBER, high_us=NUMBER, traces=NUMBER, with_errors=NUMBER)),
    traces=rows_of(record(**_SUMMARY)),
)
_TRACE = record(
    **_SUMMARY,
    timeline_us=NUMBER,
    rows=rows_of(record(span_id=TEXT, parent=NUMBER, depth=NUMBER, offset_us=NUMBER, self_us=NUMBER)),
    critical_path=rows_of(record(row=NUMBER, start_us=NUMBER, end_us=NUMBER)),
    problems=rows_of(record(message=TEXT, span_id=TEXT, parameters=OBJECT)),
    gaps=rows_of(TEXT),
)
_PATHS = record(
    **_ABOUT,
    traces=NUMBER,
    left_out=NUMBER,
    quantiles=rows_of(record(quantile=NUMBER, duration_us=NUMBER, traces=NUMBER)),
    owners=rows_of(record(service=TEXT, operation=TEXT, traces=NUMBER, quantiles=rows_of())),
)
_DEPENDENCIES = record(
    **_ABOUT, traces=NUMBER, dependencies=rows_of(record(source=TEXT, destination=TEXT, calls=NUMBER))
)
_AUDIT = record(
    **_ABOUT,
    traces=NUMBER,
    spans=NUMBER,
    sampled=_OBJECT_OR_NONE,
    declared_sampling=rows_of(record(cluster=TEXT, namespace=TEXT, percent=NUMBER, origin=TEXT)),
    services=rows_of(record(service=TEXT, propagation=TEXT, joined=NUMBER, unjoined=NUMBER)),
    unseen_edges=rows_of(record(source=TEXT, destination=TEXT, rate=NUMBER)),
    short_ids=NUMBER,
    long_ids=NUMBER,
    cut_ids=rows_of(),
)
_NAMES = record(services=rows_of(TEXT), operations=rows_of(TEXT))


def _asked() -> tuple[View, TraceAsk]:
    return _view(), ask_of(request.args)


def _view() -> View:
    return view_from_query(request.args, current_context().defaults)


@blueprint.get("")
@described(Described(parameters=(*_TIME, *DESCRIBED), schema=_FOUND))
def found() -> Response:
    """Traces with one span that has all that is asked for, the newest first."""
    return json_reply(orjson.dumps(found_document(tracing_of_mesh().find(*_asked()))))


@blueprint.get("/critical-path")
@described(Described(parameters=(*_TIME, *DESCRIBED), schema=_PATHS))
def critical_path() -> Response:
    """Which service and operation own how much of p50, p95 and p99 of the route that is asked for."""
    return json_reply(orjson.dumps(paths_document(tracing_of_mesh().paths(*_asked()))))


@blueprint.get("/dependencies")
@described(Described(parameters=(*_TIME, *DESCRIBED), schema=_DEPENDENCIES))
def dependencies() -> Response:
    """Who calls whom in the traces found, beside what the mesh counts."""
    return json_reply(orjson.dumps(dependencies_document(tracing_of_mesh().dependencies(*_asked()))))


@blueprint.get("/audit")
@described(Described(parameters=_TIME, schema=_AUDIT))
def audit() -> Response:
    """Where traces fall apart: which service drops the headers of its caller's trace, and the evidence."""
    return json_reply(orjson.dumps(audit_document(tracing_of_mesh().audit(_view()))))


@blueprint.get("/services")
@described(
    Described(
        parameters=(query_parameter("service", "Whose operations are wanted; none unless given."),),
        schema=_NAMES,
    )
)
def services() -> Response:
    """Names of the services that report spans, and of the operations of one."""
    tracing, service = tracing_of_mesh(), request.args.get("service", "")
    operations = tracing.operations(service) if service else ()
    return json_reply(orjson.dumps({"services": tracing.services(), "operations": operations}))


@blueprint.get("/<trace_id>")
@described(Described(parameters=(), schema=_TRACE))
def trace(trace_id: str) -> Response:
    """One trace in full: its spans as the rows of a tree, its critical path, what is wrong with it."""
    return json_reply(orjson.dumps(trace_document(tracing_of_mesh().trace(trace_id))))


blueprint.register_error_handler(Exception, problem_response)
