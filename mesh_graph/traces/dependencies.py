"""Spans → which service calls which, and how often that failed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mesh_graph.traces.model import Span, SpanKind, Trace
from mesh_graph.traces.tree import SpanTree, span_tree

__all__ = [
    "Dependency",
    "MetricEdge",
    "ServiceCall",
    "called_host",
    "dependencies",
    "service_calls",
    "service_of_host",
]

_Ends = tuple[str, str]
"""Source and destination."""


@dataclass(frozen=True, slots=True)
class MetricEdge:
    """Requests of one service to another as the mesh counts them, per second.

    ``source`` and ``destination`` are names as spans have them: Istio's ``app.namespace``; a host where
    nothing answered for it; empty for a source that is not known. ``lost_rate`` is the part that reached no
    workload, so that no server can have a span of it.
    """

    source: str
    destination: str
    rate: float
    error_rate: float = 0.0
    lost_rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Dependency:
    """Calls of one service to another in a set of traces.

    Attributes
    ----------
    source, destination : str
        Names of services; of a destination without spans of its own the host that was called.
    calls : int
        Server spans, and client spans without one.
    errors : int
        Calls of which either end says that they failed.
    traces : int
        Traces with such a call.
    is_reported : bool
        Whether the destination has a span of any of them.
    """

    source: str
    destination: str
    calls: int
    errors: int
    traces: int
    is_reported: bool


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """One call of a service to another in a trace.

    Attributes
    ----------
    calling : Span
        Of the caller, directly above the span of the called.
    called : Span or None
        None where nobody there reported one.
    host : str
        Whom an unreported call was made to, as ``called_host``.
    """

    calling: Span
    called: Span | None
    host: str = ""

    @property
    def destination(self) -> str:
        """Name of the called service, or its host."""
        return self.called.service if self.called is not None else self.host

    @property
    def is_error(self) -> bool:
        """Whether either end says that it failed."""
        return self.calling.is_error or (self.called is not None and self.called.is_error)


def dependencies(traces: Iterable[Trace]) -> tuple[Dependency, ...]:
    """Dependencies between services, the most calls first, then by name.

    Notes
    -----
    A call is a span whose parent is of another service, or a server span below a client span of its own
    service. A client span without such a child is a call to the host that it names, if it names one: nobody
    there reports, or the call never arrived, or the report was lost.
    """
    calls: dict[_Ends, int] = defaultdict(int)
    errors: dict[_Ends, int] = defaultdict(int)
    traced: dict[_Ends, int] = defaultdict(int)
    reported: set[_Ends] = set()
    for trace in traces:
        seen = set()
        for call in service_calls(span_tree(trace)):
            ends = call.calling.service, call.destination
            calls[ends] += 1
            errors[ends] += call.is_error
            seen.add(ends)
            if call.called is not None:
                reported.add(ends)
        for ends in seen:
            traced[ends] += 1
    found = [
        Dependency(*ends, count, errors[ends], traced[ends], is_reported=ends in reported)
        for ends, count in calls.items()
    ]
    return tuple(sorted(found, key=lambda row: (-row.calls, row.source, row.destination)))


def service_calls(tree: SpanTree) -> Iterator[ServiceCall]:
    """Calls of a trace, as ``dependencies`` counts them."""
    for place, span in enumerate(tree.spans):
        parent = tree.parent(place)
        if parent is not None and _is_call(parent, span):
            yield ServiceCall(parent, span)
        if span.kind == SpanKind.CLIENT and not any(
            _is_call(span, tree.spans[child]) for child in tree.children[place]
        ):
            host = called_host(span)
            if host:
                yield ServiceCall(span, None, host)


def _is_call(parent: Span, child: Span) -> bool:
    ends = (parent.kind, child.kind)
    return parent.service != child.service or ends == (SpanKind.CLIENT, SpanKind.SERVER)


def called_host(span: Span) -> str:
    """Whom a client span called, as spans name services; empty where it does not say.

    Envoy's ``upstream_cluster`` (``outbound|8080||reviews.shop.svc.cluster.local``), else ``peer.service``,
    else ``server.address``. A service of the cluster is named ``service.namespace``.
    """
    cluster = str(span.attributes.get("upstream_cluster", "")).split("|")
    is_outbound = len(cluster) == 4 and cluster[0] == "outbound"
    named = (cluster[3] if is_outbound else "", *map(span.attributes.get, ("peer.service", "server.address")))
    return service_of_host(next((str(name) for name in named if name), ""))


def service_of_host(host: str) -> str:
    """Name of the service behind a host: ``name.namespace`` within the cluster, elsewhere the host.

    Examples
    --------
    >>> service_of_host("reviews.shop.svc.cluster.local"), service_of_host("api.example.com")
    ('reviews.shop', 'api.example.com')
    """
    service, is_local, _ = host.partition(".svc.")
    return service if is_local else host
