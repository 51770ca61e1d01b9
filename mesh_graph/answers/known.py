"""Which namespaces a mesh does not know: a silent one is known for a week after its last series."""

from __future__ import annotations

from collections.abc import Sequence

from mesh_graph import fields
from mesh_graph.answers.desk import Desk, names_before

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
    ends = [now, *([at] if at is not None and at < now else [])]
    # Names do not come and go by the second: only one that was not there a while ago is looked for anew.
    for ask in (desk.names_before, lambda label, end: names_before(desk.source, label, end)):
        for end in ends:
            for label in _LABELS:
                if missing:
                    values = ask(label, end)
                    missing = [name for name in missing if name not in values]
    return tuple(missing)
