"""A time series' base labels as a call from one end to another, with Kiali's corrections of odd telemetry.

Works on distinct label combinations, thousands at most, never on rows.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from mesh_graph import fields
from mesh_graph.kiali.identity import SERVICE, End, Identity, identify, is_ok
from mesh_graph.model import GraphType

__all__ = ["Call", "CallReader", "Waypoints", "read_call"]

EGRESS_HOST = "istio-egressgateway.istio-system.svc.cluster.local"
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+(:\d+)?", re.ASCII)
_AT = {label: place for place, label in enumerate(fields.BASE_LABELS)}
_CLUSTERS = {fields.SOURCE_CLUSTER, fields.DESTINATION_CLUSTER}
_REQUIRED = [_AT[label] for label in fields.BASE_LABELS if label not in _CLUSTERS]

Waypoints = Collection[tuple[str, str, str]]
"""(cluster, namespace, workload) of the waypoints; an empty cluster is any."""


class Call(NamedTuple):
    """A call: its nodes, and what makes its time series one of a kind.

    Attributes
    ----------
    source, destination : Identity
    service : Identity or None
        The service node to be inserted between them.
    through : tuple of str
        (cluster, namespace, name) of the service that was called.
    series : tuple
        What the first claim goes by, beside metric, code and flags.
    source_is_waypoint, destination_is_waypoint : bool
    """

    source: Identity
    destination: Identity
    service: Identity | None
    through: tuple[str, str, str]
    series: tuple[End, End, str]
    source_is_waypoint: bool
    destination_is_waypoint: bool


def read_call(
    labels: tuple[str, ...], graph_type: GraphType, *, inject: bool = False, waypoints: Waypoints = ()
) -> Call | None:
    """The call that a time series counts; None if its telemetry is bad.

    Parameters
    ----------
    labels : tuple of str
        Values of ``fields.BASE_LABELS``, ``""`` where the series lacks one.
    graph_type : GraphType
    inject : bool
        Whether service nodes are inserted.
    waypoints : collection of (cluster, namespace, workload)
    """
    if not all(labels[place] for place in _REQUIRED):
        return None
    source, destination, host = _source(labels), _destination(labels), labels[_AT[fields.DESTINATION_SERVICE]]
    if _is_bad_source(source, labels):
        return None
    destination = _corrected(source, destination, host)
    if _is_bad_destination(destination, host, labels):
        return None
    from_waypoint, to_waypoint = _is_waypoint(source, waypoints), _is_waypoint(destination, waypoints)
    # A waypoint is no app: without one it is a workload in every type of graph.
    source = source._replace(app="") if from_waypoint else source
    typed = identify(destination, graph_type)
    destination = destination._replace(app="") if to_waypoint else destination
    caller, called = identify(source, graph_type), identify(destination, graph_type)
    if caller is None or called is None or typed is None:
        return None
    service = None
    if inject and _can_inject(destination, typed, is_waypoint=from_waypoint or to_waypoint):
        service = identify(
            End(destination.cluster, destination.service_namespace, destination.service, "", "", "", ""),
            graph_type,
        )
    through = (destination.cluster, destination.service_namespace, destination.service)
    # A node that calls itself describes itself last as the destination.
    first = destination if caller.id == called.id else source
    return Call(caller, called, service, through, (first, destination, host), from_waypoint, to_waypoint)


class CallReader:
    """``read_call`` for one graph, each combination of labels once.

    Parameters
    ----------
    graph_type : GraphType
    inject : bool
    waypoints : collection of (cluster, namespace, workload)
    """

    def __init__(self, graph_type: GraphType, *, inject: bool, waypoints: Waypoints = ()) -> None:
        self._graph_type, self._inject, self._waypoints = graph_type, inject, waypoints
        self._read: dict[tuple[str, ...], Call | None] = {}

    def __call__(self, labels: tuple[str, ...]) -> Call | None:
        """The call that a time series with these ``BASE_LABELS`` counts; None if its telemetry is bad."""
        if labels not in self._read:
            self._read[labels] = read_call(
                labels, self._graph_type, inject=self._inject, waypoints=self._waypoints
            )
        return self._read[labels]


def _source(labels: tuple[str, ...]) -> End:
    cluster, namespace, workload, app, version = (labels[_AT[label]] for label in fields.SOURCE_LABELS)
    return End(cluster or fields.UNKNOWN, namespace, "", namespace, workload, app, version)


def _destination(labels: tuple[str, ...]) -> End:
    cluster, namespace, workload, app, version = (labels[_AT[label]] for label in fields.DESTINATION_LABELS)
    service_namespace = labels[_AT[fields.DESTINATION_SERVICE_NAMESPACE]]
    service = labels[_AT[fields.DESTINATION_SERVICE_NAME]]
    return End(cluster or fields.UNKNOWN, service_namespace, service, namespace, workload, app, version)


def _is_bad_source(source: End, labels: tuple[str, ...]) -> bool:
    """A source whose namespace is known and whose workload and app, or cluster, are not."""
    if not is_ok(source.namespace):
        return False
    nameless = not is_ok(source.workload) and not is_ok(source.app)
    return nameless or labels[_AT[fields.SOURCE_CLUSTER]] == fields.UNKNOWN


def _corrected(source: End, destination: End, host: str) -> End:
    """The egress gateway by its name, and the cluster that a failed request lacks (istio#29373)."""
    if host == destination.service == EGRESS_HOST:
        gateway, namespace = "istio-egressgateway", "istio-system"
        return End(source.cluster, namespace, gateway, namespace, gateway, gateway, fields.LATEST)
    lacks = not is_ok(destination.cluster) and is_ok(source.cluster) and is_ok(destination.service_namespace)
    return destination._replace(cluster=source.cluster) if lacks else destination


def _is_bad_destination(destination: End, host: str, labels: tuple[str, ...]) -> bool:
    """A pod called by its address, or a service whose namespace is known and whose cluster is not."""
    address = not is_ok(destination.workload) and is_ok(host) and host == destination.service
    if address and _ADDRESS.fullmatch(host):
        return True
    has_cluster = bool(labels[_AT[fields.DESTINATION_CLUSTER]])
    return is_ok(destination.service_namespace) and has_cluster and not is_ok(destination.cluster)


def _is_waypoint(end: End, waypoints: Waypoints) -> bool:
    where = (end.workload_namespace, end.workload)
    if end.cluster != fields.UNKNOWN:
        return (end.cluster, *where) in waypoints or ("", *where) in waypoints
    return any(waypoint[1:] == where for waypoint in waypoints)


def _can_inject(destination: End, typed: Identity, *, is_waypoint: bool) -> bool:
    named = is_ok(destination.service) and destination.service != fields.PASSTHROUGH
    return named and typed.type != SERVICE and not is_waypoint
