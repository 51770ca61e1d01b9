"""``GET /api/overview``, ``/api/applications``, ``/api/workloads``, ``/api/services``: those pages as JSON.

They take the parameters of a view that mean anything here: ``namespaces``, ``window``, ``at``, ``compare``.
Rows are described in ``docs/overview.md``; every answer carries an ``ETag``.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from flask import Blueprint, Response, request

from mesh_graph.answers.changes import Change
from mesh_graph.answers.overview import Overview, TopRow, Totals
from mesh_graph.api.context import current_context
from mesh_graph.api.openapi import Described, described, view_parameters
from mesh_graph.api.problems import problem_response
from mesh_graph.api.replies import json_reply
from mesh_graph.api.schemas import NUMBER, OBJECT, TEXT, TEXT_OR_NONE, record, rows_of
from mesh_graph.codec import format_instant, view_from_query
from mesh_graph.model import NodeKey, NodeKind, View
from mesh_graph.topology.attributes import Gap
from mesh_graph.views.addresses import LISTS, Links
from mesh_graph.views.messages_overview import change_words
from mesh_graph.views.overview_rows import assessment_cells, namespace_row, object_row
from mesh_graph.views.words import gap_text

__all__ = ["blueprint"]

blueprint = Blueprint("overview", __name__, url_prefix="/api")

_TAKEN = view_parameters("namespaces", "window", "at", "compare")
_ABOUT = {"at": NUMBER, "at_text": TEXT, "window_s": NUMBER, "gaps": rows_of(TEXT)}
_OVERVIEW = record(
    **_ABOUT,
    totals=record(request_rate=NUMBER, error_rate=NUMBER, tcp_rate=NUMBER, namespaces=OBJECT),
    namespaces=rows_of(),
    steps=rows_of(NUMBER),
    top=record(error_ratio=rows_of(), p95_ms=rows_of(), request_rate=rows_of()),
    compared_with=TEXT_OR_NONE,
    changes=rows_of(record(message=TEXT, text=TEXT, subject=OBJECT)),
)


def _described_list(name: str) -> Described:
    return Described(parameters=_TAKEN, schema=record(**_ABOUT, **{name: rows_of()}))


def _asked() -> View:
    return view_from_query(request.args, current_context().defaults)


@blueprint.get("/overview")
@described(Described(parameters=_TAKEN, schema=_OVERVIEW))
def overview() -> Response:
    """How every namespace fares, the totals, the extremes, and what changed."""
    found = current_context().mesh.overview(_asked())
    links = Links(clusters=len({row.key.cluster for row in found.namespaces}))
    body = {
        **_about(found.view, found.gaps),
        "totals": _totals(found.totals),
        "namespaces": [namespace_row(row, links) for row in found.namespaces],
        "steps": found.steps,
        "top": _tops(found),
        "compared_with": None if found.earlier_at is None else format_instant(found.earlier_at),
        "changes": [_change(change) for change in found.changes],
    }
    return json_reply(orjson.dumps(body))


def _list(kind: NodeKind) -> Response:
    found = current_context().mesh.inventory(_asked(), kind)
    links = Links(clusters=len({row.key.cluster for row in found.rows}))
    rows = [object_row(row, links) for row in found.rows]
    return json_reply(orjson.dumps({**_about(found.view, found.gaps), LISTS[kind].strip("/"): rows}))


@blueprint.get("/applications")
@described(_described_list("applications"))
def applications() -> Response:
    """All applications."""
    return _list(NodeKind.APP)


@blueprint.get("/workloads")
@described(_described_list("workloads"))
def workloads() -> Response:
    """All workloads."""
    return _list(NodeKind.WORKLOAD)


@blueprint.get("/services")
@described(_described_list("services"))
def services() -> Response:
    """All services, hosts outside the mesh among them."""
    return _list(NodeKind.SERVICE)


def _about(view: View, gaps: tuple[Gap, ...]) -> dict[str, Any]:
    return {
        "at": view.at,
        "at_text": format_instant(view.at or 0.0),
        "window_s": view.window_s,
        "gaps": [gap_text(gap) for gap in gaps],
    }


def _totals(totals: Totals) -> dict[str, Any]:
    return {
        "request_rate": totals.request_rate,
        "error_rate": totals.error_rate,
        "tcp_rate": totals.tcp_rate,
        "namespaces": {status.value: count for status, count in totals.statuses.items()},
        **{
            LISTS[kind].strip("/"): {status.value: count for status, count in counted.items()}
            for kind, counted in totals.objects.items()
        },
    }


def _tops(found: Overview) -> dict[str, Any]:
    return {
        "error_ratio": [_top(row) for row in found.top_errors],
        "p95_ms": [_top(row) for row in found.top_latency],
        "request_rate": [_top(row) for row in found.top_rate],
    }


def _top(row: TopRow) -> dict[str, Any]:
    return {**_key(row.key), "value": row.value, **assessment_cells(row.assessment, row.key)}


def _key(key: NodeKey) -> dict[str, Any]:
    return {name: value for name, value in asdict(key).items() if value}


def _change(change: Change) -> dict[str, Any]:
    return {
        "message": change.message,
        "text": change_words(change),
        "subject": _key(change.subject),
        "peer": None if change.peer is None else _key(change.peer),
        "version": change.version,
        "before": change.before,
        "after": change.after,
        "rate": change.rate,
    }


blueprint.register_error_handler(Exception, problem_response)
