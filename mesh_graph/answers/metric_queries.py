"""What a metrics tab asks: the range, and the typed queries of every family over it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.detail.choice import PLACE_LABELS, Choice, Group, Told, group_labels
from mesh_graph.detail.subject import own_matchers
from mesh_graph.errors import SourceError
from mesh_graph.fetch import instants
from mesh_graph.model import Direction, NodeKey, Reporter, View
from mesh_graph.sources.query import HISTOGRAMS, Family, Function, Matcher, MetricQuery

__all__ = ["COUNTERS", "Asked", "Span", "ask", "place_label", "place_labels", "span_of"]

STEPS = 60
"""Instants of a chart, at most."""
SCRAPES_PER_RATE = 4
"""Scrapes in the window of a chart's rates, at least: one may be late, and two are needed."""
LIKELY_INTERVAL_S = 15.0
_NICE_S = (
    1,
    2,
    5,
    10,
    15,
    20,
    30,
    60,
    120,
    300,
    600,
    900,
    1200,
    1800,
    3600,
    7200,
    10800,
    21600,
    43200,
    86400,
)

COUNTERS = (
    Family.GRPC_REQUEST_MESSAGES,
    Family.GRPC_RESPONSE_MESSAGES,
    Family.TCP_SENT,
    Family.TCP_RECEIVED,
    Family.TCP_OPENED,
    Family.TCP_CLOSED,
)


@dataclass(frozen=True, slots=True)
class Span:
    """The instants of a chart: ``start``, ``start + step_s`` … ``end``, rates over ``window_s``."""

    start: float
    end: float
    step_s: float
    window_s: int

    @property
    def times(self) -> list[float]:
        """The instants, Unix seconds."""
        return instants(self.start, self.end, self.step_s)


def span_of(desk: Desk, view: View, subject: NodeKey) -> Span:
    """Range of the charts: up to the view's instant, in steps of a round length, at least a scrape each."""
    end = view.at or 0.0
    own = own_matchers(subject, Direction.INBOUND)
    interval = desk.scrape_interval(own, end) or desk.scrape_interval((), end) or LIKELY_INTERVAL_S
    least = max(view.span_s / STEPS, interval)
    step = next((nice for nice in _NICE_S if nice >= least * 0.99), math.ceil(least))
    window = max(step, math.ceil(SCRAPES_PER_RATE * interval))
    return Span(end - max(1, int(view.span_s // step)) * step, end, float(step), window)


@dataclass(frozen=True, slots=True)
class Asked:
    """Queries of a tab, requests aside.

    Attributes
    ----------
    labels : tuple of str
        What tells the lines apart.
    buckets, sums : dict of Family to MetricQuery
        Of the histograms.
    counters : dict of Family to MetricQuery
    """

    labels: tuple[str, ...]
    buckets: dict[Family, MetricQuery]
    sums: dict[Family, MetricQuery]
    counters: dict[Family, MetricQuery]

    @property
    def queries(self) -> tuple[MetricQuery, ...]:
        """All of them, the response time first."""
        histograms = (query for family in HISTOGRAMS for query in (self.buckets[family], self.sums[family]))
        return (*histograms, *self.counters.values())


def ask(subject: NodeKey, choice: Choice, window_s: int, labels: tuple[str, ...]) -> Asked:
    """Queries of every family but requests, grouped by the lines' labels and the reporter."""
    own = (*own_matchers(subject, choice.direction), *reporter_matchers(choice))
    by = (*labels, fields.REPORTER)

    def query(family: Family, function: Function, *more: str) -> MetricQuery:
        return MetricQuery(
            family,
            function,
            tuple(dict.fromkeys((*more, *by))),
            own,
            window_s,
            idle=function is not Function.BUCKET_RATE,
        )

    return Asked(
        labels,
        buckets={family: query(family, Function.BUCKET_RATE, fields.LE) for family in HISTOGRAMS},
        sums={family: query(family, Function.SUM_RATE) for family in HISTOGRAMS},
        counters={family: query(family, Function.RATE, *_tcp_labels(family)) for family in COUNTERS},
    )


def reporter_matchers(choice: Choice) -> tuple[Matcher, ...]:
    """Whose rows are wanted: the chosen reporter's; of a place the subject's own proxies'; else all."""
    if choice.group.is_place:
        own = Reporter.DESTINATION if choice.direction is Direction.INBOUND else Reporter.SOURCE
        return (Matcher(fields.REPORTER, "=", own.value),)
    if choice.told in (Told.SOURCE, Told.DESTINATION):
        return (Matcher(fields.REPORTER, "=", choice.told.value),)
    return ()


def _tcp_labels(family: Family) -> tuple[str, ...]:
    if family is Family.TCP_CLOSED:
        return (fields.APP, fields.RESPONSE_FLAGS)
    return (fields.APP,) if "_tcp_" in family.value else ()


def place_labels(desk: Desk, subject: NodeKey, direction: Direction, at: float) -> dict[Group, str]:
    """Under which labels the subject's own series tell pod, node and zone; what they do not tell is absent.

    A source that does not answer tells nothing.
    """
    own = Reporter.DESTINATION if direction is Direction.INBOUND else Reporter.SOURCE
    labels = tuple(label for group in PLACE_LABELS.values() for label in group)
    matchers = (*own_matchers(subject, direction), Matcher(fields.REPORTER, "=", own.value))
    queries = [
        MetricQuery(family, Function.SERIES, labels, matchers)
        for family in (Family.REQUESTS, Family.TCP_OPENED)
    ]
    tables = [a.table for a in desk.fetcher.at(queries, at).values() if not isinstance(a, SourceError)]
    told = {label for table in tables for label in labels if (table[label] != "").any()}
    found = {group: next((n for n in names if n in told), "") for group, names in PLACE_LABELS.items()}
    return {group: label for group, label in found.items() if label}


def place_label(choice: Choice, places: dict[Group, str]) -> tuple[str, ...]:
    """Labels that tell the choice's lines apart on this mesh."""
    if choice.group.is_place and choice.group in places:
        return (places[choice.group],)
    return group_labels(choice.group, choice.direction)
