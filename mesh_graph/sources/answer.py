"""Answers of the query API: decoded once, with what prometheus-api-client would drop of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
import requests

from mesh_graph.sources.uncollected import uncollected

__all__ = ["Answer", "AnswerInvalid", "Status", "WholeResponse"]


class AnswerInvalid(requests.RequestException):
    """An answer that is not the API's; the message says why, as a clause after "the answer"."""


class Status(requests.HTTPError):
    """An answer other than success.

    Attributes
    ----------
    code : int
        HTTP status; 200 for an error in an answer that says 200.
    kind, reason : str
        ``errorType`` and ``error`` of the API's own error; empty if somebody else answered.
    location : str
        Where a redirect leads.
    """

    def __init__(self, code: int, kind: str = "", reason: str = "", location: str = "") -> None:
        super().__init__(f"status {code}")
        self.code = code
        self.kind = kind
        self.reason = reason
        self.location = location


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of an answer, as the API sent them, and what prometheus-api-client drops.

    Attributes
    ----------
    kind : str
        ``vector``, ``matrix``, ``scalar`` …; ``values`` for a list of label values.
    rows : list
    warnings : tuple of str
    received_bytes : int
        After decompression.
    clock_offset_s : float or None
        The server's clock less ours, to about half a second; None if it did not tell.
    """

    kind: str
    rows: list[Any]
    warnings: tuple[str, ...]
    received_bytes: int
    clock_offset_s: float | None


class WholeResponse(requests.Response):
    """A response that was read whole; its JSON holds an ``Answer`` in the place of the rows.

    Attributes
    ----------
    body : bytes
        Decompressed.
    clock_offset_s : float or None
    """

    body: bytes
    clock_offset_s: float | None

    @property
    def content(self) -> bytes:
        """The body."""
        return self.body

    @property
    def api_error(self) -> dict[str, Any] | None:
        """The API's own words if it answered with an error; None if somebody else did."""
        try:
            reply = _decode(self.body)
        except AnswerInvalid:
            return None
        return reply if reply.get("status") == "error" else None

    def raise_for_status(self) -> None:
        """Raise ``Status`` for anything but 200; redirects too, they lead to login pages."""
        if self.status_code != 200:
            raise self._status(self.api_error or {})

    def json(self, **_: Any) -> dict[str, Any]:
        """What prometheus-api-client takes its result from."""
        reply = _decode(self.body)
        if reply.get("status") != "success":
            raise self._status(reply)
        data = reply.get("data")
        if isinstance(data, list):
            return {"data": self._answer("values", data, reply)}
        if isinstance(data, dict) and isinstance(data.get("result"), list):
            return {"data": {"result": self._answer(str(data.get("resultType")), data["result"], reply)}}
        raise AnswerInvalid("has no result")

    def _answer(self, kind: str, rows: list[Any], reply: dict[str, Any]) -> Answer:
        said = [reply.get(key) or () for key in ("warnings", "infos")]
        warnings = tuple(str(text) for texts in said if isinstance(texts, list) for text in texts)
        return Answer(kind, rows, warnings, len(self.body), self.clock_offset_s)

    def _status(self, reply: dict[str, Any]) -> Status:
        kind, reason = (str(reply.get(key) or "") for key in ("errorType", "error"))
        return Status(self.status_code, kind, reason, self.headers.get("Location", ""))


def _decode(body: bytes) -> dict[str, Any]:
    try:
        with uncollected():
            reply = orjson.loads(body)
    except orjson.JSONDecodeError:
        start = body[:200].lstrip()
        if start.startswith(b"<"):
            raise AnswerInvalid("is HTML, not JSON") from None
        raise AnswerInvalid("is not JSON" if start[:1] not in (b"{", b"[") else "is broken JSON") from None
    if not isinstance(reply, dict):
        raise AnswerInvalid("is JSON of another shape")
    return reply
