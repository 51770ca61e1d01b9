"""Every attribute of the graph, its nodes and edges: the contract between topology and all that reads it.

Scalars are str, int, float or bool; an attribute without a value is absent. NaN is never written: a ratio
without traffic is absent. A graph is a ``networkx.MultiDiGraph``: a node's key is ``NodeKey.text``, an
edge's key is its protocol.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EdgeAttr", "Focus", "Gap", "GraphAttr", "NodeAttr", "Response"]


@dataclass(frozen=True, slots=True, order=True)
class Response:
    """Requests (http, grpc) or closed connections (tcp) of one edge that ended alike.

    Attributes
    ----------
    code : str
        HTTP code, or the gRPC status where there is one; ``"-"`` where there was no response; ``""`` for tcp.
    flags : str
        Envoy's response flags, sorted, joined by a comma; ``""`` for none.
    host : str
        The host that was called (``destination_service``).
    rate : float
        Per second.
    outcome : str
        ``"ok"``, ``"error"``, ``"client_error"`` or ``"hung_up"`` (``topology/outcome.py``).
    """

    code: str
    flags: str
    host: str
    rate: float
    outcome: str


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Something that could not be seen, with the reason: message id and its parameters as pairs."""

    message: str
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Focus:
    """What a graph was narrowed to.

    Attributes
    ----------
    key : str
        What was asked for.
    hops : int
        How many calls far; 0 is as far as they go.
    centre : tuple of str
        Keys of the nodes that it means in this graph; empty if there are none.
    whole : int
        Number of nodes, boxes apart, before the graph was narrowed.
    """

    key: str
    hops: int
    centre: tuple[str, ...]
    whole: int


class GraphAttr:
    """Names in ``graph.graph``."""

    AT = "at"
    """Evaluation instant, Unix seconds."""
    WINDOW_S = "window_s"
    GRAPH_TYPE = "graph_type"
    REQUEST_RATE = "request_rate"
    """The mesh's (or view's) total, each request once, per second (http and grpc)."""
    ERROR_RATE = "error_rate"
    TCP_BYTES_RATE = "tcp_bytes_rate"
    GAPS = "gaps"
    """tuple of ``Gap``."""
    FOLDED = "folded"
    """tuple of (key of the folded node, number of nodes inside), empty if the graph is whole."""
    DRAWN_AS = "drawn_as"
    """dict: key of a node that is not drawn -> key of the node drawn in its stead (folding, type service)."""
    FOCUS = "focus"
    """``Focus``, where the graph was narrowed to one node's callers and callees."""
    QUERIES = "queries"
    """dict: what a number is ("requests", "response time" …) -> tuple of PromQL texts that made it."""


class NodeAttr:
    """Names on a node."""

    KIND = "kind"
    """``NodeKind`` value; ``box`` for boxes (then ``BOX`` says of what)."""
    CLUSTER = "cluster"
    NAMESPACE = "namespace"
    WORKLOAD = "workload"
    APP = "app"
    VERSION = "version"
    SERVICE = "service"
    BOX = "box"
    """``Box`` value, on boxes only."""
    PARENT = "parent"
    """Key of the box that holds the node; absent at the top."""
    IS_INJECTED = "is_injected"
    """A service node put between source and destination."""
    IS_ROOT = "is_root"
    """Has outgoing and no incoming edges."""
    IS_OUTSIDE = "is_outside"
    """In none of the view's namespaces."""
    IS_EXTERNAL = "is_external"
    """A host outside the mesh (ServiceEntry or egress), PassthroughCluster or BlackHoleCluster."""
    IS_IDLE = "is_idle"
    """No traffic in the window."""
    HAS_NO_SIDECAR = "has_no_sidecar"
    """No pod of it has a proxy; where no cluster is read: only the other end's proxy reports its traffic."""
    # What clusters declare; absent where nothing is, or where no cluster is read.
    FEATURES = "features"
    """tuple of ``Feature`` values, sorted: what routes and rules do to its traffic."""
    CONFIG = "config"
    """tuple of ``namespace/Kind/name``: the objects that say so, or that it is a proxy of."""
    HOSTS = "hosts"
    """tuple of host names: of its routes, its gateways or its ServiceEntry."""
    IS_GATEWAY = "is_gateway"
    IS_WAYPOINT = "is_waypoint"
    """A proxy that ambient traffic passes on its way."""
    ENTRY = "entry"
    """``namespace/name`` of the ServiceEntry that has its host."""
    LOCATION = "location"
    """``MESH_EXTERNAL`` or ``MESH_INTERNAL``, of a ServiceEntry."""
    WORKLOAD_ENTRIES = "workload_entries"
    """tuple of names of the WorkloadEntries that stand for it."""
    DEAD = "dead"
    """Why there is nothing behind it: ``no-service``, ``no-workload`` or ``no-pods``."""
    PODS = "pods"
    """How many pods it has."""
    BARE_PODS = "bare_pods"
    """How many of them lack a proxy."""
    LABELS = "labels"
    """tuple of ``name=value``: of its pods, or of the service."""
    FOLDED = "folded"
    """Number of nodes folded into this one; absent if it stands for itself."""
    BEYOND = "beyond"
    """Number of its edges that a focus leaves out; absent is none."""
    INNER_RATE = "inner_rate"
    """Requests per second between nodes folded into this one."""
    INNER_ERROR_RATE = "inner_error_rate"
    STATE = "state"
    """``State`` value."""
    LAST_SEEN = "last_seen"
    """Unix seconds, on vanished nodes."""
    # Traffic of http and grpc together, requests per second; absent is none.
    IN_RATE = "in_rate"
    IN_ERROR_RATE = "in_error_rate"
    IN_ERROR_RATIO = "in_error_ratio"
    OUT_RATE = "out_rate"
    OUT_ERROR_RATE = "out_error_rate"
    OUT_ERROR_RATIO = "out_error_ratio"
    ENDED_HERE = "ended_here"
    """tuple of ``Response``: on a service node, what never arrived at any workload behind it."""
    TCP_IN_RATE = "tcp_in_rate"
    """Bytes per second, both directions of the node's incoming connections."""
    TCP_OUT_RATE = "tcp_out_rate"


