"""What a Kiali-shaped graph is asked for, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mesh_graph.model import Box, GraphType

__all__ = ["Ambient", "Appender", "GrpcRate", "HttpRate", "Options", "Target", "TcpRate", "Throughput"]


class Ambient(StrEnum):
    """Whose reports of ambient traffic count."""

    NONE = "none"
    TOTAL = "total"
    WAYPOINT = "waypoint"
    ZTUNNEL = "ztunnel"

    @property
    def has_waypoints(self) -> bool:
        """Whether waypoints report beside the sidecars."""
        return self in (Ambient.TOTAL, Ambient.WAYPOINT)

    @property
    def has_ztunnel(self) -> bool:
        """Whether ztunnel's TCP rows count."""
        return self in (Ambient.TOTAL, Ambient.ZTUNNEL)


class HttpRate(StrEnum):
    """What an http edge counts."""

    NONE = "none"
    REQUESTS = "requests"


class GrpcRate(StrEnum):
    """What a grpc edge counts: requests, or messages in one or both directions."""

    NONE = "none"
    RECEIVED = "received"
    REQUESTS = "requests"
    SENT = "sent"
    TOTAL = "total"


class TcpRate(StrEnum):
    """Which bytes a tcp edge counts, from the client's point of view."""

    NONE = "none"
    RECEIVED = "received"
    SENT = "sent"
    TOTAL = "total"


class Throughput(StrEnum):
    """Whose bytes are an edge's throughput."""

    REQUEST = "request"
    RESPONSE = "response"


class Appender(StrEnum):
    """Additions to a graph that can be made here, by Kiali's names."""

    AMBIENT = "ambient"
    DEAD_NODE = "deadNode"
    IDLE_NODE = "idleNode"
    ISTIO = "istio"
    LABELER = "labeler"
    MESH_CHECK = "meshCheck"
    SERVICE_ENTRY = "serviceEntry"
    WORKLOAD_ENTRY = "workloadEntry"
    RESPONSE_TIME = "responseTime"
    SECURITY_POLICY = "securityPolicy"
    THROUGHPUT = "throughput"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class Target:
    """The one node of a node graph: a workload, an app with or without a version, or a service."""

    namespace: str
    workload: str = ""
    app: str = ""
    version: str = ""
    service: str = ""
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """One request for a graph.

    Attributes
    ----------
    namespaces : tuple of str
        Requested, sorted; of a node graph, the node's own.
    graph_type : GraphType
        Any but the namespace map.
    window_s : int
        Range of the rates, seconds.
    at : float or None
        Evaluation instant, Unix seconds; None is live.
    inject : bool
        Whether a service node stands between source and destination.
    idle : bool
        Whether series without traffic make edges.
    boxes : frozenset of Box
    ambient, http, grpc, tcp
        What counts.
    appenders : frozenset of Appender
    quantile : float or None
        Of the response time; None is the mean.
    throughput : Throughput
    show_waypoints : bool
    target : Target or None
        Of a node graph.
    """

    namespaces: tuple[str, ...]
    graph_type: GraphType = GraphType.WORKLOAD
    window_s: int = 600
    at: float | None = None
    inject: bool = False
    idle: bool = False
    boxes: frozenset[Box] = frozenset()
    ambient: Ambient = Ambient.TOTAL
    http: HttpRate = HttpRate.REQUESTS
    grpc: GrpcRate = GrpcRate.REQUESTS
    tcp: TcpRate = TcpRate.SENT
    appenders: frozenset[Appender] = frozenset()
    quantile: float | None = 0.95
    throughput: Throughput = Throughput.RESPONSE
    show_waypoints: bool = True
    target: Target | None = None

    @property
    def injects(self) -> bool:
        """Whether service nodes are inserted: a service graph is made of them."""
        return self.inject or self.graph_type is GraphType.SERVICE
