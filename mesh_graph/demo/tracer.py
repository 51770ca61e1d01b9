"""The traces of a simulated mesh: those requests of any time that the head sampling took.

A pure function of (mesh, seed, instant). An id says which request it is, so that a trace is found by its id
without a store; what is sampled at a low rate is part of what is sampled at a higher one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from mesh_graph.demo.envoy_tags import operation, service
from mesh_graph.demo.hops import Leg, Paths
from mesh_graph.demo.noise import identity, uniform
from mesh_graph.demo.spans import trace_of
from mesh_graph.demo.spec import Call, MeshSpec
from mesh_graph.demo.story import DROPS_TRACE_HEADERS, SHORT_TRACE_IDS
from mesh_graph.demo.tally import TICK_S
from mesh_graph.traces.model import Trace

__all__ = ["Tracer"]

_STRETCH_TICKS = 60
"""Ticks that are looked at together."""
_ODD = 0x9E3779B97F4A7C15
_ODD_INVERSE = pow(_ODD, -1, 2**64)
_WORD = 2**64 - 1
_NUMBER_BITS, _ROOT_BITS = 20, 12


@dataclass(frozen=True, slots=True, order=True)
class _Arrival:
    """One sampled request: when it came (Unix microseconds), by which root, and its number in its tick."""

    at_us: int
    root: int
    tick: int
    number: int


class Tracer:
    """Traces of a mesh. Thread-safe.

    Parameters
    ----------
    mesh : MeshSpec
    seed : int
    sampling : float
        0..1 of the requests that are traced, decided where a trace begins.
    """

    def __init__(self, mesh: MeshSpec, seed: int = 0, sampling: float = 0.01) -> None:
        self._paths = Paths(mesh, DROPS_TRACE_HEADERS)
        self._sampling = sampling
        self._below = [self._paths.below(root) for root in self._paths.roots]
        names = [
            (root.call.source, root.call.host, root.call.wire, [d.workload for d in root.call.destinations])
            for root in self._paths.roots
        ]
        self._keys = [np.array([identity("trace", seed, *words)], dtype=np.uint64) for words in names]

    @property
    def services(self) -> tuple[str, ...]:
        """Names of the services whose proxies report spans, sorted."""
        return tuple(sorted({name for calls in self._below for name, _ in _reported(calls)}))

    def operations(self, wanted: str) -> tuple[str, ...]:
        """Names of a service's spans, sorted."""
        pairs = {pair for calls in self._below for pair in _reported(calls)}
        return tuple(sorted(name for owner, name in pairs if owner == wanted))

    def newest_first(self, start: float, end: float, wanted: str = "") -> Iterator[Trace]:
        """Traces that began between two instants (Unix seconds), the newest first.

        Parameters
        ----------
        wanted : str
            Only those that a service may have part in.
        """
        roots = [
            number
            for number, calls in enumerate(self._below)
            if not wanted or any(wanted == name for name, _ in _reported(calls))
        ]
        first, last = int(start // TICK_S), int(end // TICK_S)
        for tick in range(last, first - 1, -_STRETCH_TICKS):
            ticks = np.arange(max(first, tick - _STRETCH_TICKS + 1), tick + 1)
            arrivals = sorted(a for root in roots for a in self._arrivals(root, ticks))
            within = (a for a in reversed(arrivals) if start * 1e6 <= a.at_us <= end * 1e6)
            yield from map(self._trace, within)

    def trace(self, trace_id: str) -> Trace | None:
        """The trace with an id of 32 hexadecimal digits; None if no sampled request has it."""
        high, low = int(trace_id[:16], 16), int(trace_id[16:], 16)
        packed = _unscrambled(high or low)
        number, root = packed % 2**_NUMBER_BITS, (packed >> _NUMBER_BITS) % 2**_ROOT_BITS
        tick = packed >> (_NUMBER_BITS + _ROOT_BITS)
        if root >= len(self._paths.roots):
            return None
        here = (a for a in self._arrivals(root, np.array([tick])) if a.number == number)
        return next((self._trace(a) for a in here if self._id(a) == trace_id), None)

    def _arrivals(self, root: int, ticks: NDArray[np.int64]) -> Iterable[_Arrival]:
        """Sampled requests of one root in some ticks."""
        key = self._keys[root]
        call = self._paths.roots[root].call
        at = ticks.astype(np.float64) * TICK_S
        weights = np.sum([destination.weight(at) for destination in call.destinations], axis=0)
        expected = call.rate * TICK_S * call.load(at) * weights
        counts = np.floor(expected + uniform(key, ticks.astype(np.uint64))).astype(np.int64)
        ticks = np.repeat(ticks, counts)
        numbers = np.arange(len(ticks)) - np.repeat(np.cumsum(counts) - counts, counts)
        events = (ticks.astype(np.uint64) << np.uint64(_NUMBER_BITS)) + numbers.astype(np.uint64)
        taken = np.flatnonzero(uniform(key ^ np.uint64(1), events) < self._sampling)
        late = uniform(key ^ np.uint64(2), events[taken])
        for tick, number, part in zip(
            ticks[taken].tolist(), numbers[taken].tolist(), late.tolist(), strict=True
        ):
            yield _Arrival(int((tick + part) * TICK_S * 1e6), root, tick, number)

    def _trace(self, arrival: _Arrival) -> Trace:
        chance = Random(self._hash(arrival))
        root = self._paths.roots[arrival.root]
        hop = self._paths.request(root, arrival.at_us / 1e6, chance)
        return trace_of(self._id(arrival), hop, arrival.at_us, chance)

    def _id(self, arrival: _Arrival) -> str:
        packed = (arrival.tick << _ROOT_BITS | arrival.root) << _NUMBER_BITS | arrival.number
        which = f"{_scrambled(packed):016x}"
        if _is_short(self._paths.roots[arrival.root]):
            return which.rjust(32, "0")
        return f"{which}{self._hash(arrival):016x}"

    def _hash(self, arrival: _Arrival) -> int:
        return identity(int(self._keys[arrival.root][0]), arrival.tick, arrival.number)


def _reported(calls: Iterable[Call]) -> Iterator[tuple[str, str]]:
    """Service and operation of every span that calls may give."""
    for call in calls:
        ends = (call.source, *(destination.workload for destination in call.destinations))
        for workload in ends:
            if workload is not None and workload.has_proxy:
                yield service(workload), operation(call)


def _is_short(root: Leg) -> bool:
    source = root.call.source
    return source is not None and (source.namespace, source.app) in SHORT_TRACE_IDS


def _scrambled(packed: int) -> int:
    """A number from 0 to 2**64 - 1 that looks random, another for each."""
    mixed = packed * _ODD & _WORD
    return (mixed ^ mixed >> 32) * _ODD & _WORD


def _unscrambled(word: int) -> int:
    mixed = word * _ODD_INVERSE & _WORD
    return (mixed ^ mixed >> 32) * _ODD_INVERSE & _WORD
