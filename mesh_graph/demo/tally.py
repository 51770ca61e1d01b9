"""How many events each flow has seen by an instant: integers that never fall, noisy like real traffic.

A flow's expected number by each full hour is known in closed form, since its rate repeats daily. There the
count is pinned to it, give or take what a Poisson process would; between two full hours the events are spread
over ticks by noise with the variance of such a process, hashed from (seed, flow, tick). So any instant of any
year costs one hour of ticks, and nothing depends on what was asked before.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mesh_graph.demo.curves import DAY_S, HOUR_S, Curve
from mesh_graph.demo.noise import uniform

__all__ = ["TICK_S", "Tally"]

TICK_S = 5
"""Resolution of the noise and of the curves, seconds; between ticks counts grow evenly."""

_TICKS = HOUR_S // TICK_S
_USUAL_DAY = -3650 * DAY_S
"""Midnight of a day that no dated event touches."""
_WOBBLE = 0.1
"""At most so much of an hour's events: the next full hour's count is never below the last one's."""
_CACHE_BYTES = 24_000_000
_POISSON = 3.0
"""Expected events per tick from which evenly spread noise of the right variance cannot go below zero."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Tally:
    """Counts of many flows.

    Parameters
    ----------
    rates : array of float
        Events per second of each flow where its curves are 1.
    curves : sequence of tuple of Curve
        Per flow; their product scales its rate.
    keys : array of uint64
        Stable identity of each flow: its noise does not depend on which other flows there are.
    seed : int
    """

    def __init__(
        self, rates: Floats, curves: Sequence[tuple[Curve, ...]], keys: NDArray[np.uint64], seed: int
    ) -> None:
        self._rates = rates
        self._keys = keys ^ np.uint64(seed * 0x9E3779B97F4A7C15 % 2**64)
        shapes = {shape: number for number, shape in enumerate(dict.fromkeys(curves))}
        self._shapes = tuple(shapes)
        self._shape_of = np.array([shapes[shape] for shape in curves], dtype=np.int64)
        by_hour = np.array([self._in_ticks(_USUAL_DAY + h * HOUR_S).sum(axis=1) for h in range(24)]).T
        self._by_hour = by_hour.reshape(len(shapes), 24) * TICK_S
        self._until = np.concatenate([np.zeros((len(shapes), 1)), np.cumsum(self._by_hour, axis=1)], axis=1)
        self._extra = self._dated()
        self._hours: dict[int, Ints] = {}
        self._kept = max(2, _CACHE_BYTES // max(1, len(rates) * (_TICKS + 1) * 8))
        self._lock = threading.Lock()

    def at(self, times: Floats) -> Ints:
        """Counts of all flows at instants, shape (flows, instants)."""
        hours = np.floor_divide(times, HOUR_S).astype(np.int64)
        counts = np.empty((len(self._rates), len(times)), dtype=np.int64)
        for hour in np.unique(hours).tolist():
            here = hours == hour
            counts[:, here] = _between(self._hour(hour), (times[here] - hour * HOUR_S) / TICK_S)
        return counts

    def each_at(self, flows: Ints, instants: Floats) -> Ints:
        """Count of each of some flows at an instant of its own, shape (flows,)."""
        hours = np.floor_divide(instants, HOUR_S).astype(np.int64)
        counts = np.empty(len(flows), dtype=np.int64)
        for hour in np.unique(hours).tolist():
            here = np.flatnonzero(hours == hour)
            ticks = (instants[here] - hour * HOUR_S) / TICK_S
            cumulative = self._cumulative(hour, flows[here])
            low = ticks.astype(np.int64)
            rows = np.arange(len(here))
            first, last = cumulative[rows, low], cumulative[rows, np.minimum(low + 1, _TICKS)]
            counts[here] = first + ((ticks - low) * (last - first)).astype(np.int64)
        return counts

    def _in_ticks(self, start: float) -> Floats:
        """Value of every shape at the ticks of the hour from ``start``, shape (shapes, ticks)."""
        t = start + TICK_S * np.arange(_TICKS, dtype=np.float64)
        values = {curve: curve(t) for shape in self._shapes for curve in shape}
        rows = [np.prod([values[curve] for curve in shape], axis=0) for shape in self._shapes]
        return np.array(rows).reshape(-1, _TICKS) if all(self._shapes) else np.ones((len(rows), _TICKS))

    def _dated(self) -> dict[int, Floats]:
        """Events per unit rate and shape that dated hours have more than usual; by hour."""
        windows = {w for shape in self._shapes for curve in shape for w in curve.windows}
        hours = {h for start, end in windows for h in range(int(start // HOUR_S), int(end // HOUR_S) + 1)}
        return {
            h: self._in_ticks(h * HOUR_S).sum(axis=1) * TICK_S - self._by_hour[:, h % 24]
            for h in sorted(hours)
        }

    def _hour(self, hour: int) -> Ints:
        with self._lock:
            if hour not in self._hours:
                while len(self._hours) >= self._kept:
                    del self._hours[next(iter(self._hours))]
                self._hours[hour] = self._cumulative(hour, np.arange(len(self._rates)))
            return self._hours[hour]

    def _cumulative(self, hour: int, flows: Ints) -> Ints:
        """Counts at the ticks of an hour, both ends included, shape (flows, ticks + 1)."""
        first, last = self._pinned(hour, flows), self._pinned(hour + 1, flows)
        expected = self._in_ticks(hour * HOUR_S)[self._shape_of[flows]] * (self._rates[flows, None] * TICK_S)
        ticks = np.arange(hour * _TICKS, (hour + 1) * _TICKS).astype(np.uint64)
        noise = uniform(self._keys[flows, None], ticks)
        events = np.where(
            expected < _POISSON,
            np.floor(expected + noise),
            expected + np.sqrt(12 * expected) * (noise - 0.5),
        )
        # A trace of the expectation itself, for hours in which chance sees nothing of a rare flow.
        grown = np.cumsum(events + 1e-3 * expected, axis=1)
        whole = np.where(grown[:, -1:] > 0, grown[:, -1:], 1.0)
        counts = np.empty((len(flows), _TICKS + 1), dtype=np.int64)
        counts[:, 0] = first
        counts[:, 1:] = first[:, None] + np.floor(grown / whole * (last - first)[:, None])
        counts[:, -1] = last
        return counts

    def _pinned(self, hour: int, flows: Ints) -> Ints:
        """Counts at a full hour."""
        shapes = self._shape_of[flows]
        days, of_day = divmod(hour, 24)
        usual = days * self._until[:, 24] + self._until[:, of_day]
        extra = sum((more for h, more in self._extra.items() if h < hour), np.zeros(len(self._shapes)))
        least = np.minimum(self._expected(hour - 1), self._expected(hour))[shapes]
        chance = uniform(self._keys[flows] ^ np.uint64(0x5851F42D4C957F2D), np.uint64(hour % 2**64))
        events = self._rates[flows] * least
        # Half of an hour's variance at either end of it.
        wobble = np.minimum(np.sqrt(6 * events), _WOBBLE * events) * (chance - 0.5)
        pinned: Ints = np.floor(self._rates[flows] * (usual + extra)[shapes] + wobble).astype(np.int64)
        return pinned

    def _expected(self, hour: int) -> Floats:
        """Events of an hour per unit rate, by shape."""
        usual = self._by_hour[:, hour % 24]
        return usual + self._extra[hour] if hour in self._extra else usual


def _between(cumulative: Ints, ticks: Floats) -> Ints:
    """Counts between ticks, each instant for all flows: grown evenly, rounded down."""
    low = ticks.astype(np.int64)
    part = ticks - low
    first = cumulative[:, low]
    if not part.any():
        return first
    grown: Ints = first + (part * (cumulative[:, np.minimum(low + 1, _TICKS)] - first)).astype(np.int64)
    return grown
