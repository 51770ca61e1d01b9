"""Counts per interval to running totals and back: what one merge of all intervals works on.

    counts of an interval ──► totals up to it ──► merge ──► merged totals ──► what they grew by

The number of the interval travels in the destination's namespaces, so that no rule compares two intervals.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from mesh_graph import fields
from mesh_graph.canary.counts import COUNT, INTERVAL, encode_rows
from mesh_graph.canary.naming import SPLIT
from mesh_graph.canary.sample import CALLER, VERSION
from mesh_graph.frames.codes import Ints, decode, encode, first_rows, group, texts, totals

__all__ = ["OUTCOMES", "by_interval", "increments", "running_totals", "scrapes_of", "summed", "text_column"]

OUTCOMES = (SPLIT, VERSION, CALLER, fields.PROTOCOL, fields.OUTCOME, INTERVAL)
"""What counts by outcome are by."""

_MARK = "\x1f"
"""Between a namespace and the number of an interval; no namespace holds it."""
_MARKED = (fields.DESTINATION_WORKLOAD_NAMESPACE, fields.DESTINATION_SERVICE_NAMESPACE)


def running_totals(counts: pd.DataFrame, labels: Sequence[str], intervals: int) -> pd.DataFrame:
    """Totals up to the end of every interval, by labels, without those that are 0.

    Parameters
    ----------
    counts : pandas.DataFrame
        ``labels`` : str, ``interval`` : int64, ``count``.
    labels : sequence of str
        The destination's namespaces among them.
    intervals : int

    Returns
    -------
    pandas.DataFrame
        ``labels`` : str, the interval's number in the destination's namespaces; ``count`` : float64.
    """
    vocabulary, codes = encode_rows(counts, labels)
    rows, number = group(*codes)
    kept = first_rows(rows, number)
    grown = np.zeros((number, intervals))
    events = np.nan_to_num(counts[COUNT].to_numpy(dtype=np.float64))
    np.add.at(grown, (rows, counts[INTERVAL].to_numpy()), events)
    running = np.cumsum(grown, axis=1)
    which, interval = np.nonzero(running)
    columns = decode(vocabulary, [column[kept][which] for column in codes])
    frame = dict(zip(labels, columns, strict=True))
    for label in _MARKED:
        frame[label] = _marked(vocabulary, codes[labels.index(label)][kept][which], interval)
    return pd.DataFrame({**frame, COUNT: running[which, interval]}, copy=False)


def scrapes_of(intervals: int) -> float:
    """Scrapes by which the merge judges two reports, of a number of intervals: the power of two below it.

    So a split that is counted together with others of about as many intervals is merged as by itself.
    """
    return float(1 << max(intervals.bit_length() - 1, 0))


def _marked(vocabulary: list[str], words: Ints, interval: Ints) -> ExtensionArray:
    pairs, number = group(words, interval)
    kept = first_rows(pairs, number)
    marked = [f"{vocabulary[words[row]]}{_MARK}{interval[row]}" for row in kept.tolist()]
    return text_column(marked).take(pairs)


def by_interval(merged: pd.DataFrame) -> pd.DataFrame:
    """Merged running totals, their interval read back from the namespaces."""
    plain: dict[str, ExtensionArray] = {}
    interval = np.empty(0, dtype=np.int64)
    for label in _MARKED:
        codes, words = pd.factorize(texts(merged[label]))
        parted = [str(word).rpartition(_MARK) for word in words]
        plain[label] = text_column([name for name, _, _ in parted]).take(codes)
        interval = np.array([int(number) for _, _, number in parted], dtype=np.int64)[codes]
    return merged.assign(**plain, **{INTERVAL: interval})


def increments(running: pd.DataFrame, intervals: int) -> pd.DataFrame:
    """What merged running totals by ``OUTCOMES`` grew by, in whole requests.

    A total may fall: a request counts as hung up until the other proxy's reason for it is scraped. What did
    not last was not there.
    """
    labels = [label for label in OUTCOMES if label != INTERVAL]
    if running.empty:
        return running
    vocabulary, codes = encode([texts(running[label]) for label in labels])
    rows, number = group(*codes)
    kept = first_rows(rows, number)
    grown = np.zeros((number, intervals))
    grown[rows, running[INTERVAL].to_numpy()] = np.rint(running[COUNT].to_numpy())
    lasting = np.minimum.accumulate(grown[:, ::-1], axis=1)[:, ::-1]
    grown = np.diff(lasting, axis=1, prepend=0.0)
    which, interval = np.nonzero(grown)
    columns = dict(zip(labels, decode(vocabulary, [c[kept][which] for c in codes]), strict=True))
    return pd.DataFrame({**columns, INTERVAL: interval, COUNT: grown[which, interval]}, copy=False)


def summed(rows: pd.DataFrame) -> pd.DataFrame:
    """Counts by ``OUTCOMES``, sorted; ``count`` : float64."""
    labels = [label for label in OUTCOMES if label != INTERVAL]
    vocabulary, codes = encode_rows(rows, labels)
    groups, number = group(*codes, rows[INTERVAL].to_numpy(dtype=np.int64))
    kept = first_rows(groups, number)
    columns = dict(zip(labels, decode(vocabulary, [c[kept] for c in codes]), strict=True))
    count = totals(groups, rows[COUNT].to_numpy(dtype=np.float64), number)
    interval = rows[INTERVAL].to_numpy(dtype=np.int64)[kept]
    return pd.DataFrame({**columns, INTERVAL: interval, COUNT: count}, copy=False)


def text_column(words: list[str]) -> ExtensionArray:
    """Words as a column of text."""
    return pd.array(np.array(words, dtype=object), dtype="str")
