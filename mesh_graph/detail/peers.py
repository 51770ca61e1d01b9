"""A subject's rows to one line per peer and protocol: how much, how it ended, how fast, how safe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from mesh_graph import fields
from mesh_graph.detail.rows import PEER, its_rows
from mesh_graph.model import Direction, NodeKey, Protocol
from mesh_graph.topology.outcome import Outcome
from mesh_graph.topology.traffic import Traffic

__all__ = ["Ending", "Peer", "Totals", "Version", "peers_of", "totals_of", "versions_of"]


@dataclass(frozen=True, slots=True, order=True)
class Ending:
    """Requests or closed connections that ended alike, per second; ``code`` is empty for tcp."""

    outcome: str
    code: str
    flags: str
    rate: float


@dataclass(frozen=True, slots=True)
class Peer:
    """Traffic with one peer over one protocol; None is unknown, never zero.

    Attributes
    ----------
    key : NodeKey
    protocol : str
    rate : float
        Requests per second; of tcp closed connections, what its errors are counted among.
    errors : float
        Of those, per second.
    endings : tuple of Ending
        Largest first.
    latency_ms : dict of float to float
        By quantile; +inf is above the top bucket edge.
    sent, received : float or None
        Bytes per second towards and from the server (of requests and responses, or of tcp).
    opened : float or None
        TCP connections opened per second.
    messages_sent, messages_received : float or None
        gRPC messages per second.
    mtls_share : float or None
        0..1 of the traffic whose proxy knew.
    """

    key: NodeKey
    protocol: str
    rate: float
    errors: float
    endings: tuple[Ending, ...] = ()
    latency_ms: Mapping[float, float] = field(default_factory=dict)
    sent: float | None = None
    received: float | None = None
    opened: float | None = None
    messages_sent: float | None = None
    messages_received: float | None = None
    mtls_share: float | None = None

    @property
    def error_ratio(self) -> float | None:
        """0..1 of all; None without traffic that can fail."""
        return self.errors / self.rate if self.rate > 0 else None


@dataclass(frozen=True, slots=True)
class Totals:
    """Requests per second of one direction, http and grpc, their errors, and TCP bytes per second."""

    rate: float
    errors: float
    tcp_bytes: float

    @property
    def error_ratio(self) -> float | None:
        """0..1 of all requests; None without requests."""
        return self.errors / self.rate if self.rate > 0 else None


@dataclass(frozen=True, slots=True)
class Version:
    """Requests per second that were sent to one version of the subject, their errors, its workload."""

    version: str
    workload: str
    rate: float
    errors: float


def peers_of(
    traffic: Traffic,
    subject: NodeKey,
    direction: Direction,
    *,
    latencies: Mapping[float, pd.DataFrame] | None = None,
    sizes: tuple[pd.DataFrame, pd.DataFrame] | None = None,
) -> tuple[Peer, ...]:
    """One line per peer and protocol, most errors first, then busiest.

    Parameters
    ----------
    traffic : Traffic
        Of the subject's namespace at least.
    subject : NodeKey
    direction : Direction
    latencies : mapping of quantile to pandas.DataFrame, optional
        The subject's own rows: ``PEER``, ``protocol``, ``latency_ms``; of several for one line the slowest
        counts.
    sizes : pair of pandas.DataFrame, optional
        Request and response bytes as ``merge_bytes`` gives them.
    """
    frames = [traffic.flows, traffic.tcp, traffic.messages, traffic.reports, *(sizes or ())]
    flows, tcp, messages, reports, *volumes = its_rows(frames, subject, direction)
    asked = _lines(flows, fields.RATE)
    closed = _lines(tcp.assign(**{fields.PROTOCOL: Protocol.TCP.value, fields.CODE: ""}), fields.CLOSED_RATE)
    extras = _Extras(
        latency={q: _slowest(frame) for q, frame in (latencies or {}).items()},
        sizes=tuple(_sums(volume, fields.BYTES_RATE, fields.PROTOCOL) for volume in volumes),
        tcp={rate: _sums(tcp, rate) for rate in fields.TCP_RATES},
        messages={rate: _sums(messages, rate) for rate in fields.MESSAGE_RATES},
        mtls=_mtls(reports),
    )
    found = [extras.peer(place, endings) for place, endings in {**asked, **closed}.items()]
    return tuple(sorted(found, key=lambda peer: (-peer.errors, -peer.rate, peer.key, peer.protocol)))


def totals_of(traffic: Traffic, subject: NodeKey, direction: Direction) -> Totals:
    """Sums over all peers of one direction."""
    flows, tcp = its_rows([traffic.flows, traffic.tcp], subject, direction)
    return Totals(
        float(flows[fields.RATE].sum()),
        float(flows.loc[flows[fields.OUTCOME] == Outcome.ERROR, fields.RATE].sum()),
        float(tcp[[fields.SENT_BYTES_RATE, fields.RECEIVED_BYTES_RATE]].to_numpy().sum()),
    )


def versions_of(traffic: Traffic, subject: NodeKey) -> tuple[Version, ...]:
    """The subject's versions by what was sent to them, busiest first; what chose none is none of them."""
    (flows,) = its_rows([traffic.flows], subject, Direction.INBOUND)
    reached = flows[flows[fields.DESTINATION_WORKLOAD] != fields.UNKNOWN]
    ends = [fields.DESTINATION_CANONICAL_REVISION, fields.DESTINATION_WORKLOAD]
    found = [
        Version(
            str(version),
            str(workload),
            float(rows[fields.RATE].sum()),
            float(rows.loc[rows[fields.OUTCOME] == Outcome.ERROR, fields.RATE].sum()),
        )
        for (version, workload), rows in reached.groupby(ends, sort=True)
    ]
    return tuple(sorted(found, key=lambda version: (-version.rate, version.version, version.workload)))


