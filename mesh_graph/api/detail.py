"""JSON twins of the detail pages.

``GET /api/applications/<namespace>/<name>``, ``/api/workloads/…``, ``/api/services/…``: the subject at the
view's instant; 404 where nothing of the name was seen in a week. ``…/timeline``: how it fared, since when.
``…/pods``: its pods with what they use, and what the clusters declare of it. ``…/metrics``: its charts; takes
``direction``, ``group``, ``told`` and ``quantile`` besides. All take every parameter of a view, and
``cluster``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, Response, request

from mesh_graph.api.context import current_context
from mesh_graph.api.openapi import Described, described, query_parameter, view_parameters
from mesh_graph.api.problems import problem_response
from mesh_graph.api.schemas import (
    NAMED,
    NUMBER,
    NUMBER_OR_NONE,
    OBJECT,
    TEXT,
    TEXT_OR_NONE,
    YES_OR_NO,
    one_of,
    record,
    rows_of,
)
from mesh_graph.codec import view_from_query
from mesh_graph.detail.choice import Choice, Group, Told
from mesh_graph.detail.subject import subject_key
from mesh_graph.errors import InvalidRequest, UnknownNode
from mesh_graph.model import Direction, NodeKey, ResponseTime
from mesh_graph.views.addresses import LISTS
from mesh_graph.views.detail_json import detail_json, metrics_json, subject_json, timeline_json
from mesh_graph.views.pods_json import pods_json

__all__ = ["blueprint", "choice_of"]

blueprint = Blueprint("detail", __name__, url_prefix="/api")
_KINDS = {path.strip("/"): kind for kind, path in LISTS.items()}
_QUANTILES = {time.value: time.quantile for time in ResponseTime if time is not ResponseTime.NONE}

_TAKEN = (
    *view_parameters("window", "at", "span"),
    query_parameter("cluster", "It takes the name of a cluster; any unless given."),
)
_SUBJECT = {"kind": one_of("app", "workload", "service"), "namespace": TEXT, "name": TEXT, "cluster": TEXT}
_DETAIL = record(
    **_SUBJECT,
    at=NUMBER,
    window_s=NUMBER,
    clusters=rows_of(TEXT),
    health=record(status=TEXT, is_firm=YES_OR_NO, words=TEXT, reasons=rows_of(TEXT)),
    totals=OBJECT,
    inbound=rows_of(),
    outbound=rows_of(),
    versions=rows_of(),
    last_seen=NUMBER_OR_NONE,
    gaps=rows_of(),
)
_TIMELINE = record(times=rows_of(NUMBER), statuses=rows_of(TEXT), since={"type": ["object", "null"]})
_YES_NO_OR_NONE = {"type": ["boolean", "null"]}
_ROWS_OR_NONE = {"type": ["array", "null"], "items": OBJECT}
_CONTAINER = record(
    name=TEXT,
    image=TEXT_OR_NONE,
    is_ready=_YES_NO_OR_NONE,
    **dict.fromkeys(("cpu_cores", "cpu_request_cores", "cpu_limit_cores", "throttled_share"), NUMBER_OR_NONE),
    **dict.fromkeys(("memory_bytes", "memory_request_bytes", "memory_limit_bytes"), NUMBER_OR_NONE),
    knows_limits=YES_OR_NO,
    restarts=NUMBER_OR_NONE,
    restarted_in_window=NUMBER_OR_NONE,
    waiting=TEXT,
    last_reason=TEXT,
    last_exit_code=NUMBER_OR_NONE,
)
_POD = record(
    name=TEXT,
    workload=TEXT,
    cluster=TEXT,
    is_ready=_YES_NO_OR_NONE,
    reason=TEXT,
    unready_since=NUMBER_OR_NONE,
    restarts=NUMBER_OR_NONE,
    restarted_in_window=NUMBER_OR_NONE,
    started_at=NUMBER_OR_NONE,
    node=TEXT_OR_NONE,
    containers=rows_of(_CONTAINER),
)
_PODS = record(
    **_SUBJECT,
    at=NUMBER,
    window_s=NUMBER,
    is_now=YES_OR_NO,
    pods=rows_of(_POD),
    notes=rows_of(),
    gaps=rows_of(),
    workloads=_ROWS_OR_NONE,
    services=_ROWS_OR_NONE,
    config=_ROWS_OR_NONE,
)
_METRICS = record(
    **_SUBJECT,
    direction=one_of(*Direction),
    told=one_of(*Told),
    group=one_of(*Group),
    times=rows_of(NUMBER),
    step_s=NUMBER,
    window_s=NUMBER,
    panels=NAMED,
    absent=rows_of(TEXT),
    differences=rows_of(),
    places=rows_of(TEXT),
)
_CHOICE = (
    query_parameter("direction", "Which side is shown.", one_of(*Direction)),
    query_parameter("told", "Whose report is shown.", one_of(*Told)),
    query_parameter("group", "What a line stands for.", one_of(*Group)),
    query_parameter("quantile", "Of grouped response times.", one_of(*_QUANTILES)),
)


def choice_of(params: Mapping[str, Any]) -> Choice:
    """What the charts show, by the names in the URL.

    Raises
    ------
    InvalidRequest
        If one is not understood.
    """
    told: dict[str, Any] = {"direction": Direction, "told": Told, "group": Group}
    values: dict[str, Any] = {}
    for name, kind in told.items():
        if name in params:
            try:
                values[name] = kind(params[name])
            except ValueError:
                takes = ", ".join(member.value for member in kind)
                raise InvalidRequest(
                    name, f"{params[name]!r:.80} is not understood", f"It takes {takes}."
                ) from None
    quantile = params.get("quantile", "p95")
    if quantile not in _QUANTILES:
        raise InvalidRequest(
            "quantile", f"{quantile!r:.80} is not understood", f"It takes {', '.join(_QUANTILES)}."
        )
    return Choice(**values, quantile=_QUANTILES[quantile])


@blueprint.get("/<any(applications, workloads, services):kind>/<namespace>/<name>")
@described(Described(parameters=_TAKEN, schema=_DETAIL))
def detail(kind: str, namespace: str, name: str) -> Response:
    """The subject: how it fares, its peers, its versions."""
    subject = _subject(kind, namespace, name)
    found = current_context().mesh.detail(view_from_query(request.args, current_context().defaults), subject)
    if not found.is_known:
        raise UnknownNode(f"{name} in {namespace}")
    return _answer(detail_json(found))


@blueprint.get("/<any(applications, workloads, services):kind>/<namespace>/<name>/timeline")
@described(Described(parameters=_TAKEN, schema=_TIMELINE))
def timeline(kind: str, namespace: str, name: str) -> Response:
    """How the subject fared, and since when it fares as it does."""
    view = view_from_query(request.args, current_context().defaults)
    return _answer(timeline_json(current_context().mesh.timeline(view, _subject(kind, namespace, name))))


@blueprint.get("/<any(applications, workloads, services):kind>/<namespace>/<name>/pods")
@described(Described(parameters=_TAKEN, schema=_PODS))
def pods(kind: str, namespace: str, name: str) -> Response:
    """Its pods with what they use, and what the clusters declare of it: cores, bytes, shares of 1."""
    context, subject = current_context(), _subject(kind, namespace, name)
    found = context.mesh.pods(view_from_query(request.args, context.defaults), subject)
    intent = context.mesh.intent
    return _answer(subject_json(subject) | pods_json(found, intent.standing(subject) if intent else None))


@blueprint.get("/<any(applications, workloads, services):kind>/<namespace>/<name>/metrics")
@described(Described(parameters=(*_TAKEN, *_CHOICE), schema=_METRICS))
def metrics(kind: str, namespace: str, name: str) -> Response:
    """The subject's charts as numbers."""
    view = view_from_query(request.args, current_context().defaults)
    found = current_context().mesh.metrics(view, _subject(kind, namespace, name), choice_of(request.args))
    return _answer(metrics_json(found))


def _subject(kind: str, namespace: str, name: str) -> NodeKey:
    return subject_key(_KINDS[kind], namespace, name, request.args.get("cluster", ""))


def _answer(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), mimetype="application/json", headers={"Cache-Control": "no-cache"})


blueprint.register_error_handler(Exception, problem_response)
