"""Edge → its side panel: both ends, every number that was measured, how the requests ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import networkx as nx
from dash.development.base_component import Component

from mesh_graph.model import Protocol, State
from mesh_graph.topology.attributes import EdgeAttr as E
from mesh_graph.topology.attributes import GraphAttr as G
from mesh_graph.views import panel_parts as parts
from mesh_graph.views.labels import edge_rate_text, node_name, short_node_name
from mesh_graph.views.numbers import (
    format_bytes_rate,
    format_clock,
    format_latency,
    format_percent,
    format_rate,
)
from mesh_graph.views.panel_rows import ending_rows
from mesh_graph.views.scale import edge_level
from mesh_graph.views.words import gap_text, say

__all__ = ["render_edge"]


def _edge_numbers(edge: Mapping[str, Any], protocol: str) -> list[tuple[str, str, str]]:
    """Name, number, and what of ``GraphAttr.QUERIES`` is behind it."""

    def rate(name: str, unit: str = "rps") -> str:
        return format_rate(edge[name], unit, 3) if name in edge else ""

    def size(name: str) -> str:
        return format_bytes_rate(edge[name], 3) if name in edge else ""

    def share(name: str) -> str:
        return format_percent(edge[name], 3) if name in edge else ""

    latency = edge.get(E.LATENCY_MS)
    is_tcp = protocol == Protocol.TCP
    traffic = "tcp" if is_tcp else "requests"
    return [
        ("Rate", edge_rate_text(edge, 3), traffic),
        ("Errors", _errors_text(edge, is_tcp), traffic),
        ("Client errors", rate(E.CLIENT_ERROR_RATE), traffic),
        ("Hung up", rate(E.HUNG_UP_RATE), traffic),
        ("Share of the source", share(E.SHARE), traffic),
        (
            "Response time",
            "" if latency is None else format_latency(latency, edge.get(E.LATENCY_EDGE_MS), 3),
            "response time",
        ),
        ("Request bytes", size(E.REQUEST_BYTES_RATE), "throughput"),
        ("Response bytes", size(E.RESPONSE_BYTES_RATE), "throughput"),
        ("Sent", size(E.SENT_BYTES_RATE), "tcp"),
        ("Received", size(E.RECEIVED_BYTES_RATE), "tcp"),
        ("Messages sent", rate(E.SENT_MESSAGE_RATE, "mps"), "grpc messages"),
        ("Messages received", rate(E.RECEIVED_MESSAGE_RATE, "mps"), "grpc messages"),
        ("Opened", rate(E.OPENED_RATE, "conn/s"), "tcp"),
        ("Closed", rate(E.CLOSED_RATE, "conn/s"), "tcp"),
        ("mTLS", share(E.MTLS_SHARE), traffic),
        ("Reported by", str(edge.get(E.REPORTED_BY, "")).replace(",", ", "), ""),
        ("Source counted", size(E.SOURCE_RATE) if is_tcp else rate(E.SOURCE_RATE), traffic),
        ("Destination counted", size(E.DESTINATION_RATE) if is_tcp else rate(E.DESTINATION_RATE), traffic),
        (
            "Last rate",
            edge_rate_text({**edge, E.RATE: edge[E.LAST_RATE]}, 3) if E.LAST_RATE in edge else "",
            traffic,
        ),
        ("Last seen", format_clock(edge[E.LAST_SEEN]) if E.LAST_SEEN in edge else "", ""),
    ]


def _errors_text(edge: Mapping[str, Any], is_tcp: bool) -> str:
    if E.ERROR_RATIO not in edge:
        return say("edge.unrated")
    of_all = format_percent(edge[E.ERROR_RATIO], 3)
    return say("edge.tcp-errors", ratio=of_all) if is_tcp else of_all


def render_edge(graph: nx.MultiDiGraph[str], ends: tuple[str, str, str]) -> list[Component]:
    """Content of the side panel for an edge, named by source, destination and protocol."""
    source, destination, protocol = ends
    edge = graph.edges[ends]
    texts = graph.graph.get(G.QUERIES, {})
    state = edge.get(E.STATE, State.STEADY)
    remarks = [say(f"state.{state}")] if state != State.STEADY else []
    if edge.get(E.IS_PARTIAL):
        remarks.append(say("edge.partial"))
    names = [node_name(graph.nodes[key]) for key in (source, destination)]
    body = [
        parts.heading(
            " → ".join(short_node_name(graph.nodes[k]) for k in (source, destination)),
            f"{protocol} edge",
            edge_level(edge),
        ),
        parts.pills(remarks),
        parts.facts(
            [
                ("From", parts.select_button(names[0], source)),
                ("To", parts.select_button(names[1], destination)),
            ]
        ),
        parts.section("Traffic", parts.measured(_edge_numbers(edge, protocol), texts)),
    ]
    if notes := edge.get(E.NOTES):
        body.append(parts.section("Remarks", parts.facts([("", gap_text(note)) for note in notes])))
    if endings := ending_rows(edge.get(E.RESPONSES, ()), protocol):
        table = parts.endings_table(endings)
        body.append(parts.section("How it ended", table, asked=texts.get("requests", ())))
    return body
