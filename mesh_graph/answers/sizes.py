"""What answers take in memory, roughly, in bytes: for the caches that hold them."""

from __future__ import annotations

import networkx as nx

from mesh_graph.answers.kiali import KialiGraph
from mesh_graph.answers.state import MeshState
from mesh_graph.canary.split import Split

__all__ = [
    "OBJECT_BYTES",
    "SMALL_BYTES",
    "SUBJECT_BYTES",
    "graph_bytes",
    "kiali_bytes",
    "split_bytes",
    "state_bytes",
]

SMALL_BYTES = 16 * 1024
OBJECT_BYTES = 4 * 1024
"""What an object's row of a list takes, its reasons and sparkline included."""
SUBJECT_BYTES = 256 * 1024
"""What a detail page's answer takes, at most: a dozen charts of sixty steps."""


def state_bytes(state: MeshState) -> int:
    """Size of all that the traffic of an instant says."""
    rows = sum(len(frame) for frame in (state.traffic.flows, state.traffic.tcp, state.traffic.reports))
    return 10_000 + 1_000 * rows + OBJECT_BYTES * len(state.facts.subjects())


def kiali_bytes(graph: KialiGraph) -> int:
    """Size of a graph in Kiali's shape."""
    elements = graph.document["elements"]
    return 10_000 + 4_000 * (len(elements["nodes"]) + len(elements["edges"]))


def split_bytes(split: Split) -> int:
    """Size of a split with its counts."""
    return 50_000 + 500 * len(split.sample.frame)


def graph_bytes(graph: nx.MultiDiGraph[str]) -> int:
    """Size of a graph."""
    return 10_000 + 4_000 * graph.number_of_nodes() + 5_000 * graph.number_of_edges()
