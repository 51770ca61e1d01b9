"""JSON as servers and files write it: one document, or several, a line each."""

from __future__ import annotations

from typing import Any

import orjson

from mesh_graph.sources.answer import AnswerInvalid
from mesh_graph.sources.uncollected import uncollected

__all__ = ["decode_json"]

_TOO_DEEP = ("depth", "recursion")


def decode_json(body: bytes) -> Any:
    """The document; of several, one a line, the list of them.

    Raises
    ------
    AnswerInvalid
        If it is none.
    """
    with uncollected():
        return _decoded(body)


def _decoded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        problem = error
    lines = body.split(b"\n")
    try:
        return (
            [orjson.loads(line) for line in lines if line.strip()]
            if len(lines) > 1
            else _refuse(body, problem)
        )
    except orjson.JSONDecodeError:
        return _refuse(body, problem)


def _refuse(body: bytes, problem: orjson.JSONDecodeError) -> Any:
    start = body[:200].lstrip().removeprefix(b"\xef\xbb\xbf")
    if any(word in str(problem).lower() for word in _TOO_DEEP):
        raise AnswerInvalid("is nested too deeply") from None
    if start.startswith(b"<"):
        raise AnswerInvalid("is HTML, not JSON") from None
    raise AnswerInvalid("is broken JSON" if start[:1] in (b"{", b"[") else "is not JSON") from None
