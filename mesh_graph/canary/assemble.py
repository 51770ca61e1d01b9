"""Counts by outcome, and counts of slow requests, as the samples that are judged: one split, one grid."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mesh_graph import fields
from mesh_graph.canary.counts import COUNT, INTERVAL, Grid
from mesh_graph.canary.naming import SPLIT, Naming, nearest_report
from mesh_graph.canary.sample import (
    CALLER,
    CLIENT_ERRORS,
    COLUMNS,
    END,
    ERRORS,
    HUNG_UP,
    OVER_OBJECTIVE,
    RESET,
    ROUTED,
    START,
    TIMED,
    TOTAL,
    UNATTRIBUTED,
    UNKNOWN_BIRTH,
    VERSION,
)
from mesh_graph.frames.codes import Ints, decode, encode, first_rows, group, texts, totals
from mesh_graph.topology.outcome import Outcome

__all__ = ["NOT_TIMED", "Evidence", "parted", "sample_frames", "timed_counts"]

_KEYS = [INTERVAL, VERSION, CALLER]
_OUTCOME_COLUMNS = {
    Outcome.ERROR.value: ERRORS,
    Outcome.CLIENT_ERROR.value: CLIENT_ERRORS,
    Outcome.HUNG_UP.value: HUNG_UP,
}

NOT_TIMED = pd.DataFrame(
    {
        **{label: pd.Series(dtype="str") for label in (SPLIT, VERSION, CALLER)},
        INTERVAL: pd.Series(dtype="int64"),
        **{name: pd.Series(dtype="float64") for name in (TIMED, OVER_OBJECTIVE)},
    }
)
"""Response times of a split without an objective: the columns of ``timed_counts``."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Counts on one grid, of one split or of several.

    Attributes
    ----------
    drawn, merged, unrouted : pandas.DataFrame
        As ``canary.merged`` gives them.
    timed : pandas.DataFrame
        As ``timed_counts`` gives it.
    marks : pandas.DataFrame
        ``split``, ``version``, ``caller``, ``interval``, ``reset``, ``unknown_birth``, and ``count``, NaN
        where a counter was not a number: the intervals in which something must be said about a counter.
    """

    drawn: pd.DataFrame
    merged: pd.DataFrame
    unrouted: pd.DataFrame
    timed: pd.DataFrame
    marks: pd.DataFrame

    def by_split(self, names: Iterable[str]) -> dict[str, Evidence]:
        """What belongs to each of some splits."""
        parts = (self.drawn, self.merged, self.unrouted, self.timed, self.marks)
        groups = [parted(part) for part in parts]
        return {
            name: Evidence(*(own.get(name, part.iloc[:0]) for own, part in zip(groups, parts, strict=True)))
            for name in names
        }


def parted(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rows by their split, in their order."""
    codes, names = pd.factorize(texts(rows[SPLIT]))
    if (np.diff(codes) < 0).any():
        order = np.argsort(codes, kind="stable")
        rows, codes = rows.take(order), codes[order]
    bounds = np.searchsorted(codes, np.arange(len(names) + 1))
    return {str(name): rows.iloc[bounds[n] : bounds[n + 1]] for n, name in enumerate(names)}


def timed_counts(counts: pd.DataFrame, naming: Naming, objectives: Mapping[str, float]) -> pd.DataFrame:
    """Requests that a histogram counted, and those above an objective.

    Parameters
    ----------
    counts : pandas.DataFrame
        Counted buckets: ``LATENCY_LABELS`` and ``le`` : str, ``interval``, ``count``; cumulative, of the
        objectives' edges and of ``+Inf`` at least.
    naming : Naming
    objectives : mapping of str to float
        By split, a bucket's upper edge, milliseconds; splits that have none are left out.

    Returns
    -------
    pandas.DataFrame
        ``split``, ``version``, ``caller`` : str, ``interval`` : int64, ``timed``, ``over_objective`` :
        float64. By the report nearest to the server: what it took, without the callers' retries.
    """
    rows = nearest_report(naming.name(counts))
    rows = rows[rows[SPLIT].isin(list(objectives)).to_numpy()]
    edge = pd.to_numeric(rows[fields.LE], errors="coerce").to_numpy(dtype=np.float64)
    count = rows[COUNT].to_numpy(dtype=np.float64)
    timed = np.where(np.isinf(edge), count, 0.0)
    within = np.where(edge == rows[SPLIT].map(objectives).to_numpy(dtype=np.float64), count, 0.0)
    parts = rows[[SPLIT, *_KEYS]].assign(**{TIMED: timed, OVER_OBJECTIVE: timed - within})
    return parts.groupby([SPLIT, *_KEYS], as_index=False, sort=True)[[TIMED, OVER_OBJECTIVE]].sum()


