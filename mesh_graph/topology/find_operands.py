"""The words of the find and hide language: one table for parser, help and document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mesh_graph.model import Protocol, State
from mesh_graph.topology.attributes import EdgeAttr, NodeAttr
from mesh_graph.topology.declared import Feature
from mesh_graph.topology.find_facts import EdgeFacts, NodeFacts, Numbers, Texts
from mesh_graph.topology.find_values import Quantity, Truth
from mesh_graph.topology.outcome import DEGRADED_FROM

__all__ = ["OPERANDS", "Operand", "known_words", "operand_of"]

Answer = Texts | Numbers | Truth
_HTTP, _GRPC, _TCP = (Protocol.HTTP,), (Protocol.GRPC,), (Protocol.TCP,)
_REQUESTS = (Protocol.HTTP, Protocol.GRPC)
_KINDS = "Kind: `app`, `service` (`svc`), `workload` (`wl`), `namespace` (`ns`) or `unknown`"
_SHARE = "Part of all that the caller sends over this protocol"
_HEALTHY = f"Errors are known and below {DEGRADED_FROM:.1%}; of a node both in and out"


@dataclass(frozen=True, slots=True)
class Operand:
    """One word of the language.

    Attributes
    ----------
    name : str
        The word itself; users may write it in any case.
    synonyms : tuple of str
        Other words for it.
    quantity : Quantity
        What its values are, and so which operators and units go with it.
    meaning : str
        What it holds, as a sentence without a full stop.
    of_node, of_edge : callable or None
        Values of a node and of an edge; None where the word says nothing about them.
    """

    name: str
    synonyms: tuple[str, ...]
    quantity: Quantity
    meaning: str
    of_node: Callable[[NodeFacts], Answer] | None = None
    of_edge: Callable[[EdgeFacts], Answer] | None = None

    @property
    def applies_to(self) -> str:
        """``"node"``, ``"edge"`` or ``"node, edge"``."""
        return ", ".join(what for what, of in (("node", self.of_node), ("edge", self.of_edge)) if of)


def _text(name: str, synonyms: tuple[str, ...], attribute: str, meaning: str) -> Operand:
    return Operand(name, synonyms, Quantity.TEXT, meaning, lambda node: node.text(attribute))


def _flag(name: str, synonyms: tuple[str, ...], meaning: str, attribute: str) -> Operand:
    """Yes or no, by an attribute that nodes and edges call the same."""
    return Operand(
        name, synonyms, Quantity.FLAG, meaning, lambda n: n.has(attribute), lambda e: e.has(attribute)
    )


def _node_flag(name: str, synonyms: tuple[str, ...], meaning: str, attribute: str) -> Operand:
    return Operand(name, synonyms, Quantity.FLAG, meaning, lambda node: node.has(attribute))


def _feature(name: str, synonyms: tuple[str, ...], meaning: str, feature: Feature) -> Operand:
    return Operand(name, synonyms, Quantity.FLAG, meaning, lambda node: node.has_feature(feature))


def _labels(node: NodeFacts) -> Texts:
    return node.texts(NodeAttr.LABELS)


def _state(state: State, meaning: str) -> Operand:
    return Operand(
        state.value,
        (),
        Quantity.FLAG,
        meaning,
        lambda node: node.is_in_state(state),
        lambda edge: edge.is_in_state(state),
    )


def _in_and_out(protocol: Protocol, quantity: Quantity, what: str) -> tuple[Operand, Operand]:
    return (
        Operand(f"{protocol}in", (), quantity, f"{what} that come in", lambda node: node.rate_in(protocol)),
        Operand(f"{protocol}out", (), quantity, f"{what} that go out", lambda node: node.rate_out(protocol)),
    )


def _edge(
    name: str,
    synonyms: tuple[str, ...],
    quantity: Quantity,
    meaning: str,
    of_edge: Callable[[EdgeFacts], Answer],
) -> Operand:
    return Operand(name, synonyms, quantity, meaning, None, of_edge)


def _numbers(protocols: tuple[Protocol, ...], attribute: str) -> Callable[[EdgeFacts], Answer]:
    return lambda edge: edge.of_protocol(protocols, attribute)


def _errors(protocols: tuple[Protocol, ...]) -> Callable[[EdgeFacts], Answer]:
    return _numbers(protocols, EdgeAttr.ERROR_RATIO)


OPERANDS: tuple[Operand, ...] = (
    # who it is
    Operand(
        "name",
        (),
        Quantity.TEXT,
        "App, service or workload; `unknown` for callers that nobody knows",
        lambda node: node.names(),
    ),
    _text("namespace", ("ns",), NodeAttr.NAMESPACE, "Namespace"),
    Operand("node", ("kind",), Quantity.TEXT, _KINDS, lambda node: node.kinds()),
    _text("app", (), NodeAttr.APP, "App (canonical service)"),
    _text("service", ("svc",), NodeAttr.SERVICE, "Service that is called"),
    _text("workload", ("wl",), NodeAttr.WORKLOAD, "Workload"),
    _text("version", (), NodeAttr.VERSION, "Version (canonical revision)"),
    _text("cluster", (), NodeAttr.CLUSTER, "Cluster"),
    Operand("rank", (), Quantity.COUNT, "Place by number of edges, 1 for the most", lambda node: node.rank()),
    # what goes through it
    *_in_and_out(Protocol.HTTP, Quantity.RATE, "HTTP requests"),
    *_in_and_out(Protocol.GRPC, Quantity.RATE, "gRPC requests"),
    *_in_and_out(Protocol.TCP, Quantity.BYTES, "TCP bytes, both directions of the connections"),
    # what an edge carries
    _edge("source", ("from", "src"), Quantity.TEXT, "Name of the caller", lambda edge: edge.source.names()),
    _edge(
        "target", ("to", "dest"), Quantity.TEXT, "Name of what is called", lambda edge: edge.target.names()
    ),
    _edge("protocol", (), Quantity.TEXT, "`http`, `grpc` or `tcp`", lambda edge: edge.protocol()),
    _edge("host", (), Quantity.TEXT, "Host that was called", lambda edge: edge.hosts()),
    _edge(
        "code", (), Quantity.CODE, "Code of an answer, `5xx` for a class, `-` for none", lambda e: e.codes()
    ),
    _edge("flag", ("flags",), Quantity.TEXT, "Response flag, as `UF`", lambda edge: edge.flags()),
    _edge("rate", ("rps",), Quantity.RATE, "HTTP and gRPC requests", _numbers(_REQUESTS, EdgeAttr.RATE)),
    _edge("http", (), Quantity.RATE, "HTTP requests", _numbers(_HTTP, EdgeAttr.RATE)),
    _edge("grpc", (), Quantity.RATE, "gRPC requests", _numbers(_GRPC, EdgeAttr.RATE)),
    _edge("messages", (), Quantity.RATE, "gRPC messages, both directions", lambda edge: edge.message_rate()),
    _edge("tcp", (), Quantity.BYTES, "TCP bytes, both directions", _numbers(_TCP, EdgeAttr.RATE)),
    _edge("throughput", (), Quantity.BYTES, "Bytes, both directions", lambda edge: edge.bytes_rate()),
    _edge(
        "responsetime",
        ("rt",),
        Quantity.DURATION,
        "Response time, the one that is shown",
        lambda edge: edge.latency(),
    ),
    Operand(
        "%error",
        ("%err", "%errors"),
        Quantity.SHARE,
        "Errors among all requests, or closed TCP connections; of a node the larger of in and out",
        lambda node: node.error_ratio(),
        lambda edge: edge.number(EdgeAttr.ERROR_RATIO),
    ),
    _edge("%httperr", ("%httperror",), Quantity.SHARE, "Errors among HTTP requests", _errors(_HTTP)),
    _edge("%grpcerr", ("%grpcerror",), Quantity.SHARE, "Errors among gRPC requests", _errors(_GRPC)),
    _edge("%tcperr", ("%tcperror",), Quantity.SHARE, "Errors among closed TCP connections", _errors(_TCP)),
    _edge("%traffic", ("share",), Quantity.SHARE, _SHARE, lambda edge: edge.number(EdgeAttr.SHARE)),
    _edge(
        "%httptraffic", (), Quantity.SHARE, "The same, of HTTP edges only", _numbers(_HTTP, EdgeAttr.SHARE)
    ),
    _edge(
        "%grpctraffic", (), Quantity.SHARE, "The same, of gRPC edges only", _numbers(_GRPC, EdgeAttr.SHARE)
    ),
    _edge(
        "mtls",
        ("%mtls",),
        Quantity.SHARE,
        "Traffic under mutual TLS",
        lambda e: e.number(EdgeAttr.MTLS_SHARE),
    ),
    # yes or no
    Operand("healthy", (), Quantity.FLAG, _HEALTHY, lambda n: n.is_healthy(), lambda e: e.is_healthy()),
    Operand(
        "error",
        ("errors", "err"),
        Quantity.FLAG,
        "Has errors",
        lambda n: n.has_errors(),
        lambda e: e.has_errors(),
    ),
    Operand(
        "traffic",
        (),
        Quantity.FLAG,
        "Something moves",
        lambda n: n.has_traffic(),
        lambda e: e.has(EdgeAttr.RATE),
    ),
    _flag("idle", (), "No traffic in the window", NodeAttr.IS_IDLE),
    _state(State.NEW, "Has traffic and had none in the earlier view"),
    _state(State.VANISHED, "Had traffic in the earlier view and has none"),
    _flag("folded", (), "Stands for several", NodeAttr.FOLDED),
    _edge("partial", (), Quantity.FLAG, "Part of its data is missing", lambda e: e.has(EdgeAttr.IS_PARTIAL)),
    _node_flag("root", ("trafficsource",), "Calls and is not called", NodeAttr.IS_ROOT),
    _node_flag("outside", ("outsider",), "In none of the namespaces looked at", NodeAttr.IS_OUTSIDE),
    _node_flag("external", (), "Outside the mesh", NodeAttr.IS_EXTERNAL),
    Operand("sidecar", ("sc",), Quantity.FLAG, "App or workload that has a proxy", lambda n: n.has_sidecar()),
    # what clusters declare
    Operand("label", (), Quantity.TEXT, "Label of its pods or of the service, as `name=value`", _labels),
    _node_flag("dead", (), "Called, or declared, with nothing behind it", NodeAttr.DEAD),
    _node_flag("gateway", (), "Proxy of a Gateway", NodeAttr.IS_GATEWAY),
    _node_flag("waypoint", (), "Waypoint proxy of the ambient layer", NodeAttr.IS_WAYPOINT),
    _node_flag("serviceentry", ("se",), "Host of a ServiceEntry", NodeAttr.ENTRY),
    _node_flag("workloadentry", ("we",), "Machine of a WorkloadEntry", NodeAttr.WORKLOAD_ENTRIES),
    _feature("virtualservice", ("vs",), "Routes are declared for it", Feature.VIRTUAL_SERVICE),
    _feature("requestrouting", ("rr",), "Requests are routed by conditions", Feature.REQUEST_ROUTING),
    _feature("trafficshifting", ("ts",), "Requests are shared by weights", Feature.TRAFFIC_SHIFTING),
    _feature("tcptrafficshifting", ("tcpts",), "Connections are shared by weights", Feature.TCP_SHIFTING),
    _feature("requesttimeout", ("rto",), "A route has a time-out", Feature.TIMEOUT),
    _feature(
        "faultinjection", ("fi",), "A route delays or aborts requests on purpose", Feature.FAULT_INJECTION
    ),
    _feature("mirroring", (), "A route copies requests elsewhere", Feature.MIRRORING),
    _feature("circuitbreaker", ("cb",), "Connections or failing pods are limited", Feature.CIRCUIT_BREAKER),
)
"""All words, in the order of the help."""

_BY_WORD = {word: operand for operand in OPERANDS for word in (operand.name, *operand.synonyms)}


def operand_of(word: str) -> Operand | None:
    """Return the operand of a word in any case, or None."""
    return _BY_WORD.get(word.casefold())


def known_words() -> tuple[str, ...]:
    """All names and synonyms."""
    return tuple(_BY_WORD)
