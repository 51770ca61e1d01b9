"""All applications, workloads or services of a view, a row each."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from mesh_graph.answers.desk import Desk
from mesh_graph.answers.figures import NO_FIGURES, Figures
from mesh_graph.answers.latencies import fetch_latencies
from mesh_graph.answers.sparklines import Sparkline, fetch_sparklines
from mesh_graph.answers.state import MeshState
from mesh_graph.health import Assessment
from mesh_graph.model import Direction, NodeKey, NodeKind, View
from mesh_graph.topology.attributes import Gap

__all__ = ["Inventory", "ObjectRow", "inventory_of"]


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """One application, workload or service.

    Attributes
    ----------
    key : NodeKey
    assessment : Assessment
    figures : Figures
    versions : tuple of str
        That carried traffic; of a service, of what stands behind it.
    p50_ms, p95_ms : float or None
        Of what came in, milliseconds; +inf is above the top bucket.
    came_in, went_out : Sparkline
        Requests per second over the last hour; empty where nothing was counted.
    """

    key: NodeKey
    assessment: Assessment
    figures: Figures
    versions: tuple[str, ...] = ()
    p50_ms: float | None = None
    p95_ms: float | None = None
    came_in: Sparkline = ()
    went_out: Sparkline = ()


@dataclass(frozen=True, slots=True, eq=False)
class Inventory:
    """Answer of ``inventory_of``; shared, not to be modified.

    Attributes
    ----------
    view : View
        With its instant.
    kind : NodeKind
    rows : tuple of ObjectRow
        Worst and surest first, then by the rate of errors.
    gaps : tuple of Gap
    """

    view: View
    kind: NodeKind
    rows: tuple[ObjectRow, ...]
    gaps: tuple[Gap, ...] = field(default=())


def inventory_of(desk: Desk, view: View, kind: NodeKind, state: Callable[[View], MeshState]) -> Inventory:
    """Inventory of a view with its instant.

    Parameters
    ----------
    desk : Desk
    view : View
    kind : NodeKind
        App, workload or service.
    state : callable
        Gives the state of a view with its instant.

    Raises
    ------
    SourceError
        If the source did not answer for the requests; what else fails is a gap.
    """
    # A service sends nothing.
    ways = (Direction.INBOUND,) if kind is NodeKind.SERVICE else tuple(Direction)
    with ThreadPoolExecutor(2, thread_name_prefix="inventory") as pool:
        waiting = pool.submit(fetch_latencies, desk, view, ((kind, 0.5), (kind, 0.95)))
        asked = pool.submit(fetch_sparklines, desk, view, tuple((kind, way) for way in ways))
        now = state(view)
        (p50, p95), latency_gaps = waiting.result()
        lines, line_gaps = asked.result()
    came_in, went_out = (*lines, {})[:2]
    rows = [
        ObjectRow(
            key,
            assessment,
            now.figures.get(key, NO_FIGURES),
            now.versions.get(key, ()),
            p50.get(key),
            p95.get(key),
            came_in.get(key, ()),
            went_out.get(key, ()),
        )
        for key, assessment in now.health.assessments.items()
        if key.kind is kind and now.shows(key)
    ]
    rows.sort(key=_row_order)
    return Inventory(view, kind, tuple(rows), (*now.gaps, *latency_gaps, *line_gaps))


def _row_order(row: ObjectRow) -> tuple[object, ...]:
    severity, is_firm = row.assessment.rank
    errors = max(row.figures.in_error_rate, row.figures.out_error_rate)
    return -severity, not is_firm, -errors, -row.figures.in_rate, row.key
