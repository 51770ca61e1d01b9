"""What becomes of one request to a simulated mesh: a tree of hops, with how each ended and how long it took.

A hop's outcome, version and duration are drawn as the counters draw them, from the shares, weights and
spreads of its call at that instant. Durations within a request go together: a callee's rank among its like
is near its caller's, so that mostly callers last longer than what they wait for, and every edge keeps its
spread.
"""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from random import Random

import numpy as np

from mesh_graph.demo.curves import Curve
from mesh_graph.demo.flows import latency_of
from mesh_graph.demo.outcomes import Outcome, Report
from mesh_graph.demo.spec import Call, MeshSpec, Wire, Workload
from mesh_graph.demo.spread import Spread
from mesh_graph.demo.tally import TICK_S

__all__ = ["Attempt", "Hop", "Leg", "Paths", "value_at"]

_RANK_STEP = 0.15
"""How far the ranks of caller and callee may differ, of 1."""
_OWN_SHARE = 0.1
"""Least part of its duration that a caller works by itself …"""
_OWN_US = 300
"""… and least time."""
_NEAR = 0.1
"""A call that follows from requests so nearly once, twice … follows just so often."""
_FAILED_TRY_SHARE = 0.15
"""Part of a request's duration that a try takes which fails before another helps."""
_LEAST_US = 40
_KEPT = 8192


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a request, as its server saw it.

    Attributes
    ----------
    report : Report
        What the server's proxy writes.
    offset_us, duration_us : int
        From the start of the hop, microseconds.
    replica : int
        The pod that was tried.
    hops : tuple of (int, Hop)
        What the server called: microseconds after the start of the attempt, and the hop.
    """

    report: Report
    offset_us: int
    duration_us: int
    replica: int
    hops: tuple[tuple[int, Hop], ...] = ()


@dataclass(frozen=True, slots=True)
class Hop:
    """One request from one workload to a host.

    Attributes
    ----------
    call : Call
    destination : Workload or None
        The one of the workloads behind the host; None for one outside the mesh.
    outcome : Outcome
    duration_us : int
        At the client, microseconds.
    replica : int
        The client's pod.
    attempts : tuple of Attempt
        In order; none where the request did not arrive.
    """

    call: Call
    destination: Workload | None
    outcome: Outcome
    duration_us: int
    replica: int
    attempts: tuple[Attempt, ...]

    @property
    def is_stream(self) -> bool:
        """Whether the caller goes on while it lasts, and may end before."""
        return self.call.messages[1] > 1


class Leg:
    """A call as part of requests.

    Parameters
    ----------
    call : Call
    causes : sequence of Call
        Calls to its source, whose requests lead to it.

    Attributes
    ----------
    onward : list of tuple of Leg
        For each destination of the call, what follows from a request to it.
    """

    def __init__(self, call: Call, causes: Sequence[Call]) -> None:
        self.call = call
        self.onward: list[tuple[Leg, ...]] = []
        self._causes = causes
        self.odds = lru_cache(_KEPT)(self._odds)
        self.times = lru_cache(_KEPT)(self._times)

    def _odds(self, tick: int) -> tuple[list[float], list[float]]:
        """Cumulated weights of the destinations, and shares of the answers."""
        weights = [_at(destination.weight, tick) for destination in self.call.destinations]
        shares = [_at(answer.share, tick) for answer in self.call.answers]
        return list(accumulate(weights)), list(accumulate(shares))

    def _times(self, tick: int) -> float:
        """How often the call follows from one request to its source."""
        asked = sum(_rate(cause, tick, self.call.source) for cause in self._causes)
        times = _rate(self.call, tick) / asked if asked else 0.0
        return round(times) if times > _NEAR and abs(times - round(times)) < _NEAR else times


class Paths:
    """The ways that requests take through a mesh.

    Parameters
    ----------
    mesh : MeshSpec
    drops : frozenset of (str, str)
        Namespace and application of workloads that do not forward trace headers.

    Attributes
    ----------
    roots : tuple of Leg
        What begins a trace: calls from outside, by workloads that nobody calls, by those that drop headers.
    """

    def __init__(self, mesh: MeshSpec, drops: frozenset[tuple[str, str]] = frozenset()) -> None:
        spoken = [call for call in mesh.calls if call.wire is not Wire.TCP and call.rate > 0]
        causes: dict[Workload | None, list[Call]] = defaultdict(list)
        for call in spoken:
            for workload in _ends(call):
                causes[workload] += [call] if call.source is not None else []
        legs = [Leg(call, causes[call.source]) for call in spoken]
        carried: dict[Workload | None, list[Leg]] = defaultdict(list)
        for leg in legs:
            source = leg.call.source
            if source is not None and (source.namespace, source.app) not in drops:
                carried[source].append(leg)
        for leg in legs:
            # Those whom no proxy knows are the kubelet's probes: nothing follows from them.
            is_probe = leg.call.source is None
            leg.onward = [() if is_probe else tuple(carried[d.workload]) for d in leg.call.destinations]
        followed = {leg for on in legs for after in on.onward for leg in after}
        self.roots = tuple(leg for leg in legs if leg not in followed)

    def below(self, root: Leg) -> tuple[Call, ...]:
        """The call of a root, and all that may follow from it under its trace."""
        found = [root]
        for leg in found:
            found += dict.fromkeys(on for after in leg.onward for on in after if on not in found)
        return tuple(leg.call for leg in found)

    def request(self, root: Leg, at: float, chance: Random) -> Hop:
        """One request of a root at an instant (Unix seconds), with all that follows from it."""
        return _Request(int(at // TICK_S), chance).hop(root, chance.random())


@dataclass(frozen=True, slots=True)
class _Request:
    """One request under way.

    Attributes
    ----------
    tick : int
        When, in ticks of ``TICK_S``.
    """

    tick: int
    chance: Random

    def hop(self, leg: Leg, rank: float) -> Hop:
        """The hop of a call whose duration has that rank (0..1) among its like."""
        call = leg.call
        destinations, answers = leg.odds(self.tick)
        where = self._pick(destinations)
        destination, answer = call.destinations[where].workload, call.answers[self._pick(answers)]
        # Who waits for somebody slow takes longer for it, and not because an end of its own says so.
        waits = leg.onward[where] and answer.outcome == call.answers[-1].outcome
        served_us = self._drawn_us(call.latency if waits else latency_of(call, answer), rank)
        attempts: tuple[Attempt, ...] = ()
        way_us = 0
        if destination is not None and answer.outcome.destination:
            way_us = round(call.way_ms(destination) * 1000 * (0.7 + 0.6 * self.chance.random()))
            tried = self._attempts(destination, answer.outcome, (way_us // 2, served_us))
            attempts = tuple(self._carried_on(tried, leg.onward[where], rank))
            served_us = attempts[-1].offset_us + attempts[-1].duration_us - way_us // 2
        replica = self.chance.randrange(call.source.replicas) if call.source is not None else 0
        return Hop(call, destination, answer.outcome, way_us + served_us, replica, attempts)

    def _attempts(self, server: Workload, outcome: Outcome, when_us: tuple[int, int]) -> Iterator[Attempt]:
        offset_us, served_us = when_us
        reports = [report for report in outcome.destination for _ in range(report.times)]
        for number, report in enumerate(reports, start=1):
            failed_us = round(served_us * (1 / len(reports) if report.code == "0" else _FAILED_TRY_SHARE))
            is_last = number == len(reports)
            duration_us = served_us - (number - 1) * failed_us if is_last else failed_us
            yield Attempt(report, offset_us, duration_us, self.chance.randrange(server.replicas))
            offset_us += duration_us

    def _carried_on(
        self, attempts: Iterator[Attempt], onward: Sequence[Leg], rank: float
    ) -> Iterator[Attempt]:
        """Attempts with what the server called in those that it answered well."""
        for attempt in attempts:
            if attempt.report.code == "200" and attempt.report.grpc in ("", "0"):
                yield self._work(attempt, list(self._batches(onward, rank)))
            else:
                yield attempt

    def _work(self, attempt: Attempt, batches: Sequence[Sequence[Hop]]) -> Attempt:
        """An attempt with the hops of its server, as long as these take at least."""
        waits = [max((hop.duration_us for hop in batch if not hop.is_stream), default=0) for batch in batches]
        least_us = max(round(attempt.duration_us * _OWN_SHARE), _OWN_US) if batches else 0
        own_us = max(attempt.duration_us - sum(waits), least_us)
        gap_us = own_us // (len(batches) + 1)
        hops, at_us = [], gap_us
        for batch, wait in zip(batches, waits, strict=True):
            hops += [(at_us, hop) for hop in batch]
            at_us += wait + gap_us
        return replace(attempt, duration_us=own_us + sum(waits), hops=tuple(hops))

    def _batches(self, onward: Sequence[Leg], rank: float) -> Iterator[list[Hop]]:
        """What a server calls: gRPC all at once, then the rest one after another."""
        together: list[Hop] = []
        alone: list[Hop] = []
        for leg in onward:
            times = int(leg.times(self.tick) + self.chance.random())
            into = together if leg.call.wire is Wire.GRPC else alone
            into += [self.hop(leg, self._near(rank)) for _ in range(times)]
        if together:
            yield together
        yield from ([hop] for hop in alone)

    def _pick(self, odds: Sequence[float]) -> int:
        return min(bisect(odds, self.chance.random() * odds[-1]), len(odds) - 1)

    def _near(self, rank: float) -> float:
        """A rank near another; folded back at both ends, so that all ranks stay equally likely."""
        near = abs(rank + _RANK_STEP * (2 * self.chance.random() - 1))
        return 2 - near if near > 1 else near

    def _drawn_us(self, spread: Spread, rank: float) -> int:
        return max(_LEAST_US, round(1000 * (value_at(spread, rank) + self.chance.random() - 0.5)))


def value_at(spread: Spread, rank: float) -> int:
    """The value of a spread with a rank, 0..1."""
    values = _ascending(spread)
    return values[min(int(rank * len(values)), len(values) - 1)]


@lru_cache(256)
def _ascending(spread: Spread) -> list[int]:
    return sorted(spread.values().tolist())


def _ends(call: Call) -> list[Workload]:
    return [d.workload for d in call.destinations if d.workload is not None]


def _at(curve: Curve, tick: int) -> float:
    return float(curve(np.array([tick * TICK_S], dtype=np.float64))[0])


def _rate(call: Call, tick: int, to: Workload | None = None) -> float:
    """Requests per second; to one of the destinations only, if one is given."""
    weights = (_at(d.weight, tick) for d in call.destinations if to is None or d.workload == to)
    return call.rate * _at(call.load, tick) * sum(weights)
