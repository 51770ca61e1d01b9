"""Questions about traces → TraceQL, Tempo's query language; every name and value is escaped.

Source: ``pkg/traceql`` of Tempo (``lexer.go``: strings are Go's, quoted names know two escapes).
"""

from __future__ import annotations

import math
import re
from itertools import chain

import orjson

from mesh_graph.traces.question import TraceQuestion, spellings
from mesh_graph.traces.reading import ERROR

__all__ = ["operations_query", "trace_query"]

NEWEST = "with (most_recent=true)"
"""Without it Tempo gives whichever it comes across first; before 2.8 it passes the hint by."""
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})", re.ASCII)
_FAILED = '(status = error || span."error" = true || span."error" = "true")'
_TRUTH = ("true", "false")


def trace_query(question: TraceQuestion) -> str:
    """Spans of which one has all that is asked for, but for its time, which Tempo is told beside.

    Examples
    --------
    >>> trace_query(TraceQuestion(start=0, end=1, service="reviews.shop", min_duration_us=5))
    '{ resource.service.name = "reviews.shop" && duration >= 5us } with (most_recent=true)'
    """
    found = _calls(question) if question.caller else _spans(question.service, question)
    return f"{found} {NEWEST}"


def operations_query(service: str) -> str:
    """Spans of a service."""
    return f"{{ {_of(service)} }}"


def _calls(question: TraceQuestion) -> str:
    """Calls of the caller of which one end has what is asked for.

    That is the called one's span directly below the caller's, the caller's client span above such a span, or
    that alone where nobody answered for the host.
    """
    caller, service = question.caller, question.service
    anyone = TraceQuestion(start=question.start, end=question.end)
    client = "(kind = client || kind = producer)"
    called = f"{_spans(caller, anyone)} > {_spans(service, question)}"
    calling = f"{_spans(caller, question, client)} > {_spans(service, anyone)}"
    alone = _spans(caller, question, client, *([_to(service)] if service else []))
    return f"({called}) || ({calling}) || {alone}"


def _to(service: str) -> str:
    """That a client's span says that it called a service, as ``called_host`` reads it."""
    safe = "".join(c if c.isascii() and c.isalnum() else f"\\x{{{ord(c):x}}}" for c in service)
    host = f"{safe}([.].*)?" if "." not in service else f"{safe}([.]svc[.].*)?"
    cluster = f'span."upstream_cluster" =~ {_text(f".*[|]{host}")}'
    peers = [f'span."{name}" =~ {_text(host)}' for name in ("peer.service", "server.address")]
    return f"({' || '.join((cluster, *peers))})"


def _spans(service: str, question: TraceQuestion, *more: str) -> str:
    return f"{{ {' && '.join(chain(_conditions(service, question), more))} }}"


def _conditions(service: str, question: TraceQuestion) -> list[str]:
    least, most = question.min_duration_us, question.max_duration_us
    return [
        *([_of(service)] if service else []),
        *([f"name = {_text(question.operation)}"] if question.operation else []),
        *([_FAILED] if question.errors_only else []),
        # Of Tempo's nanoseconds we leave out the part of a microsecond.
        *([f"duration >= {least}us"] if least is not None else []),
        *([f"duration < {most + 1}us"] if most is not None else []),
        *(_tag(name, value) for name, value in question.tags.items()),
    ]


def _of(service: str) -> str:
    return f"resource.service.name = {_text(service)}"


def _tag(name: str, value: str) -> str:
    """A tag by each of its names, as text, number or truth value: TraceQL tells them apart."""
    if name == ERROR and value in _TRUTH:
        return _FAILED if value == "true" else "status != error"
    return f"({' || '.join(f'.{_name(own)} = {one}' for own in spellings(name) for one in _values(value))})"


def _values(value: str) -> list[str]:
    found = [_text(value)]
    if value in _TRUTH or _WHOLE.fullmatch(value):
        found.append(value)
    elif _is_number(value):
        found.append(repr(float(value)))
    return found


def _is_number(value: str) -> bool:
    try:
        return math.isfinite(float(value)) and "e" not in repr(float(value))
    except ValueError:
        return False


def _name(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(value: str) -> str:
    """A string as both JSON and Go write it."""
    return orjson.dumps(value.encode("utf-8", "replace").decode()).decode()
