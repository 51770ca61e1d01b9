"""Graph → what the side panel says, as plain rows: who calls, how it ends, how fast."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx

from mesh_graph.model import NodeKind, Protocol
from mesh_graph.topology.attributes import EdgeAttr as E
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.topology.attributes import Response
from mesh_graph.views.elements import edge_id
from mesh_graph.views.flags import code_words, flag_words
from mesh_graph.views.labels import edge_rate_text, node_name
from mesh_graph.views.numbers import format_bytes_rate, format_latency, format_percent, format_rate
from mesh_graph.views.scale import Level, edge_level, error_level

__all__ = [
    "EndingRow",
    "NeighbourRow",
    "TotalRow",
    "ending_rows",
    "neighbour_rows",
    "node_totals",
    "whole_responses",
    "worst_edges",
]

_OUTCOME_RANK = {"error": 0, "client_error": 1, "hung_up": 2, "ok": 3}


@dataclass(frozen=True, slots=True)
class TotalRow:
    """One line of a table of rates: ``what`` names it, texts carry their unit."""

    what: str
    rate: str
    errors: str
    level: Level


@dataclass(frozen=True, slots=True)
class EndingRow:
    """Requests or connections that ended alike, in words."""

    code: str
    words: str
    host: str
    rate: str
    share: str
    outcome: str


@dataclass(frozen=True, slots=True)
class NeighbourRow:
    """One edge, named by its other end."""

    edge: str
    name: str
    protocol: str
    rate: str
    errors: str
    latency: str
    level: Level


def _ratio_text(ratio: float | None) -> str:
    return "–" if ratio is None else format_percent(ratio)


def _total(node: Mapping[str, Any], what: str, names: tuple[str, str]) -> TotalRow | None:
    rate, ratio = node.get(names[0]), node.get(names[1])
    if rate is None:
        return None
    level: Level = error_level(ratio) if rate else "idle"
    return TotalRow(what, format_rate(rate, digits=3), _ratio_text(ratio), level)


def node_totals(node: Mapping[str, Any]) -> list[TotalRow]:
    """Rates of a node or box: requests in and out, inner ones of a folded part, bytes of tcp."""
    inner = node.get(N.INNER_RATE)
    inner_ratio = node.get(N.INNER_ERROR_RATE, 0.0) / inner if inner else None
    rows = [
        _total(node, "requests in", (N.IN_RATE, N.IN_ERROR_RATIO)),
        _total(node, "requests out", (N.OUT_RATE, N.OUT_ERROR_RATIO)),
        _total({"rate": inner, "ratio": inner_ratio}, "requests inside", ("rate", "ratio")),
    ]
    for what, name in (("TCP in", N.TCP_IN_RATE), ("TCP out", N.TCP_OUT_RATE)):
        if name in node:
            rows.append(TotalRow(what, format_bytes_rate(node[name], 3), "", "unrated"))
    return [row for row in rows if row is not None]


def ending_rows(responses: Iterable[Response], protocol: str, with_host: bool = True) -> list[EndingRow]:
    """How requests ended, alike ones summed: errors first, then by rate."""
    rates: dict[tuple[str, str, str, str], float] = defaultdict(float)
    for response in responses:
        host = response.host if with_host else ""
        rates[response.code, response.flags, host, response.outcome] += response.rate
    whole = sum(rates.values())
    ordered = sorted(rates.items(), key=lambda item: (_OUTCOME_RANK.get(item[0][3], 3), -item[1], item[0]))
    return [_ending(ending, rate, whole, protocol) for ending, rate in ordered]


def _ending(ending: tuple[str, str, str, str], rate: float, whole: float, protocol: str) -> EndingRow:
    code, flags, host, outcome = ending
    words = "; ".join(text for text in (code_words(code, protocol), flag_words(flags)) if text)
    return EndingRow(
        code=" ".join(text for text in (code, flags) if text) or "closed",
        words=words,
        host=host,
        rate=format_rate(rate, "conn/s" if protocol == Protocol.TCP else "rps"),
        share=format_percent(rate / whole) if whole else "–",
        outcome=outcome,
    )


def neighbour_rows(graph: nx.MultiDiGraph[str], keys: Iterable[str], incoming: bool) -> list[NeighbourRow]:
    """Edges into (or out of) a set of nodes from outside it, busiest first."""
    inside = set(keys)
    edges = (
        graph.in_edges(inside, keys=True, data=True)
        if incoming
        else graph.out_edges(inside, keys=True, data=True)
    )
    rows = []
    for source, destination, protocol, edge in edges:
        other = source if incoming else destination
        if other not in inside:
            rows.append((-edge.get(E.RATE, 0.0), _neighbour(graph, (source, destination, protocol), other)))
    return [row for _, row in sorted(rows, key=lambda pair: (pair[0], pair[1].edge))]


def _neighbour(graph: nx.MultiDiGraph[str], ends: tuple[str, str, str], other: str | None) -> NeighbourRow:
    edge = graph.edges[ends]
    latency = edge.get(E.LATENCY_MS)
    names = (node_name(graph.nodes[key]) for key in ends[:2])
    return NeighbourRow(
        edge=edge_id(*ends),
        name=node_name(graph.nodes[other]) if other is not None else " → ".join(names),
        protocol=ends[2],
        rate=edge_rate_text(edge),
        errors=_ratio_text(edge.get(E.ERROR_RATIO)),
        latency="–" if latency is None else format_latency(latency, edge.get(E.LATENCY_EDGE_MS)),
        level=edge_level(edge),
    )


def worst_edges(graph: nx.MultiDiGraph[str], count: int = 6) -> list[NeighbourRow]:
    """The edges that fail most requests or connections per second, worst first; none that do not fail."""
    failing = (
        (edge[E.ERROR_RATE], ends)
        for *ends, edge in graph.edges(keys=True, data=True)
        if edge.get(E.ERROR_RATE)
    )
    worst = sorted(failing, key=lambda pair: (-pair[0], pair[1]))[:count]
    return [
        _neighbour(graph, (source, destination, protocol), None)
        for _, (source, destination, protocol) in worst
    ]


def whole_responses(graph: nx.MultiDiGraph[str]) -> list[Response]:
    """How the requests of the whole graph ended, each request once.

    An injected service node's edges in and out are the same requests: they count where they arrive, and at
    the service what never arrived.
    """
    responses: list[Response] = []
    for _, destination, protocol, edge in graph.edges(keys=True, data=True):
        is_again = graph.nodes[destination].get(N.IS_INJECTED) or edge.get(E.IS_CARRIED)
        if protocol != Protocol.TCP and not is_again:
            responses += edge.get(E.RESPONSES, ())
    for _, node in graph.nodes(data=True):
        if node.get(N.KIND) == NodeKind.SERVICE and node.get(N.IS_INJECTED):
            responses += node.get(N.ENDED_HERE, ())
    return responses
