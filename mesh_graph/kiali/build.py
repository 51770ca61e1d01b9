"""The frames of a request to its traffic map, all of Kiali's steps in order."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from mesh_graph.kiali.additions import Additions, add_additions
from mesh_graph.kiali.calls import CallReader, Waypoints
from mesh_graph.kiali.finish import handle_waypoints, mark_outsiders, mark_roots
from mesh_graph.kiali.health import add_health
from mesh_graph.kiali.ledger import write_ledger
from mesh_graph.kiali.merge import merge_maps
from mesh_graph.kiali.options import Ambient, Appender, Options
from mesh_graph.kiali.reduce import reduce_to_services
from mesh_graph.kiali.samples import Observed, read_samples
from mesh_graph.kiali.traffic import TrafficMap
from mesh_graph.model import GraphType
from mesh_graph.settings.tolerances import Tolerance

__all__ = ["Surroundings", "build_traffic_map"]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of the mesh beside its traffic.

    Attributes
    ----------
    namespaces : collection of str or None
        Those that can be looked into; None is all that have a name.
    waypoints : collection of (cluster, namespace, workload)
    captured : collection of str
        Namespaces that ztunnel captures.
    tolerances : tuple of Tolerance
        For health.
    """

    namespaces: Collection[str] | None = None
    waypoints: Waypoints = field(default_factory=frozenset)
    captured: Collection[str] = ()
    tolerances: tuple[Tolerance, ...] = ()


def build_traffic_map(
    observed: Observed,
    options: Options,
    around: Surroundings,
    additions: Callable[[], Additions] = Additions,
) -> TrafficMap:
    """The traffic map that Kiali would make of the same series.

    Parameters
    ----------
    observed : Observed
    options : Options
    around : Surroundings
    additions : callable
        Gives what is added; asked for once the traffic is merged.
    """
    waypoints = around.waypoints if options.ambient is not Ambient.NONE else ()
    reader = CallReader(options.graph_type, inject=options.injects, waypoints=waypoints)
    samples = read_samples(observed, options, around.captured)
    ledger = write_ledger(samples, reader)
    graph, chosen = merge_maps(samples, ledger, options.namespaces)
    add_additions(graph, ledger.legs.map[chosen].tolist(), additions(), options=options, reader=reader)
    mark_outsiders(graph, options.namespaces, around.namespaces)
    if Appender.AMBIENT in options.appenders:
        handle_waypoints(graph, show=options.show_waypoints)
    if Appender.HEALTH in options.appenders:
        add_health(graph, around.tolerances)
    mark_roots(graph)
    is_whole = options.target is None
    return reduce_to_services(graph) if options.graph_type is GraphType.SERVICE and is_whole else graph
