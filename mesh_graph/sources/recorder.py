"""Any metrics source to a recording: every series' raw samples over some time, asked for in slices."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mesh_graph.errors import MeshGraphError
from mesh_graph.fields import LE, SERIES, TIME, VALUE
from mesh_graph.sources.base import MetricsSource
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from mesh_graph.sources.recording import About, RecordedFamily, Recording, Samples
from mesh_graph.sources.store import MOST_EDGES, Floats, Ints

__all__ = ["record"]

SLICE_S = 120
"""Time that one query asks for: of buckets there are many."""
MOST_SAMPLES = 20_000_000
"""Of one part of a family."""
MOST_WARNINGS = 20

Scopes = Sequence[tuple[Matcher, ...]]


def record(source: MetricsSource, about: About, scopes: Scopes, labels: Sequence[str]) -> Recording:
    """Raw counters of all families.

    Parameters
    ----------
    source : MetricsSource
    about : About
        What to record; the source's warnings are added.
    scopes : sequence of tuple of Matcher
        Disjoint sets of matchers: what of the mesh.
    labels : sequence of str
        Labels to keep.

    Raises
    ------
    SourceError
        If the source did not answer, even once: half a recording would look whole.
    MeshGraphError
        If there are too many samples.
    """
    asking = _Asking(source, about, scopes, tuple(labels))
    texts = _Texts()
    families = {}
    for family in Family:
        found = {part: asking.part(family, part) for part in ("count", "sum", "bucket")[: _parts(family)]}
        if any(len(part.values) for part in found.values()):
            families[family] = _assemble(found, texts, tuple(labels))
    warned = tuple(dict.fromkeys(asking.warnings))[:MOST_WARNINGS]
    return Recording(_with_warnings(about, warned), tuple(labels), tuple(texts.places), families)


def _parts(family: Family) -> int:
    return 3 if family.is_histogram else 1


def _with_warnings(about: About, warnings: tuple[str, ...]) -> About:
    return replace(about, warnings=tuple(text[:500] for text in warnings))


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Samples of one part: ``owner`` is the row in ``labels`` of each one's series; rows by their number."""

    labels: pd.DataFrame
    owner: Ints
    times: Ints
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Asking:
    source: MetricsSource
    about: About
    scopes: Scopes
    labels: tuple[str, ...]
    warnings: list[str] = field(default_factory=list)

    def part(self, family: Family, part: str) -> _Found:
        by = (*self.labels, LE) if part == "bucket" else self.labels
        known = [pd.DataFrame(columns=list(by), dtype="str")]
        samples = [(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))]
        for table in self._tables(family, part, by):
            times = np.rint(table[TIME].to_numpy() * 1000).astype(np.int64)
            samples.append((table[SERIES].to_numpy(), times, table[VALUE].to_numpy()))
            known.append(table.drop_duplicates(SERIES).set_index(SERIES)[list(by)])
            if sum(len(values) for _, _, values in samples) > MOST_SAMPLES:
                raise MeshGraphError(
                    f"{family} has more than {MOST_SAMPLES:,} samples. "
                    "Record fewer namespaces, or a shorter time."
                )
        series, times, values = map(np.concatenate, zip(*samples, strict=True))
        labels = pd.concat(known)
        labels = labels[~labels.index.duplicated()].sort_index()
        # Two slices may share the sample between them.
        order = np.lexsort((times, series))
        series, times, values = series[order], times[order], values[order]
        is_new = np.ones(len(series), dtype=bool)
        is_new[1:] = (np.diff(series) != 0) | (np.diff(times) != 0)
        is_new &= (times >= self.about.since * 1000) & (times <= self.about.end * 1000)
        owner = np.searchsorted(labels.index.to_numpy(dtype=np.int64), series[is_new])
        return _Found(labels.reset_index(drop=True), owner, times[is_new], values[is_new])

    def _tables(self, family: Family, part: str, by: tuple[str, ...]) -> Iterator[pd.DataFrame]:
        function = Function.RAW_SUM if part == "sum" else Function.RAW
        count = math.ceil((self.about.end - self.about.since) / SLICE_S)
        for matchers in self.scopes:
            query = MetricQuery(family, function, by, matchers, window_s=SLICE_S)
            for slice_ in range(count):
                reply = self.source.instant(query, self.about.end - slice_ * SLICE_S)
                self.warnings.extend(reply.warnings)
                if len(reply.table):
                    yield reply.table


class _Texts:
    """Label values and their places."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def codes(self, column: Iterable[str]) -> NDArray[np.int32]:
        codes, values = pd.factorize(np.asarray(column, dtype=object))
        places = [self.places.setdefault(value, len(self.places)) for value in values]
        return np.array(places, dtype=np.int32)[codes]


def _assemble(found: dict[str, _Found], texts: _Texts, labels: tuple[str, ...]) -> RecordedFamily:
    """Parts with common series.

    Series that differ in a label that is not kept are told apart by their rank. Which of them a count and a
    sum belong to is not known then, nor does it matter: nothing can be asked that sets them apart.
    """
    edges = _edges(found["bucket"].labels[LE]) if "bucket" in found else {}
    numbers = sorted(set(edges.values()) | ({math.inf} if "bucket" in found else set()))
    keys, places = {}, {}
    for part, of_part in found.items():
        codes = np.stack([texts.codes(of_part.labels[label]) for label in labels], axis=1)
        place = np.zeros(len(codes), dtype=np.int64)
        if part == "bucket":
            place = np.searchsorted(numbers, of_part.labels[LE].map(edges).to_numpy(dtype=np.float64))
        keys[part] = np.column_stack([codes, _ranks(np.column_stack([codes, place]))])
        places[part] = place
    rows, of_row = np.unique(np.concatenate(list(keys.values())), axis=0, return_inverse=True)
    of_row = of_row.reshape(-1)
    parts, begin = {}, 0
    for part, of_part in found.items():
        series = of_row[begin : begin + len(keys[part])]
        begin += len(keys[part])
        cells = series * len(numbers) + places[part] if part == "bucket" else series
        if len(of_part.values):
            parts[part] = _samples(of_part, cells)
    spelled = {number: text for text, number in reversed(edges.items())} | {math.inf: "+Inf"}
    return RecordedFamily(
        np.ascontiguousarray(rows[:, :-1].T.astype(np.int32)),
        tuple(spelled[number] for number in numbers),
        parts,
    )


def _edges(column: pd.Series[str]) -> dict[str, float]:
    """Every ``le`` as a number.

    Raises
    ------
    MeshGraphError
        If one is none, or there are too many.
    """
    try:
        edges = {text: float(text) for text in column.unique()}
    except ValueError as error:
        raise MeshGraphError(f"A bucket's edge is no number: {error}.") from None
    if len(edges) >= MOST_EDGES or any(math.isnan(edge) for edge in edges.values()):
        raise MeshGraphError("The buckets of a histogram have edges that are no numbers, or too many.")
    return edges


def _ranks(keys: NDArray[np.int64]) -> Ints:
    """How many equal rows come before each."""
    _, which = np.unique(keys, axis=0, return_inverse=True)
    which = which.reshape(-1)
    return pd.Series(which).groupby(which).cumcount().to_numpy().astype(np.int64)


def _samples(found: _Found, cells: Ints) -> Samples:
    cell = cells[found.owner]
    order = np.lexsort((found.times, cell))
    unique, lengths = np.unique(cell[order], return_counts=True)
    return Samples(unique, lengths.astype(np.int64), found.times[order], found.values[order])
