"""What a view shows on its edges beside traffic: which queries, and their answers written on the graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import networkx as nx

from mesh_graph import fields
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answer
from mesh_graph.frames.latency import BYTES, LATENCY, parse_bytes, parse_latency
from mesh_graph.frames.schema import concat
from mesh_graph.model import ResponseTime, View
from mesh_graph.sources.base import Reply
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from mesh_graph.topology.locate import Hop
from mesh_graph.topology.merge_latency import merge_bytes, merge_latency
from mesh_graph.topology.overlay_latency import add_latency, latency_labels
from mesh_graph.topology.overlay_throughput import add_throughput

__all__ = ["OverlayPlan", "add_overlays", "plan_overlays"]

Answers = Mapping[MetricQuery, Answer]


@dataclass(frozen=True, slots=True)
class OverlayPlan:
    """Queries of a view's overlays.

    Attributes
    ----------
    latency : dict of Hop to queries
        Empty if the view shows no response time.
    sizes : dict of Family to queries
        Empty if the view shows no throughput.
    """

    latency: dict[Hop, tuple[MetricQuery, ...]]
    sizes: dict[Family, tuple[MetricQuery, ...]]

    @property
    def queries(self) -> tuple[MetricQuery, ...]:
        """All of them."""
        return tuple(q for queries in (*self.latency.values(), *self.sizes.values()) for q in queries)


def plan_overlays(view: View, scoped: tuple[tuple[Matcher, ...], ...]) -> OverlayPlan:
    """Queries of what the view shows beside traffic, one per scope and part."""
    latency: dict[Hop, tuple[MetricQuery, ...]] = {}
    if view.response_time is not ResponseTime.NONE:
        quantile = view.response_time.quantile
        function = Function.MEAN if quantile is None else Function.QUANTILE
        latency = {
            hop: tuple(
                MetricQuery(Family.REQUEST_DURATION, function, by, scope, view.window_s, quantile)
                for scope in scoped
            )
            for hop, by in latency_labels(view).items()
        }
    sizes = {
        family: tuple(
            MetricQuery(family, Function.SUM_RATE, fields.LATENCY_LABELS, scope, view.window_s)
            for scope in scoped
        )
        for family in ((Family.REQUEST_BYTES, Family.RESPONSE_BYTES) if view.throughput else ())
    }
    return OverlayPlan(latency, sizes)


def add_overlays(graph: nx.MultiDiGraph[str], plan: OverlayPlan, answers: Answers) -> None:
    """Write response times and throughput on the graph's edges; a failed query leaves its edges without.

    Raises
    ------
    SourceReplyInvalid
        If an answer has not the promised shape.
    """
    for hop, queries in plan.latency.items():
        frame = concat(LATENCY, map(parse_latency, _filled(queries, answers)))
        add_latency(graph, merge_latency(frame), hop=hop)
    if plan.sizes:
        rates = {
            family: merge_bytes(concat(BYTES, map(parse_bytes, _filled(queries, answers))))
            for family, queries in plan.sizes.items()
        }
        add_throughput(graph, requests=rates[Family.REQUEST_BYTES], responses=rates[Family.RESPONSE_BYTES])


def _filled(queries: Iterable[MetricQuery], answers: Answers) -> Iterator[Reply]:
    """Answers that came, with ``"unknown"`` in the labels that were not asked for."""
    for query in queries:
        answer = answers[query]
        if isinstance(answer, SourceError):
            continue
        absent = {label: fields.UNKNOWN for label in fields.LATENCY_LABELS if label not in query.by}
        table = answer.table.assign(**absent).astype(dict.fromkeys(absent, "str"))
        yield replace(answer, table=table[[*fields.LATENCY_LABELS, fields.VALUE]])
