"""Counts by outcome, and counts of slow requests, as the samples that are judged: one split, one grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.canary.counts import COUNT, INTERVAL, Grid
from mesh_graph.canary.naming import SPLIT, Naming, nearest_report
from mesh_graph.canary.sample import (
    CALLER,
    CLIENT_ERRORS,
    COLUMNS,
    COUNTS,
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
    Sample,
)
from mesh_graph.topology.outcome import Outcome

__all__ = ["NOT_TIMED", "Evidence", "sample_of", "timed_counts"]

_KEYS = [INTERVAL, VERSION, CALLER]
_OUTCOME_COLUMNS = {
    Outcome.ERROR.value: ERRORS,
    Outcome.CLIENT_ERROR.value: CLIENT_ERRORS,
    Outcome.HUNG_UP.value: HUNG_UP,
}
_IS_NAN = "is_nan"
_NOTHING = {**dict.fromkeys(COUNTS, 0.0), RESET: False, UNKNOWN_BIRTH: False, _IS_NAN: False}

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

    def of(self, split: str) -> Evidence:
        """What belongs to one split."""
        parts = (self.drawn, self.merged, self.unrouted, self.timed, self.marks)
        return Evidence(*(part[(part[SPLIT] == split).to_numpy()] for part in parts))


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


def sample_of(
    evidence: Evidence, grid: Grid, *, anchor: float, at: float, is_mirrored: bool = False
) -> Sample:
    """The sample of one split.

    Parameters
    ----------
    evidence : Evidence
        Of that split alone.
    grid : Grid
    anchor, at : float
        Unix seconds.
    is_mirrored : bool
        Whether the route sends copies: then what the servers counted holds them, and the splitting proxy's
        rows alone are judged.
    """
    judged = evidence.drawn if is_mirrored else evidence.merged
    routed = evidence.drawn.groupby(_KEYS)[COUNT].sum().rename(ROUTED)
    parts = (routed, _counts(judged), _timed(evidence.timed), _marks(evidence.marks))
    rows = pd.concat(parts, axis=1).fillna(_NOTHING).reset_index()
    values = rows[list(COUNTS)].to_numpy(dtype=np.float64, copy=True)
    is_nan = rows[_IS_NAN].to_numpy(dtype=np.bool_)
    values[is_nan] = np.nan
    exact = values if is_nan.any() else np.rint(values).astype(np.int64)
    begins = grid.start + rows[INTERVAL].to_numpy(dtype=np.float64) * grid.step_s
    frame = rows[[VERSION, CALLER]].astype("str").assign(**{START: begins, END: begins + grid.step_s})
    frame = frame.assign(**{name: exact[:, column] for column, name in enumerate(COUNTS)})
    frame = frame.assign(**{mark: rows[mark].to_numpy(dtype=np.bool_) for mark in (RESET, UNKNOWN_BIRTH)})
    absent = frozenset[str]() if len(evidence.timed) else frozenset({TIMED, OVER_OBJECTIVE})
    return Sample(frame[list(COLUMNS)], anchor, at, grid.step_s, absent)


def _counts(counted: pd.DataFrame) -> pd.DataFrame:
    """``total`` and the outcomes' columns by interval, version and caller."""
    wide = counted.pivot_table(
        index=_KEYS, columns=fields.OUTCOME, values=COUNT, aggfunc="sum", fill_value=0.0, observed=True
    )
    named = wide.rename(columns=_OUTCOME_COLUMNS)
    return named.reindex(columns=list(_OUTCOME_COLUMNS.values()), fill_value=0.0).assign(
        **{TOTAL: wide.sum(axis=1)}
    )


def _timed(timed: pd.DataFrame) -> pd.DataFrame:
    known = timed[(timed[VERSION] != UNATTRIBUTED).to_numpy()]
    return known.set_index(_KEYS)[[TIMED, OVER_OBJECTIVE]]


def _marks(marks: pd.DataFrame) -> pd.DataFrame:
    """Whether anything is marked, by interval, version and caller."""
    flags = marks.assign(**{_IS_NAN: marks[COUNT].isna()})
    return flags.groupby(_KEYS)[[RESET, UNKNOWN_BIRTH, _IS_NAN]].any()
