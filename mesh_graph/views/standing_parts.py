"""What the clusters tell of a subject → parts of its page: pods, services, configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.answers.standing import ServiceStanding, Standing
from mesh_graph.istio.standing import ContainerStanding, PodStanding, WorkloadStanding
from mesh_graph.model import NodeKey, NodeKind
from mesh_graph.views import panel_parts as parts
from mesh_graph.views.addresses import Links, config_route
from mesh_graph.views.messages_config import CSS_STATUS, MESSAGES
from mesh_graph.views.messages_health import POD_TROUBLES
from mesh_graph.views.messages_istio import cluster_gap_texts, config_words
from mesh_graph.views.words import fill

__all__ = ["render_standing"]

MOST_PODS = 60
MOST_LABELS = 12


def render_standing(standing: Standing, subject: NodeKey, links: Links) -> list[Component]:
    """Sections of the overview; none where nothing is declared of the subject."""
    beside: list[Component] = []
    if standing.services:
        beside.append(parts.section(MESSAGES["standing.services"], _services(standing.services, links)))
    if standing.config:
        beside.append(parts.section(MESSAGES["standing.config"], _config(standing, links)))
    if standing.gaps:
        gaps = [html.Li(text) for text in cluster_gap_texts(standing.gaps)]
        beside.append(parts.section(MESSAGES["standing.gaps"], html.Ul(gaps)))
    pods = [_workload(one, subject, links) for one in standing.workloads]
    columns = [parts.section(MESSAGES["standing.pods"], *pods)] if pods else []
    columns += [html.Div(beside)] if beside else []
    return [html.Div(columns, className="mgs-standing")] if columns else []


def _workload(one: WorkloadStanding, subject: NodeKey, links: Links) -> Component:
    running = one.running
    key = NodeKey(NodeKind.WORKLOAD, subject.cluster, running.namespace, workload=running.name)
    is_own = subject.workload == running.name
    name = (
        html.Span(running.name) if is_own else dcc.Link(running.name, href=links.of(key), className="mg-link")
    )
    counts = {"available": str(one.available), "desired": str(one.desired), "current": str(one.current)}
    counted = fill(MESSAGES["standing.replicas" if running.is_live else "standing.unknown-replicas"], counts)
    kind = running.controller.kind if running.controller else MESSAGES["standing.unread-kind"]
    facts = [
        (MESSAGES["standing.images"], ", ".join(one.images)),
        (MESSAGES["standing.proxy"], _proxy_words(one)),
        (MESSAGES["standing.labels"], _labels(running.labels)),
    ]
    head = [name, html.Small(f" {kind} · "), counted]
    return html.Div(
        [
            html.Div(head, className="mgs-head"),
            parts.facts(facts),
            *(_pods(one.pods) if running.is_live else []),
        ],
        className="mgs-workload",
    )


def _proxy_words(one: WorkloadStanding) -> str:
    bare = one.running.bare_pods
    without = fill(MESSAGES["standing.bare"], {"bare": str(bare), "pods": str(len(one.pods))}) if bare else ""
    return ", ".join(text for text in (*one.proxies, without) if text)


def _labels(labels: Any) -> str:
    told = [f"{name}={value}" for name, value in sorted(labels.items())]
    more = len(told) - MOST_LABELS
    return ", ".join(told[:MOST_LABELS]) + (f", +{more}" if more > 0 else "")


def _pods(pods: Sequence[PodStanding]) -> list[Component]:
    if not pods:
        return [html.P(MESSAGES["standing.no-pods"], className="mg-quiet")]
    rows = [html.Tr([html.Td(cell) for cell in _pod(pod)]) for pod in pods[:MOST_PODS]]
    heads = ("standing.pod", "standing.state", "standing.restarts", "standing.last-end", "standing.node")
    head = html.Thead(html.Tr([html.Th(MESSAGES[name]) for name in heads]))
    found: list[Component] = [html.Table([head, html.Tbody(rows)], className="mg-rows mgs-pods")]
    if len(pods) > MOST_PODS:
        more = fill(MESSAGES["standing.more-pods"], {"count": f"{len(pods) - MOST_PODS:,}"})
        found.append(html.P(more, className="mg-quiet"))
    return found


def _pod(pod: PodStanding) -> list[Any]:
    level = (
        "ok" if pod.is_ready else "warn" if pod.reason in ("ContainerCreating", "PodInitializing") else "err"
    )
    words = MESSAGES["standing.ready"] if pod.is_ready else pod.reason
    more = POD_TROUBLES.get(pod.reason, "")
    state = [parts.level_mark(level), words, *([html.Small(f" {more}")] if more else [])]
    return [
        html.Span(pod.name, className="mgs-name"),
        html.Span(state, className="mgs-state"),
        str(pod.restarts) if pod.restarts else "–",
        [html.Div(_last_end(one)) for one in pod.containers if one.last_reason],
        pod.node,
    ]


def _last_end(one: ContainerStanding) -> str:
    code = "" if one.exit_code is None else f" ({one.exit_code})"
    return f"{one.name}: {one.last_reason}{code} {one.last_end}".strip()


def _services(services: Sequence[ServiceStanding], links: Links) -> Component:
    rows = []
    for one in services:
        key = NodeKey(NodeKind.SERVICE, "", one.source.namespace, service=one.source.name)
        ports = [
            html.Div(
                [
                    f"{port.number} ",
                    html.Small(port.name),
                    f" → {port.protocol}",
                    html.Small(_told_by(port.told_by)),
                ]
            )
            for port in one.ports
        ]
        values = {"ready": str(one.ready), "all": str(one.endpoints)}
        name = dcc.Link(one.source.name, href=links.of(key), className="mg-link")
        rows.append(
            html.Tr([html.Td(cell) for cell in (name, ports, fill(MESSAGES["standing.endpoints"], values))])
        )
    heads = ("standing.service", "standing.ports", "standing.serving")
    head = html.Thead(html.Tr([html.Th(MESSAGES[name]) for name in heads]))
    return html.Table([head, html.Tbody(rows)], className="mg-rows mgs-services")


def _told_by(told_by: str) -> str:
    return f" {MESSAGES[f'standing.told-by.{told_by}']}"


def _config(standing: Standing, links: Links) -> Component:
    items = []
    for row in standing.config:
        one = row.source
        more = {"cluster": one.cluster} if links.clusters > 1 else {}
        address = links.page(config_route(one.namespace, one.kind, one.name), **more)
        mark = html.Span(className="mg-status-mark", **{"aria-hidden": "true"})
        wrong = [html.Div(config_words(finding).what, className="mgs-wrong") for finding in row.findings[:2]]
        items.append(
            html.Li(
                [
                    html.Span(
                        mark,
                        className="mg-status",
                        **{"data-status": CSS_STATUS[row.status], "data-firm": "1"},
                    ),
                    html.Small(f"{one.kind} "),
                    dcc.Link(one.name, href=address, className="mg-link"),
                    html.Small(f" {one.namespace}"),
                    *wrong,
                ]
            )
        )
    return html.Ul(items, className="mgs-config")
