"""Requests of a subject at many instants, each request once: merged at every instant as the graph is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.metric_queries import Span, reporter_matchers
from mesh_graph.answers.since import services_of
from mesh_graph.detail.choice import Choice, Group, Told, group_labels
from mesh_graph.detail.lines import named
from mesh_graph.detail.outcomes import raw_outcomes
from mesh_graph.detail.rows import its_rows
from mesh_graph.detail.subject import own_matchers, subject_scopes
from mesh_graph.fetch import Answer, reply_of, split_by_time
from mesh_graph.frames.messages import MESSAGES
from mesh_graph.frames.requests import REQUESTS, parse_requests
from mesh_graph.frames.schema import concat
from mesh_graph.frames.tcp import TCP
from mesh_graph.model import NodeKey, View
from mesh_graph.sources.query import Family, Function, MetricQuery
from mesh_graph.topology.merge import merge

__all__ = ["RequestRows", "is_merged", "merged_rows", "raw_rows", "request_queries"]

_MERGED_LABELS = {Group.CODE: (fields.CODE,), Group.GRPC_STATUS: (fields.CODE,), Group.FLAGS: (fields.FLAGS,)}
"""What merged rows call the answer's labels."""
_RAW_LABELS = (
    fields.REPORTER,
    fields.REQUEST_PROTOCOL,
    fields.RESPONSE_CODE,
    fields.GRPC_RESPONSE_STATUS,
    fields.RESPONSE_FLAGS,
)


@dataclass(frozen=True, slots=True, eq=False)
class RequestRows:
    """Requests at the instants of a span.

    Attributes
    ----------
    rows : pandas.DataFrame
        ``line``, ``time``, ``outcome``, ``value``: requests per second.
    known : array of bool
        Per instant, whether any proxy had something to say: where it had, what has no row is zero.
    """

    rows: pd.DataFrame
    known: np.ndarray


def is_merged(choice: Choice) -> bool:
    """Whether the choice shows merged requests; security and places are labels of one proxy's rows alone."""
    return choice.told is Told.MERGED and not choice.group.is_place and choice.group is not Group.SECURITY


def request_queries(
    desk: Desk, view: View, subject: NodeKey, choice: Choice, *, window_s: int, labels: tuple[str, ...]
) -> tuple[MetricQuery, ...]:
    """Queries of the requests, those at zero included, so that none is told from not known."""
    if is_merged(choice):
        scopes = subject_scopes(subject, choice.direction, services_of(desk, view, subject))
        by: tuple[str, ...] = fields.REQUEST_LABELS
    else:
        scopes = ((*own_matchers(subject, choice.direction), *reporter_matchers(choice)),)
        by = tuple(dict.fromkeys((*labels, *_RAW_LABELS)))
    return tuple(
        MetricQuery(Family.REQUESTS, Function.RATE, by, scope, window_s, idle=True) for scope in scopes
    )


def merged_rows(
    answers: list[Answer], subject: NodeKey, choice: Choice, span: Span, *, scrapes_per_window: float
) -> RequestRows:
    """Requests of the answers to ``request_queries``, each once.

    Raises
    ------
    SourceError
        If a query failed: without part of the rows a merge would tell wrong numbers.
    """
    times = span.times
    steps = [split_by_time(reply_of(answer), times) for answer in answers]
    frames = [
        merge(
            concat(REQUESTS, [parse_requests(step[at]) for step in steps]),
            TCP.empty(),
            MESSAGES.empty(),
            scrapes_per_window,
        ).flows.assign(**{fields.TIME: at})
        for at in times
    ]
    (own,) = its_rows([pd.concat(frames, ignore_index=True)], subject, choice.direction)
    labels = _MERGED_LABELS.get(choice.group, group_labels(choice.group, choice.direction))
    told = named(own, labels, Told.MERGED, subject.namespace).rename(columns={fields.RATE: fields.VALUE})
    if choice.group is Group.GRPC_STATUS:
        told = told[told[fields.PROTOCOL] == "grpc"]
    return RequestRows(told, np.array([any(len(step[at].table) for step in steps) for at in times]))


def raw_rows(
    answer: Answer, subject: NodeKey, choice: Choice, span: Span, *, labels: tuple[str, ...]
) -> RequestRows:
    """Requests as the proxies report them, unmerged, of all the reporters that were asked for.

    Raises
    ------
    SourceError
        If the query failed.
    """
    table = raw_outcomes(reply_of(answer).table)
    rows = named(table, labels, choice.told, subject.namespace)
    steps = np.asarray(span.times)
    seen = np.zeros(len(steps), dtype=np.bool_)
    seen[np.searchsorted((steps[1:] + steps[:-1]) / 2, rows[fields.TIME].to_numpy(dtype=np.float64))] = True
    return RequestRows(rows, seen)
