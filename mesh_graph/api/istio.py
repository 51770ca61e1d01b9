"""JSON twins of the configuration's pages.

``GET /api/istio``: every object with its findings; ``/api/istio/<namespace>/<kind>/<name>``: one in full;
``/api/mtls``: declared and observed mutual TLS. Without a cluster they are 404 and say so.
"""

from __future__ import annotations

import orjson
from flask import Blueprint, Response, request

from mesh_graph.answers.intent_objects import ObjectStatus
from mesh_graph.api.context import current_context
from mesh_graph.api.openapi import Described, described, query_parameter, view_parameters
from mesh_graph.api.problems import problem_response
from mesh_graph.api.replies import json_reply
from mesh_graph.api.schemas import (
    NAMED,
    NUMBER,
    NUMBER_OR_NONE,
    OBJECT,
    TEXT,
    TEXT_OR_NONE,
    YES_OR_NO,
    Schema,
    one_of,
    record,
    rows_of,
)
from mesh_graph.codec import view_from_query
from mesh_graph.errors import NothingDeclared, UnknownObject
from mesh_graph.intent import Intent
from mesh_graph.model import View
from mesh_graph.scope import NOTHING, Right
from mesh_graph.views.istio_json import mtls_json, object_json, objects_json
from mesh_graph.views.messages_config import MESSAGES
from mesh_graph.views.words import fill

__all__ = ["blueprint", "intent_of_mesh", "nothing_declared"]

blueprint = Blueprint("istio", __name__, url_prefix="/api")

_TAKEN = view_parameters("namespaces", "window", "at")
_ONE: dict[str, Schema] = {
    "cluster": TEXT,
    "kind": TEXT,
    "namespace": TEXT,
    "name": TEXT,
    "status": one_of(*ObjectStatus),
    "findings": rows_of(record(code=TEXT, severity=TEXT, path=TEXT, message=TEXT)),
    "changed_at": TEXT_OR_NONE,
    "href": TEXT,
}
_OBSERVED = record(mtls_share=NUMBER_OR_NONE, mutual_rate=NUMBER, known_rate=NUMBER, plain_rate=NUMBER)
_MODE = record(mode=TEXT, by=TEXT_OR_NONE)
_LIST = Described(
    parameters=_TAKEN,
    schema=record(
        confirmed_at=TEXT,
        counts=record(**{status.value: NUMBER for status in ObjectStatus}),
        objects=rows_of(record(**_ONE)),
        gaps=rows_of(TEXT),
        control_planes=rows_of(
            record(
                cluster=TEXT,
                revision=TEXT,
                tags=rows_of(TEXT),
                version=TEXT_OR_NONE,
                is_running=YES_OR_NO,
                has_settings=YES_OR_NO,
                namespaces=rows_of(TEXT),
                outbound_policy=TEXT,
                auto_mtls=YES_OR_NO,
                trust_domain=TEXT,
                sampling_percent=NUMBER,
            )
        ),
        not_checked=rows_of(record(code=TEXT, unknown_kinds=rows_of(TEXT))),
    ),
)
_OBJECT = Described(
    parameters=(*_TAKEN, query_parameter("cluster", "It takes the name of a cluster.")),
    schema=record(
        **_ONE,
        document=OBJECT,
        yaml=TEXT,
        is_masked=YES_OR_NO,
        refers_to=rows_of(record(kind=TEXT, namespace=TEXT, name=TEXT, path=TEXT, exists=YES_OR_NO)),
        referred_by=rows_of(record(kind=TEXT, namespace=TEXT, name=TEXT, path=TEXT)),
    ),
)
_MTLS = Described(
    parameters=_TAKEN,
    schema=record(
        at=NUMBER,
        window_s=NUMBER,
        mesh=NAMED,
        namespaces=rows_of(
            record(
                cluster=TEXT,
                namespace=TEXT,
                declared=_MODE,
                exceptions=rows_of(TEXT),
                requests=_OBSERVED,
                tcp=_OBSERVED,
                verdict=TEXT_OR_NONE,
            )
        ),
        plain=rows_of(record(source=TEXT, destination=TEXT, protocol=TEXT, declared=_MODE)),
        gaps=rows_of(TEXT),
    ),
)


def intent_of_mesh() -> Intent:
    """What the clusters declare.

    Raises
    ------
    NothingDeclared
        If no cluster is connected, or whoever asks may not see what it declares.
    """
    intent = current_context().mesh.intent
    if intent is None:
        raise NothingDeclared(" ".join(nothing_declared()))
    return intent


def nothing_declared() -> tuple[str, str]:
    """Why there is no configuration to show to whoever asks, and what is to be done."""
    has_right = current_context().scope.having(Right.CONFIG) != NOTHING
    why = "config.no-cluster" if has_right else "config.no-right"
    return MESSAGES[why], MESSAGES[f"{why}.advice"]


def _asked() -> View:
    return view_from_query(request.args, current_context().defaults)


@blueprint.get("/istio")
@described(_LIST)
def objects() -> Response:
    """Every configuration object with what the checks say of it, worst first."""
    return json_reply(orjson.dumps(objects_json(intent_of_mesh().objects(_asked()))))


@blueprint.get("/istio/<namespace>/<kind>/<name>")
@described(_OBJECT)
def one_object(namespace: str, kind: str, name: str) -> Response:
    """One configuration object in full: document, findings with patches, references."""
    found = intent_of_mesh().object(_asked(), kind, namespace, name, cluster=request.args.get("cluster", ""))
    if found is None:
        values = {"kind": kind[:80], "namespace": namespace[:80], "name": name[:80]}
        raise UnknownObject(fill(MESSAGES["config.gone"], values))
    return json_reply(orjson.dumps(object_json(found)))


@blueprint.get("/mtls")
@described(_MTLS)
def mtls() -> Response:
    """Per namespace the declared mode of mutual TLS beside the observed share; the plain-text edges."""
    return json_reply(orjson.dumps(mtls_json(intent_of_mesh().mtls(_asked()))))


blueprint.register_error_handler(Exception, problem_response)
