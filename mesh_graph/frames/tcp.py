"""The four TCP families as one frame."""

from __future__ import annotations

import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.join import join
from mesh_graph.frames.parse import parse_values
from mesh_graph.frames.schema import Schema
from mesh_graph.sources.base import Reply

__all__ = ["TCP", "parse_tcp"]

TCP = Schema.of(fields.TCP_LABELS, fields.TCP_RATES)


def parse_tcp(sent: Reply, received: Reply, opened: Reply, closed: Reply) -> pd.DataFrame:
    """TCP traffic per series: bytes per second both ways, connections per second.

    Parameters
    ----------
    sent : Reply
        To ``Family.TCP_RECEIVED`` by ``TCP_LABELS``: Istio names the bytes from the server's side, so
        what the client *sent* are the server's received bytes (istio#32399).
    received : Reply
        To ``Family.TCP_SENT``, for the same reason.
    opened, closed : Reply
        To ``Family.TCP_OPENED`` and ``Family.TCP_CLOSED``.

    Returns
    -------
    pandas.DataFrame
        ``TCP_LABELS`` : str, as the proxies wrote them, each combination once, sorted.
        ``sent_bytes_rate`` : float64, bytes per second, source to destination.
        ``received_bytes_rate`` : float64, bytes per second, destination to source.
        ``opened_rate``, ``closed_rate`` : float64, connections per second.
        0 where a family has no row of that combination. Without series, the same columns and no rows.

    Raises
    ------
    SourceReplyInvalid
        A reply has not these columns.
    """
    replies = zip(fields.TCP_RATES, (sent, received, opened, closed), strict=True)
    return join([parse_values(reply, Schema.of(fields.TCP_LABELS, (rate,))) for rate, reply in replies], TCP)