def sample_frames(
    evidence: Mapping[str, Evidence], grid: Grid, mirrored: Collection[str] = ()
) -> dict[str, pd.DataFrame]:
    """Frames of samples, by split.

    Parameters
    ----------
    evidence : mapping of str to Evidence
        By split; all on the one grid.
    grid : Grid
    mirrored : collection of str
        Splits whose route sends copies: what the servers counted holds them, and what the splitting proxies
        counted is judged alone.

    Returns
    -------
    dict of str to pandas.DataFrame
        As ``Sample.frame``.
    """
    every = evidence.values()
    judged = [own.drawn if name in mirrored else own.merged for name, own in evidence.items()]
    drawn, timed = [own.drawn for own in every], [own.timed for own in every]
    parts = [pd.concat(frames) for frames in (drawn, judged, timed, [own.marks for own in every])]
    vocabulary, codes = encode(
        [np.concatenate([texts(p[k]) for p in parts]) for k in (SPLIT, VERSION, CALLER)]
    )
    places = np.concatenate([part[INTERVAL].to_numpy(dtype=np.int64) for part in parts])
    rows, number = group(*codes, places)
    kept = first_rows(rows, number)
    own = np.split(rows, np.cumsum([len(part) for part in parts])[:-1])
    columns = _columns(parts, own, number)
    begins = grid.start + places[kept] * grid.step_s
    labels = decode(vocabulary, [column[kept] for column in codes])
    frame = pd.DataFrame(
        {
            SPLIT: labels[0],
            START: begins,
            END: begins + grid.step_s,
            VERSION: labels[1],
            CALLER: labels[2],
            **columns,
        }
    )
    found = parted(frame)
    return {name: found.get(name, frame.iloc[:0])[list(COLUMNS)].reset_index(drop=True) for name in evidence}


def _columns(parts: Sequence[pd.DataFrame], rows: Sequence[Ints], number: int) -> dict[str, NDArray[Any]]:
    """Counts and marks per row of the sample; a row in which a counter was no number has none that is."""
    drawn, judged, timed, marks = parts
    of_drawn, of_judged, of_timed, of_marks = rows
    count = judged[COUNT].to_numpy(dtype=np.float64)
    sums = {ROUTED: totals(of_drawn, drawn[COUNT].to_numpy(dtype=np.float64), number)}
    sums[TOTAL] = totals(of_judged, count, number)
    for outcome, name in _OUTCOME_COLUMNS.items():
        is_outcome = (judged[fields.OUTCOME] == outcome).to_numpy(dtype=np.bool_)
        sums[name] = totals(of_judged, np.where(is_outcome, count, 0.0), number)
    reached = (timed[VERSION] != UNATTRIBUTED).to_numpy(dtype=np.bool_)
    for name in (TIMED, OVER_OBJECTIVE):
        sums[name] = totals(of_timed, np.where(reached, timed[name].to_numpy(dtype=np.float64), 0.0), number)
    no_number = np.isnan(marks[COUNT].to_numpy(dtype=np.float64)).astype(np.float64)
    is_nan = totals(of_marks, no_number, number) > 0
    exact = {
        name: np.where(is_nan, np.nan, values) if is_nan.any() else np.rint(values).astype(np.int64)
        for name, values in sums.items()
    }
    some = {
        mark: totals(of_marks, marks[mark].to_numpy(dtype=np.float64), number) > 0
        for mark in (RESET, UNKNOWN_BIRTH)
    }
    return {**exact, **some}
