"""Counted requests by version, caller and outcome: as the splitting proxy drew them, and each request once.

    counts by COUNTED_LABELS and interval ──► drawn   who was chosen: the source's rows, or the waypoint's
                                          ├─► unrouted what no proxy drew: callers without one
                                          └─► merged  what became of it: the canonical merge

The merge's rules compare what two proxies counted. They are scraped at different moments, so what they say of
one interval never agrees; of all intervals up to a moment it does. So every *running* total is merged, and
the counts of an interval are what the merged totals grew by.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from mesh_graph import fields
from mesh_graph.canary.counts import COUNT, INTERVAL
from mesh_graph.canary.naming import SPLIT, Naming, is_among
from mesh_graph.canary.sample import CALLER, VERSION
from mesh_graph.frames.codes import Ints, decode, encode, first_rows, group, texts, totals
from mesh_graph.frames.messages import MESSAGES
from mesh_graph.frames.requests import REQUESTS
from mesh_graph.frames.tcp import TCP
from mesh_graph.model import Protocol, Reporter
from mesh_graph.topology.merge import merge
from mesh_graph.topology.outcome import outcome, response_code, split_flags

__all__ = ["COUNTED_LABELS", "OUTCOMES", "drawn", "merged", "unrouted"]

COUNTED_LABELS = tuple(label for label in fields.REQUEST_LABELS if label != fields.CONNECTION_SECURITY_POLICY)
"""Labels by which requests are counted."""
OUTCOMES = (SPLIT, VERSION, CALLER, fields.PROTOCOL, fields.OUTCOME, INTERVAL)
"""What the counts given here are by."""

_MARK = "\x1f"
"""Between a namespace and the number of an interval; no namespace holds it."""
_ENDINGS = (
    fields.REQUEST_PROTOCOL,
    fields.RESPONSE_CODE,
    fields.GRPC_RESPONSE_STATUS,
    fields.RESPONSE_FLAGS,
)


def drawn(counts: pd.DataFrame, naming: Naming) -> pd.DataFrame:
    """Requests as the proxy counted them that chose their version.

    Parameters
    ----------
    counts : pandas.DataFrame
        ``COUNTED_LABELS`` : str, ``interval`` : int64, ``count``.
    naming : Naming

    Returns
    -------
    pandas.DataFrame
        ``OUTCOMES`` and ``count`` : float64, sorted. The waypoint's rows where one serves the split, else the
        source's. Without rows, the same columns.
    """
    rows = naming.name(counts)
    by_waypoint = (rows[fields.REPORTER] == Reporter.WAYPOINT).to_numpy()
    by_source = (rows[fields.REPORTER] == Reporter.SOURCE).to_numpy()
    has_waypoint = rows[SPLIT].isin(set(rows[SPLIT][by_waypoint])).to_numpy()
    return _summed(_with_outcomes(rows[by_waypoint | (by_source & ~has_waypoint)]))


def unrouted(counts: pd.DataFrame, naming: Naming) -> pd.DataFrame:
    """Requests that no route drew, for their callers have no proxy: only the destination counted them.

    As ``drawn``. What a waypoint drew, and what a source with a proxy sent, is left out.
    """
    rows = naming.name(counts)
    by_destination = (rows[fields.REPORTER] == Reporter.DESTINATION).to_numpy(dtype=np.bool_)
    is_told = is_among(rows, ~by_destination, (SPLIT, CALLER))
    is_served = is_among(
        rows, (rows[fields.REPORTER] == Reporter.WAYPOINT).to_numpy(dtype=np.bool_), (SPLIT,)
    )
    return _summed(_with_outcomes(rows[by_destination & ~is_told & ~is_served]))


def merged(counts: pd.DataFrame, naming: Naming, intervals: int) -> pd.DataFrame:
    """Requests by the canonical merge, each once; as ``drawn``.

    Parameters
    ----------
    counts : pandas.DataFrame
        As for ``drawn``.
    naming : Naming
    intervals : int
        Number of intervals of the grid.
    """
    running = _running(counts, intervals)
    flows = merge(running, TCP.empty(), MESSAGES.empty(), float(max(intervals, 1))).flows
    return _increments(_summed(naming.name(_by_interval(flows))), intervals)


def _running(counts: pd.DataFrame, intervals: int) -> pd.DataFrame:
    """Running totals as a requests frame; the interval's number stands in the destination's namespaces."""
    if counts.empty:
        return REQUESTS.empty()
    vocabulary, codes = encode([texts(counts[label]) for label in COUNTED_LABELS])
    rows, number = group(*codes)
    kept = first_rows(rows, number)
    grown = np.zeros((number, intervals))
    events = np.nan_to_num(counts[COUNT].to_numpy(dtype=np.float64))
    np.add.at(grown, (rows, counts[INTERVAL].to_numpy()), events)
    running = np.cumsum(grown, axis=1)
    which, interval = np.nonzero(running)
    columns = decode(vocabulary, [column[kept][which] for column in codes])
    frame = dict(zip(COUNTED_LABELS, columns, strict=True))
    for label in (fields.DESTINATION_WORKLOAD_NAMESPACE, fields.DESTINATION_SERVICE_NAMESPACE):
        frame[label] = _marked(vocabulary, codes[COUNTED_LABELS.index(label)][kept][which], interval)
    unknown = pd.array([fields.UNKNOWN], dtype="str").repeat(len(which))
    frame[fields.CONNECTION_SECURITY_POLICY] = unknown
    return pd.DataFrame({**frame, fields.REQUEST_RATE: running[which, interval]})[list(REQUESTS.names)]


def _marked(vocabulary: list[str], words: Ints, interval: Ints) -> ExtensionArray:
    pairs, number = group(words, interval)
    kept = first_rows(pairs, number)
    marked = [f"{vocabulary[words[row]]}{_MARK}{interval[row]}" for row in kept.tolist()]
    return _texts(marked).take(pairs)


def _by_interval(flows: pd.DataFrame) -> pd.DataFrame:
    """Merged running totals, their interval read back from the namespaces."""
    plain: dict[str, ExtensionArray] = {}
    interval = np.empty(0, dtype=np.int64)
    for label in (fields.DESTINATION_WORKLOAD_NAMESPACE, fields.DESTINATION_SERVICE_NAMESPACE):
        codes, words = pd.factorize(texts(flows[label]))
        parted = [str(word).rpartition(_MARK) for word in words]
        plain[label] = _texts([name for name, _, _ in parted]).take(codes)
        interval = np.array([int(number) for _, _, number in parted], dtype=np.int64)[codes]
    return flows.assign(**plain, **{COUNT: flows[fields.RATE]}, **{INTERVAL: interval})


def _increments(running: pd.DataFrame, intervals: int) -> pd.DataFrame:
    """What merged running totals grew by, in whole requests.

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


