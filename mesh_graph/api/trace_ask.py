"""A query string → what traces are looked for, for the page that finds them and for programs alike.

service, operation   text       of the span; empty for any
caller               text       who called the service directly; empty for any
tags                 key=value  several separated by spaces; a value with spaces in quotes
errors               1 or 0     whether the span must have failed
min, max             length     of the span: 250us, 1.5ms, 2s; a plain number is milliseconds
limit                number     most traces
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from mesh_graph.answers.trace_list import TraceAsk
from mesh_graph.api.openapi import query_parameter
from mesh_graph.errors import InvalidRequest

__all__ = ["DESCRIBED", "MOST_TRACES", "PARAMETERS", "ask_of", "micros_of"]

MOST_TRACES = 2_000
MOST_TEXT = 1_000
PARAMETERS = ("service", "caller", "operation", "tags", "errors", "min", "max", "limit")
_LENGTH_TEXT = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*(us|µs|ms|s|m)?", re.ASCII)
_UNITS_US = {"us": 1.0, "µs": 1.0, "ms": 1e3, "s": 1e6, "m": 60e6}

_LENGTH = {"type": "string", "examples": ["250us", "1.5ms", "2s"]}
DESCRIBED = (
    query_parameter("service", "Service of the span; any unless given."),
    query_parameter(
        "caller",
        "Service that called the service directly; any unless given. The span is then an end of such a call.",
    ),
    query_parameter("operation", "Operation of the span; any unless given."),
    query_parameter("tags", "Tags of the span: key=value, several separated by spaces."),
    query_parameter("errors", "Whether the span must have failed.", {"type": "string", "enum": ["0", "1"]}),
    query_parameter("min", "Shortest duration of the span; a plain number is milliseconds.", _LENGTH),
    query_parameter("max", "Longest duration of the span.", _LENGTH),
    query_parameter(
        "limit", "Most traces.", {"type": "integer", "minimum": 1, "maximum": MOST_TRACES, "default": 100}
    ),
)
"""The parameters, as the API describes them."""


def ask_of(params: Mapping[str, str]) -> TraceAsk:
    """What traces are looked for.

    Raises
    ------
    InvalidRequest
        If a parameter cannot be read; it names the parameter and what it takes.
    """
    low, high = _length(params, "min"), _length(params, "max")
    if low is not None and high is not None and low > high:
        raise InvalidRequest("min", "is more than max", "It takes a length of time up to max.")
    return TraceAsk(
        service=_text(params, "service"),
        caller=_text(params, "caller"),
        operation=_text(params, "operation"),
        tags=_tags(_text(params, "tags")),
        errors_only=_flag(params.get("errors", "0")),
        min_duration_us=low,
        max_duration_us=high,
        limit=_limit(params.get("limit", "100")),
    )


def _text(params: Mapping[str, str], name: str) -> str:
    text = params.get(name, "").strip()
    if len(text) > MOST_TEXT:
        raise InvalidRequest(name, f"has {len(text)} characters", f"It takes at most {MOST_TEXT}.")
    return text


def _tags(text: str) -> tuple[tuple[str, str], ...]:
    takes = (
        'It takes pairs such as http.status_code=503, separated by spaces; a value with spaces in "quotes".'
    )
    try:
        words = shlex.split(text)
    except ValueError:
        raise InvalidRequest("tags", "has a quote that is not closed", takes) from None
    pairs = [word.partition("=") for word in words]
    wrong = next((key for key, sign, _ in pairs if not (key and sign)), None)
    if wrong is not None:
        raise InvalidRequest("tags", f"{wrong[:80]!r} is no key=value", takes)
    return tuple(dict.fromkeys((key, value) for key, _, value in pairs))


def _flag(text: str) -> bool:
    if text.lower() not in ("", "0", "1", "true", "false"):
        raise InvalidRequest("errors", f"{text[:80]!r} is not understood", "It takes 1 or 0.")
    return text.lower() in ("1", "true")


def micros_of(text: str) -> int:
    """Microseconds of a length of time; a plain number is milliseconds.

    Raises
    ------
    ValueError
        If the text is no length of time.

    Examples
    --------
    >>> [micros_of(text) for text in ("250us", "1.5ms", "20", "2s")]
    [250, 1500, 20000, 2000000]
    """
    match = _LENGTH_TEXT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a length of time: {text!r}")
    return round(float(match[1]) * _UNITS_US[match[2] or "ms"])


def _length(params: Mapping[str, str], name: str) -> int | None:
    text = params.get(name, "").strip()
    if not text:
        return None
    try:
        return micros_of(text)
    except ValueError:
        raise InvalidRequest(
            name, f"{text[:80]!r} is not understood", "It takes a length of time such as 250us, 20ms or 1.5s."
        ) from None


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_TRACES):
        raise InvalidRequest(
            "limit", f"{text[:80]!r} is not understood", f"It takes a number, 1 to {MOST_TRACES}."
        )
    return int(text)
