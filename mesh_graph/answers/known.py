"""Which namespaces a mesh does not know: a silent one is known for a week after its last series."""

from __future__ import annotations

from collections.abc import Sequence

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.seen import LOOK_BACK_S

__all__ = ["unknown_namespaces"]

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
