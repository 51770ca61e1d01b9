"""Facts against tolerances: which share of what failed, all objects at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mesh_graph.frames.codes import Bools, Floats, Ints, first_rows, group, totals
from mesh_graph.health.facts import DIRECTIONS, Facts
from mesh_graph.health.interval import wilson
from mesh_graph.health.profiles import Profile
from mesh_graph.model import Direction, Status
from mesh_graph.settings.tolerances import Tolerance

__all__ = ["Cells", "Leading", "Outcomes", "Ranking", "check_tolerance", "name_leading"]

HAIR = 1e-9
"""Rates are sums of floats: a ratio this near to a limit, in per cent, has reached it."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Traffic of each object, direction and protocol.

    Attributes
    ----------
    of_row : array of int64
        Per fact, its cell.
    subject, direction : array of int64
        Per cell, as of the facts.
    protocol : list of str
        Per cell.
    rate : array of float64
        Per cell, per second.
    """

    of_row: Ints
    subject: Ints
    direction: Ints
    protocol: list[str]
    rate: Floats

    def among(self, cells: Ints) -> Bools:
        """Per cell, whether it is one of these."""
        found = np.zeros(len(self.rate), dtype=np.bool_)
        found[cells] = True
        return found

    @classmethod
    def of(cls, facts: Facts) -> Cells:
        """Cells of facts."""
        names = sorted({ending.protocol for ending in facts.endings})
        numbers = np.array([names.index(ending.protocol) for ending in facts.endings], dtype=np.int64)
        protocol = numbers[facts.ending]
        cells, count = group(facts.subject, facts.direction, protocol)
        rows = first_rows(cells, count)
        return cls(
            cells,
            facts.subject[rows],
            facts.direction[rows],
            [names[at] for at in protocol[rows].tolist()],
            totals(cells, facts.rate, count),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What one tolerance makes of the cells that it covers; all columns of one length.

    Attributes
    ----------
    tolerance : Tolerance
    cell : array of int64
    severity : array of int64
        ``Status.severity``.
    is_firm : array of bool
    error_rate : array of float64
        Per second.
    requests, errors, low, high : array of float64
        Seen in the window, and the interval of their ratio.
    is_error : array of bool
        Per fact, whether it is an error of one of these cells.
    """

    tolerance: Tolerance
    cell: Ints
    severity: Ints
    is_firm: Bools
    error_rate: Floats
    requests: Floats
    errors: Floats
    low: Floats
    high: Floats
    is_error: Bools


def check_tolerance(
    facts: Facts, cells: Cells, tolerance: Tolerance, profile: Profile, *, applies: Bools, window_s: float
) -> Outcomes:
    """Hold a tolerance against the cells it is for.

    Parameters
    ----------
    facts : Facts
    cells : Cells
    tolerance : Tolerance
    profile : Profile
    applies : array of bool
        Per cell, whether the tolerance is for its object.
    window_s : float
        Seconds over which the rates were taken.
    """
    covered = applies & (cells.rate > 0) & _covers(cells, tolerance)
    counted = np.array([tolerance.counts(e.code, e.outcome) for e in facts.endings], dtype=np.bool_)
    is_error = counted[facts.ending] & covered[cells.of_row]
    weights = np.where(is_error, facts.rate, 0.0)
    cell = np.flatnonzero(covered)
    error_rate = np.minimum(totals(cells.of_row, weights, len(cells.rate))[cell], cells.rate[cell])
    severity = _severity(100 * error_rate / cells.rate[cell], tolerance)
    requests, errors = cells.rate[cell] * window_s, error_rate * window_s
    low, high = wilson(errors, requests)
    is_ill = severity > Status.HEALTHY.severity
    worst = tolerance.failure if np.isfinite(tolerance.failure) else tolerance.degraded
    is_sure = np.where(is_ill, errors >= profile.firm_errors - HAIR, 100 * high < worst)
    is_firm = is_sure | (profile.firm_errors == 0)
    return Outcomes(tolerance, cell, severity, is_firm, error_rate, requests, errors, low, high, is_error)


def _covers(cells: Cells, tolerance: Tolerance) -> Bools:
    sides = {
        (at, protocol): tolerance.covers(protocol, direction)
        for at, direction in enumerate(DIRECTIONS)
        for protocol in set(cells.protocol)
    }
    pairs = zip(cells.direction.tolist(), cells.protocol, strict=True)
    return np.fromiter((sides[pair] for pair in pairs), dtype=np.bool_, count=len(cells.protocol))


