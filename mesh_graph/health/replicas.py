"""Replicas of workloads as evidence of health, beside their requests: the worst of both wins.

Source: reference behaviour of Kiali's pod status. We differ in one thing: a roll-out that has more replicas
than are wanted for a while, all of those available, is healthy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from mesh_graph.health.assessment import Assessment, Replicas
from mesh_graph.model import NodeKey, Status

__all__ = ["joined", "replica_status", "replicas_of_app"]


def replica_status(desired: int, current: int, available: int) -> Status:
    """How a workload fares by its replicas.

    Parameters
    ----------
    desired, current, available : int
        As they are wanted, as they exist, and of these as they can serve.

    Examples
    --------
    >>> [replica_status(*counts).value for counts in ((0, 0, 0), (2, 2, 0), (2, 2, 1), (2, 3, 2))]
    ['not_ready', 'failure', 'degraded', 'healthy']
    """
    if desired <= 0:
        return Status.NOT_READY
    if available <= 0:
        return Status.FAILURE
    return Status.HEALTHY if available >= desired and current >= desired else Status.DEGRADED


def replicas_of_app(subject: NodeKey, parts: Iterable[Replicas]) -> Replicas:
    """Replicas of an application: its worst workload's status, and the sums of all.

    Parameters
    ----------
    subject : NodeKey
        The application.
    parts : iterable of Replicas
        Of its workloads; at least one. A version that is scaled to zero beside others is no trouble.
    """
    found = list(parts)
    running = [part for part in found if part.desired > 0] or found
    troubles: Counter[str] = Counter()
    for part in running:
        troubles.update(dict(part.troubles))
    return Replicas(
        subject,
        max((part.status for part in running), key=lambda status: status.severity),
        sum(part.desired for part in running),
        sum(part.current for part in running),
        sum(part.available for part in running),
        tuple(sorted(troubles.items(), key=lambda item: (-item[1], item[0]))),
        min((part.since for part in running if part.since is not None), default=None),
    )


def joined(
    assessments: Mapping[NodeKey, Assessment], replicas: Mapping[NodeKey, Replicas]
) -> dict[NodeKey, Assessment]:
    """Assessments with what the replicas tell; what has no traffic joins them where it fares ill."""
    found = dict(assessments)
    for key, evidence in replicas.items():
        own = assessments.get(key)
        if own is not None:
            found[key] = _with(own, evidence)
        elif evidence.is_ill:
            found[key] = _with(Assessment(), evidence)
    return found


def _with(own: Assessment, evidence: Replicas) -> Assessment:
    """Replicas make an assessment worse or firmer, never better: that pods run says nothing of requests."""
    if not evidence.is_ill or evidence.status.severity < own.status.severity:
        return replace(own, replicas=evidence)
    return replace(own, status=evidence.status, is_firm=True, replicas=evidence)
