"""The one codec between a ``View`` and a URL's query string, used by every page, API route and command.

Only what differs from the defaults is written, so that a shared address stays short. Every parameter is
checked; a wrong one raises ``InvalidRequest`` with its name.

One time range holds for all pages: the window that ends at ``at``. Rates are taken over it, tables and graphs
show it. A chart needs more around it to be read, so it has one parameter of its own, ``span``: how far it
looks back from the same ``at``. A start and an end of their own would be a second range, which could
contradict the first. Zooming into a chart sets all three: the range that was drawn becomes window and span,
its end ``at``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from mesh_graph.errors import InvalidRequest
from mesh_graph.model import Box, GraphType, ResponseTime, View

__all__ = [
    "PARAMETERS",
    "format_duration",
    "format_instant",
    "parse_duration",
    "parse_instant",
    "query_from_view",
    "view_from_query",
]

MAX_WINDOW_S = 30 * 86400
MAX_NAMES = 2000
MAX_TEXT = 2000
MAX_HOPS = 9

_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)


def parse_duration(text: str) -> int:
    """Seconds of a duration such as ``5m``, ``1h30m`` or ``90`` (plain seconds).

    Raises
    ------
    ValueError
        If the text is not a duration.

    Examples
    --------
    >>> parse_duration("1h30m")
    5400
    """
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) <= 12:
        return int(text)
    match = _DURATION.fullmatch(text)
    if not text or match is None or len(text) > 40:
        raise ValueError(f"not a duration: {text!r}")
    return sum(int(n) * unit for n, unit in zip(match.groups(), _UNITS.values(), strict=True) if n)


def format_duration(seconds: int) -> str:
    """Shortest text of a number of seconds that ``parse_duration`` reads back.

    Examples
    --------
    >>> format_duration(5400)
    '1h30m'
    """
    parts = []
    for unit, size in _UNITS.items():
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def parse_instant(text: str) -> float:
    """Unix seconds of an instant: Unix seconds, or ISO 8601 (UTC where it names no zone).

    Raises
    ------
    ValueError
        If the text is not an instant between 1970 and 2200.

    Examples
    --------
    >>> parse_instant("2026-11-21T03:00:00Z")
    1795230000.0
    """
    try:
        instant = float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        instant = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not (math.isfinite(instant) and 0 <= instant < 7.3e9):
        raise ValueError(f"not an instant: {text!r}")
    return instant


def format_instant(instant: float) -> str:
    """ISO 8601 text in UTC of Unix seconds, to the millisecond where it has any."""
    moment = datetime.fromtimestamp(instant, UTC)
    spec = "seconds" if moment.microsecond == 0 else "milliseconds"
    return moment.isoformat(timespec=spec).replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a view: its field, how it is read and written, and what it takes, in words."""

    field: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    takes: str


def _read_names(text: str) -> tuple[str, ...]:
    names = tuple(sorted({name.strip() for name in text.split(",")} - {""}))
    if len(names) > MAX_NAMES:
        raise ValueError(f"{len(names)} names")
    return names


def _read_flag(text: str) -> bool:
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()]


def _read_seconds(low: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        seconds = parse_duration(text)
        if not low <= seconds <= MAX_WINDOW_S:
            raise ValueError(f"out of range: {text!r}")
        return seconds

    return read


def _read_boxes(text: str) -> tuple[Box, ...]:
    return () if text == "none" else tuple(sorted(Box(name) for name in _read_names(text)))


def _read_budget(text: str) -> int:
    budget = int(text)
    if not 1 <= budget <= 100_000:
        raise ValueError(f"out of range: {text!r}")
    return budget


def _read_hops(text: str) -> int:
    if text == "all":
        return 0
    hops = int(text)
    if not 1 <= hops <= MAX_HOPS:
        raise ValueError(f"out of range: {text!r}")
    return hops


def _write_hops(hops: int) -> str:
    return str(hops) if hops else "all"


def _read_text(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueError("too long")
    return text.strip()


def _write_names(names: Iterable[str]) -> str:
    return ",".join(names)


def _flag(value: bool) -> str:
    return "1" if value else "0"


def _one_of(enum: type[StrEnum]) -> str:
    return "one of " + ", ".join(enum)


PARAMETERS: Mapping[str, Parameter] = {
    "namespaces": Parameter(
        "namespaces", _read_names, _write_names, "names separated by commas; empty is all"
    ),
    "graph_type": Parameter("graph_type", GraphType, str, _one_of(GraphType)),
    "window": Parameter("window_s", _read_seconds(1), format_duration, "a duration such as 5m, up to 30d"),
    "at": Parameter("at", parse_instant, format_instant, "an instant: 2026-11-21T03:00:00Z or Unix seconds"),
    "services": Parameter("services", _read_flag, _flag, "1 or 0"),
    "idle": Parameter("idle", _read_flag, _flag, "1 or 0"),
    "waypoints": Parameter("waypoints", _read_flag, _flag, "1 or 0"),
    "boxes": Parameter(
        "boxes",
        _read_boxes,
        lambda boxes: _write_names(boxes) or "none",
        f"{_one_of(Box)} (several by comma), or none",
    ),
    "response_time": Parameter("response_time", ResponseTime, str, _one_of(ResponseTime)),
    "throughput": Parameter("throughput", _read_flag, _flag, "1 or 0"),
    "compare": Parameter("compare_s", _read_seconds(0), format_duration, "a duration such as 1h; 0 for none"),
    "budget": Parameter("budget", _read_budget, str, "a number of nodes, 1 to 100000"),
    "unfolded": Parameter("unfolded", _read_names, _write_names, "keys of folded nodes separated by commas"),
    "find": Parameter("find", _read_text, str, f"an expression of at most {MAX_TEXT} characters"),
    "hide": Parameter("hide", _read_text, str, f"an expression of at most {MAX_TEXT} characters"),
    "focus": Parameter("focus", _read_text, str, "the key of a node; empty is the whole graph"),
    "hops": Parameter("hops", _read_hops, _write_hops, f"a number of calls from 1 to {MAX_HOPS}, or all"),
    "span": Parameter("span_s", _read_seconds(60), format_duration, "a duration from 1m to 30d"),
}
"""Every parameter of a view by its name in the URL; the documentation is made from it."""


def view_from_query(params: Mapping[str, str], defaults: View | None = None) -> View:
    """View that a query string describes; what it does not name comes from ``defaults``.

    Names that are no parameter of a view are ignored: pages keep their own beside it.

    Raises
    ------
    InvalidRequest
        If a value cannot be read; it names the parameter and what it takes.
    """
    view = defaults or View()
    changes: dict[str, Any] = {}
    for name, parameter in PARAMETERS.items():
        text = params.get(name)
        if text is None:
            continue
        if name == "at" and text in ("", "live"):
            changes["at"] = None
            continue
        try:
            changes[parameter.field] = parameter.read(text)
        except (ValueError, KeyError, OverflowError) as error:
            raise InvalidRequest(
                name, f"{text[:80]!r} is not understood", f"It takes {parameter.takes}."
            ) from error
    return replace(view, **changes)


def query_from_view(view: View, defaults: View | None = None) -> dict[str, str]:
    """Query parameters of a view, in documented order, without what equals ``defaults``."""
    base = defaults or View()
    query = {}
    for name, parameter in PARAMETERS.items():
        value = getattr(view, parameter.field)
        if value != getattr(base, parameter.field):
            query[name] = "live" if name == "at" and value is None else parameter.write(value)
    return query
