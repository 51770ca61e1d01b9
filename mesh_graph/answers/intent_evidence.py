"""The telemetry that rules join with configuration: a view's traffic, and a longer past of hosts outside."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.observe import shortfall
from mesh_graph.answers.state import MeshState
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answer
from mesh_graph.istio.joined import Evidence, LongPast
from mesh_graph.istio.place import spec_of
from mesh_graph.sources.cluster import Snapshot
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from mesh_graph.topology.attributes import Gap

__all__ = ["evidence_of"]

LOOK_BACKS_S = (86_400, 3_600)
"""How far back calls of hosts outside are looked for: the first from which there are numbers."""
MAX_HOSTS = 200
"""More hosts than that are not asked for, and nothing is said of their use."""
_CALLS = (Family.REQUESTS, Family.TCP_OPENED)


def evidence_of(desk: Desk, state: MeshState, snapshot: Snapshot) -> tuple[Evidence, tuple[Gap, ...]]:
    """Telemetry of a state's view, and what of it could not be had."""
    at, window_s = state.view.at or 0.0, state.view.window_s
    past, gaps = _past(desk, at, _hosts(snapshot))
    return Evidence(at, window_s, state.traffic, past), (*state.gaps, *gaps)


def _hosts(snapshot: Snapshot) -> tuple[str, ...]:
    entries = snapshot.objects("ServiceEntry")
    return tuple(sorted({host.lower() for one in entries for host in spec_of(one)["hosts"].texts}))


def _past(desk: Desk, at: float, hosts: tuple[str, ...]) -> tuple[LongPast | None, tuple[Gap, ...]]:
    if not hosts or len(hosts) > MAX_HOSTS:
        return None, ()
    matcher = Matcher(fields.DESTINATION_SERVICE, "=~", "|".join(map(_pattern, hosts)))
    for seconds in LOOK_BACKS_S:
        if not _has_numbers(desk, at - seconds):
            continue
        queries = [
            MetricQuery(family, Function.RATE, (fields.DESTINATION_SERVICE,), (matcher,), seconds)
            for family in _CALLS
        ]
        answers = desk.fetcher.at(queries, at)
        gaps, _ = shortfall(queries, answers)
        return (None if gaps else LongPast(seconds, _called(answers.values()))), gaps
    return None, ()


def _has_numbers(desk: Desk, at: float) -> bool:
    """Whether proxies were scraped then."""
    query = MetricQuery(Family.REQUESTS, Function.SERIES, (fields.REPORTER,))
    answer = desk.fetcher.at([query], at)[query]
    return not isinstance(answer, SourceError) and len(answer.table) > 0


def _pattern(host: str) -> str:
    return f".+{re.escape(host[1:])}" if host.startswith("*") else re.escape(host)


def _called(answers: Iterable[Answer]) -> frozenset[str]:
    return frozenset(
        str(host).lower()
        for answer in answers
        if not isinstance(answer, SourceError)
        for host, value in answer.table.itertuples(index=False, name=None)
        if value > 0
    )
