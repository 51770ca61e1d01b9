"""What clusters declare, for a picture of an instant: facts, and what of them could not be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import networkx as nx

from mesh_graph.answers.desk import Desk
from mesh_graph.istio.declared import declared_facts, is_present, last_change
from mesh_graph.istio.waypoints import waypoints_of
from mesh_graph.model import View
from mesh_graph.sources.cluster import Snapshot
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.declared import NOTHING_DECLARED, Declared
from mesh_graph.topology.declared_nodes import DeclaredNodes
from mesh_graph.topology.overlay_config import add_config, add_entries, add_labels
from mesh_graph.topology.overlay_existence import add_dead, add_sidecars
from mesh_graph.topology.waypoints import Waypoints

__all__ = ["DECLARED_NOW", "DECLARED_UNSEEN", "add_declared", "declared_at", "known_waypoints"]

DECLARED_UNSEEN, DECLARED_NOW = "declared-unseen", "declared-now"
ABSENT = "cluster.not-installed"
"""What is not installed is not declared: nothing is missing."""
ALL = "objects"


def declared_at(desk: Desk, at: float) -> tuple[Declared, tuple[Gap, ...]]:
    """Facts for an instant, Unix seconds, and what they lack; no facts without a cluster."""
    snapshot = desk.declared()
    if snapshot is None:
        return NOTHING_DECLARED, ()
    moment = None if is_present(snapshot, at) else last_change(snapshot, at)
    facts = desk.facts.get((snapshot.version, moment), lambda: declared_facts(snapshot, at))
    gaps = (*_unseen(snapshot), *(() if facts.is_present else (Gap(DECLARED_NOW),)))
    return facts, gaps


def known_waypoints(desk: Desk) -> Waypoints:
    """Waypoints that the clusters declare now, for any instant: what a proxy is does not pass."""
    snapshot = desk.declared()
    return waypoints_of(snapshot) if snapshot is not None else ()


def _unseen(snapshot: Snapshot) -> Iterator[Gap]:
    kinds: dict[tuple[str, str], set[str]] = defaultdict(set)
    for gap in snapshot.gaps:
        if gap.message != ABSENT:
            kinds[gap.cluster, gap.message].add(gap.kind or ALL)
    for (cluster, message), found in sorted(kinds.items()):
        parameters = (("cluster", cluster), ("kinds", ", ".join(sorted(found))), ("why", message))
        yield Gap(DECLARED_UNSEEN, parameters)


def add_declared(graph: nx.MultiDiGraph[str], declared: Declared, view: View) -> None:
    """Write on a graph all that is declared; without a cluster nothing."""
    if not declared.clusters:
        return
    nodes = DeclaredNodes(graph, declared, view.namespaces)
    add_entries(nodes)
    add_config(nodes)
    add_labels(nodes)
    add_sidecars(nodes)
    add_dead(graph, nodes)
