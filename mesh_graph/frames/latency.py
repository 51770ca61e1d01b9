"""Response times and sizes as frames: what Istio's histograms give."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.codes import Bools, Floats
from mesh_graph.frames.parse import parse_values
from mesh_graph.frames.schema import Schema
from mesh_graph.sources.base import Reply

__all__ = ["BYTES", "LATENCY", "parse_bytes", "parse_latency"]

LATENCY = Schema.of(fields.LATENCY_LABELS, (fields.LATENCY_MS,))
BYTES = Schema.of(fields.LATENCY_LABELS, (fields.BYTES_RATE,))


def parse_latency(reply: Reply) -> pd.DataFrame:
    """Response time per series, milliseconds: a quantile or the mean, whichever was asked.

    Parameters
    ----------
    reply : Reply
        To ``Family.REQUEST_DURATION``, ``QUANTILE`` or ``MEAN``, by ``LATENCY_LABELS``.

    Returns
    -------
    pandas.DataFrame
        ``LATENCY_LABELS`` : str, as the proxies wrote them.
        ``latency_ms`` : float64, milliseconds; +inf is "above the top bucket edge". A series without requests
        (NaN) has no row. Without series, the same columns and no rows.

    Raises
    ------
    SourceReplyInvalid
        The reply has not these columns.
    """
    return parse_values(reply, LATENCY, accept=_is_duration)


def _is_duration(values: Floats) -> Bools:
    return ~np.isnan(values) & (values >= 0)


def parse_bytes(reply: Reply) -> pd.DataFrame:
    """Throughput per series, bytes per second, of requests or of responses, whichever was asked.

    Parameters
    ----------
    reply : Reply
        To ``Family.REQUEST_BYTES`` or ``RESPONSE_BYTES``, ``SUM_RATE`` by ``LATENCY_LABELS``.

    Returns
    -------
    pandas.DataFrame
        ``LATENCY_LABELS`` : str, as the proxies wrote them.
        ``bytes_rate`` : float64, bytes per second, finite, not negative.
        Without series, the same columns and no rows.

    Raises
    ------
    SourceReplyInvalid
        The reply has not these columns.
    """
    return parse_values(reply, BYTES)
