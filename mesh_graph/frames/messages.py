"""The gRPC message families as one frame."""

from __future__ import annotations

import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.join import join
from mesh_graph.frames.parse import parse_values
from mesh_graph.frames.schema import Schema
from mesh_graph.sources.base import Reply

__all__ = ["MESSAGES", "parse_messages"]

MESSAGES = Schema.of(fields.MESSAGE_LABELS, fields.MESSAGE_RATES)


def parse_messages(sent: Reply, received: Reply) -> pd.DataFrame:
    """Rate of gRPC messages per series, both ways, per second.

    Parameters
    ----------
    sent : Reply
        To ``Family.GRPC_REQUEST_MESSAGES`` by ``MESSAGE_LABELS``.
    received : Reply
        To ``Family.GRPC_RESPONSE_MESSAGES``.

    Returns
    -------
    pandas.DataFrame
        ``MESSAGE_LABELS`` : str, as the proxies wrote them, each combination once, sorted.
        ``sent_message_rate``, ``received_message_rate`` : float64, messages per second, source to
        destination and back; 0 where a family has no row of that combination. Without series, the same
        columns and no rows.

    Raises
    ------
    SourceReplyInvalid
        A reply has not these columns.
    """
    replies = zip(fields.MESSAGE_RATES, (sent, received), strict=True)
    parts = [parse_values(reply, Schema.of(fields.MESSAGE_LABELS, (rate,))) for rate, reply in replies]
    return join(parts, MESSAGES)
