"""Calls between workloads as Istio's ServiceGraph asked for them: destinations' reports by app and name."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.errors import SourceError
from mesh_graph.frames.parse import parse_values
from mesh_graph.frames.schema import Schema
from mesh_graph.model import Reporter, View
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery

__all__ = ["CALLS", "ClassicAsk", "classic_calls"]

_LABELS = (
    fields.SOURCE_WORKLOAD,
    fields.SOURCE_CANONICAL_SERVICE,
    fields.DESTINATION_WORKLOAD,
    fields.DESTINATION_CANONICAL_SERVICE,
)
CALLS = Schema.of(_LABELS, (fields.RATE,))
"""Columns of an answer."""


@dataclass(frozen=True, slots=True)
class ClassicAsk:
    """What a classic graph is asked for.

    Attributes
    ----------
    window_s : int
        Range of the rates, seconds.
    idle : bool
        Whether calls without traffic are told.
    source_namespace, source_workload, destination_namespace, destination_workload : str
        Only calls between these; empty is any.
    """

    window_s: int = 300
    idle: bool = True
    source_namespace: str = ""
    source_workload: str = ""
    destination_namespace: str = ""
    destination_workload: str = ""

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        """The destination's reports of these calls."""
        wanted = {
            fields.SOURCE_WORKLOAD_NAMESPACE: self.source_namespace,
            fields.SOURCE_WORKLOAD: self.source_workload,
            fields.DESTINATION_WORKLOAD_NAMESPACE: self.destination_namespace,
            fields.DESTINATION_WORKLOAD: self.destination_workload,
        }
        named = (Matcher(label, "=", value) for label, value in wanted.items() if value)
        return (Matcher(fields.REPORTER, "=", Reporter.DESTINATION), *named)


def classic_calls(desk: Desk, ask: ClassicAsk) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Requests and received TCP bytes per second, by app and workload of both ends.

    Returns
    -------
    (pandas.DataFrame, pandas.DataFrame)
        ``CALLS``: requests per second; bytes per second that the destination received. Sorted by label;
        without calls, the same columns and no rows.

    Raises
    ------
    SourceError
        If the source did not answer.
    """
    at = desk.exact(View()).at or 0.0
    queries = [
        MetricQuery(family, Function.RATE, _LABELS, ask.matchers, ask.window_s, idle=ask.idle)
        for family in (Family.REQUESTS, Family.TCP_RECEIVED)
    ]
    answers = desk.fetcher.ask([tuple(queries)], at)
    frames = []
    for query in queries:
        answer = answers[query]
        if isinstance(answer, SourceError):
            raise answer
        frames.append(parse_values(answer, CALLS).sort_values(list(_LABELS), ignore_index=True))
    return frames[0], frames[1]
