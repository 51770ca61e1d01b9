"""What waypoint proxies carry: the same traffic that they report from end to end, seen once more on its way.

A waypoint stands between a caller and a service of the ambient layer. It reports each request from the caller
to the workload that answers, so that a graph without it is whole. Beside that, ztunnel reports connections
from caller to waypoint and from waypoint to workload, and a gateway its requests to the waypoint: once more.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mesh_graph import fields
from mesh_graph.model import NodeKey, NodeKind, Reporter
from mesh_graph.topology.attributes import EdgeAttr, NodeAttr
from mesh_graph.topology.traffic import Traffic

__all__ = ["Waypoints", "is_waypoint", "mark_waypoints", "without_carriage"]

End = tuple[str, str, str]
"""Cluster, namespace and workload, as the labels spell them."""
Waypoints = Collection[End]
"""An empty cluster is any."""

_SOURCE = (fields.SOURCE_CLUSTER, fields.SOURCE_WORKLOAD_NAMESPACE, fields.SOURCE_WORKLOAD)
_TARGET = (fields.DESTINATION_CLUSTER, fields.DESTINATION_WORKLOAD_NAMESPACE, fields.DESTINATION_WORKLOAD)


def is_waypoint(end: End, waypoints: Waypoints) -> bool:
    """Whether a workload is one of the waypoints."""
    return end in waypoints or ("", *end[1:]) in waypoints


def without_carriage(traffic: Traffic, waypoints: Waypoints) -> Traffic:
    """Traffic without what waypoints carry, as far as their own reports tell of it.

    A row to a waypoint is left out if a waypoint reports traffic of the same caller; one from a waypoint if a
    waypoint reports traffic to the same workload. Requests that never arrived stay, for only their caller
    knows of them. Of a waypoint that nobody asks for its numbers everything stays: it is all that is known.

    Parameters
    ----------
    traffic : Traffic
        After the merge; left as it is.
    waypoints : Waypoints
    """
    if not waypoints:
        return traffic
    told = [frame[frame[fields.REPORTED_BY] == Reporter.WAYPOINT] for frame in (traffic.flows, traffic.tcp)]
    callers = {end for frame in told for end in _ends(frame, _SOURCE)}
    called = {end for frame in told for end in _ends(frame, _TARGET)}

    def left(frame: pd.DataFrame) -> pd.DataFrame:
        is_told = _is_told(frame, waypoints, callers, called)
        if fields.ARRIVED in frame:
            is_told &= frame[fields.ARRIVED].to_numpy(np.bool_)
        return frame[~is_told].reset_index(drop=True) if is_told.any() else frame

    return replace(
        traffic,
        flows=left(traffic.flows),
        tcp=left(traffic.tcp),
        messages=left(traffic.messages),
        reports=left(traffic.reports),
    )


def _ends(frame: pd.DataFrame, labels: End) -> list[End]:
    cluster, namespace, workload = (frame[label].tolist() for label in labels)
    return list(zip(cluster, namespace, workload, strict=True))


def _is_told(
    frame: pd.DataFrame, waypoints: Waypoints, callers: set[End], called: set[End]
) -> NDArray[np.bool_]:
    """Per row, whether it is carriage that a waypoint's own report tells from end to end."""
    names = {name for _, _, name in waypoints}
    told = (frame[_SOURCE[-1]].isin(names) | frame[_TARGET[-1]].isin(names)).to_numpy(np.bool_, copy=True)
    rows = frame[told]
    told[told] = [
        (is_waypoint(target, waypoints) and source in callers)
        or (is_waypoint(source, waypoints) and target in called)
        for source, target in zip(_ends(rows, _SOURCE), _ends(rows, _TARGET), strict=True)
    ]
    return told


def mark_waypoints(graph: nx.MultiDiGraph[str], waypoints: Waypoints, counted: Traffic) -> None:
    """Write on the nodes of the waypoints what they are, and on their edges that others tell the same.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        Written to. A proxy lacks no proxy.
    waypoints : Waypoints
    counted : Traffic
        As ``without_carriage`` leaves it. An edge of a waypoint that is still in it is told by nobody else.
    """
    if not waypoints:
        return
    untold = {
        end
        for frame in (counted.flows, counted.tcp)
        for labels in (_SOURCE, _TARGET)
        for end in _ends(frame[frame[labels[-1]].isin({name for *_, name in waypoints})], labels)
    }
    for text, row in graph.nodes(data=True):
        key = NodeKey.parse(text)
        end = (key.cluster, key.namespace, key.workload)
        if key.kind is NodeKind.WORKLOAD and is_waypoint(end, waypoints):
            row[NodeAttr.IS_WAYPOINT] = True
            row.pop(NodeAttr.HAS_NO_SIDECAR, None)
            if end not in untold:
                for *_, edge in (*graph.in_edges(text, data=True), *graph.out_edges(text, data=True)):
                    edge[EdgeAttr.IS_CARRIED] = True
