"""The frames of a request to its traffic map, all of Kiali's steps in order."""

from __future__ import annotations

from collections.abc import Collection

from mesh_graph.kiali.calls import Waypoints
from mesh_graph.kiali.finish import handle_waypoints, mark_outsiders, mark_roots
from mesh_graph.kiali.ledger import write_ledger
from mesh_graph.kiali.merge import merge_maps
from mesh_graph.kiali.options import Options
from mesh_graph.kiali.reduce import reduce_to_services
from mesh_graph.kiali.samples import Observed, read_samples
from mesh_graph.kiali.traffic import TrafficMap
from mesh_graph.model import GraphType

__all__ = ["build_traffic_map"]


def build_traffic_map(
    observed: Observed, options: Options, accessible: Collection[str], *, waypoints: Waypoints = ()
) -> TrafficMap:
    """The traffic map that Kiali would make of the same series.

    Parameters
    ----------
    observed : Observed
    options : Options
    accessible : collection of str
        Namespaces that are known.
    waypoints : collection of (cluster, namespace, workload)
    """
    samples = read_samples(observed, options)
    graph, _ = merge_maps(samples, write_ledger(samples, options, waypoints), options.namespaces)
    mark_outsiders(graph, options.namespaces, accessible)
    handle_waypoints(graph, show=options.show_waypoints)
    mark_roots(graph)
    is_whole = options.target is None
    return reduce_to_services(graph) if options.graph_type is GraphType.SERVICE and is_whole else graph
