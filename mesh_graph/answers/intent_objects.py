"""All config objects of a view with what the checks say of them, worst first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mesh_graph.istio.checks import Checked, ConfigFinding, Severity
from mesh_graph.istio.revisions import ControlPlane, Unassigned
from mesh_graph.model import View
from mesh_graph.sources.cluster import ClusterGap, KubeObject, Snapshot
from mesh_graph.topology.attributes import Gap

__all__ = ["CONFIG_KINDS", "ConfigRow", "ObjectStatus", "Objects", "objects_of", "row_of"]

CONFIG_KINDS = (
    "VirtualService",
    "DestinationRule",
    "Gateway",
    "ServiceEntry",
    "Sidecar",
    "WorkloadEntry",
    "WorkloadGroup",
    "PeerAuthentication",
    "RequestAuthentication",
    "AuthorizationPolicy",
    "Telemetry",
    "EnvoyFilter",
    "WasmPlugin",
    "K8sGateway",
    "HTTPRoute",
    "GRPCRoute",
    "RouteRule",
    "EgressRule",
)
"""Kinds that are listed, all their objects; of other kinds those with findings are. ``K8sGateway`` is the
``Gateway`` of the Gateway API."""


class ObjectStatus(StrEnum):
    """What is known of an object, worst first."""

    ERROR = "error"
    WARNING = "warning"
    UNKNOWN = "unknown"
    """Something is worth a look."""
    UNCHECKED = "unchecked"
    """Nothing was found, and no rule that judges its kind could be asked."""
    VALID = "valid"
    """Nothing was found by the rules that judge its kind."""

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(ObjectStatus).index(self)


@dataclass(frozen=True, slots=True, eq=False)
class ConfigRow:
    """One object.

    Attributes
    ----------
    source : KubeObject
    status : ObjectStatus
    findings : tuple of ConfigFinding
        Worst first.
    """

    source: KubeObject
    status: ObjectStatus
    findings: tuple[ConfigFinding, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Identity: cluster, kind, namespace, name."""
        one = self.source
        return one.cluster, one.kind, one.namespace, one.name


@dataclass(frozen=True, slots=True, eq=False)
class Objects:
    """Answer of ``objects_of``; shared, not to be modified.

    Attributes
    ----------
    view : View
        With its instant: what was counted then, against what is declared now.
    rows : tuple of ConfigRow
        Worst first, then by kind, namespace and name.
    unseen : tuple of ClusterGap
        What of the clusters could not be read.
    skipped : tuple of (str, tuple of str)
        Codes of rules that could not judge, with the kinds that could not be read.
    gaps : tuple of Gap
        What of the telemetry could not be had: rules that join it found nothing there.
    confirmed_at : float
        When the clusters last confirmed what they declare, Unix seconds.
    planes : tuple of ControlPlane
        The control planes, by cluster and revision.
    unassigned : tuple of Unassigned
        Namespaces whose control plane is not known.
    """

    view: View
    rows: tuple[ConfigRow, ...]
    unseen: tuple[ClusterGap, ...] = ()
    skipped: tuple[tuple[str, tuple[str, ...]], ...] = ()
    gaps: tuple[Gap, ...] = field(default=())
    confirmed_at: float = 0.0
    planes: tuple[ControlPlane, ...] = ()
    unassigned: tuple[Unassigned, ...] = ()

    @property
    def counts(self) -> Mapping[ObjectStatus, int]:
        """Number of objects by status; every status is there."""
        counted = Counter(row.status for row in self.rows)
        return {status: counted[status] for status in ObjectStatus}

    @property
    def findings(self) -> tuple[ConfigFinding, ...]:
        """All findings, in the rows' order."""
        return tuple(finding for row in self.rows for finding in row.findings)


def objects_of(view: View, snapshot: Snapshot, checked: Checked, gaps: tuple[Gap, ...] = ()) -> Objects:
    """The config objects of a view's namespaces.

    Parameters
    ----------
    view : View
        With its instant; no namespaces are all.
    snapshot : Snapshot
    checked : Checked
        What the rules said of the snapshot.
    gaps : tuple of Gap
        What of the telemetry could not be had.
    """
    found: dict[KubeObject, list[ConfigFinding]] = defaultdict(list)
    for finding in checked.findings:
        found[finding.source].append(finding)
    listed = [one for kind in CONFIG_KINDS for one in snapshot.objects(kind)]
    every = dict.fromkeys((*listed, *found))
    rows = [
        row_of(one, found.get(one, ()), checked, snapshot)
        for one in every
        if not view.namespaces or one.namespace in view.namespaces
    ]
    return Objects(
        view,
        tuple(sorted(rows, key=_order)),
        snapshot.gaps,
        checked.skipped,
        gaps,
        snapshot.confirmed_at,
    )


def row_of(
    one: KubeObject, findings: Iterable[ConfigFinding], checked: Checked, snapshot: Snapshot
) -> ConfigRow:
    """One object with its findings."""
    own = tuple(findings)
    return ConfigRow(one, _status(one, own, checked.judged, snapshot), own)


def _status(
    one: KubeObject, findings: tuple[ConfigFinding, ...], judged: Collection[str], snapshot: Snapshot
) -> ObjectStatus:
    if findings:
        worst = min((finding.severity for finding in findings), key=lambda severity: severity.rank)
        return _STATUSES[worst]
    is_judged = one.kind in judged and snapshot.is_known(one.kind)
    return ObjectStatus.VALID if is_judged else ObjectStatus.UNCHECKED


_STATUSES = {
    Severity.ERROR: ObjectStatus.ERROR,
    Severity.WARNING: ObjectStatus.WARNING,
    Severity.UNKNOWN: ObjectStatus.UNKNOWN,
}


def _order(row: ConfigRow) -> tuple[int, str, str, str, str]:
    one = row.source
    return row.status.rank, one.kind, one.namespace, one.name, one.cluster
