"""What is measured, and the arithmetic on it: pairs in turn, medians, growth."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

__all__ = ["Figure", "Pairs", "growth", "take_pairs"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    Attributes
    ----------
    case, size : str
        What was measured, on which mesh.
    name : str
    value : float
        NaN is not measured.
    unit : str
    aim : float or None
        The most that it should be; None where it has none.
    """

    case: str
    size: str
    name: str
    value: float
    unit: str = "ms"
    aim: float | None = None

    @property
    def falls_short(self) -> bool:
        """Whether it has an aim and is not known to reach it."""
        return self.aim is not None and not self.value <= self.aim


@dataclass(frozen=True, slots=True)
class Pairs:
    """Times of two things done in turn.

    Attributes
    ----------
    floor, ours : tuple of float
        Seconds, pair by pair.
    cpu : Pairs or None
        The same in seconds of processor, of this process: what other processes do hardly moves it.
    """

    floor: tuple[float, ...]
    ours: tuple[float, ...]
    cpu: Pairs | None = None

    @property
    def difference(self) -> float:
        """Median over the pairs of ours less the floor, seconds."""
        return median(ours - floor for floor, ours in zip(self.floor, self.ours, strict=True))

    @property
    def ratio(self) -> float:
        """Median over the pairs of ours by the floor."""
        return median(ours / floor for floor, ours in zip(self.floor, self.ours, strict=True))


def take_pairs(
    floor: Callable[[int], object],
    ours: Callable[[int], object],
    count: int,
    clock: Callable[[], float] = time.perf_counter,
    cpu_clock: Callable[[], float] = time.process_time,
) -> Pairs:
    """Times of two things done in turn, the first of a pair changing from pair to pair.

    Parameters
    ----------
    floor, ours : function of the pair's number
    count : int
        Pairs taken.
    clock, cpu_clock : function
        Seconds, and seconds of processor.
    """
    times: dict[bool, list[float]] = {False: [], True: []}
    work: dict[bool, list[float]] = {False: [], True: []}
    for number in range(count):
        for is_ours in (True, False) if number % 2 else (False, True):
            began, cpu_began = clock(), cpu_clock()
            (ours if is_ours else floor)(number)
            times[is_ours].append(clock() - began)
            work[is_ours].append(cpu_clock() - cpu_began)
    return Pairs(tuple(times[False]), tuple(times[True]), Pairs(tuple(work[False]), tuple(work[True])))


def growth(points: Sequence[tuple[float, float]]) -> float:
    """Exponent with which a time grows between the two largest sizes: 1 is linear; NaN for fewer than two.

    Parameters
    ----------
    points : sequence of (size, time)
    """
    if len(points) < 2:
        return math.nan
    (size, time_), (larger, longer) = sorted(points)[-2:]
    return math.log(longer / time_) / math.log(larger / size)
