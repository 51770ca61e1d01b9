"""When what vanished was last seen."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.model import State
from mesh_graph.topology.attributes import EdgeAttr, NodeAttr
from mesh_graph.topology.columns import put
from mesh_graph.topology.locate import locate
from mesh_graph.topology.places import NOWHERE

__all__ = ["add_last_seen"]


def add_last_seen(graph: nx.MultiDiGraph[str], seen: pd.DataFrame) -> None:
    """Write on vanished nodes and edges when they last had traffic, Unix seconds.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        As ``build_graph`` gives it, compared with an earlier view; written to.
    seen : pandas.DataFrame
        ``BASE_LABELS`` and ``protocol`` : str; ``time`` : float64, Unix seconds of a step with traffic. Any
        number of rows of one identity; the latest counts.
    """
    located = locate(graph, seen)
    times = seen[fields.TIME].to_numpy(dtype=np.float64)
    latest = np.full(len(located.edges), -np.inf)
    np.maximum.at(latest, located.at, times[located.row])
    gone = [edge.get(EdgeAttr.STATE) == State.VANISHED for edge in located.edges]
    put(located.edges, EdgeAttr.LAST_SEEN, latest, np.array(gone, dtype=bool) & np.isfinite(latest))
    latest = np.full(len(located.nodes), -np.inf)
    for ends in (located.route.source, located.route.via, located.route.destination):
        np.maximum.at(latest, ends[ends != NOWHERE], times[ends != NOWHERE])
    gone = [node.get(NodeAttr.STATE) == State.VANISHED for node in located.nodes]
    put(located.nodes, NodeAttr.LAST_SEEN, latest, np.array(gone, dtype=bool) & np.isfinite(latest))
