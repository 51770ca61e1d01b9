"""The plainest question of the hand-written past, and how it is asked."""

from __future__ import annotations

from mesh_graph.sources.options import Limits, PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.sources.query import Family, Function, MetricQuery
from tests.integration import past

__all__ = ["RATE", "rows", "source_of"]

RATE = MetricQuery(Family.REQUESTS, Function.RATE, ("source_workload", "reporter"))
"""Has three rows."""


def source_of(url: str, **limits) -> PrometheusSource:
    """A source with other limits than the usual ones."""
    return PrometheusSource(PrometheusOptions(url=url, limits=Limits(**{"timeout_s": 5.0, **limits})))


def rows(source: PrometheusSource) -> int:
    """Rows of the answer."""
    return len(source.instant(RATE, past.END).table)
