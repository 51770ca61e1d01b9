"""The pods of a subject → a section of its page: what is wrong, and each workload with its pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.answers.pods import PodRow, Pods
from mesh_graph.answers.standing import Standing
from mesh_graph.istio.standing import WorkloadStanding
from mesh_graph.model import NodeKey, NodeKind
from mesh_graph.views import panel_parts as parts
from mesh_graph.views.addresses import Links, path_of
from mesh_graph.views.messages_config import MESSAGES as STANDING
from mesh_graph.views.messages_pods import MESSAGES, note_level, note_words, pod_gap_words
from mesh_graph.views.numbers import format_clock
from mesh_graph.views.pod_table import pod_table
from mesh_graph.views.words import fill

__all__ = ["render_pods"]

MOST_LABELS = 12


def render_pods(pods: Pods, standing: Standing | None, links: Links) -> list[Component]:
    """The section; nothing where nobody knows of any pods."""
    declared = {one.running.name: one for one in standing.workloads} if standing else {}
    if not (declared or pods.rows or pods.gaps):
        return []
    notes = [html.Li([parts.level_mark(note_level(one)), note_words(one)]) for one in pods.notes]
    gaps = [html.P(pod_gap_words(gap), className="mg-quiet") for gap in pods.gaps]
    return [
        parts.section(
            MESSAGES["pods.title"],
            *([html.Ul(notes, className="mgp-notes")] if notes else []),
            *_when(pods, declared),
            *_workloads(pods, declared, links),
            *gaps,
            *parts.queries(pods.queries),
        )
    ]


def _when(pods: Pods, declared: Mapping[str, WorkloadStanding]) -> Iterator[Component]:
    """Of which instant the pods are, where it is not plain."""
    if pods.is_now or not any(one.running.is_live for one in declared.values()) or not pods.rows:
        return
    message = "pods.then" if any(row.use for row in pods.rows) else "pods.now"
    yield html.P(fill(MESSAGES[message], {"at": format_clock(pods.at)}), className="mg-quiet")


def _workloads(pods: Pods, declared: Mapping[str, WorkloadStanding], links: Links) -> Iterator[Component]:
    told = {row.workload for row in pods.rows}
    for name in sorted({*declared, *told}):
        one = declared.get(name)
        logs = None if one is None else partial(_logs, pods.subject, links)
        is_known = name in told or (one is not None and one.running.is_live)
        yield html.Div(
            [
                html.Div(_head(name, one, pods.subject, links), className="mgs-head"),
                *([] if one is None else [html.Div(parts.facts(_facts(one)), className="mgp-facts")]),
                *(pod_table(pods.of(name), logs) if is_known else []),
            ],
            className="mgs-workload",
        )


def _logs(subject: NodeKey, links: Links, row: PodRow) -> str:
    """Address of a pod's logs, on its workload's page."""
    key = NodeKey(NodeKind.WORKLOAD, "", subject.namespace, workload=row.workload)
    cluster = {"cluster": row.cluster} if links.clusters > 1 and row.cluster else {}
    return links.page(path_of(key), tab="logs", pods=row.name, **cluster)


def _head(name: str, one: WorkloadStanding | None, subject: NodeKey, links: Links) -> list[Any]:
    key = NodeKey(NodeKind.WORKLOAD, subject.cluster, subject.namespace, workload=name)
    is_own = subject.workload == name
    shown = html.Span(name) if is_own else dcc.Link(name, href=links.of(key), className="mg-link")
    if one is None:
        return [shown]
    running = one.running
    counts = {"available": str(one.available), "desired": str(one.desired), "current": str(one.current)}
    counted = fill(STANDING["standing.replicas" if running.is_live else "standing.unknown-replicas"], counts)
    kind = running.controller.kind if running.controller else STANDING["standing.unread-kind"]
    return [shown, html.Small(f" {kind} · "), counted]


def _facts(one: WorkloadStanding) -> list[tuple[str, str]]:
    return [
        (STANDING["standing.images"], ", ".join(one.images)),
        (STANDING["standing.proxy"], _proxy_words(one)),
        (STANDING["standing.labels"], _labels(one.running.labels)),
    ]


def _proxy_words(one: WorkloadStanding) -> str:
    bare = one.running.bare_pods
    without = fill(STANDING["standing.bare"], {"bare": str(bare), "pods": str(len(one.pods))}) if bare else ""
    return ", ".join(text for text in (*one.proxies, without) if text)


def _labels(labels: Mapping[str, str]) -> str:
    told = [f"{name}={value}" for name, value in sorted(labels.items())]
    more = len(told) - MOST_LABELS
    return ", ".join(told[:MOST_LABELS]) + (f", +{more}" if more > 0 else "")
