"""What a merge rule makes of the raw frames: every request once, at its finest identity.

    requests, tcp, messages frames ──merge──► Traffic ──build──► graph

Rows of one edge are summed by graph type later, so nothing here knows nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.schema import Schema
from mesh_graph.topology.attributes import Gap

__all__ = [
    "BYTES",
    "FLOWS",
    "HALF_REPORTED",
    "LATENCIES",
    "MESSAGES",
    "REPORTS",
    "TCP",
    "Traffic",
]

HALF_REPORTED = "half-reported"
"""Note of an edge whose destination reports only part of what its source saw arrive."""

FLOWS = Schema(
    (
        *((label, "str") for label in fields.BASE_LABELS),
        (fields.PROTOCOL, "str"),
        (fields.CODE, "str"),
        (fields.FLAGS, "str"),
        (fields.OUTCOME, "str"),
        (fields.ARRIVED, "bool"),
        (fields.RATE, "float64"),
        (fields.REPORTED_BY, "str"),
    )
)
TCP = Schema(
    (
        *((label, "str") for label in fields.BASE_LABELS),
        (fields.FLAGS, "str"),
        (fields.OUTCOME, "str"),
        *((rate, "float64") for rate in fields.TCP_RATES),
        (fields.REPORTED_BY, "str"),
    )
)
MESSAGES = Schema.of(fields.BASE_LABELS, fields.MESSAGE_RATES)
REPORTS = Schema(
    (
        *((label, "str") for label in fields.BASE_LABELS),
        (fields.PROTOCOL, "str"),
        (fields.SOURCE_RATE, "float64"),
        (fields.DESTINATION_RATE, "float64"),
        (fields.MTLS_RATE, "float64"),
        (fields.MTLS_KNOWN_RATE, "float64"),
        (fields.NOTE, "str"),
    )
)
LATENCIES = Schema.of((*fields.BASE_LABELS, fields.PROTOCOL, fields.REPORTED_BY), (fields.LATENCY_MS,))
BYTES = Schema.of((*fields.BASE_LABELS, fields.PROTOCOL, fields.REPORTED_BY), (fields.BYTES_RATE,))


@dataclass(frozen=True, slots=True, eq=False)
class Traffic:
    """Traffic of a view after one merge rule.

    Every frame begins with ``BASE_LABELS`` (str), in which what is not known is ``"unknown"``; rates are per
    second, finite and not negative; rows are sorted by their labels. A frame without rows keeps its columns.

    Attributes
    ----------
    flows : pandas.DataFrame
        Requests (http and grpc), one row per identity, protocol, code, flags, arrived and reporter.
        ``protocol`` : str, "http" or "grpc".
        ``code`` : str, HTTP code or gRPC status; "-" for no response.
        ``flags`` : str, sorted comma list, "" for none.
        ``outcome`` : str, see ``topology.outcome``.
        ``arrived`` : bool, False if it never reached a destination workload.
        ``rate`` : float64, requests per second.
        ``reported_by`` : str, the reporter whose number it is.
    tcp : pandas.DataFrame
        TCP, one row per identity, flags and reporter.
        ``flags`` : str, sorted comma list, "" for none.
        ``outcome`` : str, of the closed connections: "ok" or "error".
        ``sent_bytes_rate``, ``received_bytes_rate`` : float64, bytes per second; sent is to the destination.
        ``opened_rate``, ``closed_rate`` : float64, connections per second.
        ``reported_by`` : str, as above.
    messages : pandas.DataFrame
        gRPC messages, one row per identity: ``sent_message_rate``, ``received_message_rate``, per second.
    reports : pandas.DataFrame
        What each end's proxy counted, one row per identity and protocol ("tcp" too).
        ``source_rate``, ``destination_rate`` : float64, requests per second (tcp: bytes both ways);
        NaN where that reporter has no row.
        ``mtls_rate``, ``mtls_known_rate`` : float64, the part over mutual TLS, and the part whose proxy knew.
        ``note`` : str, "" or ``HALF_REPORTED``.
    gaps : tuple of Gap
        Traffic that had to be left out, with the reason.
    """

    flows: pd.DataFrame
    tcp: pd.DataFrame
    messages: pd.DataFrame
    reports: pd.DataFrame
    gaps: tuple[Gap, ...] = ()

    @classmethod
    def empty(cls) -> Self:
        """No traffic at all."""
        return cls(FLOWS.empty(), TCP.empty(), MESSAGES.empty(), REPORTS.empty())
