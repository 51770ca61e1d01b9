"""Which labels name an object in a reply that is grouped by them, for numbers that need no merge."""

from __future__ import annotations

from collections.abc import Sequence

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.model import Direction, NodeKey, NodeKind, View
from mesh_graph.sources.query import Matcher
from mesh_graph.topology.identity import is_known

__all__ = ["label_names", "own_matchers", "read_key"]

FEW_SCOPES = 3
"""Scopes of up to a hundred namespaces: into them, out of them, lost on the way to them."""

_INTO = {
    NodeKind.NAMESPACE: (fields.DESTINATION_CLUSTER, fields.DESTINATION_WORKLOAD_NAMESPACE),
    NodeKind.APP: (
        fields.DESTINATION_CLUSTER,
        fields.DESTINATION_WORKLOAD_NAMESPACE,
        fields.DESTINATION_CANONICAL_SERVICE,
    ),
    NodeKind.WORKLOAD: (
        fields.DESTINATION_CLUSTER,
        fields.DESTINATION_WORKLOAD_NAMESPACE,
        fields.DESTINATION_WORKLOAD,
    ),
    NodeKind.SERVICE: (
        fields.DESTINATION_CLUSTER,
        fields.DESTINATION_SERVICE_NAMESPACE,
        fields.DESTINATION_SERVICE_NAME,
    ),
}
_OUT = {
    NodeKind.NAMESPACE: (fields.SOURCE_CLUSTER, fields.SOURCE_WORKLOAD_NAMESPACE),
    NodeKind.APP: (
        fields.SOURCE_CLUSTER,
        fields.SOURCE_WORKLOAD_NAMESPACE,
        fields.SOURCE_CANONICAL_SERVICE,
    ),
    NodeKind.WORKLOAD: (
        fields.SOURCE_CLUSTER,
        fields.SOURCE_WORKLOAD_NAMESPACE,
        fields.SOURCE_WORKLOAD,
    ),
}
_NAMES = {NodeKind.APP: "app", NodeKind.WORKLOAD: "workload", NodeKind.SERVICE: "service"}


def label_names(kind: NodeKind, direction: Direction = Direction.INBOUND) -> tuple[str, ...]:
    """Labels of cluster, namespace and (but for a namespace) name of objects of a kind.

    Raises
    ------
    KeyError
        For what a service sends: it sends nothing.
    """
    return (_INTO if direction is Direction.INBOUND else _OUT)[kind]


def own_matchers(desk: Desk, view: View, direction: Direction) -> tuple[Matcher, ...]:
    """Matchers of what comes into or goes out of the view's namespaces; none where they are many or all."""
    scoped = desk.scopes(view)
    if len(scoped) != FEW_SCOPES:
        return ()
    into, out, _ = scoped
    return into if direction is Direction.INBOUND else out[:1]


def read_key(kind: NodeKind, labels: Sequence[str]) -> NodeKey | None:
    """Key of an object by the values of its ``label_names``; None where they do not name one."""
    cluster, namespace, *name = (text if is_known(text) else "" for text in labels)
    if not name:
        return NodeKey(kind, cluster, namespace) if namespace else None
    return NodeKey(kind, cluster, namespace, **{_NAMES[kind]: name[0]}) if name[0] else None
