"""When something that has no traffic now was seen last, cheaply: four range queries of its own series."""

from __future__ import annotations

from mesh_graph.answers.desk import Desk
from mesh_graph.detail.subject import own_matchers
from mesh_graph.errors import SourceError
from mesh_graph.fields import TIME
from mesh_graph.model import Direction, NodeKey
from mesh_graph.sources.query import Family, Function, MetricQuery

__all__ = ["LOOK_BACK_S", "last_seen"]

LOOK_BACK_S = 7 * 86400
STEP_S = 3600
"""Windows of an hour each, side by side: what lived for two scrapes is found."""


def last_seen(desk: Desk, subject: NodeKey, at: float) -> float | None:
    """End of the last hour, within a week, in which the subject had samples; None if it had none.

    Unix seconds. A source that does not answer tells nothing.
    """
    queries = [
        MetricQuery(family, Function.RATE, (), own_matchers(subject, way), STEP_S, idle=True)
        for family in (Family.REQUESTS, Family.TCP_OPENED)
        for way in Direction
    ]
    answers = desk.fetcher.over(queries, at - LOOK_BACK_S, at, STEP_S)
    seen = [
        float(answer.table[TIME].max())
        for answer in answers.values()
        if not isinstance(answer, SourceError) and len(answer.table)
    ]
    return max(seen, default=None)
