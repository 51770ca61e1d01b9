"""One subject → the head of its page: how it fares and why, since when, or that nothing of it is seen."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.answers.detail import Detail
from mesh_graph.answers.since import Timeline
from mesh_graph.detail.subject import subject_name
from mesh_graph.fields import UNKNOWN
from mesh_graph.model import GraphType, NodeKey, NodeKind, Status
from mesh_graph.views import panel_parts as parts
from mesh_graph.views.addresses import Links
from mesh_graph.views.messages_detail import KINDS, MESSAGES
from mesh_graph.views.messages_health import (
    STATUSES,
    assessment_words,
    evidence_words,
    replica_words,
    tolerance_words,
)
from mesh_graph.views.numbers import format_clock, format_seconds
from mesh_graph.views.scale import Level
from mesh_graph.views.words import fill

__all__ = ["render_head", "render_since", "render_unknown", "status_level", "topology_address"]

_LEVELS: dict[Status, Level] = {
    Status.FAILURE: "err",
    Status.DEGRADED: "warn",
    Status.NOT_READY: "warn",
    Status.HEALTHY: "ok",
    Status.NO_DATA: "idle",
}


def status_level(status: Status) -> Level:
    """Level whose sign a status has."""
    return _LEVELS[status]


def topology_address(detail: Detail, links: Links) -> str:
    """Address of the topology page around the subject, in a graph whose nodes it is one of."""
    subject = detail.subject
    cluster = subject.cluster or next(iter(detail.clusters), "")
    key = NodeKey(
        subject.kind, cluster, subject.namespace, subject.workload, subject.app, service=subject.service
    )
    query = {"selected": key.text, "focus": key.text, "hops": "1"}
    if subject.namespace:
        query["namespaces"] = subject.namespace
    if subject.kind in (NodeKind.APP, NodeKind.WORKLOAD):
        query["graph_type"] = GraphType.APP if subject.kind is NodeKind.APP else GraphType.WORKLOAD
    return links.page("/topology", **query)


def render_head(detail: Detail, links: Links) -> list[Component]:
    """How the subject fares, in words, and what they rest on."""
    assessment = detail.assessment
    level = status_level(assessment.status)
    rest = assessment.check
    evidence = [] if rest is None else [evidence_words(rest), tolerance_words(rest.tolerance)]
    status = html.Div(
        [parts.level_mark(level), html.Strong(_first_upper(assessment_words(assessment)))],
        className=f"mg-fares mg-fares-{level}",
    )
    return [
        status,
        html.P(" · ".join(evidence), className="mg-quiet mg-evidence"),
        dcc.Link("Show in the topology", href=topology_address(detail, links), className="mg-link"),
    ]


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def render_since(timeline: Timeline) -> list[Component]:
    """Since when the present status holds, above a strip of the statuses before it."""
    since = timeline.since
    if since is None:
        return []
    end = timeline.times[-1]
    values = {
        "status": STATUSES[Status(since.state)],
        "time": format_clock(since.at),
        "age": format_seconds(end - since.at),
        "before": STATUSES[Status(since.before)].lower() if since.before else "",
        "step": format_seconds(since.step_s),
    }
    message = "since.at-least" if since.is_bound else "since" if since.at < end else "since.just"
    words = fill(MESSAGES[message], values)
    cells = [
        html.Span(
            className=f"mg-beat mg-beat-{status_level(status)}",
            title=f"{format_clock(at)}: {STATUSES[status]}",
        )
        for at, status in zip(timeline.times, timeline.statuses, strict=True)
    ]
    ends = [html.Span(format_clock(timeline.times[0])), html.Span(format_clock(end))]
    note = fill(MESSAGES["since.step"], {"step": format_seconds(since.step_s)})
    return [
        html.P(words, className="mg-since"),
        html.Div(cells, className="mg-strip", role="img", title=note, **{"aria-label": words}),
        html.Div(ends, className="mg-strip-ends"),
    ]


def render_unknown(detail: Detail) -> list[Component]:
    """What is known of a subject without traffic: its pods, and when it had some."""
    subject = detail.subject
    values = {
        "kind": KINDS[subject.kind].lower(),
        "name": subject_name(subject),
        "namespace": subject.namespace or UNKNOWN,
        "window": format_seconds(detail.window_s),
        "time": format_clock(detail.last_seen) if detail.last_seen else "",
    }
    replicas = detail.assessment.replicas
    message = "idle" if detail.last_seen is not None else "unknown" if replicas is None else "silent"
    words = html.P(fill(MESSAGES[message], values), className="mg-unknown")
    if replicas is None:
        return [words]
    level = status_level(replicas.status) if replicas.is_ill else "idle"
    told = html.Strong(_first_upper(replica_words(replicas)))
    return [html.Div([parts.level_mark(level), told], className=f"mg-fares mg-fares-{level}"), words]
