"""The counts of some splits: which queries, over which grid, and their answers as evidence."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import pandas as pd

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.split_plan import Plan
from mesh_graph.canary.assemble import NOT_TIMED, Evidence, parted, timed_counts
from mesh_graph.canary.counts import COUNT, TARGET_LABELS, Grid, count_samples
from mesh_graph.canary.merged import COUNTED_LABELS, drawn, merged, unrouted
from mesh_graph.canary.naming import Naming
from mesh_graph.canary.sample import RESET, UNKNOWN_BIRTH
from mesh_graph.codec import format_duration
from mesh_graph.errors import InvalidRequest, SourceError, TooMuchData
from mesh_graph.fetch import Answer
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery, any_of

__all__ = [
    "BUCKET_LABELS",
    "Counted",
    "count_requests",
    "count_timed",
    "marked",
    "of_services",
    "raw_samples",
]

CHUNK_S = 3600.0
"""Finished hours are read once; what is younger is read anew."""
CHUNK_STEPS = 250
"""Of longer intervals, so many are read at a time."""
BUCKET_LABELS = (*fields.LATENCY_LABELS, fields.LE)
FINE = 1.5
"""Intervals shorter than this many scrapes are counted from every sample."""
_MARGIN_S = 1
"""Some servers leave out a sample at the very beginning of a range."""


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Evidence of one split, and the PromQL behind it; of requests, or of TCP connections."""

    evidence: Evidence
    naming: Naming
    queries: tuple[str, ...]
    is_tcp: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted."""
        parts = (self.evidence.drawn, self.evidence.merged, self.evidence.unrouted, self.evidence.marks)
        return all(part.empty for part in parts)


def of_services(services: Collection[str]) -> tuple[Matcher, ...]:
    """Matchers of the rows that call some services, each ``namespace/name``; and of a few rows more."""
    pairs = [service.partition("/")[::2] for service in services]
    return (
        any_of(fields.DESTINATION_SERVICE_NAMESPACE, {namespace for namespace, _ in pairs}),
        any_of(fields.DESTINATION_SERVICE_NAME, {name for _, name in pairs}),
    )


def count_requests(desk: Desk, plan: Plan) -> dict[str, Counted]:
    """Evidence of every split of a plan but for response times.

    Raises
    ------
    SourceError
        If the source did not answer.
    InvalidRequest
        If there is more to count than the source may send.
    """
    found: dict[str, Counted] = {}
    for part in plan.together():
        by = (*COUNTED_LABELS, *TARGET_LABELS)
        query = MetricQuery(Family.REQUESTS, Function.RAW, by, of_services(part.services))
        samples, texts = raw_samples(desk, query, part.grid)
        counts = count_samples(samples, COUNTED_LABELS, part.grid, part.begins(samples))
        naming = Naming.of(counts, part.services)
        evidence = _evidence(counts, naming, part.grid.count)
        for split, own in evidence.by_split(part.starts).items():
            found[split] = Counted(own, naming, texts)
    return found


def _evidence(counts: pd.DataFrame, naming: Naming, intervals: int) -> Evidence:
    return Evidence(
        drawn=drawn(counts, naming),
        merged=merged(counts, naming, intervals),
        unrouted=unrouted(counts, naming),
        timed=NOT_TIMED,
        marks=marked(counts, naming),
    )


def marked(counts: pd.DataFrame, naming: Naming) -> pd.DataFrame:
    """The intervals in which something must be said about a counter, as ``Evidence.marks``."""
    return naming.name(counts[(counts[RESET] | counts[UNKNOWN_BIRTH] | counts[COUNT].isna()).to_numpy()])


def count_timed(
    desk: Desk, plan: Plan, counted: Mapping[str, Counted], objectives: Mapping[str, float]
) -> dict[str, Counted]:
    """The same evidence with response times, of splits that have an objective (milliseconds).

    Raises
    ------
    SourceError, InvalidRequest
        As ``count_requests``.
    """
    found = dict(counted)
    for part in plan.together(objectives):
        edges = sorted({objectives[split] for split in part.starts})
        le = Matcher(fields.LE, "=~", "|".join([*map(_edge_pattern, edges), "[+]Inf"]))
        by = (*BUCKET_LABELS, *TARGET_LABELS)
        query = MetricQuery(Family.REQUEST_DURATION, Function.RAW, by, (*of_services(part.services), le))
        samples, texts = raw_samples(desk, query, part.grid)
        counts = count_samples(samples, BUCKET_LABELS, part.grid, part.begins(samples))
        naming = next(counted[split].naming for split in part.starts)
        slow = parted(timed_counts(counts, naming, objectives))
        for split in part.starts:
            before = counted[split]
            evidence = replace(before.evidence, timed=slow.get(split, NOT_TIMED))
            found[split] = replace(before, evidence=evidence, queries=(*before.queries, *texts))
    return found


def _edge_pattern(edge: float) -> str:
    """An edge as any exporter writes it: ``250``, ``250.0``."""
    return f"{re.escape(f'{edge:.15g}')}([.]0+)?"


def raw_samples(desk: Desk, query: MetricQuery, grid: Grid) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Samples from which the events of a grid's intervals are counted, and the PromQL.

    Intervals of one scrape are counted from every sample; longer ones from the newest sample at their ends.

    Raises
    ------
    SourceError, InvalidRequest
        As ``count_requests``.
    """
    scrape = desk.scrape_interval(query.matchers[:2], grid.end)
    is_fine = scrape is None or grid.step_s < FINE * scrape
    answers = _every_sample(desk, query, grid) if is_fine else _ends(desk, query, grid)
    window_s = max(1, math.ceil(grid.end - grid.start))
    texts = desk.promql([replace(query, window_s=window_s)])
    return pd.concat([_table(answer, grid) for answer in answers], ignore_index=True), texts


def _every_sample(desk: Desk, query: MetricQuery, grid: Grid) -> list[Answer]:
    """Raw samples, hour by hour: hours that are over are held."""
    asked = [
        (replace(query, window_s=math.ceil(end - start) + _MARGIN_S), end)
        for start, end in _pieces(grid.start, grid.end, CHUNK_S)
    ]
    return [desk.fetcher.at([piece], end)[piece] for piece, end in asked]


def _pieces(start: float, end: float, length: float) -> list[tuple[float, float]]:
    """The time in pieces that begin and end at multiples of a length, the last at the end; seconds.

    What is short is one piece: there is no point in reading more than is asked for.
    """
    if end - start <= 2 * length:
        return [(start, end)]
    bounds = [length * number for number in range(math.floor(start / length), math.ceil(end / length) + 1)]
    return [(begin, min(stop, end)) for begin, stop in pairwise(bounds)]


def _ends(desk: Desk, query: MetricQuery, grid: Grid) -> list[Answer]:
    newest = replace(query, function=Function.LATEST)
    return [
        desk.over([newest], start, end, grid.step_s)[newest]
        for start, end in _pieces(grid.start, grid.end, CHUNK_STEPS * grid.step_s)
    ]


def _table(answer: Answer, grid: Grid) -> pd.DataFrame:
    if isinstance(answer, TooMuchData):
        half = format_duration(max(60, round((grid.end - grid.start) / 2)))
        raise InvalidRequest(
            "anchor",
            "there is more to count since then than may be read",
            f"Count since {half} ago, or later.",
        ) from answer
    if isinstance(answer, SourceError):
        raise answer
    return answer.table
