"""A recording: raw counters of some time, and the store that answers from them.

Knows neither the file it lies in (``snapshot_file.py``) nor how it came about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mesh_graph import fields
from mesh_graph.errors import MeshGraphError
from mesh_graph.sources.matching import LabelColumns
from mesh_graph.sources.query import AnyFamily, Family
from mesh_graph.sources.store import Floats, Ints, Scraped

__all__ = ["TARGET_LABELS", "About", "RecordedFamily", "RecordedStore", "Recording", "Samples"]

TARGET_LABELS = (fields.JOB, fields.INSTANCE, fields.POD, fields.NAMESPACE)
"""Who was scraped: the series of one target have their samples at the same times."""


MOST_CELLS = 2**26
"""Places for samples, taken or not, on the grids of a store: 512 MiB."""
_ROUNDING_S = 0.0005
"""Samples have their times in whole milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a recording is of.

    Attributes
    ----------
    source : str
        Who was asked, without credentials.
    is_demo : bool
    since, end : float
        Samples are held from one to the other, Unix seconds; a window before ``since`` is not.
    start : float
        First instant that was meant to be looked at.
    recorded_at : float
    namespaces : tuple of str
        Whose traffic is held; empty for that of all.
    warnings : tuple of str
        What the source said about partial answers.
    """

    source: str
    is_demo: bool
    since: float
    start: float
    end: float
    recorded_at: float
    namespaces: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Samples of one part (``count``, ``sum`` or ``bucket``) of a family.

    Attributes
    ----------
    cells : array of int
        Number of the series, of buckets times the number of edges, plus that of the edge; ascending.
    lengths : array of int
        How many samples each of ``cells`` has.
    times : array of int
        Unix milliseconds, ascending within a cell.
    values : array of float
    """

    cells: Ints
    lengths: Ints
    times: Ints
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class RecordedFamily:
    """One family's series.

    Attributes
    ----------
    codes : array of int
        Of shape (labels, series): each label's value as its place in the texts.
    edges : tuple of str
        ``le`` of a histogram's buckets, ascending, the last of them ``+Inf``.
    parts : mapping of str to Samples
    """

    codes: NDArray[np.int32]
    edges: tuple[str, ...] = ()
    parts: Mapping[str, Samples] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Raw counters and what they are of.

    Attributes
    ----------
    about : About
    labels : tuple of str
        Names of the labels that are held.
    texts : tuple of str
        Every value of theirs, once.
    families : mapping of Family to RecordedFamily
    """

    about: About
    labels: tuple[str, ...]
    texts: tuple[str, ...]
    families: Mapping[Family, RecordedFamily]


@dataclass(frozen=True, slots=True, eq=False)
class _Target:
    """Samples of the series of one target, of shape (series, edges, times)."""

    times: Floats
    samples: Floats


class RecordedStore:
    """A recording as a ``CounterStore``; kept as grids, one per target, which are quick to read.

    Raises
    ------
    MeshGraphError
        If the grids would not fit into the memory allowed.
    """

    def __init__(self, recording: Recording) -> None:
        room = _Room(MOST_CELLS)
        texts = np.array(recording.texts, dtype=object)
        self._families: dict[AnyFamily, _FamilyStore] = {
            family: _FamilyStore(recording.labels, texts, recorded, room)
            for family, recorded in recording.families.items()
        }
        self._nothing: LabelColumns = dict.fromkeys(recording.labels, texts[:0])

    def labels(self, family: AnyFamily) -> LabelColumns:
        """Label columns of a family's series."""
        held = self._families.get(family)
        return self._nothing if held is None else held.labels

    def edges(self, family: AnyFamily) -> tuple[str, ...]:
        """``le`` of a histogram's buckets."""
        held = self._families.get(family)
        return held.edges if held else ("+Inf",) if family.is_histogram else ()

    def read(self, family: AnyFamily, part: str, rows: Ints, span: tuple[float, float]) -> Sequence[Scraped]:
        """Samples of some series within a span."""
        held = self._families.get(family)
        return held.read(part, rows, span) if held else ()

    def is_present(self, family: AnyFamily, rows: Ints, start: float, end: float) -> NDArray[np.bool_]:
        """Whether each series has a sample between two instants."""
        present = np.zeros(len(rows), dtype=bool)
        for scraped in self.read(family, "count", rows, (start, end)):
            present[scraped.series] = ~np.isnan(scraped.samples).all(axis=1)
        return present


