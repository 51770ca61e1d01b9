"""The requests family as a frame."""

from __future__ import annotations

import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.parse import parse_values
from mesh_graph.frames.schema import Schema
from mesh_graph.sources.base import Reply

__all__ = ["REQUESTS", "parse_requests"]

REQUESTS = Schema.of(fields.REQUEST_LABELS, (fields.REQUEST_RATE,))


def parse_requests(reply: Reply) -> pd.DataFrame:
    """Request rate per series, requests per second.

    Parameters
    ----------
    reply : Reply
        To ``Family.REQUESTS``, ``Function.RATE`` by ``REQUEST_LABELS``.

    Returns
    -------
    pandas.DataFrame
        ``REQUEST_LABELS`` : str, as the proxies wrote them, ``""`` where a series lacks the label.
        ``request_rate`` : float64, requests per second, finite, not negative.
        In the reply's order; without series, the same columns and no rows.

    Raises
    ------
    SourceReplyInvalid
        The reply has not these columns.
    """
    return parse_values(reply, REQUESTS)