class EdgeAttr:
    """Names on an edge."""

    PROTOCOL = "protocol"
    RATE = "rate"
    """Requests per second (http, grpc); bytes per second sent and received (tcp)."""
    ERROR_RATE = "error_rate"
    """Per second: requests (http, grpc) or closed connections (tcp)."""
    ERROR_RATIO = "error_ratio"
    """0..1 of all requests (http, grpc) or of all closed connections (tcp)."""
    CLIENT_ERROR_RATE = "client_error_rate"
    HUNG_UP_RATE = "hung_up_rate"
    SHARE = "share"
    """0..1 of the source node's outgoing rate over this protocol."""
    RESPONSES = "responses"
    """tuple of ``Response``, largest rate first."""
    LATENCY_MS = "latency_ms"
    """Milliseconds of the view's response time; +inf means above ``LATENCY_EDGE_MS``."""
    LATENCY_EDGE_MS = "latency_edge_ms"
    REQUEST_BYTES_RATE = "request_bytes_rate"
    RESPONSE_BYTES_RATE = "response_bytes_rate"
    SENT_BYTES_RATE = "sent_bytes_rate"
    """tcp: source to destination, bytes per second."""
    RECEIVED_BYTES_RATE = "received_bytes_rate"
    """tcp: destination to source, bytes per second."""
    OPENED_RATE = "opened_rate"
    """tcp: connections opened per second."""
    CLOSED_RATE = "closed_rate"
    SENT_MESSAGE_RATE = "sent_message_rate"
    """grpc: messages per second, source to destination."""
    RECEIVED_MESSAGE_RATE = "received_message_rate"
    MTLS_SHARE = "mtls_share"
    """0..1 of the traffic whose reporter knew; absent if none did."""
    REPORTED_BY = "reported_by"
    """Comma list of the reporters whose rows the number is made of, sorted."""
    SOURCE_RATE = "source_rate"
    """What the source's proxy counted, per second, for comparison."""
    DESTINATION_RATE = "destination_rate"
    IS_PARTIAL = "is_partial"
    """Part of what the number is made of is missing; drawn as incomplete."""
    IS_CARRIED = "is_carried"
    """To or from a waypoint, and told from end to end by another edge: in no total."""
    NOTES = "notes"
    """tuple of ``Gap``-like messages about this edge (e.g. "half-reported")."""
    IS_IDLE = "is_idle"
    STATE = "state"
    LAST_RATE = "last_rate"
    """On vanished edges: the earlier view's rate."""
    LAST_SEEN = "last_seen"
    """On vanished edges: Unix seconds of the last step with traffic, to the step of the look-back."""
    FOLDED = "folded"
    """Number of edges summed into this one; absent if it stands for itself."""
