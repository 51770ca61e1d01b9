"""Rows of traffic to edges: rates, errors, responses, shares, summed by (source, destination, protocol)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mesh_graph import fields
from mesh_graph.frames.codes import Ints
from mesh_graph.model import Reporter
from mesh_graph.topology.attributes import EdgeAttr, Gap, Response
from mesh_graph.topology.columns import Rows, put, put_ratio, sums
from mesh_graph.topology.inject import Hops
from mesh_graph.topology.layer import PROTOCOLS, Layer
from mesh_graph.topology.outcome import Outcome
from mesh_graph.topology.responses import Endings, responses_of

__all__ = [
    "EdgeSums",
    "Edges",
    "Lying",
    "write_messages",
    "write_reports",
    "write_requests",
    "write_shares",
    "write_tcp",
]

REPORTERS = tuple(sorted(Reporter))
_PARTS = {
    EdgeAttr.ERROR_RATE: Outcome.ERROR,
    EdgeAttr.CLIENT_ERROR_RATE: Outcome.CLIENT_ERROR,
    EdgeAttr.HUNG_UP_RATE: Outcome.HUNG_UP,
}


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Edges, sorted, each once; node numbers and positions in ``PROTOCOLS``."""

    source: Ints
    destination: Ints
    protocol: Ints
    nodes: int

    @classmethod
    def of(cls, hops: Sequence[tuple[Hops, Ints]], nodes: int) -> Self:
        """Edges of hops with their protocols, among so many nodes."""
        codes = [_codes(hop.source, hop.destination, protocol, nodes) for hop, protocol in hops]
        pairs, protocol = np.divmod(np.unique(np.concatenate(codes)), len(PROTOCOLS))
        source, destination = np.divmod(pairs, max(nodes, 1))
        return cls(source, destination, protocol, nodes)

    def where(self, mask: NDArray[np.bool_]) -> Self:
        """Some of the edges, among the same nodes."""
        return type(self)(self.source[mask], self.destination[mask], self.protocol[mask], self.nodes)

    def __len__(self) -> int:
        return len(self.source)

    def find(self, source: Ints, destination: Ints, protocol: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        """Positions of edges, and which of them exist."""
        own = _codes(self.source, self.destination, self.protocol, self.nodes)
        wanted = _codes(source, destination, protocol, self.nodes)
        at = np.minimum(np.searchsorted(own, wanted), max(len(own) - 1, 0))
        return at, own[at] == wanted if len(own) else np.zeros(len(wanted), dtype=bool)


def _codes(source: Ints, destination: Ints, protocol: Ints, nodes: int) -> Ints:
    return (source * nodes + destination) * len(PROTOCOLS) + protocol


@dataclass(frozen=True, slots=True, eq=False)
class EdgeSums:
    """Per edge: ``EdgeAttr.RATE`` and ``EdgeAttr.ERROR_RATE``."""

    rate: NDArray[np.float64]
    errors: NDArray[np.float64]

    def where(self, mask: NDArray[np.bool_]) -> Self:
        """The sums of some of the edges."""
        return type(self)(self.rate[mask], self.errors[mask])

    def __add__(self, other: Self) -> Self:
        return type(self)(self.rate + other.rate, self.errors + other.errors)


@dataclass(frozen=True, slots=True, eq=False)
class Lying:
    """Which rows of a layer lie on which edges; a row through a service lies on two."""

    layer: Layer
    row: Ints
    edge: Ints
    edges: int

    @classmethod
    def on(cls, edges: Edges, layer: Layer, hops: Hops) -> Self:
        """Rows of the layer on the edges; hops that are no edge are left out."""
        at, found = edges.find(hops.source, hops.destination, layer.protocol[hops.row])
        return cls(layer, hops.row[found], at[found], len(edges))

    def sum(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum per edge of a value per row of the frame."""
        return sums(self.edge, values[self.row], self.edges)

    def has(self, mask: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
        """Per edge, whether any row (for which the mask holds) lies on it."""
        at = self.edge if mask is None else self.edge[mask[self.row]]
        return np.bincount(at, minlength=self.edges) > 0


def write_requests(rows: Rows, flows: Lying, endings: Endings) -> EdgeSums:
    """Write rates, errors and responses of http and grpc edges."""
    layer = flows.layer
    rates = layer.rates(fields.RATE)
    rate, here = flows.sum(rates), flows.has()
    put(rows, EdgeAttr.RATE, rate, here)
    parts = {
        name: flows.sum(np.where(layer.is_any(fields.OUTCOME, outcome), rates, 0.0))
        for name, outcome in _PARTS.items()
    }
    for name, part in parts.items():
        put(rows, name, part, here)
    put_ratio(rows, EdgeAttr.ERROR_RATIO, parts[EdgeAttr.ERROR_RATE], rate)
    _write_responses(rows, responses_of(endings, flows.edge, flows.row, rates[flows.row]))
    _write_reporters(rows, flows)
    return EdgeSums(rate, parts[EdgeAttr.ERROR_RATE])


def write_tcp(rows: Rows, tcp: Lying, endings: Endings) -> EdgeSums:
    """Write bytes, connections and how they ended, of tcp edges."""
    if not len(tcp.row):
        return EdgeSums(np.zeros(tcp.edges), np.zeros(tcp.edges))
    layer, here = tcp.layer, tcp.has()
    total = {name: tcp.sum(layer.rates(name)) for name in fields.TCP_RATES}
    rate = tcp.sum(layer.bytes())
    put(rows, EdgeAttr.RATE, rate, here)
    for name, values in total.items():
        put(rows, name, values, here)
    closed, errors = layer.rates(fields.CLOSED_RATE), tcp.sum(layer.failures(fields.CLOSED_RATE))
    put(rows, EdgeAttr.ERROR_RATE, errors, here)
    put_ratio(rows, EdgeAttr.ERROR_RATIO, errors, total[fields.CLOSED_RATE])
    _write_responses(rows, responses_of(endings, tcp.edge, tcp.row, closed[tcp.row]))
    _write_reporters(rows, tcp)
    return EdgeSums(rate, errors)


def write_messages(rows: Rows, messages: Lying) -> None:
    """Write the message rates of grpc edges; one whose streams all still live has the request rate 0."""
    here = messages.has()
    for name in fields.MESSAGE_RATES:
        put(rows, name, messages.sum(messages.layer.rates(name)), here)
    for at in np.flatnonzero(here).tolist():
        rows[at].setdefault(EdgeAttr.RATE, 0.0)
        rows[at].setdefault(EdgeAttr.ERROR_RATE, 0.0)


def write_reports(rows: Rows, reports: Lying) -> None:
    """Write what each end counted, the mTLS share and the notes."""
    for name in (EdgeAttr.SOURCE_RATE, EdgeAttr.DESTINATION_RATE):
        values = reports.layer.rates(name)
        known = ~np.isnan(values)
        put(rows, name, reports.sum(np.where(known, values, 0.0)), reports.has(known))
    mtls, known_mtls = (
        reports.sum(np.nan_to_num(reports.layer.rates(name)))
        for name in (fields.MTLS_RATE, fields.MTLS_KNOWN_RATE)
    )
    put_ratio(rows, EdgeAttr.MTLS_SHARE, mtls, known_mtls)
    for note in sorted(set(reports.layer.frame[fields.NOTE]) - {""}):
        noted = reports.has(reports.layer.is_any(fields.NOTE, note))
        for at in np.flatnonzero(noted).tolist():
            rows[at][EdgeAttr.NOTES] = (*rows[at].get(EdgeAttr.NOTES, ()), Gap(note))


def write_shares(rows: Rows, edges: Edges, rate: NDArray[np.float64]) -> None:
    """Write the share of what its source sends over the protocol, on each edge that carries some of it."""
    outgoing = edges.source * len(PROTOCOLS) + edges.protocol
    total = sums(outgoing, rate, max(edges.nodes, 1) * len(PROTOCOLS))
    put_ratio(rows, EdgeAttr.SHARE, rate, np.where(rate > 0, total[outgoing], 0.0))


def _write_responses(rows: Rows, responses: dict[int, tuple[Response, ...]]) -> None:
    for at, ended in responses.items():
        rows[at][EdgeAttr.RESPONSES] = ended


def _write_reporters(rows: Rows, lying: Lying) -> None:
    bits = np.zeros(lying.edges, dtype=np.int64)
    for place, reporter in enumerate(REPORTERS):
        bits |= lying.has(lying.layer.is_any(fields.REPORTED_BY, reporter)).astype(np.int64) << place
    names = [
        ",".join(reporter for place, reporter in enumerate(REPORTERS) if bit >> place & 1)
        for bit in range(1 << len(REPORTERS))
    ]
    put(rows, EdgeAttr.REPORTED_BY, [names[bit] for bit in bits.tolist()], bits > 0)
