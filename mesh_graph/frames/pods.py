"""Replies about pods and their containers: few rows of many small families."""

from __future__ import annotations

import numpy as np

from mesh_graph import fields
from mesh_graph.frames.codes import Bools, Floats
from mesh_graph.frames.parse import parse_values
from mesh_graph.frames.schema import Schema
from mesh_graph.sources.base import Reply

__all__ = ["PodValues", "parse_pods"]

PodValues = dict[tuple[str, ...], float]
"""Values by the labels that were asked for."""


def parse_pods(reply: Reply, by: tuple[str, ...]) -> PodValues:
    """Values of one family by their labels, in its own unit; finite ones alone.

    Parameters
    ----------
    reply : Reply
        To a query of a ``PodFamily``.
    by : tuple of str
        The labels that it was grouped by.

    Raises
    ------
    SourceReplyInvalid
        The reply has not these columns.
    """
    frame = parse_values(reply, Schema.of(by, (fields.VALUE,)), accept=_is_finite)
    return dict(
        zip(frame[list(by)].itertuples(index=False, name=None), frame[fields.VALUE].tolist(), strict=True)
    )


def _is_finite(values: Floats) -> Bools:
    return np.isfinite(values)
