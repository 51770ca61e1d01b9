"""A request to Kiali's graph API as options: its parameters, defaults and errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from mesh_graph.codec import MAX_NAMES, MAX_WINDOW_S, parse_duration
from mesh_graph.errors import InvalidRequest
from mesh_graph.kiali.options import (
    Ambient,
    Appender,
    GrpcRate,
    HttpRate,
    Options,
    Target,
    TcpRate,
    Throughput,
)
from mesh_graph.model import Box, GraphType

__all__ = ["PARAMETERS", "UNAVAILABLE", "asked_appenders", "read_options"]

UNAVAILABLE: Mapping[str, str] = {
    "aggregateNode": "operations need request classification, which is not read",
    "extensions": "third-party extensions' metrics are not read",
}
"""Appenders of Kiali's that cannot be had here, and why."""
ALWAYS = ("", "outsider", "trafficGenerator")
"""Names that ask for what is done in any case, or for nothing."""
_ALIASES = {"sidecarsCheck": "meshCheck"}

_TRUE = {"1", "t", "T", "TRUE", "true", "True"}
_FALSE = {"0", "f", "F", "FALSE", "false", "False"}
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)


def _duration(text: str) -> int:
    if text.isdigit():
        raise ValueError("a duration names its unit")
    seconds = parse_duration(text)
    if not 0 < seconds <= MAX_WINDOW_S:
        raise ValueError("out of range")
    return seconds


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError("no whole number")
    return int(text)


def _instant(text: str) -> float:
    instant = _whole(text)
    if not 0 <= instant < 7.3e9:
        raise ValueError("out of range")
    return float(instant)


def _flag(text: str) -> bool:
    if text not in _TRUE | _FALSE:
        raise ValueError("neither true nor false")
    return text in _TRUE


def _graph_type(text: str) -> GraphType:
    graph_type = GraphType(text)
    if graph_type is GraphType.NAMESPACE:
        raise ValueError("not one of Kiali's types")
    return graph_type


def _boxes(text: str) -> frozenset[Box]:
    return frozenset(Box(name.strip()) for name in text.split(","))


def _quantile(text: str) -> float | None:
    return {"avg": None, "50": 0.5, "95": 0.95, "99": 0.99}[text]


def _refresh(text: str) -> int:
    """Read only to be refused where it is wrong: answers are shared by interval here."""
    milliseconds = _whole(text)
    if 0 < milliseconds < 10_000 or milliseconds > 900_000:
        raise ValueError("out of range")
    return milliseconds


def _only(word: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text != word:
            raise ValueError("not served")
        return text

    return read


PARAMETERS: Mapping[str, tuple[str, Callable[[str], Any], str]] = {
    "duration": ("window_s", _duration, "a Prometheus duration such as 10m, up to 30d"),
    "queryTime": ("at", _instant, "Unix seconds"),
    "graphType": ("graph_type", _graph_type, "app, service, versionedApp or workload"),
    "injectServiceNodes": ("inject", _flag, "true or false"),
    "includeIdleEdges": ("idle", _flag, "true or false"),
    "boxBy": ("boxes", _boxes, "app, cluster, namespace, separated by commas"),
    "ambientTraffic": ("ambient", Ambient, "none, total, waypoint or ztunnel"),
    "rateGrpc": ("grpc", GrpcRate, "none, received, requests, sent or total"),
    "rateHttp": ("http", HttpRate, "none or requests"),
    "rateTcp": ("tcp", TcpRate, "none, received, sent or total"),
    "responseTime": ("quantile", _quantile, "avg, 50, 95 or 99"),
    "throughputType": ("throughput", Throughput, "request or response"),
    "waypoints": ("show_waypoints", _flag, "true or false"),
    "refreshInterval": ("", _refresh, "milliseconds from 10000 to 900000, or 0"),
    "configVendor": ("", _only("common"), "common"),
    "telemetryVendor": ("", _only("istio"), "istio"),
}
"""By Kiali's name: the field of ``Options`` (empty for none), how it is read, what it takes."""


def asked_appenders(query: Mapping[str, str]) -> tuple[frozenset[Appender], tuple[str, ...]]:
    """Appenders that a query string asks for: those to be had, and the names of those that are not.

    Without the parameter all are asked for; an empty one asks for none.

    Raises
    ------
    InvalidRequest
        If a name is none of Kiali's.
    """
    text = query.get("appenders")
    if text is None:
        return frozenset(Appender), tuple(UNAVAILABLE)
    names = [_ALIASES.get(name.strip(), name.strip()) for name in text.split(",")]
    for name in names:
        if name not in UNAVAILABLE and name not in set(Appender) and name not in ALWAYS:
            known = ", ".join(sorted({*Appender, *UNAVAILABLE}))
            raise InvalidRequest("appenders", f"Invalid appender [{name[:80]}]", f"It takes {known}.")
    found = frozenset(Appender(name) for name in names if name in set(Appender))
    return found, tuple(name for name in UNAVAILABLE if name in names)


def read_options(query: Mapping[str, str], target: Target | None = None) -> Options:
    """Options of a query string; of a node graph with its node.

    Raises
    ------
    InvalidRequest
        If a parameter cannot be used; it names it as Kiali does.
    """
    namespaces = (target.namespace,) if target is not None else _namespaces(query.get("namespaces", ""))
    changes: dict[str, Any] = {"namespaces": namespaces}
    for name, (field, read, takes) in PARAMETERS.items():
        text = query.get(name, "")
        if not text:
            continue
        try:
            value = read(text)
        except (ValueError, KeyError) as error:
            raise InvalidRequest(name, f"Invalid {name} [{text[:80]}]", f"It takes {takes}.") from error
        if field:
            changes[field] = value
    changes["appenders"], _ = asked_appenders(query)
    options = Options(**changes, target=target)
    _check_target(options)
    return options


def _namespaces(text: str) -> tuple[str, ...]:
    names = tuple(sorted({name.strip() for name in text.split(",")} - {""}))
    if not names:
        problem = "At least one namespace must be specified via the namespaces query parameter"
        raise InvalidRequest("namespaces", problem)
    if len(names) > MAX_NAMES:
        raise InvalidRequest("namespaces", f"{len(names)} namespaces are more than {MAX_NAMES}")
    return names


def _check_target(options: Options) -> None:
    apps = (GraphType.APP, GraphType.VERSIONED_APP)
    if options.target is not None and options.target.app and options.graph_type not in apps:
        problem = f"Invalid graphType [{options.graph_type}]"
        raise InvalidRequest("graphType", problem, "The graph of an app takes app or versionedApp.")
