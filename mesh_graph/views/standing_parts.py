"""What the clusters tell of a subject → parts of its page: services, configuration, what was not read."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.answers.standing import ServiceStanding, Standing
from mesh_graph.model import NodeKey, NodeKind
from mesh_graph.views import panel_parts as parts
from mesh_graph.views.addresses import Links, config_route
from mesh_graph.views.messages_config import CSS_STATUS, MESSAGES
from mesh_graph.views.messages_istio import cluster_gap_texts, config_words
from mesh_graph.views.words import fill

__all__ = ["render_standing"]


def render_standing(standing: Standing, links: Links) -> list[Component]:
    """Services, configuration and what was not read; nothing where nothing is declared of the subject."""
    beside: list[Component] = []
    if standing.services:
        beside.append(parts.section(MESSAGES["standing.services"], _services(standing.services, links)))
    if standing.config:
        beside.append(parts.section(MESSAGES["standing.config"], _config(standing, links)))
    if standing.gaps:
        gaps = [html.Li(text) for text in cluster_gap_texts(standing.gaps)]
        beside.append(parts.section(MESSAGES["standing.gaps"], html.Ul(gaps)))
    return [html.Div(beside, className="mgs-standing")] if beside else []


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
