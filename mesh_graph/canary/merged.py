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

from mesh_graph import fields
from mesh_graph.canary.counts import COUNT, encode_rows
from mesh_graph.canary.naming import SPLIT, Naming, is_among
from mesh_graph.canary.running import by_interval, increments, running_totals, scrapes_of, summed, text_column
from mesh_graph.canary.sample import CALLER
from mesh_graph.frames.codes import Bools, first_rows, group
from mesh_graph.frames.messages import MESSAGES
from mesh_graph.frames.requests import REQUESTS
from mesh_graph.frames.tcp import TCP
from mesh_graph.model import Protocol, Reporter
from mesh_graph.topology.merge import merge
from mesh_graph.topology.outcome import outcome, response_code, split_flags

__all__ = ["COUNTED_LABELS", "drawn", "is_drawn", "is_unrouted", "merged", "unrouted"]

COUNTED_LABELS = tuple(label for label in fields.REQUEST_LABELS if label != fields.CONNECTION_SECURITY_POLICY)
"""Labels by which requests are counted."""

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
    return summed(_with_outcomes(rows[is_drawn(rows)]))


def is_drawn(rows: pd.DataFrame) -> Bools:
    """Which named rows are of the proxy that chose the version."""
    by_waypoint = (rows[fields.REPORTER] == Reporter.WAYPOINT).to_numpy(dtype=np.bool_)
    by_source = (rows[fields.REPORTER] == Reporter.SOURCE).to_numpy(dtype=np.bool_)
    return by_waypoint | (by_source & ~is_among(rows, by_waypoint, (SPLIT,)))


def unrouted(counts: pd.DataFrame, naming: Naming) -> pd.DataFrame:
    """Requests that no route drew, for their callers have no proxy: only the destination counted them.

    As ``drawn``. What a waypoint drew, and what a source with a proxy sent, is left out.
    """
    rows = naming.name(counts)
    return summed(_with_outcomes(rows[is_unrouted(rows)]))


def is_unrouted(rows: pd.DataFrame) -> Bools:
    """Which named rows no proxy drew."""
    by_destination = (rows[fields.REPORTER] == Reporter.DESTINATION).to_numpy(dtype=np.bool_)
    is_told = is_among(rows, ~by_destination, (SPLIT, CALLER))
    by_waypoint = (rows[fields.REPORTER] == Reporter.WAYPOINT).to_numpy(dtype=np.bool_)
    return by_destination & ~is_told & ~is_among(rows, by_waypoint, (SPLIT,))


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
    running = running_totals(counts, COUNTED_LABELS, intervals)
    unknown = pd.array([fields.UNKNOWN], dtype="str").repeat(len(running))
    requests = running.rename(columns={COUNT: fields.REQUEST_RATE}).assign(
        **{fields.CONNECTION_SECURITY_POLICY: unknown}
    )
    frame = requests[list(REQUESTS.names)]
    flows = merge(frame, TCP.empty(), MESSAGES.empty(), scrapes_of(intervals)).flows
    whole = by_interval(flows.rename(columns={fields.RATE: COUNT}))
    return increments(summed(naming.name(whole)), intervals)


def _with_outcomes(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows as one proxy counted them, with ``protocol`` and ``outcome``."""
    vocabulary, codes = encode_rows(rows, _ENDINGS)
    groups, number = group(*codes)
    kept = first_rows(groups, number)
    endings = [_ending(*(vocabulary[column[row]] for column in codes)) for row in kept.tolist()]
    return rows.assign(
        **{
            fields.PROTOCOL: text_column([protocol for protocol, _ in endings]).take(groups),
            fields.OUTCOME: text_column([how for _, how in endings]).take(groups),
        }
    )


def _ending(protocol: str, code: str, status: str, flags: str) -> tuple[str, str]:
    wire = Protocol.GRPC if protocol == Protocol.GRPC else Protocol.HTTP
    return str(wire), str(outcome(wire, response_code(wire, code, status), split_flags(flags)))
