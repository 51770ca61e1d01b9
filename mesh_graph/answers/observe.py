"""A view at one instant as merged traffic: what was asked, what came, what could not be had.

    View ─plan─► queries ─fetch─► replies ─frames─► rows of the view's namespaces ─merge─► Observation

Traffic stands on the requests: without them there is no picture and the failure is raised. Everything else
that fails is a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from mesh_graph import fields
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answer, reply_of
from mesh_graph.frames.messages import MESSAGES, parse_messages
from mesh_graph.frames.requests import REQUESTS, parse_requests
from mesh_graph.frames.schema import concat
from mesh_graph.frames.tcp import TCP, parse_tcp
from mesh_graph.model import Protocol
from mesh_graph.plan import belongs
from mesh_graph.sources.base import Reply
from mesh_graph.sources.query import AnyFamily, Family, MetricQuery
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.merge import merge
from mesh_graph.topology.traffic import Traffic

__all__ = ["FAMILY_FAILED", "Observation", "Plan", "observe", "shortfall"]

FAMILY_FAILED = "family-failed"
PARTIAL_ANSWER = "partial-answer"

_ERROR_BEARING: Mapping[AnyFamily, tuple[Protocol, ...]] = {
    Family.REQUESTS: (Protocol.HTTP, Protocol.GRPC),
    Family.TCP_OPENED: (Protocol.TCP,),
    Family.TCP_CLOSED: (Protocol.TCP,),
    Family.TCP_SENT: (Protocol.TCP,),
    Family.TCP_RECEIVED: (Protocol.TCP,),
}

# Istio names TCP's bytes from the server's side: what the client sent, it received (istio#32399).
_TCP_FAMILIES = (Family.TCP_RECEIVED, Family.TCP_SENT, Family.TCP_OPENED, Family.TCP_CLOSED)
_MESSAGE_FAMILIES = (Family.GRPC_REQUEST_MESSAGES, Family.GRPC_RESPONSE_MESSAGES)

Plan = Mapping[Family, Sequence[MetricQuery]]
Answers = Mapping[MetricQuery, Answer]


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """Traffic of a view at one instant.

    Attributes
    ----------
    traffic : Traffic
        Merged by the canonical rule.
    gaps : tuple of Gap
        What could not be had, with the reason.
    partial : frozenset of Protocol
        Protocols of which part of the rows is missing.
    """

    traffic: Traffic
    gaps: tuple[Gap, ...]
    partial: frozenset[Protocol]


def observe(
    plan: Plan, answers: Answers, namespaces: Sequence[str], *, scrapes_per_window: float
) -> Observation:
    """Merged traffic of the answers to a plan.

    Parameters
    ----------
    plan : mapping of Family to queries
        As ``plan.traffic_queries`` gives it: one query per scope, the scopes in the same order for all.
    answers : mapping of MetricQuery to Reply or SourceError
    namespaces : sequence of str
        The view's; empty is all.
    scrapes_per_window : float
        Window over scrape interval.

    Raises
    ------
    SourceError
        If a requests query failed, or an answer has not the promised shape.
    """
    requests = [reply_of(answers[query]) for query in plan[Family.REQUESTS]]
    tcp = [parse_tcp(*replies) for replies in _side_by_side(plan, answers, _TCP_FAMILIES)]
    messages = [parse_messages(*replies) for replies in _side_by_side(plan, answers, _MESSAGE_FAMILIES)]
    traffic = merge(
        belongs(concat(REQUESTS, map(parse_requests, requests)), namespaces),
        belongs(concat(TCP, tcp), namespaces),
        belongs(concat(MESSAGES, messages), namespaces),
        scrapes_per_window,
    )
    asked = [query for queries in plan.values() for query in queries]
    gaps, partial = shortfall(asked, answers)
    return Observation(traffic, gaps, partial)


def _side_by_side(plan: Plan, answers: Answers, families: Sequence[Family]) -> Iterator[list[Reply]]:
    """Per scope the replies to several families, where any of them has rows; a failed one has none."""
    for queries in zip(*(plan[family] for family in families), strict=True):
        replies = [_or_empty(answers, query) for query in queries]
        if any(len(reply.table) for reply in replies):
            yield replies


def shortfall(
    queries: Iterable[MetricQuery], answers: Answers
) -> tuple[tuple[Gap, ...], frozenset[Protocol]]:
    """What of the answers failed or is partial: gaps, and the protocols whose rows are incomplete."""
    gaps: dict[Gap, None] = {}
    partial: set[Protocol] = set()
    for query in queries:
        answer = answers[query]
        if isinstance(answer, SourceError):
            found = [Gap(FAMILY_FAILED, (("family", query.family.value), ("reason", str(answer))))]
        else:
            family = ("family", query.family.value)
            found = [Gap(PARTIAL_ANSWER, (family, ("warning", text))) for text in answer.warnings]
        if found:
            gaps.update(dict.fromkeys(found))
            partial.update(_ERROR_BEARING.get(query.family, ()))
    return tuple(gaps), frozenset(partial)


def _or_empty(answers: Answers, query: MetricQuery) -> Reply:
    answer = answers[query]
    if not isinstance(answer, SourceError):
        return answer
    labels = {label: pd.Series(dtype="str") for label in query.by}
    return Reply(pd.DataFrame({**labels, fields.VALUE: pd.Series(dtype="float64")}), "")
