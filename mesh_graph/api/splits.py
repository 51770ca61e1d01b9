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
from mesh_graph.api.problems import problem_response
from mesh_graph.api.replies import json_reply
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


def split_defaults(context: Context) -> View:
    """What a request for splits does not name."""
    return replace(context.defaults, window_s=SPLIT_WINDOW_S)


def _view(context: Context) -> View:
    return view_from_query(request.args, split_defaults(context))


def _since() -> str:
    return request.args.get("anchor", "")


@blueprint.get("")
def splits() -> Response:
    """Every split of a view, the gravest first."""
    context = current_context()
    view = _view(context)
    found = context.mesh.splits(view, _since())
    at = found[0].judgement.at if found else view.at or context.mesh.now()
    return json_reply(orjson.dumps(splits_document(found, at)))


@blueprint.get("/<namespace>/<name>")
def split(namespace: str, name: str) -> Response:
    """One split in full."""
    context = current_context()
    detail = context.mesh.split(_view(context), f"{namespace}/{name}", _since())
    return json_reply(orjson.dumps(split_detail_document(detail)))


@blueprint.post("/<namespace>/<name>/flagger/<hook>")
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
