"""How grave a line is: as it says itself in one of the usual ways; for a proxy's request, as it ended."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from mesh_graph.logs.model import Access, Level
from mesh_graph.model import Protocol
from mesh_graph.topology.outcome import Outcome, outcome, response_code, split_flags

__all__ = ["goes_on", "level_of", "level_of_access", "trace_id_in"]

_LOOKED_AT = 400
"""Characters at the beginning of a line in which it may name its level."""
_WORDS: dict[str, Level] = {
    **dict.fromkeys(
        (
            "fatal",
            "critical",
            "crit",
            "panic",
            "dpanic",
            "emerg",
            "alert",
            "severe",
            "error",
            "err",
            "f",
            "e",
        ),
        Level.ERROR,
    ),
    **dict.fromkeys(("warning", "warn", "w"), Level.WARN),
    **dict.fromkeys(("info", "information", "notice", "i"), Level.INFO),
    **dict.fromkeys(("debug", "trace", "fine", "finer", "finest", "verbose", "d"), Level.DEBUG),
}
_KEYS = ("level", "severity", "lvl", "loglevel", "log_level", "log.level", "levelname")
_TRACE_KEYS = ("trace_id", "traceId", "traceID", "trace.id", "traceid", "dd.trace_id")
_KLOG = re.compile(r"([EWIF])\d{4} \d\d:\d\d:\d\d")
_NAMED = re.compile(r"\b(?:level|severity|lvl|loglevel)[=:]\s?[\"']?([A-Za-z]+)", re.ASCII)
_SHOUTED = re.compile(
    r"(?<![\w.-])(FATAL|CRITICAL|PANIC|SEVERE|ERROR|ERR|WARNING|WARN|NOTICE|INFO|DEBUG|TRACE)(?![\w.-])"
)
_FENCED = re.compile(
    r"[\[\t|]\s?(emerg|alert|crit|fatal|critical|panic|error|err|warning|warn|notice|info|debug|trace)\s?[\]\t|]"
)
_CRIES = re.compile(
    r"Traceback \(most recent call last\)|panic: |Exception in thread |Uncaught |Unhandled "
    r"|[\w.$]{1,200}(?:Error|Exception)(?::|$)"
)
_GOES_ON = re.compile(r"[ \t]|at |Caused by: |\.\.\. \d+ more|goroutine \d+ \[")
_TRACE = re.compile(r"\b(?:trace_?id|traceID|traceId)[=:]\s?\"?([0-9a-fA-F]{32}|[0-9a-fA-F]{16})\b")
_HEX = re.compile(r"[0-9a-fA-F]{16}(?:[0-9a-fA-F]{16})?")
_BY_OUTCOME = {
    Outcome.OK: Level.INFO,
    Outcome.CLIENT_ERROR: Level.WARN,
    Outcome.HUNG_UP: Level.WARN,
    Outcome.ERROR: Level.ERROR,
}


def level_of(text: str) -> Level:
    """The level that a line names; ``UNKNOWN`` where it names none.

    Examples
    --------
    >>> [level_of(t).value for t in ("E1121 12:10:00.1 x", 'level=warn msg="x"', "[error] x", "an error x")]
    ['error', 'warn', 'error', 'unknown']
    """
    if text.startswith("{") and (told := _object(text)) is not None:
        return next((_of_value(told[key]) for key in _KEYS if key in told), Level.UNKNOWN)
    head = text[:_LOOKED_AT]
    if found := _KLOG.match(head):
        return _WORDS[found[1].lower()]
    for pattern in (_NAMED, _SHOUTED, _FENCED):
        for word in pattern.findall(head):
            if word.lower() in _WORDS:
                return _WORDS[word.lower()]
    return Level.ERROR if _CRIES.match(head) else Level.UNKNOWN


def level_of_access(access: Access) -> Level:
    """Of a request that failed an error, of one that the caller got wrong or gave up a warning, else none."""
    protocol = Protocol.GRPC if access.grpc_status else Protocol.HTTP if access.method else Protocol.TCP
    code = response_code(protocol, access.code or "0", access.grpc_status)
    return _BY_OUTCOME[outcome(protocol, code, split_flags(access.flags))]


def goes_on(text: str) -> bool:
    """Whether a line looks like the continuation of the one before: part of a stack trace."""
    return _GOES_ON.match(text) is not None


def trace_id_in(text: str) -> str:
    """The trace that a line names, 16 or 32 hexadecimal digits; empty for none."""
    if text.startswith("{") and (told := _object(text)) is not None:
        named = (told[key] for key in _TRACE_KEYS if isinstance(told.get(key), str))
        return next((name.lower() for name in named if _HEX.fullmatch(name)), "")
    found = _TRACE.search(text)
    return found[1].lower() if found else ""


def _object(text: str) -> Mapping[str, Any] | None:
    try:
        read = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return read if isinstance(read, dict) else None


def _of_value(value: object) -> Level:
    """A level's name, or its number as bunyan and pino count: 30 is info, 40 warn, 50 error."""
    if isinstance(value, str):
        return _WORDS.get(value.strip().lower(), Level.UNKNOWN)
    if isinstance(value, bool) or not isinstance(value, int) or not 10 <= value <= 60:
        return Level.UNKNOWN
    return (Level.DEBUG, Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR, Level.ERROR)[value // 10 - 1]
