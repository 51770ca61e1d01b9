"""The traffic maps of all namespaces as one.

Of a node or edge that several namespaces have, the node's own namespace's instance is kept; otherwise that
of the first namespace by name. (Kiali takes them in no fixed order.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mesh_graph import fields
from mesh_graph.frames.codes import Floats, Ints, first_rows, group, totals
from mesh_graph.kiali.ledger import Ledger, Legs
from mesh_graph.kiali.samples import Answer, Samples
from mesh_graph.kiali.traffic import PARTS, Edge, Node, TrafficMap
from mesh_graph.model import Protocol

__all__ = ["merge_maps", "part_of"]


def part_of(answer: Answer) -> str:
    """Which part of a rate an answer belongs to beside the whole; empty for none."""
    code = answer.code
    if answer.protocol == Protocol.TCP:
        return ""
    if code == fields.NO_RESPONSE:
        return "NoResponse"
    if answer.protocol == Protocol.HTTP:
        return f"{code[0]}xx" if code[:1] in ("3", "4", "5") else ""
    failed = code.startswith(("4", "5")) if len(code) == 3 else code not in ("", "0")
    return "Err" if failed else ""


def merge_maps(samples: Samples, ledger: Ledger, namespaces: Sequence[str]) -> tuple[TrafficMap, Ints]:
    """The traffic maps of all namespaces as one.

    Parameters
    ----------
    samples : Samples
    ledger : Ledger
    namespaces : sequence of str
        By number of the map.

    Returns
    -------
    TrafficMap
    array of int64
        By position of the edge in the traffic map: the leg that it is.
    """
    own = _own_maps(ledger, namespaces)
    legs = ledger.legs
    graph = TrafficMap()
    for node, number in enumerate(own.tolist()):
        if number >= 0:
            graph.nodes[ledger.nodes[node]] = _node(ledger, node, number)
    chosen = _chosen(legs, own)
    rates = _rates(samples, ledger)
    _add_incoming(graph, ledger, own, rates)
    for leg in chosen.tolist():
        key, edge = _edge(ledger, leg, rates)
        graph.edges[key] = edge
        if PARTS.get(key[2]) and rates[""][leg] > 0:
            outgoing = graph.nodes[key[0]].outgoing
            outgoing[key[2]] = outgoing.get(key[2], 0.0) + float(rates[""][leg])
    _add_responses(graph, samples, ledger, chosen)
    return graph, chosen


def _own_maps(ledger: Ledger, namespaces: Sequence[str]) -> Ints:
    """By node: the map whose instance is kept."""
    own = np.full(len(ledger.nodes), -1, dtype=np.int64)
    for (number, node), identity in sorted(ledger.first.items(), key=lambda item: item[0]):
        if own[node] < 0 or identity.namespace == namespaces[number]:
            own[node] = number
    return own


def _node(ledger: Ledger, node: int, number: int) -> Node:
    made = Node(ledger.first[number, node], called=set(ledger.called.get((number, node), ())))
    if (number, node) in ledger.injected:
        made.marks["isInjected"] = True
    if node in ledger.waypoints:
        made.marks["isWaypoint"] = True
    return made


def _chosen(legs: Legs, own: Ints) -> Ints:
    """Of every edge, the leg of the kept instance of its source, else of the first namespace that has it."""
    rank = np.where(legs.map == own[legs.source], 0, legs.map + 1)
    order = np.lexsort((rank, legs.protocol, legs.destination, legs.source))
    groups, count = group(legs.source[order], legs.destination[order], legs.protocol[order])
    chosen: Ints = order[first_rows(groups, count)]
    return chosen


def _rates(samples: Samples, ledger: Ledger) -> dict[str, Floats]:
    """Rate per leg, by part."""
    entries, count = ledger.entries, len(ledger.legs.map)
    values = samples.value[entries.sample]
    parts = [part_of(answer) for answer in samples.answers]
    rates = {"": totals(entries.leg, values, count)}
    answers = samples.answer[entries.sample]
    for part in sorted(set(parts) - {""}):
        belongs = np.isin(answers, [place for place, name in enumerate(parts) if name == part])
        rates[part] = totals(entries.leg[belongs], values[belongs], count)
    return rates


def _of_leg(leg: int, protocol: str, rates: dict[str, Floats]) -> dict[str, float]:
    found = {part: float(rates[part][leg]) for part in PARTS.get(protocol, ()) if part in rates}
    return {part: rate for part, rate in found.items() if rate > 0}


def _edge(ledger: Ledger, leg: int, rates: dict[str, Floats]) -> tuple[tuple[str, str, str], Edge]:
    legs = ledger.legs
    protocol = ledger.protocols[legs.protocol[leg]]
    key = (ledger.nodes[legs.source[leg]], ledger.nodes[legs.destination[leg]], protocol)
    return key, Edge(_of_leg(leg, protocol, rates))


def _add_incoming(graph: TrafficMap, ledger: Ledger, own: Ints, rates: dict[str, Floats]) -> None:
    """What comes into a node is what its kept instance's namespace saw."""
    legs = ledger.legs
    into = np.flatnonzero(legs.map == own[legs.destination])
    for leg, node, number in zip(
        into.tolist(), legs.destination[into].tolist(), legs.protocol[into].tolist(), strict=True
    ):
        protocol = ledger.protocols[number]
        found = _of_leg(leg, protocol, rates)
        if found:
            incoming = graph.nodes[ledger.nodes[node]].incoming.setdefault(protocol, {})
            for part, rate in found.items():
                incoming[part] = incoming.get(part, 0.0) + rate


def _add_responses(graph: TrafficMap, samples: Samples, ledger: Ledger, chosen: Ints) -> None:
    """Rate of every edge by code and flags, and by code and host."""
    hosts = [labels[fields.BASE_LABELS.index(fields.DESTINATION_SERVICE)] for labels in samples.calls]
    edges = dict(zip(chosen.tolist(), graph.edges.values(), strict=True))
    leg, sample = ledger.entries
    is_chosen = np.zeros(len(ledger.legs.map), dtype=np.bool_)
    is_chosen[chosen] = True
    counts = is_chosen[leg] & (samples.value[sample] > 0)
    leg, sample = leg[counts], sample[counts]
    groups, count = group(leg, samples.answer[sample], samples.call[sample])
    rows = first_rows(groups, count)
    rates = totals(groups, samples.value[sample], count).tolist()
    where = (leg[rows].tolist(), samples.answer[sample[rows]].tolist(), samples.call[sample[rows]].tolist())
    for number, answer_number, call, rate in zip(*where, rates, strict=True):
        answer = samples.answers[answer_number]
        if answer.protocol in PARTS:
            code = answer.code or fields.NO_RESPONSE
            by_flags, by_host = edges[number].responses.setdefault(code, ({}, {}))
            if answer.flags:
                by_flags[answer.flags] = by_flags.get(answer.flags, 0.0) + rate
            by_host[hosts[call]] = by_host.get(hosts[call], 0.0) + rate
