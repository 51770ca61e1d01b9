"""Response times of all objects of a kind: one query, whatever their number."""

from __future__ import annotations

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.labels import label_names, own_matchers, read_key
from mesh_graph.answers.observe import shortfall
from mesh_graph.errors import SourceError
from mesh_graph.model import Direction, NodeKey, NodeKind, Reporter, View
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from mesh_graph.topology.attributes import Gap

__all__ = ["fetch_latencies"]

_NEAREST = (Reporter.SOURCE, Reporter.WAYPOINT, Reporter.DESTINATION)
"""The later the nearer to the server."""


def fetch_latencies(
    desk: Desk, view: View, wanted: tuple[tuple[NodeKind, float], ...]
) -> tuple[list[dict[NodeKey, float]], tuple[Gap, ...]]:
    """Response time of what came in, milliseconds, by the reporter nearest to the server.

    Parameters
    ----------
    desk : Desk
    view : View
        With its instant.
    wanted : tuple of (NodeKind, float)
        Kinds with their quantiles, 0..1.

    Returns
    -------
    list of dict of NodeKey to float
        One for each that is wanted: +inf is above the top bucket; without an entry there is none.
    tuple of Gap
        What could not be had.
    """
    matchers = own_matchers(desk, view, Direction.INBOUND)
    queries = {(kind, quantile): _query(kind, quantile, view.window_s, matchers) for kind, quantile in wanted}
    answers = desk.fetcher.at(queries.values(), view.at or 0.0)
    found = []
    for (kind, _), query in queries.items():
        answer = answers[query]
        values: dict[NodeKey, tuple[int, float]] = {}
        if not isinstance(answer, SourceError):
            for *labels, reporter, value in answer.table.itertuples(index=False, name=None):
                key = read_key(kind, labels)
                if key is not None and reporter in _NEAREST and value >= 0:
                    values[key] = max(values.get(key, (-1, 0.0)), (_NEAREST.index(reporter), float(value)))
        found.append({key: value for key, (_, value) in values.items()})
    return found, shortfall(queries.values(), answers)[0]


def _query(kind: NodeKind, quantile: float, window_s: int, matchers: tuple[Matcher, ...]) -> MetricQuery:
    by = (*label_names(kind), fields.REPORTER)
    return MetricQuery(Family.REQUEST_DURATION, Function.QUANTILE, by, matchers, window_s, quantile=quantile)
