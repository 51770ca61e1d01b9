"""A line of Envoy's access log in Istio's default format, as text or JSON → its fields.

Source: Istio's ``meshConfig.accessLogFormat`` ("Envoy Access Logs", istio.io) since 1.8. A user agent may
hold quotes, which Envoy's text does not escape: what stands around it is read from both ends of the line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from mesh_graph.logs.model import Access

__all__ = ["access_of"]

_HEAD = re.compile(
    r"""\[[^\]\s]{10,40}\]\x20
    "(?P<method>\S+)\x20(?P<path>\S*)\x20(?P<protocol>\S+)"\x20
    (?P<code>\d{1,3}|-)\x20(?P<flags>[A-Za-z,]+|-)\x20(?P<details>\S+)\x20(?P<termination>.{1,400}?)\x20
    "(?P<failure>[^"]{0,1000})"\x20
    (?P<received>\d{1,15}|-)\x20(?P<sent>\d{1,15}|-)\x20(?P<duration>\d{1,12}|-)\x20(?P<upstream>\d{1,12}|-)\x20
    "(?P<rest>.*)""",
    re.VERBOSE,
)
_OF_HEAD = ("method", "path", "protocol", "code", "flags", "details", "failure")
_QUOTED = ("request_id", "authority", "upstream_host")
_BARE = ("upstream_cluster", "_upstream_local", "_local", "downstream", "server_name", "route")
_OF_JSON = {
    "method": "method",
    "path": "path",
    "protocol": "protocol",
    "response_code": "code",
    "response_flags": "flags",
    "grpc_status": "grpc_status",
    "grpc_status_number": "grpc_status",
    "response_code_details": "details",
    "upstream_transport_failure_reason": "failure",
    "x_forwarded_for": "forwarded_for",
    "user_agent": "user_agent",
    "request_id": "request_id",
    "trace_id": "trace_id",
    "authority": "authority",
    "upstream_host": "upstream_host",
    "upstream_cluster": "upstream_cluster",
    "downstream_remote_address": "downstream",
    "requested_server_name": "server_name",
    "route_name": "route",
}
_NUMBERS_OF_JSON = {
    "duration": "duration_ms",
    "upstream_service_time": "upstream_ms",
    "bytes_received": "received",
    "bytes_sent": "sent",
}
_LARGEST = 10**15
_GRPC = (
    *("ok", "canceled", "unknown", "invalidargument", "deadlineexceeded", "notfound", "alreadyexists"),
    *("permissiondenied", "resourceexhausted", "failedprecondition", "aborted", "outofrange"),
    *("unimplemented", "internal", "unavailable", "dataloss", "unauthenticated"),
)
_GRPC_NUMBERS = {name: str(number) for number, name in enumerate(_GRPC)} | {"cancelled": "1"}
"""By names as Envoy's ``%GRPC_STATUS%`` writes them: ``DeadlineExceeded``, or ``DEADLINE_EXCEEDED``."""


def access_of(text: str) -> Access | None:
    """The request of an access log's line; None for a line of another kind, or of another format."""
    return _of_json(text) if text.startswith("{") else _of_text(text)


def _of_text(text: str) -> Access | None:
    head = _HEAD.fullmatch(text)
    if head is None:
        return None
    middle, *bare = head["rest"].rsplit(" ", len(_BARE))
    forwarded_for, mark, quoted = middle.partition('" "')
    user_agent, *named = quoted.removesuffix('"').rsplit('" "', len(_QUOTED))
    if not mark or len(bare) < len(_BARE) or len(named) < len(_QUOTED):
        return None
    told = dict(zip((*_QUOTED, *_BARE), (*named, *bare), strict=True))
    told |= {name: head[name] for name in _OF_HEAD}
    told |= {"forwarded_for": forwarded_for, "user_agent": user_agent}
    return Access(
        **{name: "" if value == "-" else value for name, value in told.items() if name[0] != "_"},
        duration_ms=_number(head["duration"]),
        upstream_ms=_number(head["upstream"]),
        received=_number(head["received"]),
        sent=_number(head["sent"]),
    )


def _of_json(text: str) -> Access | None:
    try:
        read: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(read, Mapping) or not {"response_code", "response_flags"} <= read.keys():
        return None
    told: dict[str, Any] = {own: _text(read[name]) for name, own in _OF_JSON.items() if name in read}
    told |= {own: _number(read.get(name)) for name, own in _NUMBERS_OF_JSON.items()}
    status = told.get("grpc_status", "")
    told["grpc_status"] = _GRPC_NUMBERS.get(status.replace("_", "").lower(), status)
    return Access(**told)


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return "" if value == "-" else str(value)


def _number(value: object) -> int | None:
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) <= 15 else None
    is_number = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST
    return value if is_number and isinstance(value, int) else None
