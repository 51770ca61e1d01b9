"""From flows to series: which proxy's counter each event lands in.

A *contribution* is one flow's share of one series. Its number of events at a time is pure arithmetic on the
flow's count: ``times`` attempts each, dealt in turn to the replicas of the reporting workload.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mesh_graph.demo.flows import Flow
from mesh_graph.demo.labels import LabelSet, metric_labels
from mesh_graph.demo.outcomes import Report
from mesh_graph.demo.spec import Wire, Workload
from mesh_graph.demo.spread import Spread

__all__ = ["Chosen", "Contributions", "Draw", "Kind", "Measure", "Pod", "group", "proxies"]

Ints = NDArray[np.int64]


class Kind(StrEnum):
    """Sets of series with the same labels."""

    REQUESTS = "requests"
    REQUEST_MESSAGES = "request_messages"
    RESPONSE_MESSAGES = "response_messages"
    OPENED = "opened"
    CLOSED = "closed"
    BYTES = "bytes"


class Measure(StrEnum):
    """What an event measures."""

    LATENCY = "latency"
    REQUEST_BYTES = "request_bytes"
    RESPONSE_BYTES = "response_bytes"


_MESSAGES = (Kind.REQUEST_MESSAGES, Kind.RESPONSE_MESSAGES)

Pod = tuple[Workload, int]
Draw = tuple[Spread, int]
"""A spread and what is added to each of its values."""


@dataclass(frozen=True, slots=True)
class _Part:
    flow: int
    replica: int
    replicas: int
    times: int
    lag_s: int
    seen: int
    draws: tuple[Draw, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """All contributions of a kind, sorted by series.

    Attributes
    ----------
    labels : list of LabelSet
        Metric labels per series.
    pods : array of int
        Index of the reporting pod, per series.
    bounds : array of int
        Where each series begins among the contributions, and the end.
    flow, replica, replicas, times, lag_s, seen : arrays of int
        Per contribution.
    draws : dict
        Per measure, for each contribution, the spread of its events' values and what is added to each.
    """

    labels: list[LabelSet]
    pods: Ints
    bounds: Ints
    flow: Ints
    replica: Ints
    replicas: Ints
    times: Ints
    lag_s: Ints
    seen: Ints
    draws: dict[Measure, list[Draw]]

    def choose(self, rows: Ints | None) -> Chosen:
        """The contributions of some series (ascending), or of all."""
        rows = np.arange(len(self.labels)) if rows is None else rows
        first, size = self.bounds[rows], np.diff(self.bounds)[rows]
        starts = np.cumsum(size) - size
        index = np.repeat(first - starts, size) + np.arange(size.sum())
        return Chosen(
            index=index,
            starts=starts,
            pods=self.pods[rows],
            owners=np.repeat(self.pods[rows], size),
            flow=self.flow[index],
            replica=self.replica[index, None],
            replicas=self.replicas[index, None],
            times=self.times[index, None],
            lag_s=self.lag_s[index],
            seen=self.seen[index, None],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Contributions of chosen series.

    Attributes
    ----------
    index : array of int
        Their positions among all contributions of the kind.
    starts : array of int
        Where each series begins among them.
    pods, owners : array of int
        Reporting pod per series, and per contribution.
    flow, lag_s : array of int
        Per contribution, as ``replica``, ``replicas``, ``times`` and ``seen``, which stand upright (n, 1).
    """

    index: Ints
    starts: Ints
    pods: Ints
    owners: Ints
    flow: Ints
    replica: Ints
    replicas: Ints
    times: Ints
    lag_s: Ints
    seen: Ints

    def dealt(self, counts: Ints) -> Ints:
        """Events that reach each contribution's pod of the flow's counts, dealt in turn."""
        return (counts * self.times + self.replica) // self.replicas

    def add_up(self, values: Ints) -> Ints:
        """Sums per series over the first axis."""
        return values if len(self.starts) == len(values) else np.add.reduceat(values, self.starts, axis=0)


@dataclass(frozen=True, slots=True)
class _Row:
    """What one proxy, the owner's, writes about a flow."""

    reporter: str
    owner: Workload
    destination: Workload | None
    report: Report


def proxies(workloads: Sequence[Workload]) -> tuple[Pod, ...]:
    """Pods that have a proxy: the scrape targets."""
    return tuple((w, replica) for w in workloads if w.has_proxy for replica in range(w.replicas))


def group(kind: Kind, flows: Sequence[Flow], pods: Sequence[Pod]) -> Contributions:
    """The series of a kind and what each is made of."""
    index = {pod: number for number, pod in enumerate(pods)}
    found: dict[tuple[LabelSet, int], list[_Part]] = defaultdict(list)
    for number, flow in enumerate(flows):
        for row in _rows(kind, flow):
            report = None if kind in _MESSAGES else row.report
            labels = metric_labels(flow.call, row.destination, row.reporter, report)
            times = row.report.times * (flow.call.messages[_MESSAGES.index(kind)] if kind in _MESSAGES else 1)
            lag = flow.call.tcp.hold_s if kind is Kind.CLOSED else 0
            draws = _draws(flow, row)
            for replica in range(row.owner.replicas):
                part = _Part(number, replica, row.owner.replicas, times, lag, flow.call.seen, draws)
                found[labels, index[row.owner, replica]].append(part)
    return _columns(found)


def _columns(found: Mapping[tuple[LabelSet, int], Sequence[_Part]]) -> Contributions:
    parts = [part for own in found.values() for part in own]

    def column(values: Iterable[int]) -> Ints:
        return np.fromiter(values, dtype=np.int64)

    return Contributions(
        labels=[labels for labels, _ in found],
        pods=column(pod for _, pod in found),
        bounds=np.cumsum(column([0, *map(len, found.values())])),
        flow=column(part.flow for part in parts),
        replica=column(part.replica for part in parts),
        replicas=column(part.replicas for part in parts),
        times=column(part.times for part in parts),
        lag_s=column(part.lag_s for part in parts),
        seen=column(part.seen for part in parts),
        draws={m: [part.draws[i] for part in parts] for i, m in enumerate(Measure)},
    )


def _rows(kind: Kind, flow: Flow) -> Iterator[_Row]:
    """What the two proxies write about a flow, if the flow is of that kind."""
    call, destination = flow.call, flow.destination.workload
    if not _belongs(kind, flow):
        return
    if call.source is not None and call.source.has_proxy:
        known = destination if flow.outcome.chooses_host else None
        for report in flow.outcome.source:
            yield _Row("source", call.source, known, report)
    if destination is not None and destination.has_proxy:
        for report in flow.outcome.destination:
            yield _Row("destination", destination, destination, report)


def _belongs(kind: Kind, flow: Flow) -> bool:
    match kind:
        case Kind.REQUESTS:
            return flow.call.wire is not Wire.TCP
        case Kind.REQUEST_MESSAGES | Kind.RESPONSE_MESSAGES:
            return flow.call.wire is Wire.GRPC
        case Kind.BYTES:
            return flow.chunks
        case Kind.OPENED | Kind.CLOSED:
            return flow.call.wire is Wire.TCP and not flow.chunks


def _draws(flow: Flow, row: _Row) -> tuple[Draw, ...]:
    """Latency, request and response bytes; the way between the proxies adds to the source's latency."""
    call = flow.call
    tcp = call.wire is Wire.TCP
    way_ms = call.way_ms(flow.destination.workload) if flow.outcome.destination else 0
    return (
        (flow.latency, way_ms if row.reporter == "source" else 0),
        (call.tcp.received if tcp else call.request_bytes, 0),
        (call.tcp.sent if tcp else flow.response_bytes, 0),
    )