class _Room:
    """What is left of the memory for grids."""

    def __init__(self, cells: int) -> None:
        self._left = cells

    def take(self, cells: int) -> None:
        self._left -= cells
        if self._left < 0:
            raise MeshGraphError(
                f"The samples need room for more than {MOST_CELLS:,} numbers. "
                "Record fewer namespaces, or a shorter time."
            )


class _FamilyStore:
    def __init__(
        self, names: tuple[str, ...], texts: NDArray[np.object_], recorded: RecordedFamily, room: _Room
    ) -> None:
        self._room = room
        self.labels: LabelColumns = {
            name: texts[codes] for name, codes in zip(names, recorded.codes, strict=True)
        }
        self.edges = recorded.edges
        series = recorded.codes.shape[1]
        self._target = _targets([recorded.codes[names.index(n)] for n in TARGET_LABELS if n in names], series)
        self._place = _places(self._target)
        self._parts = {
            part: self._grids(samples, len(self.edges) if part == "bucket" else 1)
            for part, samples in recorded.parts.items()
        }

    @cached_property
    def _sizes(self) -> Ints:
        return np.bincount(self._target).astype(np.int64)

    def _grids(self, samples: Samples, edges: int) -> dict[int, _Target]:
        """Grids of shape (series, edges, times) by target."""
        cell = samples.cells.repeat(samples.lengths)
        series, edge = np.divmod(cell, edges)
        target = self._target[series]
        grids = {}
        for number, of_target in _by_number(target):
            times, instant = np.unique(samples.times[of_target], return_inverse=True)
            self._room.take(int(self._sizes[number]) * edges * len(times))
            grid = np.full((self._sizes[number], edges, len(times)), np.nan)
            grid[self._place[series[of_target]], edge[of_target], instant] = samples.values[of_target]
            grids[number] = _Target(times / 1000, grid)
        return grids

    def read(self, part: str, rows: Ints, span: tuple[float, float]) -> list[Scraped]:
        grids = self._parts.get(part, {})
        found = []
        for number, wanted in _by_number(self._target[rows]):
            if number in grids:
                held = grids[number]
                first, last = (
                    np.searchsorted(held.times, span[0]),
                    np.searchsorted(held.times, span[1], "right"),
                )
                samples = held.samples[self._place[rows[wanted]], :, first:last]
                of_part = samples if part == "bucket" else samples[:, 0]
                found.append(Scraped(wanted, held.times[first:last], of_part))
        return found


def _targets(columns: list[NDArray[np.int32]], series: int) -> Ints:
    """Number of each series' target."""
    if not columns or not series:
        return np.zeros(series, dtype=np.int64)
    return np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _by_number(numbers: Ints) -> Iterator[tuple[int, Ints]]:
    """Every number with the positions that it is found at."""
    order = np.argsort(numbers, kind="stable")
    found, starts = np.unique(numbers[order], return_index=True)
    ends = [*starts[1:], len(order)]
    for number, start, end in zip(found.tolist(), starts, ends if len(found) else (), strict=True):
        yield number, order[start:end]


def _places(target: Ints) -> Ints:
    """How many series of the same target come before each series."""
    order = np.argsort(target, kind="stable")
    _, starts, sizes = np.unique(target[order], return_index=True, return_counts=True)
    places = np.empty(len(target), dtype=np.int64)
    places[order] = np.arange(len(target)) - starts.repeat(sizes)
    return places
