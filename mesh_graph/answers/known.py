"""Which namespaces a mesh does not know: a silent one is known for a week after its last series."""

from __future__ import annotations

from collections.abc import Sequence

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.errors import SourceError
from mesh_graph.sources.query import Family, Function, MetricQuery, any_of

__all__ = ["LOOK_BACK_S", "last_seen_namespaces", "unknown_namespaces"]

LOOK_BACK_S = 7 * 86400
STEP_S = 3600
_LABELS = (
    fields.DESTINATION_WORKLOAD_NAMESPACE,
    fields.SOURCE_WORKLOAD_NAMESPACE,
    fields.DESTINATION_SERVICE_NAMESPACE,
)


def unknown_namespaces(desk: Desk, names: Sequence[str], at: float | None) -> tuple[str, ...]:
    """Those of the names that no series has had in the week up to now, nor up to the instant looked at.

    Raises
    ------
    SourceError
        If the source did not answer.
    """
    missing = [name for name in names if name not in desk.namespaces()]
    now = desk.source.now()
    for end in (now, at if at is not None and at < now else None):
        for label in _LABELS:
            if missing and end is not None:
                values = set(desk.source.label_values(label, (), end - LOOK_BACK_S, end))
                missing = [name for name in missing if name not in values]
    return tuple(missing)


def last_seen_namespaces(desk: Desk, names: Sequence[str], at: float) -> dict[str, float]:
    """End of the last hour, within the week up to an instant, in which each namespace had samples.

    Unix seconds; a name that had none, or that the source did not tell of, is left out.
    """
    labels = (fields.DESTINATION_WORKLOAD_NAMESPACE, fields.SOURCE_WORKLOAD_NAMESPACE)
    queries = [
        MetricQuery(family, Function.RATE, (label,), (any_of(label, names),), STEP_S, idle=True)
        for family in (Family.REQUESTS, Family.TCP_OPENED)
        for label in labels
        if names
    ]
    seen: dict[str, float] = {}
    for query, answer in desk.fetcher.over(queries, at - LOOK_BACK_S, at, STEP_S).items():
        if isinstance(answer, SourceError):
            continue
        for name, time in answer.table.groupby(query.by[0])[fields.TIME].max().items():
            seen[str(name)] = max(seen.get(str(name), 0.0), float(time))
    return seen
