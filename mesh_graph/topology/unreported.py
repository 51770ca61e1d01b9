"""Services whose servers did not report all of what they were sent: where the client's numbers are needed.

Vectorised over merged traffic; knows nothing of queries.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.codes import Bools, encode, group, texts
from mesh_graph.model import Reporter

__all__ = ["unreported_hosts"]


def unreported_hosts(flows: pd.DataFrame, *, to_services: bool) -> tuple[str, ...]:
    """Hosts of edges of which no server's proxy reports anything, sorted.

    Parameters
    ----------
    flows : pandas.DataFrame
        ``Traffic.flows``.
    to_services : bool
        Whether what reached no workload lies on the edge from its source to the service, together with what
        did.
    """
    if flows.empty:
        return ()
    by_server = texts(flows[fields.REPORTED_BY]) == Reporter.DESTINATION
    lacking = ~_with_any(flows, by_server, (*fields.BASE_LABELS, fields.PROTOCOL))
    if to_services:
        is_lost = texts(flows[fields.DESTINATION_WORKLOAD]) == fields.UNKNOWN
        same_edge = (*fields.SOURCE_LABELS, *fields.SERVICE_LABELS, fields.PROTOCOL)
        lacking &= ~(is_lost & _with_any(flows, by_server, same_edge))
    return tuple(sorted(set(flows[fields.DESTINATION_SERVICE].to_numpy()[lacking].tolist())))


def _with_any(flows: pd.DataFrame, marked: Bools, labels: Sequence[str]) -> Bools:
    """Per row, whether a row of the same labels is marked."""
    _, codes = encode([texts(flows[label]) for label in labels])
    groups, count = group(*codes)
    has = np.zeros(count, dtype=np.bool_)
    has[groups[marked]] = True
    found: Bools = has[groups]
    return found
