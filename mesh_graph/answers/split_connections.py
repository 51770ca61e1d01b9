"""The counts of splits that answered no request: their TCP connections."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from mesh_graph.answers.desk import Desk
from mesh_graph.answers.split_counts import Counted, marked, of_services, raw_samples
from mesh_graph.answers.split_plan import Plan
from mesh_graph.canary.assemble import NOT_TIMED, Evidence
from mesh_graph.canary.connections import CONNECTION_LABELS, closed_by, opened_by, unrouted_by
from mesh_graph.canary.counts import COMBINATION, TARGET_LABELS, count_samples
from mesh_graph.canary.naming import Naming
from mesh_graph.sources.query import Family, Function, MetricQuery

__all__ = ["count_connections"]


def count_connections(desk: Desk, plan: Plan, counted: Mapping[str, Counted]) -> dict[str, Counted]:
    """The same evidence, of splits without requests that of their connections.

    A service that answers both is judged by its requests; one that had neither stays as it is.

    Raises
    ------
    SourceError, InvalidRequest
        As ``count_requests``.
    """
    found = dict(counted)
    silent = [split for split, own in counted.items() if own.is_empty]
    for part in plan.together(silent):
        by, matchers = (*CONNECTION_LABELS, *TARGET_LABELS), of_services(part.services)
        opened, closed = (
            raw_samples(desk, MetricQuery(family, Function.RAW, by, matchers), part.grid)
            for family in (Family.TCP_OPENED, Family.TCP_CLOSED)
        )
        begun, ended = (
            count_samples(samples, CONNECTION_LABELS, part.grid, part.begins(samples))
            for samples, _ in (opened, closed)
        )
        naming = Naming.of(pd.concat([begun, ended]).drop(columns=COMBINATION), part.services)
        evidence = _evidence(begun, ended, naming, part.grid.count)
        for split, own in evidence.by_split(part.starts).items():
            connections = Counted(own, naming, (*opened[1], *closed[1]), is_tcp=True)
            if not connections.is_empty:
                found[split] = connections
    return found


def _evidence(opened: pd.DataFrame, closed: pd.DataFrame, naming: Naming, intervals: int) -> Evidence:
    return Evidence(
        drawn=opened_by(opened, naming),
        merged=closed_by(closed, naming, intervals),
        unrouted=unrouted_by(opened, naming),
        timed=NOT_TIMED,
        marks=pd.concat([marked(counts, naming) for counts in (opened, closed)], ignore_index=True),
    )