Place = tuple[str, str]
"""Text of a peer's key, and the protocol."""


@dataclass(frozen=True, slots=True)
class _Extras:
    """What is known of the lines beside requests and connections."""

    latency: dict[float, dict[Place, float]]
    sizes: tuple[dict[Place, float], ...]
    tcp: dict[str, dict[Place, float]]
    messages: dict[str, dict[Place, float]]
    mtls: dict[Place, float]

    def peer(self, place: Place, endings: tuple[Ending, ...]) -> Peer:
        key, protocol = place
        is_tcp, is_grpc = protocol == Protocol.TCP, protocol == Protocol.GRPC
        of_tcp = {rate: values.get((key, "")) for rate, values in self.tcp.items()} if is_tcp else {}
        of_grpc = {rate: values.get((key, "")) for rate, values in self.messages.items()} if is_grpc else {}
        sent, received = (size.get(place) for size in self.sizes) if self.sizes else (None, None)
        return Peer(
            NodeKey.parse(key),
            protocol,
            sum(ending.rate for ending in endings),
            sum(ending.rate for ending in endings if ending.outcome == Outcome.ERROR),
            tuple(sorted(endings, key=lambda ending: (-ending.rate, ending))),
            latency_ms={q: ms[place] for q, ms in self.latency.items() if place in ms},
            sent=of_tcp.get(fields.SENT_BYTES_RATE) if is_tcp else sent,
            received=of_tcp.get(fields.RECEIVED_BYTES_RATE) if is_tcp else received,
            opened=of_tcp.get(fields.OPENED_RATE),
            messages_sent=of_grpc.get(fields.SENT_MESSAGE_RATE),
            messages_received=of_grpc.get(fields.RECEIVED_MESSAGE_RATE),
            mtls_share=self.mtls.get(place),
        )


def _totals(rows: pd.DataFrame, by: list[str], values: list[str]) -> Iterator[tuple[Any, ...]]:
    """Sums of the values for each combination of ``by``: the combination, then the sums."""
    sums = rows.groupby(by, sort=True)[values].sum().reset_index()
    return sums.itertuples(index=False, name=None)


def _lines(rows: pd.DataFrame, rate: str) -> dict[Place, tuple[Ending, ...]]:
    by = [PEER, fields.PROTOCOL, fields.OUTCOME, fields.CODE, fields.FLAGS]
    found: dict[Place, list[Ending]] = {}
    for peer, protocol, outcome, code, flags, total in _totals(rows, by, [rate]):
        found.setdefault((peer, protocol), []).append(Ending(outcome, code, flags, float(total)))
    return {place: tuple(endings) for place, endings in found.items()}


def _sums(rows: pd.DataFrame, value: str, protocol: str = "") -> dict[Place, float]:
    """Sum by peer and protocol, by peer alone (protocol empty) where the frame has none."""
    if not protocol:
        return {(peer, ""): float(total) for peer, total in _totals(rows, [PEER], [value])}
    return {(peer, name): float(total) for peer, name, total in _totals(rows, [PEER, protocol], [value])}


def _slowest(rows: pd.DataFrame) -> dict[Place, float]:
    found: dict[Place, float] = {}
    columns = zip(rows[PEER], rows[fields.PROTOCOL], rows[fields.LATENCY_MS], strict=True)
    for peer, protocol, ms in columns:
        found[peer, protocol] = max(float(ms), found.get((peer, protocol), 0.0))
    return found


def _mtls(reports: pd.DataFrame) -> dict[Place, float]:
    values = [fields.MTLS_RATE, fields.MTLS_KNOWN_RATE]
    sums = _totals(reports, [PEER, fields.PROTOCOL], values)
    return {(peer, protocol): mtls / known for peer, protocol, mtls, known in sums if known > 0}