def _severity(percent: Floats, tolerance: Tolerance) -> Ints:
    """The field's rule: a share of nothing is healthy, whatever the limits."""
    status = np.full(len(percent), Status.HEALTHY.severity, dtype=np.int64)
    some = percent > 0
    status[some & (percent >= tolerance.degraded - HAIR)] = Status.DEGRADED.severity
    status[some & (percent >= tolerance.failure - HAIR)] = Status.FAILURE.severity
    return status


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Every check of every object beside each other, to find the one that decides.

    Attributes
    ----------
    subject : array of int64
    columns : tuple of array of float64
        What checks are ordered by, the least telling first.
    sizes : tuple of int
        How many of them each tolerance made.
    """

    subject: Ints
    columns: tuple[Floats, ...]
    sizes: tuple[int, ...]

    @classmethod
    def of(cls, cells: Cells, checked: Sequence[Outcomes]) -> Ranking:
        """The worst and surest checks rank highest, then what came in, then by the strictest limits."""
        parts = [_rank_columns(cells, outcomes) for outcomes in checked]
        columns = tuple(np.concatenate(column) for column in zip(*parts, strict=True))
        subject = np.concatenate([cells.subject[outcomes.cell] for outcomes in checked])
        return cls(subject, columns, tuple(len(outcomes.cell) for outcomes in checked))

    def deciding(self) -> list[Bools]:
        """Per tolerance, per check: whether it is the highest of its object; of equals one is."""
        order = np.lexsort((*self.columns, self.subject))
        subject = self.subject[order]
        is_last = np.ones(len(order), dtype=np.bool_)
        is_last[:-1] = subject[1:] != subject[:-1]
        decides = np.zeros(len(order), dtype=np.bool_)
        decides[order[is_last]] = True
        return np.split(decides, np.cumsum(self.sizes)[:-1])


def _rank_columns(cells: Cells, outcomes: Outcomes) -> tuple[Floats, ...]:
    count = len(outcomes.cell)
    is_ill = outcomes.severity > Status.HEALTHY.severity
    is_inbound = cells.direction[outcomes.cell] == DIRECTIONS.index(Direction.INBOUND)
    return (
        outcomes.requests,
        outcomes.error_rate / cells.rate[outcomes.cell],
        np.full(count, -outcomes.tolerance.degraded),
        is_inbound.astype(np.float64),
        (is_ill & outcomes.is_firm).astype(np.float64),
        outcomes.severity.astype(np.float64),
    )


@dataclass(frozen=True, slots=True)
class Leading:
    """Of one cell's errors: places of the ending and the peer with most of them, and how many there are."""

    ending: int
    endings: int
    peer: int
    peers: int


def name_leading(facts: Facts, cells: Cells, is_wanted: Bools) -> dict[int, Leading]:
    """What most of the wanted facts of each cell are, by cell; of equals the first by name."""
    rows = np.flatnonzero(is_wanted & (facts.rate > 0))
    peers = sorted(np.unique(facts.peer[rows]).tolist(), key=facts.keys.__getitem__)
    by_name = np.zeros(len(facts.keys), dtype=np.int64)
    by_name[peers] = np.arange(len(peers))
    ending = _most(cells.of_row[rows], facts.ending[rows], facts.ending[rows], facts.rate[rows])
    peer = _most(cells.of_row[rows], facts.peer[rows], by_name[facts.peer[rows]], facts.rate[rows])
    return {cell: Leading(*ending[cell], *peer[cell]) for cell in ending}


def _most(cell: Ints, thing: Ints, order: Ints, rate: Floats) -> dict[int, tuple[int, int]]:
    """Per cell, the thing with the highest rate (of equals the first in order), and the number of things."""
    groups, count = group(cell, order)
    rows = first_rows(groups, count)
    rates = totals(groups, rate, count)
    ranked = np.lexsort((order[rows], -rates, cell[rows]))
    cells, first, sizes = np.unique(cell[rows][ranked], return_index=True, return_counts=True)
    leading = thing[rows][ranked][first]
    return dict(zip(cells.tolist(), zip(leading.tolist(), sizes.tolist(), strict=True), strict=True))