def _with_outcomes(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows as one proxy counted them, with ``protocol`` and ``outcome``."""
    vocabulary, codes = encode([texts(rows[label]) for label in _ENDINGS])
    groups, number = group(*codes)
    kept = first_rows(groups, number)
    endings = [_ending(*(vocabulary[column[row]] for column in codes)) for row in kept.tolist()]
    return rows.assign(
        **{
            fields.PROTOCOL: _texts([protocol for protocol, _ in endings]).take(groups),
            fields.OUTCOME: _texts([how for _, how in endings]).take(groups),
        }
    )


def _ending(protocol: str, code: str, status: str, flags: str) -> tuple[str, str]:
    wire = Protocol.GRPC if protocol == Protocol.GRPC else Protocol.HTTP
    return str(wire), str(outcome(wire, response_code(wire, code, status), split_flags(flags)))


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    vocabulary, codes = encode([texts(rows[label]) for label in OUTCOMES if label != INTERVAL])
    groups, number = group(*codes, rows[INTERVAL].to_numpy(dtype=np.int64))
    kept = first_rows(groups, number)
    labels = [label for label in OUTCOMES if label != INTERVAL]
    columns = dict(zip(labels, decode(vocabulary, [c[kept] for c in codes]), strict=True))
    count = totals(groups, rows[COUNT].to_numpy(dtype=np.float64), number)
    interval = rows[INTERVAL].to_numpy(dtype=np.int64)[kept]
    return pd.DataFrame({**columns, INTERVAL: interval, COUNT: count}, copy=False)


def _texts(words: list[str]) -> ExtensionArray:
    return pd.array(np.array(words, dtype=object), dtype="str")
