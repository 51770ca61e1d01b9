"""Response times on edges.

Quantiles and means cannot be added, so a number is exact only where one series of the answer is one edge. The
full labels of traffic are too fine for that: an edge into a service sums several destinations, an edge out of
it several sources. ``latency_labels`` therefore gives, per graph type and hop, the labels to group the
source's query by, so that the source itself merges the buckets:

================================  ==============================================================
graph                             one query for each of
================================  ==============================================================
with service nodes                edges to services: source and service; edges from services:
                                  service and destination
without service nodes             every edge: source, service and destination (exact where the
                                  source calls the destination by one service)
graph type service                as with service nodes (exact where a service is one workload)
namespace map                     every edge: both clusters and namespaces
================================  ==============================================================

Where several series fall on one edge all the same (a folded edge, labels that a mesh lacks), the slowest is
written: for a quantile and for a mean alike the true number is not above it. The edge says so by the note
``AT_MOST``.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.codes import Bools, texts
from mesh_graph.model import GraphType, Reporter, View
from mesh_graph.topology.attributes import EdgeAttr, Gap
from mesh_graph.topology.locate import Hop, Located, locate

__all__ = ["AT_MOST", "add_latency", "latency_labels"]

AT_MOST = "latency-at-most"
"""Note of an edge whose response time is the slowest of several series, not that of their sum."""

_NAMESPACE_ENDS = (
    fields.SOURCE_CLUSTER,
    fields.SOURCE_WORKLOAD_NAMESPACE,
    fields.DESTINATION_CLUSTER,
    fields.DESTINATION_WORKLOAD_NAMESPACE,
    fields.DESTINATION_SERVICE_NAMESPACE,
)
_VERSION_LABELS = frozenset(
    {
        fields.SOURCE_WORKLOAD,
        fields.SOURCE_CANONICAL_REVISION,
        fields.DESTINATION_WORKLOAD,
        fields.DESTINATION_CANONICAL_REVISION,
    }
)
_APP_LABELS = frozenset(
    {
        fields.SOURCE_CANONICAL_SERVICE,
        fields.SOURCE_CANONICAL_REVISION,
        fields.DESTINATION_CANONICAL_SERVICE,
        fields.DESTINATION_CANONICAL_REVISION,
    }
)


def latency_labels(view: View) -> dict[Hop, tuple[str, ...]]:
    """Labels to group response times by, one query per hop, so that each number is exact; see the module.

    ``reporter`` and ``request_protocol`` are among them. Labels of ``LATENCY_LABELS`` that are not are to be
    filled with ``"unknown"`` before the merge.
    """
    if view.graph_type is GraphType.NAMESPACE:
        return {Hop.EVERY: _with_reporter(_NAMESPACE_ENDS)}
    dropped = {GraphType.APP: _VERSION_LABELS, GraphType.VERSIONED_APP: frozenset[str]()}.get(
        view.graph_type, _APP_LABELS
    )
    source, destination = (
        tuple(label for label in labels if label not in dropped)
        for labels in (fields.SOURCE_LABELS, fields.DESTINATION_LABELS)
    )
    if not view.services and view.graph_type is not GraphType.SERVICE:
        return {Hop.EVERY: _with_reporter((*source, *destination, *fields.SERVICE_LABELS))}
    home = (fields.DESTINATION_CLUSTER, fields.DESTINATION_WORKLOAD_NAMESPACE)
    return {
        Hop.TO_SERVICE: _with_reporter((*source, *home, *fields.SERVICE_LABELS)),
        Hop.FROM_SERVICE: _with_reporter((*destination, *fields.SERVICE_LABELS)),
    }


def _with_reporter(labels: tuple[str, ...]) -> tuple[str, ...]:
    return (*labels, fields.REPORTER, fields.REQUEST_PROTOCOL)


def add_latency(
    graph: nx.MultiDiGraph[str],
    latencies: pd.DataFrame,
    *,
    hop: Hop = Hop.EVERY,
    edge_ms: float | None = None,
) -> None:
    """Write the response time of each edge that has one: the server's, or else the client's.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        As ``build_graph`` gives it; written to.
    latencies : pandas.DataFrame
        ``traffic.LATENCIES``: one row per identity and protocol, ``latency_ms`` in milliseconds; +inf is
        above the top bucket edge, NaN no data.
    hop : Hop
        Which edges the frame speaks of; the others are left alone.
    edge_ms : float, optional
        Top finite bucket edge of the family, milliseconds.
    """
    known = latencies[latencies[fields.LATENCY_MS].notna()]
    located = locate(graph, known, hop)
    counts = _nearest(known, located)
    edge_of, row = located.at[counts], located.row[counts]
    slowest = np.full(len(located.edges), -np.inf)
    np.maximum.at(slowest, edge_of, known[fields.LATENCY_MS].to_numpy(dtype=np.float64)[row])
    series = np.bincount(edge_of, minlength=len(located.edges))
    for at in np.flatnonzero(series).tolist():
        edge = located.edges[at]
        edge[EdgeAttr.LATENCY_MS] = float(slowest[at])
        if edge_ms is not None:
            edge[EdgeAttr.LATENCY_EDGE_MS] = edge_ms
        if series[at] > 1:
            edge[EdgeAttr.NOTES] = (*edge.get(EdgeAttr.NOTES, ()), Gap(AT_MOST))


def _nearest(latencies: pd.DataFrame, located: Located) -> Bools:
    """Which of the located rows count: those of servers, and others on edges that have none of these."""
    by_server = (texts(latencies[fields.REPORTED_BY]) == Reporter.DESTINATION)[located.row]
    told = np.zeros(len(located.edges), dtype=np.bool_)
    told[located.at[by_server]] = True
    counts: Bools = by_server | ~told[located.at]
    return counts
