"""Counted TCP connections by version, caller and outcome: as ``merged``, for splits without requests.

opened ──► opened_by    who was chosen: a version is drawn when a connection opens
       └─► unrouted_by  callers without a proxy
closed ──► closed_by    what became of it: how a connection ended is known when it closes
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.canary.counts import COUNT
from mesh_graph.canary.merged import is_drawn, is_unrouted
from mesh_graph.canary.naming import SPLIT, Naming, is_among
from mesh_graph.canary.running import by_interval, increments, running_totals, scrapes_of, summed
from mesh_graph.canary.sample import CLIENT_ERRORS, HUNG_UP, OVER_OBJECTIVE, TIMED
from mesh_graph.frames.messages import MESSAGES
from mesh_graph.frames.requests import REQUESTS
from mesh_graph.frames.tcp import TCP
from mesh_graph.model import Protocol
from mesh_graph.topology.merge import merge
from mesh_graph.topology.outcome import Outcome

__all__ = ["CONNECTION_LABELS", "INAPPLICABLE", "closed_by", "opened_by", "unrouted_by"]

CONNECTION_LABELS = tuple(label for label in fields.TCP_LABELS if label != fields.CONNECTION_SECURITY_POLICY)
"""Labels by which connections are counted."""
INAPPLICABLE = frozenset({CLIENT_ERRORS, HUNG_UP, TIMED, OVER_OBJECTIVE})
"""Counts that connections do not have."""


def opened_by(opened: pd.DataFrame, naming: Naming) -> pd.DataFrame:
    """Connections as the proxy counted them that chose their version, when they were opened.

    Parameters
    ----------
    opened : pandas.DataFrame
        ``CONNECTION_LABELS`` : str, ``interval`` : int64, ``count``.
    naming : Naming

    Returns
    -------
    pandas.DataFrame
        ``OUTCOMES`` and ``count`` : float64, sorted; every outcome is "ok", for nothing is known yet. The
        waypoint's rows where one serves the split, else the source's; ztunnel's where no other proxy counts.
        Without rows, the same columns.
    """
    rows = _above_ztunnel(naming.name(opened))
    return summed(_begun(rows[is_drawn(rows)]))


def unrouted_by(opened: pd.DataFrame, naming: Naming) -> pd.DataFrame:
    """Connections of callers without a proxy, which no route drew; as ``opened_by``."""
    rows = _above_ztunnel(naming.name(opened))
    return summed(_begun(rows[is_unrouted(rows)]))


def closed_by(closed: pd.DataFrame, naming: Naming, intervals: int) -> pd.DataFrame:
    """Connections that ended, by the canonical merge, each once; failed where ``TCP_FAILED`` says so.

    Parameters
    ----------
    closed : pandas.DataFrame
        As for ``opened_by``.
    naming : Naming
    intervals : int
        Number of intervals of the grid.
    """
    running = running_totals(closed, CONNECTION_LABELS, intervals)
    ended = running[COUNT].to_numpy(dtype=np.float64)
    # The merge compares two reports by their bytes: here connections stand in for them.
    rates = dict.fromkeys(fields.TCP_RATES, 0.0 * ended)
    rates |= {fields.SENT_BYTES_RATE: ended, fields.CLOSED_RATE: ended}
    policy = _constant(fields.UNKNOWN, len(running))
    frame = running.assign(**{fields.CONNECTION_SECURITY_POLICY: policy}, **rates)[list(TCP.names)]
    found = merge(REQUESTS.empty(), frame, MESSAGES.empty(), scrapes_of(intervals)).tcp
    whole = by_interval(found.rename(columns={fields.CLOSED_RATE: COUNT}))
    return increments(summed(naming.name(_of_tcp(whole))), intervals)


def _above_ztunnel(rows: pd.DataFrame) -> pd.DataFrame:
    """Rule 7 of the merge: ztunnel's rows are a layer of their own, never added to another proxy's."""
    is_ztunnel = (rows[fields.APP] == fields.ZTUNNEL).to_numpy(dtype=bool)
    return rows[~(is_ztunnel & is_among(rows, ~is_ztunnel, (SPLIT,)))]


def _begun(rows: pd.DataFrame) -> pd.DataFrame:
    return _of_tcp(rows).assign(**{fields.OUTCOME: _constant(Outcome.OK, len(rows))})


def _of_tcp(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(**{fields.PROTOCOL: _constant(Protocol.TCP, len(rows))})


def _constant(word: str, count: int) -> pd.api.extensions.ExtensionArray:
    return pd.array([str(word)], dtype="str").repeat(count)
