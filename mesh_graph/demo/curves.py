"""Rates and shares over time: small values that are called with instants.

Every curve repeats each day (UTC) but for ``Once``, which names the hours in which it differs from its usual
value. ``tally`` relies on that to count the events of years without simulating them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["DAY_S", "HOUR_S", "Constant", "Curve", "Daily", "Once", "Pulse", "Rest", "Steps", "remainder"]

HOUR_S = 3600
DAY_S = 86_400

Floats = NDArray[np.float64]


class Curve(Protocol):
    """A factor over time, 0 or more."""

    def __call__(self, t: Floats) -> Floats:
        """Values at instants, Unix seconds."""
        ...

    @property
    def windows(self) -> tuple[tuple[float, float], ...]:
        """Spans (start, end) in which the curve is not what it is on other days at that hour."""
        ...


class _Periodic:
    __slots__ = ()

    @property
    def windows(self) -> tuple[tuple[float, float], ...]:
        """None: the curve is the same every day."""
        return ()


@dataclass(frozen=True, slots=True)
class Constant(_Periodic):
    """The same value at all times."""

    value: float

    def __call__(self, t: Floats) -> Floats:
        """The value, for each instant."""
        return np.full(len(t), self.value)

    def until(self, t: Floats) -> Floats:
        """Integral from the epoch to instants, in seconds of the value 1."""
        return self.value * t


@dataclass(frozen=True, slots=True)
class Daily(_Periodic):
    """Day and night: a wave between ``low`` and ``high`` with its top at ``peak_h`` o'clock UTC."""

    low: float
    high: float
    peak_h: float

    def __call__(self, t: Floats) -> Floats:
        """Values at instants."""
        wave = 0.5 + 0.5 * np.cos(2 * np.pi * (t / DAY_S - self.peak_h / 24))
        return self.low + (self.high - self.low) * wave


@dataclass(frozen=True, slots=True)
class Steps(_Periodic):
    """A staircase: each value in turn for ``step_s`` seconds, then again; the cycle divides a day."""

    step_s: int
    values: tuple[float, ...]

    def __call__(self, t: Floats) -> Floats:
        """Values at instants."""
        return np.asarray(self.values)[(t // self.step_s).astype(np.int64) % len(self.values)]


@dataclass(frozen=True, slots=True)
class Pulse(_Periodic):
    """``inside`` from ``start_s`` for ``length_s`` in every period, which divides a day, else ``outside``."""

    period_s: int
    start_s: int
    length_s: int
    inside: float = 1.0
    outside: float = 0.0

    def __call__(self, t: Floats) -> Floats:
        """Values at instants."""
        return np.where((t - self.start_s) % self.period_s < self.length_s, self.inside, self.outside)

    def until(self, t: Floats) -> Floats:
        """Integral from the epoch to instants, in seconds of the value 1, but for a constant."""
        periods, since = np.divmod(t - self.start_s, self.period_s)
        inside = periods * self.length_s + np.minimum(since, self.length_s)
        return self.outside * t + (self.inside - self.outside) * inside


@dataclass(frozen=True, slots=True)
class Once:
    """``inside`` from ``start`` (Unix seconds) for ``length_s``, else ``outside``; the one dated curve."""

    start: float
    length_s: int
    inside: float = 1.0
    outside: float = 0.0

    def __call__(self, t: Floats) -> Floats:
        """Values at instants."""
        return np.where((t >= self.start) & (t < self.start + self.length_s), self.inside, self.outside)

    @property
    def windows(self) -> tuple[tuple[float, float], ...]:
        """The span of the event."""
        return ((self.start, self.start + self.length_s),)


@dataclass(frozen=True, slots=True)
class Rest:
    """What others leave of 1: ``1 - sum of the curves``, never below 0."""

    others: tuple[Curve, ...]

    def __call__(self, t: Floats) -> Floats:
        """Values at instants."""
        left: Floats = np.maximum(1.0 - np.sum([curve(t) for curve in self.others], axis=0), 0.0)
        return left

    @property
    def windows(self) -> tuple[tuple[float, float], ...]:
        """Those of the others."""
        return tuple(window for curve in self.others for window in curve.windows)


def remainder(others: tuple[Curve, ...]) -> Curve:
    """What the others leave of 1; a constant where they are constants."""
    fixed = [curve.value for curve in others if isinstance(curve, Constant)]
    return Rest(others) if len(fixed) < len(others) else Constant(max(1.0 - sum(fixed), 0.0))
