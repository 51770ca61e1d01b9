"""A subject as matchers: the few disjoint sets of rows from which all that is said of it can be made."""

from __future__ import annotations

from collections.abc import Collection

from mesh_graph import fields
from mesh_graph.model import Direction, GraphType, NodeKey, NodeKind
from mesh_graph.sources.query import Matcher, any_of

__all__ = ["graph_type_of", "own_matchers", "subject_key", "subject_name", "subject_scopes"]

_PLACES = {
    (NodeKind.APP, Direction.INBOUND): (
        fields.DESTINATION_CLUSTER,
        fields.DESTINATION_WORKLOAD_NAMESPACE,
        fields.DESTINATION_CANONICAL_SERVICE,
    ),
    (NodeKind.APP, Direction.OUTBOUND): (
        fields.SOURCE_CLUSTER,
        fields.SOURCE_WORKLOAD_NAMESPACE,
        fields.SOURCE_CANONICAL_SERVICE,
    ),
    (NodeKind.WORKLOAD, Direction.INBOUND): (
        fields.DESTINATION_CLUSTER,
        fields.DESTINATION_WORKLOAD_NAMESPACE,
        fields.DESTINATION_WORKLOAD,
    ),
    (NodeKind.WORKLOAD, Direction.OUTBOUND): (
        fields.SOURCE_CLUSTER,
        fields.SOURCE_WORKLOAD_NAMESPACE,
        fields.SOURCE_WORKLOAD,
    ),
    (NodeKind.SERVICE, Direction.INBOUND): (
        fields.DESTINATION_CLUSTER,
        fields.DESTINATION_SERVICE_NAMESPACE,
        fields.DESTINATION_SERVICE_NAME,
    ),
}
"""Labels of cluster, namespace and name by which a subject's rows are known; a service sends nothing."""


def subject_key(kind: NodeKind, namespace: str, name: str, cluster: str = "") -> NodeKey:
    """Key of an application, workload or service; an empty cluster means any.

    Examples
    --------
    >>> subject_key(NodeKind.APP, "bookinfo", "reviews").text
    'app||bookinfo||reviews|||'
    """
    # What Istio writes for "no namespace" is no namespace in a key.
    namespace = "" if namespace == fields.UNKNOWN else namespace
    part = {NodeKind.APP: "app", NodeKind.WORKLOAD: "workload", NodeKind.SERVICE: "service"}[kind]
    return NodeKey(kind, cluster, namespace, **{part: name})


def subject_name(subject: NodeKey) -> str:
    """The subject's own name, without its namespace."""
    return subject.app or subject.workload or subject.service


def graph_type_of(subject: NodeKey) -> GraphType:
    """The graph type whose nodes the subject and its peers are."""
    return GraphType.APP if subject.kind is NodeKind.APP else GraphType.WORKLOAD


def own_matchers(subject: NodeKey, direction: Direction) -> tuple[Matcher, ...]:
    """Matchers of the rows that name the subject at its end; what went out of a service went into it."""
    is_service = subject.kind is NodeKind.SERVICE
    cluster, namespace, name = _PLACES[subject.kind, Direction.INBOUND if is_service else direction]
    found: tuple[Matcher, ...] = (
        Matcher(namespace, "=", subject.namespace or fields.UNKNOWN),
        Matcher(name, "=", subject_name(subject)),
    )
    # A request that reached nobody names no cluster, and is the service's all the same.
    if subject.cluster and not is_service:
        found = (*found, Matcher(cluster, "=", subject.cluster))
    return found


def subject_scopes(
    subject: NodeKey, direction: Direction, services: Collection[str] = ()
) -> tuple[tuple[Matcher, ...], ...]:
    """Disjoint sets of matchers from whose rows the subject's traffic of one direction can be merged.

    Parameters
    ----------
    subject : NodeKey
    direction : Direction
    services : collection of str
        Names of the services, in its namespace, that it serves. What was sent to them and reached somebody
        else, or nobody, is needed to tell what was lost on the way.

    Notes
    -----
    The merge rules join reports of the same two ends, and lost requests with their service. So all rows of
    one end, and for what comes in all rows of its services, give the numbers that the whole mesh's rows give.
    """
    own = own_matchers(subject, direction)
    if direction is Direction.OUTBOUND or subject.kind is NodeKind.SERVICE or not services:
        return (own,)
    _, _, name = _PLACES[subject.kind, direction]
    to_services = (
        Matcher(fields.DESTINATION_SERVICE_NAMESPACE, "=", subject.namespace or fields.UNKNOWN),
        any_of(fields.DESTINATION_SERVICE_NAME, services),
        Matcher(name, "!=", subject_name(subject)),
    )
    return (own, to_services)
