"""The vocabulary: small frozen values that every room shares. No I/O, no clock, no pandas."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self
from urllib.parse import unquote

__all__ = [
    "Box",
    "Direction",
    "GraphType",
    "NodeKey",
    "NodeKind",
    "Protocol",
    "Reporter",
    "ResponseTime",
    "State",
    "Status",
    "View",
]


class GraphType(StrEnum):
    """What a node stands for."""

    VERSIONED_APP = "versionedApp"
    APP = "app"
    WORKLOAD = "workload"
    SERVICE = "service"
    NAMESPACE = "namespace"


class NodeKind(StrEnum):
    """Kind of a graph node; the first field of its key."""

    WORKLOAD = "workload"
    APP = "app"
    SERVICE = "service"
    NAMESPACE = "namespace"
    UNKNOWN = "unknown"
    BOX = "box"


class Protocol(StrEnum):
    """Protocol of an edge, and its key in the multigraph."""

    HTTP = "http"
    GRPC = "grpc"
    TCP = "tcp"


class Reporter(StrEnum):
    """The proxy that measured."""

    SOURCE = "source"
    DESTINATION = "destination"
    WAYPOINT = "waypoint"


class Box(StrEnum):
    """What nodes are boxed by."""

    APP = "app"
    NAMESPACE = "namespace"
    CLUSTER = "cluster"


class ResponseTime(StrEnum):
    """Which response time a view fetches."""

    NONE = "none"
    AVG = "avg"
    P50 = "p50"
    P95 = "p95"
    P99 = "p99"

    @property
    def quantile(self) -> float | None:
        """Quantile 0..1, or None for the mean and for none."""
        return {"p50": 0.5, "p95": 0.95, "p99": 0.99}.get(self.value)


class State(StrEnum):
    """An edge's or node's state against the earlier view it is compared with."""

    STEADY = "steady"
    NEW = "new"
    VANISHED = "vanished"


class Direction(StrEnum):
    """Which way traffic goes, seen from one object."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Status(StrEnum):
    """How something fares, worst first."""

    FAILURE = "failure"
    DEGRADED = "degraded"
    NOT_READY = "not_ready"
    HEALTHY = "healthy"
    NO_DATA = "no_data"
    """Nothing was seen that could tell: neither good nor bad."""

    @property
    def severity(self) -> int:
        """4 for the worst, 0 for no data."""
        return _SEVERITIES[self]

    @classmethod
    def worst(cls, statuses: Iterable[Self]) -> Self:
        """The worst of the statuses; no data where there is none."""
        return max(statuses, key=lambda status: status.severity, default=cls("no_data"))


_SEVERITIES = {status: severity for severity, status in enumerate(reversed(Status))}

_ESCAPED = re.compile(r"[%|,\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def _escape(field: str) -> str:
    return _ESCAPED.sub(lambda m: "".join(f"%{b:02X}" for b in m[0].encode("utf-8", "surrogatepass")), field)


@dataclass(frozen=True, slots=True, order=True)
class NodeKey:
    """Identity of a node; its text is the key in the graph.

    Fields are empty where the kind has none. The text joins the percent-escaped fields with ``|``, so
    it holds no control character and every networkx writer takes it.

    Examples
    --------
    >>> NodeKey(NodeKind.APP, "east", "bookinfo", workload="reviews-v1", app="reviews", version="v1").text
    'app|east|bookinfo|reviews-v1|reviews|v1||'
    >>> NodeKey.parse('service|east|a%7Cb||||ratings|').namespace
    'a|b'
    """

    kind: NodeKind
    cluster: str = ""
    namespace: str = ""
    workload: str = ""
    app: str = ""
    version: str = ""
    service: str = ""
    aggregate: str = ""

    @property
    def text(self) -> str:
        """The key as one plain string."""
        fields = (
            self.cluster,
            self.namespace,
            self.workload,
            self.app,
            self.version,
            self.service,
            self.aggregate,
        )
        if _ESCAPED.search("".join(fields)):
            return "|".join((self.kind, *map(_escape, fields)))
        return "|".join((self.kind, *fields))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key back from its text.

        Raises
        ------
        ValueError
            If the text is not the text of a key.
        """
        kind, *fields = text.split("|")
        if len(fields) != 7:
            raise ValueError(f"not a node key: {text!r}")
        return cls(NodeKind(kind), *(unquote(field, errors="surrogatepass") for field in fields))


@dataclass(frozen=True, slots=True)
class View:
    """What to look at: the one argument of every answer.

    Attributes
    ----------
    namespaces : tuple of str
        Namespaces looked at, sorted; empty means all.
    graph_type : GraphType
        What a node stands for.
    window_s : int
        Range of every rate, seconds.
    at : float or None
        Evaluation instant, Unix seconds; exact. None is live: the source's now, rounded down.
    services : bool
        Whether called services are nodes of their own between source and destination.
    idle : bool
        Whether edges without traffic in the window are drawn.
    waypoints : bool
        Whether the ambient layer's waypoint proxies are drawn on the way of what they carry.
    boxes : tuple of Box
        What nodes are boxed by, sorted.
    response_time : ResponseTime
        Which response time edges carry.
    throughput : bool
        Whether edges carry request and response bytes per second.
    compare_s : int
        How much earlier the view is that vanished and new are told against, seconds; 0 compares with none.
    budget : int
        Number of nodes above which the graph is folded.
    unfolded : tuple of str
        Keys of folded nodes opened in place, sorted.
    find, hide : str
        Expressions of the find and hide language; empty for none.
    focus : str
        Key of the node whose callers and callees alone are drawn; empty is the whole graph.
    hops : int
        How many calls far from it; 0 is as far as they go.
    span_s : int
        How far charts look back from the instant, seconds; no rate depends on it.
    """

    namespaces: tuple[str, ...] = ()
    graph_type: GraphType = GraphType.VERSIONED_APP
    window_s: int = 300
    at: float | None = None
    services: bool = True
    idle: bool = False
    waypoints: bool = False
    boxes: tuple[Box, ...] = (Box.APP, Box.CLUSTER, Box.NAMESPACE)
    response_time: ResponseTime = ResponseTime.P95
    throughput: bool = False
    compare_s: int = 3600
    budget: int = 400
    unfolded: tuple[str, ...] = ()
    find: str = ""
    hide: str = ""
    focus: str = ""
    hops: int = 1
    span_s: int = 3600

    def __post_init__(self) -> None:
        # Notebooks write lists and plain words: equal views are equal, and can be cached, however written.
        given = (self.namespaces,) if isinstance(self.namespaces, str) else self.namespaces
        for name, value in (
            ("namespaces", tuple(sorted(set(given)))),
            ("graph_type", GraphType(self.graph_type)),
            ("boxes", tuple(sorted({Box(box) for box in self.boxes}))),
            ("response_time", ResponseTime(self.response_time)),
            ("unfolded", tuple(sorted(set(self.unfolded)))),
        ):
            object.__setattr__(self, name, value)
