"""Both ends' reports side by side, and how much of the traffic went over mutual TLS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.codes import Bools, Floats, Ints, first_rows, group, totals
from mesh_graph.model import Protocol
from mesh_graph.topology.merge_flows import word_column
from mesh_graph.topology.merge_reports import nearest_reporter
from mesh_graph.topology.merge_rows import DESTINATION, SOURCE, Identities
from mesh_graph.topology.traffic import HALF_REPORTED

__all__ = ["MTLS", "PLAIN", "PROTOCOLS", "Counts", "reports_frame"]

PROTOCOLS = (Protocol.GRPC, Protocol.HTTP, Protocol.TCP)
"""Protocols in order; a row's protocol is its place here."""

MTLS = "mutual_tls"
PLAIN = "none"
"""Values of ``connection_security_policy`` of a proxy that knows; a client's proxy writes ``unknown``."""


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """What the proxies of one family's edges counted, one row each, before the merge.

    Attributes
    ----------
    identity, edge, reporter : array of int64
    protocol : array of int64
        Place in ``PROTOCOLS``.
    rate : array of float64
        Requests, or bytes both ways, per second.
    is_mtls, is_plain : array of bool
        What the proxy knew of the connection's security.
    is_half : array of bool
        Whether the destination reports only part.
    """

    identity: Ints
    edge: Ints
    reporter: Ints
    protocol: Ints
    rate: Floats
    is_mtls: Bools
    is_plain: Bools
    is_half: Bools

    def on_edges(self, edges: Ints) -> Counts:
        """The rows of the given edges."""
        kept = np.isin(self.edge, edges)
        return Counts(*(getattr(self, name)[kept] for name in Counts.__slots__))


def reports_frame(parts: Sequence[Counts], who: Identities) -> pd.DataFrame:
    """The ``reports`` frame of ``Traffic``: one row per identity and protocol, sorted.

    Mutual TLS is taken from the reporter nearest to the server, for only that end knows.
    """
    identity, protocol, reporter, rate, is_half = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("identity", "protocol", "reporter", "rate", "is_half")
    )
    groups, count = group(identity, protocol)
    first = first_rows(groups, count)
    knows = np.concatenate([_is_nearest(part) & (part.is_mtls | part.is_plain) for part in parts])
    is_mtls = np.concatenate([part.is_mtls for part in parts])
    half = totals(groups, is_half.astype(np.float64), count) > 0
    columns = {
        **who.columns(identity[first]),
        fields.PROTOCOL: word_column(PROTOCOLS, protocol[first]),
        fields.SOURCE_RATE: _rate_of(reporter == SOURCE, groups, rate, count),
        fields.DESTINATION_RATE: _rate_of(reporter == DESTINATION, groups, rate, count),
        fields.MTLS_RATE: totals(groups, np.where(knows & is_mtls, rate, 0.0), count),
        fields.MTLS_KNOWN_RATE: totals(groups, np.where(knows, rate, 0.0), count),
        fields.NOTE: word_column(("", HALF_REPORTED), half.astype(np.int64)),
    }
    return pd.DataFrame(columns, copy=False)


def _is_nearest(part: Counts) -> Bools:
    edges = int(part.edge.max(initial=-1)) + 1
    nearest: Bools = part.reporter == nearest_reporter(part.edge, part.reporter, edges)[part.edge]
    return nearest


def _rate_of(rows: Bools, groups: Ints, rate: Floats, count: int) -> Floats:
    """Rate per group of the given rows, NaN for a group without one: no report is not a report of zero."""
    has_row = totals(groups, rows.astype(np.float64), count) > 0
    return np.where(has_row, totals(groups, np.where(rows, rate, 0.0), count), np.nan)
