"""An error → one JSON body (RFC 9457, ``application/problem+json``) and its HTTP status.

type       text   stable name of the kind of error
title      text   what happened, in a few words
status     number
detail     text   what happened, as a sentence
advice     text   what to try, or ""
parameter  text   on ``invalid-request``: which parameter
position, length  number   on an expression that cannot be read: where, characters from 0
source     text   on source errors: who was asked
request    text   on source errors: what was asked
"""

from __future__ import annotations

import logging
from typing import Any

import orjson
from flask import Response

from mesh_graph.access.refusals import NotAllowed, NotSignedIn, SignInUnavailable, TooManyAttempts
from mesh_graph.errors import (
    InvalidExpression,
    InvalidRequest,
    LogsOff,
    MeshGraphError,
    NothingDeclared,
    NothingTraced,
    NotRecorded,
    QueryRejected,
    SourceError,
    SourceRefused,
    SourceReplyInvalid,
    SourceTimeout,
    SourceUnreachable,
    TooMuchData,
    UnknownNamespace,
    UnknownNode,
    UnknownObject,
    UnknownTrace,
)
from mesh_graph.views.words import say

__all__ = ["plain_problem", "problem", "problem_response", "status_of"]

_LOG = logging.getLogger(__name__)

_STATUS: dict[type, int] = {
    InvalidRequest: 400,
    NotSignedIn: 401,
    NotAllowed: 403,
    TooManyAttempts: 429,
    SignInUnavailable: 503,
    LogsOff: 403,
    UnknownNode: 404,
    UnknownNamespace: 404,
    UnknownTrace: 404,
    UnknownObject: 404,
    NothingDeclared: 404,
    NothingTraced: 404,
    SourceUnreachable: 502,
    SourceTimeout: 504,
    SourceRefused: 502,
    QueryRejected: 502,
    NotRecorded: 404,
    TooMuchData: 502,
    SourceReplyInvalid: 502,
}


def status_of(error: MeshGraphError) -> int:
    """HTTP status of an error that was raised on purpose."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)


def problem(error: Exception) -> dict[str, Any]:
    """Body of an error; one that was not raised on purpose tells nothing of its text."""
    if not isinstance(error, MeshGraphError):
        return _body("internal", 500, say("problem.internal"))
    status = status_of(error)
    if isinstance(error, InvalidRequest):
        sentence = f"{error.parameter}: {error.problem}."
        body = _body(error.kind, status, sentence, error.advice) | {"parameter": error.parameter}
        if isinstance(error, InvalidExpression):
            body |= {"position": error.position, "length": error.length}
        return body
    if isinstance(error, SourceError):
        body = _body(error.kind, status, error.problem, error.advice)
        return body | {"source": error.source, "request": error.request}
    if isinstance(error, LogsOff):
        why = f"logs-off.{error.reason}"
        return _body(error.kind, status, say(why), say(f"{why}.advice"))
    return _body(error.kind, status, str(error))


def _body(kind: str, status: int, detail: str, advice: str = "") -> dict[str, Any]:
    return {"type": kind, "title": say(f"error.{kind}"), "status": status, "detail": detail, "advice": advice}


def problem_response(error: Exception) -> Response:
    """The error as a Flask response; one that was not raised on purpose is logged with its traceback."""
    if not isinstance(error, MeshGraphError):
        _LOG.error("An answer failed by accident.", exc_info=error)
    body = problem(error)
    return Response(orjson.dumps(body), status=body["status"], mimetype="application/problem+json")


def plain_problem(kind: str, status: int) -> Response:
    """A problem that is no exception: a refused host or origin, an unknown address."""
    body = _body(kind, status, say(f"problem.{kind}"))
    return Response(orjson.dumps(body), status=status, mimetype="application/problem+json")
