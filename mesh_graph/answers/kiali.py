"""A Kiali-shaped graph: the same frames as the product's own graph, merged by Kiali's rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import zip_longest
from typing import Any

import pandas as pd

from mesh_graph import fields
from mesh_graph.answers.declared import declared_at
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.kiali_plan import KialiPlan, plan_kiali, target_scopes
from mesh_graph.answers.observe import shortfall
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answers
from mesh_graph.frames.messages import MESSAGES, parse_messages
from mesh_graph.frames.parse import parse_values
from mesh_graph.frames.requests import REQUESTS, parse_requests
from mesh_graph.frames.schema import Schema, concat
from mesh_graph.frames.tcp import TCP, parse_tcp
from mesh_graph.health.profiles import KIALI
from mesh_graph.istio.waypoints import waypoints_of
from mesh_graph.kiali.additions import PRINCIPALS, Additions
from mesh_graph.kiali.build import Surroundings, build_traffic_map
from mesh_graph.kiali.document import render_document
from mesh_graph.kiali.options import Appender, Options
from mesh_graph.kiali.samples import Observed
from mesh_graph.model import View
from mesh_graph.sources.base import Reply
from mesh_graph.sources.query import Family, MetricQuery
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.declared import Declared

__all__ = ["KialiGraph", "kiali_graph", "plan_of", "read_observed", "surroundings"]

CAPTURE_LABEL, CAPTURED = "istio.io/dataplane-mode", "ambient"
"""Of a namespace that ztunnel captures."""
NEEDED: Mapping[Appender, str] = {
    Appender.DEAD_NODE: "needs the cluster's workloads",
    Appender.IDLE_NODE: "needs the cluster's services and workloads",
    Appender.ISTIO: "needs the cluster's Istio configuration",
    Appender.LABELER: "needs the cluster's labels",
    Appender.MESH_CHECK: "needs the cluster's pods",
    Appender.SERVICE_ENTRY: "needs the cluster's service entries",
    Appender.WORKLOAD_ENTRY: "needs the cluster's workload entries",
}
"""What takes a cluster."""
_CONFIGURED = {Appender.ISTIO, Appender.SERVICE_ENTRY, Appender.WORKLOAD_ENTRY}
"""Of these, what is known of the past, too: configuration that has not changed since."""
PAST = "clusters tell what exists now, not what existed then"
UNREAD = "not all that it needs could be read from the clusters"
_TIMES = Schema.of((*fields.BASE_LABELS, fields.REQUEST_PROTOCOL), (fields.LATENCY_MS,))
_SIZES = Schema.of(fields.BASE_LABELS, (fields.BYTES_RATE,))


@dataclass(frozen=True, slots=True)
class KialiGraph:
    """A graph in the shape that clients of Kiali's API read.

    Attributes
    ----------
    document : dict
        As ``kiali.document`` renders it; shared, not to be modified.
    failed : dict of Appender to str
        Additions that were asked for and could not be had, with the reason.
    gaps : tuple of Gap
        What is partial: the source's own warnings.
    """

    document: dict[str, Any]
    failed: dict[Appender, str]
    gaps: tuple[Gap, ...]


def kiali_graph(desk: Desk, options: Options) -> KialiGraph:
    """Graph of the options' namespaces, or of their one node, at their instant.

    Raises
    ------
    SourceError
        If the source did not answer for the traffic.
    """
    plan = plan_of(desk, options)
    answers = desk.fetcher.ask([bundle for bundle in plan.bundles if bundle], options.at or 0.0)
    observed = read_observed(plan, answers, options)
    declared, _ = declared_at(desk, options.at or 0.0)
    failed = _undeclared(options.appenders, declared)
    options = replace(options, appenders=options.appenders - failed.keys())
    around = replace(surroundings(desk), declared=declared)
    if not desk.scope.is_whole:
        around = replace(around, namespaces=desk.namespaces())
    # Response times are the last to come: traffic is merged meanwhile.
    graph = build_traffic_map(observed, options, around, lambda: _additions(plan, answers, failed))
    gaps, _ = shortfall([query for query in answers if not isinstance(answers[query], SourceError)], answers)
    return KialiGraph(render_document(graph, options, options.at or 0.0), failed, gaps)


def _undeclared(appenders: Collection[Appender], declared: Declared) -> dict[Appender, str]:
    """Which of the additions clusters cannot tell, and why."""
    if not declared.clusters:
        reasons = NEEDED
    elif not declared.is_present:
        reasons = dict.fromkeys(NEEDED.keys() - _CONFIGURED, PAST)
    else:
        reasons = {
            appender: UNREAD
            for appender, is_known in (
                (Appender.DEAD_NODE, declared.knows_workloads and declared.knows_pods),
                (Appender.IDLE_NODE, declared.knows_workloads and declared.knows_services),
                (Appender.ISTIO, declared.knows_routes),
                (Appender.LABELER, declared.knows_workloads and declared.knows_services),
                (Appender.MESH_CHECK, declared.knows_pods),
                (Appender.SERVICE_ENTRY, declared.knows_entries),
            )
            if not is_known
        }
    return {appender: reasons[appender] for appender in appenders if appender in reasons}


def surroundings(desk: Desk) -> Surroundings:
    """What the clusters declare of the ambient layer, where they can be asked."""
    snapshot = desk.cluster.snapshot() if desk.cluster is not None else None
    if snapshot is None:
        return Surroundings(tolerances=KIALI.tolerances)
    return Surroundings(
        waypoints=waypoints_of(snapshot),
        captured=frozenset(
            namespace.name
            for namespace in snapshot.objects("Namespace")
            if namespace.labels.get(CAPTURE_LABEL) == CAPTURED
        ),
        tolerances=KIALI.tolerances,
    )


def plan_of(desk: Desk, options: Options) -> KialiPlan:
    """Queries for these options on this mesh."""
    if options.target is not None:
        return plan_kiali(options, target_scopes(options.target), is_whole=False)
    scopes = desk.scopes(View(namespaces=options.namespaces))
    return plan_kiali(options, scopes, is_whole=scopes == ((),))


def read_observed(plan: KialiPlan, answers: Answers, options: Options) -> Observed:
    """Frames of the traffic; of a node, whose scopes overlap, each row once.

    Raises
    ------
    SourceError
        If a query of the traffic failed.
    """
    requests = [
        parse_requests(reply) for reply in _by_scope(plan, answers, Family.REQUESTS) if _has_rows(reply)
    ]
    sent, received = (
        _by_scope(plan, answers, family)
        for family in (Family.GRPC_REQUEST_MESSAGES, Family.GRPC_RESPONSE_MESSAGES)
    )
    messages = [parse_messages(*pair) for pair in _paired(sent, received, fields.MESSAGE_LABELS)]
    # The client's sent bytes are those that the server's proxy received (istio#32399).
    up, down = (_by_scope(plan, answers, family) for family in (Family.TCP_RECEIVED, Family.TCP_SENT))
    nothing = _nothing(fields.TCP_LABELS)
    tcp = [parse_tcp(*pair, nothing, nothing) for pair in _paired(up, down, fields.TCP_LABELS)]
    frames = (concat(REQUESTS, requests), concat(MESSAGES, messages), concat(TCP, tcp))
    labels = (fields.REQUEST_LABELS, fields.MESSAGE_LABELS, fields.TCP_LABELS)
    if options.target is not None:
        frames = tuple(  # type: ignore[assignment]
            frame.drop_duplicates(list(by), ignore_index=True)
            for frame, by in zip(frames, labels, strict=True)
        )
    return Observed(*frames)


def _by_scope(plan: KialiPlan, answers: Answers, family: Family) -> list[Reply]:
    return [_reply(answers, query) for query in plan.traffic.get(family, ())]


def _paired(
    first: list[Reply], second: list[Reply], labels: tuple[str, ...]
) -> Iterator[tuple[Reply, Reply]]:
    """Replies of two families by scope, where one has rows; of a family that is not counted, nothing."""
    nothing = _nothing(labels)
    for pair in zip_longest(first, second, fillvalue=nothing):
        if any(map(_has_rows, pair)):
            yield pair


def _has_rows(reply: Reply) -> bool:
    """Most families of most scopes have none, and to make sure of what an empty table is made takes time."""
    return len(reply.table) > 0


def _reply(answers: Answers, query: MetricQuery) -> Reply:
    answer = answers[query]
    if isinstance(answer, SourceError):
        raise answer
    return answer


@cache
def _nothing(labels: tuple[str, ...]) -> Reply:
    empty = {label: pd.Series(dtype="str") for label in labels}
    return Reply(pd.DataFrame({**empty, fields.VALUE: pd.Series(dtype="float64")}), "")


def _additions(plan: KialiPlan, answers: Answers, failed: dict[Appender, str]) -> Additions:
    """Frames of the additions; why one could not be had is written into ``failed``."""

    def read(queries: Sequence[MetricQuery], schema: Schema, appender: Appender) -> pd.DataFrame | None:
        if not queries:
            return None
        try:
            replies = [_reply(answers, query) for query in queries]
        except SourceError as error:
            failed[appender] = str(error)
            return None
        return concat(schema, [parse_values(reply, schema) for reply in replies if _has_rows(reply)])

    security = (read(queries, PRINCIPALS, Appender.SECURITY_POLICY) for queries in plan.security)
    return Additions(
        read(plan.incoming_times, _TIMES, Appender.RESPONSE_TIME),
        read(plan.outgoing_times, _TIMES, Appender.RESPONSE_TIME),
        read(plan.sizes, _SIZES, Appender.THROUGHPUT),
        tuple(frame for frame in security if frame is not None),
    )
