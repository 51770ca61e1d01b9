"""Samples to edges: each series is claimed once per edge and namespace.

An edge's set of claimed series is what keeps the reports of both proxies from counting twice: destinations
are read before sources, so a destination's report wins and a source's fills in.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mesh_graph import fields
from mesh_graph.frames.codes import Bools, Ints, first_rows, group
from mesh_graph.kiali.calls import Call, CallReader
from mesh_graph.kiali.identity import Identity
from mesh_graph.kiali.samples import Samples

__all__ = ["Entries", "Ledger", "Legs", "write_ledger"]


class Legs(NamedTuple):
    """Distinct edges of the traffic maps of all namespaces.

    Attributes
    ----------
    map, source, destination, protocol : array of int64
        Number of the namespace, of the nodes in ``Ledger.nodes``, of the protocol in ``Ledger.protocols``.
    """

    map: Ints
    source: Ints
    destination: Ints
    protocol: Ints


class Entries(NamedTuple):
    """What counts: samples whose series was free, once per edge that they go over."""

    leg: Ints
    sample: Ints


class Ledger(NamedTuple):
    """Every sample's place in the traffic maps of all namespaces.

    Attributes
    ----------
    nodes : list of str
        Internal ids.
    first : dict of (map, node) to Identity
        What the instance of a node says of itself: what the first sample said that names it.
    injected, waypoints : set of (map, node), set of node
    called : dict of (map, node) to set of (cluster, namespace, name)
    legs : Legs
    entries : Entries
    protocols : list of str
    """

    nodes: list[str]
    first: dict[tuple[int, int], Identity]
    injected: set[tuple[int, int]]
    waypoints: set[int]
    called: dict[tuple[int, int], set[tuple[str, str, str]]]
    legs: Legs
    entries: Entries
    protocols: list[str]


class _Numbered(NamedTuple):
    """Calls as numbers; -1 where there is none."""

    source: Ints
    service: Ints
    destination: Ints
    series: Ints
    calls: list[Call | None]
    nodes: list[str]


def write_ledger(samples: Samples, reader: CallReader) -> Ledger:
    """Where every sample goes, and which of them count."""
    numbered = _number(samples, reader)
    kept = np.flatnonzero(numbered.source[samples.call] >= 0)
    protocols = sorted({answer.protocol for answer in samples.answers})
    protocol = np.array([protocols.index(answer.protocol) for answer in samples.answers], dtype=np.int64)
    calls, maps = samples.call[kept], samples.map[kept]
    spoken = protocol[samples.answer[kept]]
    is_first = _first_claims(samples, kept, numbered.series[calls])
    service, source, destination = (
        column[calls] for column in (numbered.service, numbered.source, numbered.destination)
    )
    has_service = service >= 0
    middle = np.where(has_service, service, destination)
    second = np.flatnonzero(has_service)
    legs, leg = _distinct(
        Legs(
            np.concatenate([maps, maps[second]]),
            np.concatenate([source, service[second]]),
            np.concatenate([middle, destination[second]]),
            np.concatenate([spoken, spoken[second]]),
        )
    )
    counts = np.concatenate([is_first, is_first[second]])
    entries = Entries(leg[counts], np.concatenate([kept, kept[second]])[counts])
    first = _first_words(maps, calls, numbered)
    return Ledger(
        numbered.nodes,
        first,
        {(m, s) for m, s in zip(maps[second].tolist(), service[second].tolist(), strict=True)},
        _waypoint_nodes(numbered),
        _called(maps[is_first], calls[is_first], numbered),
        legs,
        entries,
        protocols,
    )


def _number(samples: Samples, reader: CallReader) -> _Numbered:
    calls = [reader(labels) for labels in samples.calls]
    nodes: dict[str, int] = {}
    series: dict[object, int] = {}
    table = np.full((4, len(calls)), -1, dtype=np.int64)
    for place, call in enumerate(calls):
        if call is None:
            continue
        ends = (call.source, call.service, call.destination)
        for column, end in enumerate(ends):
            if end is not None:
                table[column, place] = nodes.setdefault(end.id, len(nodes))
        # The set of claims is the edge's, so its ends are part of the key.
        edge = (call.source.id, (call.service or call.destination).id)
        table[3, place] = series.setdefault((edge, call.series), len(series))
    return _Numbered(table[0], table[1], table[2], table[3], calls, list(nodes))


def _first_claims(samples: Samples, kept: Ints, series: Ints) -> Bools:
    groups, count = group(samples.map[kept], samples.metric[kept], series, samples.answer[kept])
    is_first = np.zeros(len(kept), dtype=np.bool_)
    is_first[first_rows(groups, count)] = True
    return is_first


def _distinct(legs: Legs) -> tuple[Legs, Ints]:
    groups, count = group(*legs)
    rows = first_rows(groups, count)
    return Legs(*(column[rows] for column in legs)), groups


def _pairs(maps: Ints, calls: Ints) -> list[tuple[int, int]]:
    """Distinct (map, call), in the order of their first row."""
    groups, count = group(maps, calls)
    rows = np.sort(first_rows(groups, count))
    return list(zip(maps[rows].tolist(), calls[rows].tolist(), strict=True))


def _first_words(maps: Ints, calls: Ints, numbered: _Numbered) -> dict[tuple[int, int], Identity]:
    first: dict[tuple[int, int], Identity] = {}
    for number, place in _pairs(maps, calls):
        call = numbered.calls[place]
        if call is None:
            continue
        ends = (
            (call.source, numbered.source),
            (call.destination, numbered.destination),
            (call.service, numbered.service),
        )
        for end, column in ends:
            if end is not None:
                first.setdefault((number, int(column[place])), end)
    return first


def _called(maps: Ints, calls: Ints, numbered: _Numbered) -> dict[tuple[int, int], set[tuple[str, str, str]]]:
    called: dict[tuple[int, int], set[tuple[str, str, str]]] = {}
    for number, place in _pairs(maps, calls):
        call = numbered.calls[place]
        if call is None or call.through[2] in ("", fields.UNKNOWN):
            continue
        for node in (numbered.service[place], numbered.destination[place]):
            if node >= 0:
                called.setdefault((number, int(node)), set()).add(call.through)
    return called


def _waypoint_nodes(numbered: _Numbered) -> set[int]:
    marked = set()
    for place, call in enumerate(numbered.calls):
        if call is not None and call.source_is_waypoint:
            marked.add(int(numbered.source[place]))
        if call is not None and call.destination_is_waypoint:
            marked.add(int(numbered.destination[place]))
    return marked
