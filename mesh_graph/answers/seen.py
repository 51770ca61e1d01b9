"""When something that has no traffic now was seen last, cheaply: four range queries of its own series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from mesh_graph import fields
from mesh_graph.answers.desk import KNOWN_FOR_S, Desk
from mesh_graph.detail.subject import own_matchers
from mesh_graph.errors import SourceError
from mesh_graph.model import Direction, NodeKey
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery, any_of

__all__ = ["last_seen", "last_seen_namespaces"]

STEP_S = 3600
"""Windows of an hour each, side by side: what lived for two scrapes is found."""


def last_seen(desk: Desk, subject: NodeKey, at: float) -> float | None:
    """End of the last hour, within a week, in which the subject had samples; None if it had none.

    Unix seconds. A source that does not answer tells nothing.
    """
    of = [((), own_matchers(subject, way)) for way in Direction]
    seen = (float(table[fields.TIME].max()) for _, table in _samples(desk, of, at))
    return max(seen, default=None)


def last_seen_namespaces(desk: Desk, names: Sequence[str], at: float) -> dict[str, float]:
    """End of the last hour, within the week up to an instant, in which each namespace had samples.

    Unix seconds; a name that had none, or that the source did not tell of, is left out.
    """
    if not names:
        return {}
    labels = (fields.DESTINATION_WORKLOAD_NAMESPACE, fields.SOURCE_WORKLOAD_NAMESPACE)
    of = [((label,), (any_of(label, names),)) for label in labels]
    seen: dict[str, float] = {}
    for query, table in _samples(desk, of, at):
        for name, time in table.groupby(query.by[0])[fields.TIME].max().items():
            seen[str(name)] = max(seen.get(str(name), 0.0), float(time))
    return seen


def _samples(
    desk: Desk, of: Sequence[tuple[tuple[str, ...], tuple[Matcher, ...]]], at: float
) -> Iterator[tuple[MetricQuery, pd.DataFrame]]:
    """Answers that have rows, of series grouped by some labels and matched by others."""
    queries = [
        MetricQuery(family, Function.RATE, by, matchers, STEP_S, idle=True)
        for family in (Family.REQUESTS, Family.TCP_OPENED)
        for by, matchers in of
    ]
    for query, answer in desk.fetcher.over(queries, at - KNOWN_FOR_S, at, STEP_S).items():
        if not isinstance(answer, SourceError) and len(answer.table):
            yield query, answer.table
