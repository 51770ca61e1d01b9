"""Kiali-shaped graphs of telemetry in short lines (see ``tests/topology/telemetry.py``), as lines again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mesh_graph.frames.messages import MESSAGES
from mesh_graph.frames.requests import REQUESTS
from mesh_graph.frames.tcp import TCP
from mesh_graph.kiali.additions import Additions
from mesh_graph.kiali.build import Surroundings, build_traffic_map
from mesh_graph.kiali.document import render_document
from mesh_graph.kiali.numbers import rate_text
from mesh_graph.kiali.options import Options
from mesh_graph.kiali.samples import Observed
from mesh_graph.kiali.traffic import TrafficMap
from tests.topology.telemetry import frame, messages, request_row, tcp, tcp_row

AT = 1_795_230_000.0
NOTHING = Additions()
AROUND = Surroundings(namespaces=("n",))


def observed(*lines: str | dict[str, Any], tcp_lines: Sequence[str] = (), message_lines: Sequence[str] = ()):
    """Frames of request lines or rows, TCP lines and message lines."""
    rows = [request_row(line) if isinstance(line, str) else line for line in lines]
    return Observed(
        frame(REQUESTS, rows),
        messages(*message_lines) if message_lines else MESSAGES.empty(),
        tcp(*tcp_lines) if tcp_lines else TCP.empty(),
    )


def tcp_observed(*rows: dict[str, Any]) -> Observed:
    """Frames of TCP rows alone."""
    return Observed(REQUESTS.empty(), MESSAGES.empty(), frame(TCP, list(rows)))


def graph(
    frames: Observed, around: Surroundings = AROUND, additions: Additions = NOTHING, **options: Any
) -> TrafficMap:
    """Traffic map; of namespace ``n`` unless told."""
    return build_traffic_map(frames, Options(**{"namespaces": ("n",), **options}), around, lambda: additions)


def edges(traffic: TrafficMap) -> set[str]:
    """``source destination protocol rate`` with internal ids; no rate on an edge without traffic."""
    lines = set()
    for (source, destination, protocol), edge in traffic.edges.items():
        rate = f" {rate_text(edge.rates[''])}" if edge.rates else ""
        lines.add(f"{source} {destination} {protocol}{rate}")
    return lines


def document(traffic: TrafficMap, **options: Any) -> dict[str, Any]:
    """The JSON of a traffic map."""
    return render_document(traffic, Options(**{"namespaces": ("n",), **options}), AT)


def node(rendered: dict[str, Any], **wanted: str) -> dict[str, Any]:
    """The one node of a document with these fields."""
    data = [element["data"] for element in rendered["elements"]["nodes"]]
    (found,) = [one for one in data if all(one.get(name) == value for name, value in wanted.items())]
    return found


def edge_rates(rendered: dict[str, Any]) -> list[dict[str, str]]:
    """Rates of all edges, in order."""
    return [element["data"]["traffic"].get("rates", {}) for element in rendered["elements"]["edges"]]


__all__ = [
    "AT",
    "document",
    "edge_rates",
    "edges",
    "graph",
    "node",
    "observed",
    "request_row",
    "tcp_observed",
    "tcp_row",
]
