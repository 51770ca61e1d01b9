"""A trace on a graph: the nodes that took part, and the edges that its calls went over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx

from mesh_graph.answers.trace_view import TraceRow, TraceView
from mesh_graph.model import NodeKind
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.traces.dependencies import called_host
from mesh_graph.traces.model import Span, SpanKind

__all__ = ["TracePlaces", "trace_places"]

_VERSION = "istio.canonical_revision"
Ends = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class TracePlaces:
    """Where a trace went.

    Attributes
    ----------
    nodes : frozenset of str
        Keys of nodes, no boxes.
    edges : frozenset of (str, str, str)
        Source, destination, protocol.
    missing : tuple of str
        Services of the trace that no node stands for, sorted.
    """

    nodes: frozenset[str]
    edges: frozenset[Ends]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Stop:
    """A service as spans name it, ``app.namespace`` or a host, and its version where it is told.

    ``is_address`` is a host that somebody answered for: of the nodes, only a service stands for it.
    """

    name: str
    version: str = ""
    is_address: bool = False


def trace_places(graph: nx.MultiDiGraph[str], view: TraceView) -> TracePlaces:
    """Nodes and edges of a graph that a trace went over.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        With the attributes of ``topology/attributes.py``.
    view : TraceView

    Notes
    -----
    A node stands for a service of the trace if it has its application, workload or service name and its
    namespace, and no other version; a namespace node if it is the service's namespace. An edge is lit if the
    trace has a call between what its ends stand for; a service between caller and workload is either end's.
    """
    calls = [*_calls(view)]
    seen = {_stop(row.span) for row in view.rows} | {end for call in calls for end in call[1]}
    stops: dict[str, set[_Stop]] = {
        key: {stop for stop in seen if _stands_for(node, stop)}
        for key, node in graph.nodes(data=True)
        if node.get(N.KIND) != NodeKind.BOX
    }
    edges = frozenset(
        (source, destination, protocol)
        for source, destination, protocol in graph.edges(keys=True)
        if _is_lit(graph.nodes[source], stops.get(source, set()), stops.get(destination, set()), calls)
    )
    found = {stop.name for held in stops.values() for stop in held}
    services = {row.span.service for row in view.rows}
    return TracePlaces(
        frozenset(key for key, held in stops.items() if held),
        edges,
        tuple(sorted(services - found)),
    )


def _stop(span: Span) -> _Stop:
    version = span.attributes.get(_VERSION)
    return _Stop(span.service, version if isinstance(version, str) else "")


def _calls(view: TraceView) -> Iterator[tuple[_Stop, frozenset[_Stop]]]:
    """Who called, and the names of whom: as it reported itself, and as the host that was called."""
    answered = {row.parent for row in view.rows}
    for number, row in enumerate(view.rows):
        parent = view.rows[row.parent] if row.parent >= 0 else None
        if parent is not None and _is_call(parent, row):
            host = called_host(parent.span)
            yield (
                _stop(parent.span),
                frozenset({_stop(row.span), *([_Stop(host, is_address=True)] if host else [])}),
            )
        elif row.span.kind == SpanKind.CLIENT and number not in answered:
            host = called_host(row.span)
            if host:
                yield _stop(row.span), frozenset({_Stop(host)})


def _is_call(parent: TraceRow, row: TraceRow) -> bool:
    ends = (parent.span.kind, row.span.kind)
    return parent.span.service != row.span.service or ends == (SpanKind.CLIENT, SpanKind.SERVER)


def _stands_for(node: Mapping[str, Any], stop: _Stop) -> bool:
    namespace = str(node.get(N.NAMESPACE, ""))
    if stop.is_address and node.get(N.KIND) != NodeKind.SERVICE:
        return False
    if node.get(N.KIND) == NodeKind.NAMESPACE:
        return "." in stop.name and stop.name.rpartition(".")[2] == namespace
    names = {str(node.get(name, "")) for name in (N.APP, N.WORKLOAD, N.SERVICE)} - {""}
    if stop.name not in names and stop.name not in {f"{name}.{namespace}" for name in names}:
        return False
    version = node.get(N.VERSION)
    return not version or not stop.version or stop.version == version


def _is_lit(
    source: Mapping[str, Any],
    from_here: set[_Stop],
    to_there: set[_Stop],
    calls: list[tuple[_Stop, frozenset[_Stop]]],
) -> bool:
    is_between = source.get(N.KIND) == NodeKind.SERVICE
    return any(
        (caller in from_here or (is_between and not called.isdisjoint(from_here)))
        and not called.isdisjoint(to_there)
        for caller, called in calls
    )
