"""What a metrics tab shows: which direction, by which report, grouped by what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mesh_graph import fields
from mesh_graph.model import Direction

__all__ = ["PLACE_LABELS", "Choice", "Group", "Told", "group_labels"]


class Told(StrEnum):
    """Whose report is shown."""

    MERGED = "merged"
    """Every request once, by the canonical merge; of all else, the report nearest to the server."""
    SOURCE = "source"
    DESTINATION = "destination"
    BOTH = "both"
    """Both reports, side by side."""


class Group(StrEnum):
    """What the lines of a chart stand for."""

    NONE = "none"
    PEER_APP = "peer_app"
    PEER_NAMESPACE = "peer_namespace"
    PEER_VERSION = "peer_version"
    VERSION = "version"
    """The subject's own."""
    SERVICE = "service"
    """The service that was called."""
    CODE = "code"
    GRPC_STATUS = "grpc_status"
    FLAGS = "flags"
    SECURITY = "security"
    POD = "pod"
    NODE = "node"
    ZONE = "zone"

    @property
    def is_place(self) -> bool:
        """Whether it is where the subject's own proxies run, told by labels that the scrape adds."""
        return self in PLACE_LABELS


PLACE_LABELS = {
    Group.POD: (fields.POD, "pod_name", "kubernetes_pod_name"),
    Group.NODE: ("node", "node_name", "kubernetes_node"),
    Group.ZONE: ("zone", "topology_kubernetes_io_zone", "topology_zone"),
}
"""Labels under which scrapes tell pod, node and zone; the first that a mesh has counts."""

_ANSWER = {
    Group.CODE: fields.RESPONSE_CODE,
    Group.GRPC_STATUS: fields.GRPC_RESPONSE_STATUS,
    Group.FLAGS: fields.RESPONSE_FLAGS,
    Group.SECURITY: fields.CONNECTION_SECURITY_POLICY,
    Group.SERVICE: fields.DESTINATION_SERVICE_NAME,
}
_ENDS = {
    "source": {
        Group.PEER_APP: (fields.SOURCE_CANONICAL_SERVICE, fields.SOURCE_WORKLOAD_NAMESPACE),
        Group.PEER_NAMESPACE: (fields.SOURCE_WORKLOAD_NAMESPACE,),
        Group.PEER_VERSION: (
            fields.SOURCE_CANONICAL_SERVICE,
            fields.SOURCE_CANONICAL_REVISION,
            fields.SOURCE_WORKLOAD_NAMESPACE,
        ),
        Group.VERSION: (fields.SOURCE_CANONICAL_REVISION,),
    },
    "destination": {
        Group.PEER_APP: (fields.DESTINATION_CANONICAL_SERVICE, fields.DESTINATION_WORKLOAD_NAMESPACE),
        Group.PEER_NAMESPACE: (fields.DESTINATION_WORKLOAD_NAMESPACE,),
        Group.PEER_VERSION: (
            fields.DESTINATION_CANONICAL_SERVICE,
            fields.DESTINATION_CANONICAL_REVISION,
            fields.DESTINATION_WORKLOAD_NAMESPACE,
        ),
        Group.VERSION: (fields.DESTINATION_CANONICAL_REVISION,),
    },
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a metrics tab shows.

    Attributes
    ----------
    direction : Direction
    told : Told
    group : Group
    quantile : float or None
        Response time of grouped lines; None is the mean.
    """

    direction: Direction = Direction.INBOUND
    told: Told = Told.MERGED
    group: Group = Group.NONE
    quantile: float | None = 0.95

    @property
    def is_plain(self) -> bool:
        """Whether the lines are what is measured (p50, p95 …), not whom it is measured of."""
        return self.group is Group.NONE and self.told is not Told.BOTH


def group_labels(group: Group, direction: Direction) -> tuple[str, ...]:
    """Labels that tell the lines of a group apart; of a place its usual label; none for none.

    Examples
    --------
    >>> group_labels(Group.VERSION, Direction.INBOUND)
    ('destination_canonical_revision',)
    """
    if group is Group.NONE:
        return ()
    if group in PLACE_LABELS:
        return PLACE_LABELS[group][:1]
    if group in _ANSWER:
        return (_ANSWER[group],)
    own, peer = ("destination", "source") if direction is Direction.INBOUND else ("source", "destination")
    return _ENDS[own if group is Group.VERSION else peer][group]
