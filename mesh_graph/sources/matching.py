"""Label matchers and grouping on label columns, as Prometheus has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mesh_graph.sources.query import Matcher

__all__ = ["LabelColumns", "Selection", "admits", "compile_pattern", "matching_rows", "select"]

LabelColumns = Mapping[str, NDArray[np.object_]]
"""Label values per series, one array per label; ``""`` where the series lacks the label."""

Ints = NDArray[np.int64]

_NOT_RE2 = re.compile(r"(?<!\\)(?:\\\\)*(?:\(\?(?:[=!>(#]|<[=!]|P[=>])|\\[1-9]|[*+?}]\+)")
"""What Python's expressions can and RE2 cannot: look-around, back-references, possessive repeats …"""


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Series that were asked for, in groups.

    Attributes
    ----------
    rows : array of int
        Positions of the series, sorted by group.
    starts : array of int
        Where each group begins in ``rows``.
    groups : pandas.DataFrame
        Labels of each group: one row per group, columns as asked.
    """

    rows: Ints
    starts: Ints
    groups: pd.DataFrame

    def add_up(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums per group over the first axis, whose rows are ``rows``; NaN where a group has nothing else."""
        if not len(self.starts):
            return values[:0]
        sums = np.add.reduceat(np.nan_to_num(values), self.starts, axis=0)
        known = np.add.reduceat(~np.isnan(values), self.starts, axis=0, dtype=np.int64)
        return np.where(known > 0, sums, np.nan)


def select(
    labels: LabelColumns,
    by: tuple[str, ...],
    matchers: tuple[Matcher, ...],
    either: tuple[tuple[Matcher, ...], ...] = (),
) -> Selection:
    """The series that satisfy all matchers and one of either set, grouped by the values of ``by``.

    Raises
    ------
    ValueError
        If a matcher's expression is none that RE2 takes.
    """
    rows = matching_rows(labels, matchers)
    if either:
        rows = np.intersect1d(rows, np.concatenate([matching_rows(labels, one) for one in either]))
    number = np.zeros(len(rows), dtype=np.int64)
    for label in by:
        if label in labels:
            codes, values = pd.factorize(labels[label][rows])
            number = pd.factorize(number * max(len(values), 1) + codes)[0].astype(np.int64)
    order = np.argsort(number, kind="stable")
    starts = np.flatnonzero(np.diff(number[order], prepend=-1))
    first = rows[order][starts]
    nothing = np.full(len(first), "", dtype=object)
    columns = {label: labels[label][first] if label in labels else nothing for label in by}
    return Selection(
        rows[order], starts, pd.DataFrame(columns, index=range(len(first)), columns=list(by), dtype="str")
    )


def matching_rows(labels: LabelColumns, matchers: tuple[Matcher, ...]) -> Ints:
    """Positions of the series that satisfy all matchers, ascending.

    Raises
    ------
    ValueError
        If a matcher's expression is none that RE2 takes.
    """
    size = len(next(iter(labels.values()), ()))
    kept = np.ones(size, dtype=bool)
    for matcher in matchers:
        column = labels.get(matcher.label)
        kept &= _holds(matcher, np.full(size, "", dtype=object) if column is None else column)
    return np.flatnonzero(kept)


def _holds(matcher: Matcher, column: NDArray[np.object_]) -> NDArray[np.bool_]:
    if matcher.op in ("=", "!="):
        found: NDArray[np.bool_] = column == matcher.value
    else:
        pattern = compile_pattern(matcher.value)
        codes, values = pd.factorize(column)
        found = np.array([pattern.fullmatch(value) is not None for value in values], dtype=bool)[codes]
    return ~found if matcher.op.startswith("!") else found


def admits(matcher: Matcher, value: str) -> bool:
    """Whether a label with that value satisfies a matcher; raises as ``matching_rows``."""
    return bool(_holds(matcher, np.array([value], dtype=object))[0])


def compile_pattern(expression: str) -> re.Pattern[str]:
    """An expression of RE2's syntax, to be used with ``fullmatch``: matchers are anchored at both ends.

    Raises
    ------
    ValueError
        If it is malformed, or uses what RE2 does not have.
    """
    if _NOT_RE2.search(expression):
        raise ValueError(f"invalid or unsupported Perl syntax in {expression!r}")
    try:
        return re.compile(expression)
    except re.error as error:
        raise ValueError(f"{error} in {expression!r}") from error
