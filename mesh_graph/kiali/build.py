"""The frames of a request to its traffic map, all of Kiali's steps in order."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from mesh_graph.kiali.additions import Additions, add_additions
from mesh_graph.kiali.beside import Beside
from mesh_graph.kiali.calls import CallReader, Waypoints
from mesh_graph.kiali.config import add_istio, add_labels, add_workload_entries
from mesh_graph.kiali.existence import add_idle_nodes, check_mesh, merge_entries, remove_dead_nodes
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
from mesh_graph.topology.declared import NOTHING_DECLARED, Declared

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
    declared : Declared
        What the clusters declare.
    """

    namespaces: Collection[str] | None = None
    waypoints: Waypoints = field(default_factory=frozenset)
    captured: Collection[str] = ()
    tolerances: tuple[Tolerance, ...] = ()
    declared: Declared = NOTHING_DECLARED


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
    _add_existence(graph, around.declared, options)
    mark_outsiders(graph, options.namespaces, around.namespaces)
    if Appender.ISTIO in options.appenders:
        add_istio(graph, Beside(graph, around.declared))
    if Appender.AMBIENT in options.appenders:
        handle_waypoints(graph, show=options.show_waypoints)
    if Appender.HEALTH in options.appenders:
        add_health(graph, around.tolerances)
    if Appender.LABELER in options.appenders:
        add_labels(graph, Beside(graph, around.declared))
    mark_roots(graph)
    is_whole = options.target is None
    return reduce_to_services(graph) if options.graph_type is GraphType.SERVICE and is_whole else graph


def _add_existence(graph: TrafficMap, declared: Declared, options: Options) -> None:
    """What Kiali adds and takes away by what exists, in its order."""
    if not declared.clusters:
        return
    asked, beside = options.appenders, Beside(graph, declared)
    if Appender.SERVICE_ENTRY in asked:
        merge_entries(graph, beside, options)
    if Appender.DEAD_NODE in asked:
        remove_dead_nodes(graph, beside)
    if Appender.WORKLOAD_ENTRY in asked:
        add_workload_entries(graph, beside)
    if Appender.IDLE_NODE in asked and options.target is None:
        add_idle_nodes(graph, beside, options)
    if Appender.MESH_CHECK in asked:
        check_mesh(graph, beside)
