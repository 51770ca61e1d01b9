"""How a subject fared over the last hours, and since when it fares as it does."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import chain

import pandas as pd

from mesh_graph.answers.desk import Desk
from mesh_graph.answers.detail import home_of
from mesh_graph.detail.rows import is_subject, served_by
from mesh_graph.detail.since import Since, began
from mesh_graph.detail.subject import subject_scopes
from mesh_graph.errors import SourceError
from mesh_graph.fetch import instants, reply_of, split_by_time
from mesh_graph.frames.messages import MESSAGES
from mesh_graph.frames.requests import REQUESTS, parse_requests
from mesh_graph.frames.schema import concat
from mesh_graph.frames.tcp import TCP, parse_tcp
from mesh_graph.health import assess
from mesh_graph.model import Direction, NodeKey, Status, View
from mesh_graph.plan import TRAFFIC_FAMILIES, belongs, traffic_queries
from mesh_graph.sources.base import Reply
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from mesh_graph.topology.merge import merge
from mesh_graph.topology.traffic import Traffic

__all__ = ["Timeline", "services_of", "timeline_of"]

LOOK_BACK_S = 6 * 3600
STEPS = 72
"""Instants looked at: every five minutes of six hours."""
_FAMILIES = (Family.REQUESTS, Family.TCP_CLOSED)
"""What an error is told from."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """How a subject fared at each instant of a range.

    Attributes
    ----------
    times : tuple of float
        Unix seconds, ascending, the last is the view's instant.
    statuses : tuple of Status
        One per instant, over the view's window that ends there.
    since : Since or None
    """

    times: tuple[float, ...]
    statuses: tuple[Status, ...]
    since: Since | None


def timeline_of(desk: Desk, view: View, subject: NodeKey) -> Timeline:
    """Statuses up to the view's instant, by the tolerances that hold now, and since when the last one holds.

    Each is what the page would have said at that instant, but for how often it looks: what began and ended
    between two instants is not seen.

    Raises
    ------
    SourceError
        If the source did not answer for the requests.
    """
    end = view.at or 0.0
    span = max(LOOK_BACK_S, view.span_s)
    step = float(max(math.ceil(span / STEPS / 60) * 60, 60))
    times = instants(end - int(span // step) * step, end, step)
    services = services_of(desk, view, subject)
    scopes = tuple(chain(*(subject_scopes(subject, way, services) for way in Direction)))
    asked = {family: [_query(family, scope, view.window_s) for scope in scopes] for family in _FAMILIES}
    answers = desk.fetcher.over(chain(*asked.values()), times[0], end, step)
    parts = {
        family: [split_by_time(reply_of(answers[query]), times) for query in queries]
        for family, queries in asked.items()
    }
    scrapes = desk.scrapes_per_window(view.window_s, (), end)
    statuses = []
    for at in times:
        traffic = _merged({family: [part[at] for part in of] for family, of in parts.items()}, scrapes)
        found = assess(traffic, view.window_s, desk.profile).assessments
        statuses.append(Status.worst(a.status for key, a in found.items() if is_subject(key, subject)))
    return Timeline(tuple(times), tuple(statuses), began(times, statuses, step))


def services_of(desk: Desk, view: View, subject: NodeKey) -> tuple[str, ...]:
    """Names of the services, in the subject's namespace, that it serves at the view's instant."""
    home = home_of(view, subject)
    queries = traffic_queries(desk.scopes(home), home.window_s, idle=home.idle)[Family.REQUESTS]
    answers = desk.fetcher.at(queries, home.at or 0.0).values()
    frames = [parse_requests(answer) for answer in answers if not isinstance(answer, SourceError)]
    requests = belongs(concat(REQUESTS, frames), home.namespaces)
    return served_by(merge(requests, TCP.empty(), MESSAGES.empty(), 1.0).flows, subject)


def _query(family: Family, scope: tuple[Matcher, ...], window_s: int) -> MetricQuery:
    return MetricQuery(family, Function.RATE, TRAFFIC_FAMILIES[family], scope, window_s)


def _merged(replies: dict[Family, list[Reply]], scrapes: float) -> Traffic:
    """Traffic of the rows of all scopes; a row that calls itself is in two of them and counts once."""
    requests = concat(REQUESTS, map(parse_requests, replies[Family.REQUESTS]))
    closed = [_closed(reply) for reply in replies[Family.TCP_CLOSED]]
    return merge(_once(requests), _once(concat(TCP, closed)), MESSAGES.empty(), scrapes)


def _closed(reply: Reply) -> pd.DataFrame:
    """A TCP frame of closed connections alone."""
    empty = Reply(reply.table.iloc[:0], reply.promql)
    return parse_tcp(empty, empty, empty, reply)


def _once(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop_duplicates(ignore_index=True)
