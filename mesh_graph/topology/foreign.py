"""Nodes that whoever looks may not see, left a bare name: that they are neighbours is all there is to know.

What remains on them is who they are, how they are drawn, and the sums over the edges that are shown.
"""

from __future__ import annotations

import networkx as nx

from mesh_graph.scope import Scope
from mesh_graph.topology.attributes import EdgeAttr, NodeAttr

__all__ = ["BARE", "restrict"]

BARE = frozenset(
    {
        NodeAttr.KIND,
        NodeAttr.CLUSTER,
        NodeAttr.NAMESPACE,
        NodeAttr.WORKLOAD,
        NodeAttr.APP,
        NodeAttr.SERVICE,
        NodeAttr.BOX,
        NodeAttr.PARENT,
        NodeAttr.FOLDED,
        NodeAttr.IS_INJECTED,
        NodeAttr.IS_EXTERNAL,
        NodeAttr.IS_IDLE,
        NodeAttr.STATE,
        NodeAttr.LAST_SEEN,
        NodeAttr.IN_RATE,
        NodeAttr.IN_ERROR_RATE,
        NodeAttr.IN_ERROR_RATIO,
        NodeAttr.OUT_RATE,
        NodeAttr.OUT_ERROR_RATE,
        NodeAttr.OUT_ERROR_RATIO,
        NodeAttr.TCP_IN_RATE,
        NodeAttr.TCP_OUT_RATE,
    }
)
"""Attributes that a foreign node keeps."""


def restrict(graph: nx.MultiDiGraph[str], scope: Scope) -> None:
    """Leave foreign nodes a bare name, and say of no edge which share of other nodes' traffic it is.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        As ``topology.build`` makes it; written to. The unknown, which is in no namespace, is nobody's.
    scope : Scope
    """
    if scope.is_whole:
        return
    for node, row in graph.nodes(data=True):
        namespace, cluster = (row.get(name, "") for name in (NodeAttr.NAMESPACE, NodeAttr.CLUSTER))
        if scope.allows(namespace, cluster):
            continue
        for _, _, edge in graph.out_edges(node, data=True):
            edge.pop(EdgeAttr.SHARE, None)
        if namespace or (cluster and not scope.allows_cluster(cluster)):
            kept = {name: value for name, value in row.items() if name in BARE}
            row.clear()
            row.update(kept, **{NodeAttr.IS_OUTSIDE: True})
