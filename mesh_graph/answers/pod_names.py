"""Which pods are a subject's, by their names alone: at any instant, with and without a cluster."""

from __future__ import annotations

import re

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.detail.subject import own_matchers
from mesh_graph.errors import SourceError
from mesh_graph.model import Direction, NodeKey, NodeKind
from mesh_graph.sources.query import Family, Function, MetricQuery

__all__ = ["own_pods", "pod_pattern", "workloads_behind"]

_RANDOM = "[bcdfghjklmnpqrstvwxz2456789]"
"""What Kubernetes makes the ends of names of: no vowels, and nothing that looks like one."""
_LONG = 46
"""Names that are longer are cut before a pod's own end is added."""


def own_pods(desk: Desk, subject: NodeKey, at: float) -> str | None:
    """Names of the subject's pods as an expression; None where it is not known to have any."""
    names = workloads_behind(desk, subject, at)
    if not names or not subject.namespace:
        return None
    return "|".join(sorted(map(pod_pattern, names)))


def pod_pattern(workload: str) -> str:
    """Names of a workload's pods, as an expression that is matched as a whole.

    A Deployment adds a hash and five letters, a DaemonSet five letters, a StatefulSet a number, a pod that
    nobody made nothing. A workload whose name goes on (``reviews-v2`` for ``reviews``) is not meant.

    Examples
    --------
    >>> import re
    >>> names = ("a-7d9f8b6c5-x2x4z", "a-x2x4z", "a-0", "a", "a-v2-7d9f8b6c5-x2x4z", "a-canary-x2x4z")
    >>> [bool(re.fullmatch(pod_pattern("a"), name)) for name in names]
    [True, True, True, True, False, False]
    """
    name = re.escape(workload)
    if len(workload) > _LONG:
        return f"{re.escape(workload[:57])}[a-z0-9-]*"
    return f"{name}(?:(?:-(?:{_RANDOM}{{6,10}}|[0-9]{{8,10}}))?-{_RANDOM}{{5}}|-[0-9]+)?"


def workloads_behind(desk: Desk, subject: NodeKey, at: float) -> set[str]:
    """The subject's own workload, or those that its traffic tells of; a source that fails tells of none."""
    if subject.workload:
        return {subject.workload} - {fields.UNKNOWN}
    ways = (
        [Direction.INBOUND] if subject.kind is NodeKind.SERVICE else [Direction.INBOUND, Direction.OUTBOUND]
    )
    labels = {
        Direction.INBOUND: fields.DESTINATION_WORKLOAD,
        Direction.OUTBOUND: fields.SOURCE_WORKLOAD,
    }
    queries = [
        MetricQuery(family, Function.SERIES, (labels[way],), own_matchers(subject, way))
        for family in (Family.REQUESTS, Family.TCP_OPENED)
        for way in ways
    ]
    answers = desk.fetcher.ask((queries,), at).items()
    found = {
        name
        for query, answer in answers
        if not isinstance(answer, SourceError)
        for name in answer.table[query.by[0]]
    }
    return found - {"", fields.UNKNOWN}
