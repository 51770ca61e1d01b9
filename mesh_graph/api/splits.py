"""``GET /api/splits``, ``/api/splits/<ns>/<name>``, and what roll-out controllers ask.

All take ``at``, ``window``, ``namespaces``, and ``anchor``: since when to count, an instant or a duration.

Argo Rollouts' web metric asks ``GET /api/splits/<ns>/<name>`` and reads ``{$.answer}``. Flagger's webhooks
ask ``POST /api/splits/<ns>/<name>/flagger/<type>``; 200 lets it go on, 409 does not.
"""

from __future__ import annotations

from dataclasses import replace

import orjson
from flask import Blueprint, Response, request

from mesh_graph.api.context import Context, current_context
from mesh_graph.api.openapi import Described, described, query_parameter, view_parameters
from mesh_graph.api.problems import problem_response
from mesh_graph.api.replies import json_reply
from mesh_graph.api.schemas import NUMBER_OR_NONE, OBJECT, TEXT, TEXT_OR_NONE, one_of, record, rows_of
from mesh_graph.codec import view_from_query
from mesh_graph.errors import InvalidRequest
from mesh_graph.model import View
from mesh_graph.views.split_json import split_detail_document, split_document, splits_document

__all__ = ["SPLIT_WINDOW_S", "blueprint", "split_defaults"]

SPLIT_WINDOW_S = 3600
"""Splits are counted over an hour where nothing better is known."""
GO, STOP = 200, 409

_GOES_ON: dict[str, frozenset[str]] = {
    "rollout": frozenset({"promote", "wait", "hold"}),
    "confirm-promotion": frozenset({"promote"}),
    "rollback": frozenset({"roll-back"}),
}
"""By type of Flagger's webhook: the answers at which it gets 200."""

blueprint = Blueprint("splits", __name__, url_prefix="/api/splits")

_TAKEN = (
    *view_parameters("namespaces", "window", "at"),
    query_parameter("anchor", "It takes an instant or a duration: since when requests are counted."),
)
_SPLIT = {
    "namespace": TEXT,
    "service": TEXT,
    "verdict": one_of("promote", "roll-back", "wait", "hold"),
    "answer": one_of("promote", "roll-back", "wait", "hold", "cannot-say"),
    "reasons": rows_of(),
    "counted": one_of("requests", "connections"),
    "baseline": TEXT_OR_NONE,
    "canaries": rows_of(TEXT),
    "anchor": record(at=TEXT, kind=TEXT),
    "at": TEXT,
    "route": TEXT_OR_NONE,
    "objective_ms": NUMBER_OR_NONE,
    "shares": rows_of(),
    "versions": rows_of(),
    "candidates": rows_of(),
    "unattributed": OBJECT,
    "remarks": rows_of(),
}
_LIST = Described(parameters=_TAKEN, schema=record(at=TEXT, splits=rows_of(record(**_SPLIT))))
_IN_FULL = Described(
    parameters=_TAKEN,
    schema=record(
        **_SPLIT,
        history=rows_of(),
        distributions=rows_of(),
        downstream=rows_of(),
        gaps=rows_of(),
        queries=rows_of(TEXT),
    ),
)
_ANSWER = record(answer=_SPLIT["answer"], reasons=rows_of())
_HOOK = Described(
    parameters=_TAKEN,
    schema=_ANSWER,
    answers={GO: "It may go on.", STOP: "It may not go on."},
)


def split_defaults(context: Context) -> View:
    """What a request for splits does not name."""
    return replace(context.defaults, window_s=SPLIT_WINDOW_S)


def _view(context: Context) -> View:
    return view_from_query(request.args, split_defaults(context))


def _since() -> str:
    return request.args.get("anchor", "")


@blueprint.get("")
@described(_LIST)
def splits() -> Response:
    """Every split of a view, the gravest first."""
    context = current_context()
    view = _view(context)
    found = context.mesh.splits(view, _since())
    at = found[0].judgement.at if found else view.at or context.mesh.now()
    return json_reply(orjson.dumps(splits_document(found, at)))


@blueprint.get("/<namespace>/<name>")
@described(_IN_FULL)
def split(namespace: str, name: str) -> Response:
    """One split in full."""
    context = current_context()
    detail = context.mesh.split(_view(context), f"{namespace}/{name}", _since())
    return json_reply(orjson.dumps(split_detail_document(detail)))


@blueprint.post("/<namespace>/<name>/flagger/<hook>")
@described(_HOOK)
def flagger(namespace: str, name: str, hook: str) -> Response:
    """The answer to a webhook of Flagger: whether it may go on."""
    if hook not in _GOES_ON:
        raise InvalidRequest("hook", f"{hook[:40]!r} is unknown", f"It takes {', '.join(_GOES_ON)}.")
    context = current_context()
    found = context.mesh.split(_view(context), f"{namespace}/{name}", _since()).split
    document = split_document(found)
    return Response(
        orjson.dumps({"answer": document["answer"], "reasons": document["reasons"]}),
        status=GO if document["answer"] in _GOES_ON[hook] else STOP,
        mimetype="application/json",
    )


blueprint.register_error_handler(Exception, problem_response)
