"""The canonical merge: what several proxies say of the same traffic, each request once.

    requests, tcp, messages frames ──► ends of each row ──► rules (1)–(7) ──► Traffic

The rules are those of ``docs/architecture.md``. Pure: the frames that come in are not modified. A number
is made of reports on its own two ends alone, so it does not depend on which other namespaces a view selects.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.codes import Bools, group
from mesh_graph.frames.messages import MESSAGES
from mesh_graph.frames.requests import REQUESTS
from mesh_graph.frames.tcp import TCP
from mesh_graph.model import Protocol
from mesh_graph.topology import traffic
from mesh_graph.topology.merge_comparison import MTLS, PLAIN, PROTOCOLS, Counts, reports_frame
from mesh_graph.topology.merge_flows import flows_frame, read_requests
from mesh_graph.topology.merge_kinds import request_kinds, tcp_kinds
from mesh_graph.topology.merge_requests import merge_requests
from mesh_graph.topology.merge_rows import Identities, Rows, identify
from mesh_graph.topology.merge_volumes import (
    merge_volumes,
    messages_frame,
    read_tcp,
    read_volumes,
    tcp_frame,
)
from mesh_graph.topology.traffic import Traffic

__all__ = ["merge"]


def merge(
    requests: pd.DataFrame, tcp: pd.DataFrame, messages: pd.DataFrame, scrapes_per_window: float
) -> Traffic:
    """Every request, connection and message once, under the report that knows it best.

    Parameters
    ----------
    requests : pandas.DataFrame
        As ``parse_requests`` gives it: ``REQUEST_LABELS`` : str, ``request_rate`` : float64, per second.
    tcp : pandas.DataFrame
        As ``parse_tcp`` gives it.
    messages : pandas.DataFrame
        As ``parse_messages`` gives it.
    scrapes_per_window : float
        Samples of one series in the rates' window. Two reports of one edge may differ by 2 / this before rule
        6 takes the difference for pods that do not report.

    Returns
    -------
    Traffic
        Sorted frames; of empty frames, ``Traffic.empty()``.

    Raises
    ------
    ValueError
        A frame has not its schema's columns.
    """
    tolerance = 2 / max(scrapes_per_window, 1)
    layers = [(requests, REQUESTS), (tcp, TCP), (messages, MESSAGES)]
    who, (request_rows, tcp_rows, message_rows), gaps = identify(layers)
    flows, *counts = _requests(request_rows, who, tolerance)
    connections, talk = traffic.TCP.empty(), traffic.MESSAGES.empty()
    if len(tcp_rows):
        connections, tcp_counts = _tcp(tcp_rows[_is_shown(tcp_rows, request_rows, who)], who, tolerance)
        counts.append(tcp_counts)
    if len(message_rows):
        talk = _messages(message_rows, who, tolerance)
    return Traffic(flows, connections, talk, reports_frame(counts, who), gaps)


def _requests(rows: Rows, who: Identities, tolerance: float) -> tuple[pd.DataFrame, Counts]:
    kinds, kind = request_kinds(rows, who.vocabulary)
    counted, live = read_requests(rows, kind, who, kinds)
    merged, is_half = merge_requests(counted, who, kinds, tolerance)
    protocol = np.array([PROTOCOLS.index(name) for name in kinds.protocol], dtype=np.int64)[counted.kind]
    policy = _policy(rows[live], who)
    counts = Counts(
        counted.identity, counted.edge, counted.reporter, protocol, counted.rate, *policy, is_half
    )
    return flows_frame(merged, who, kinds), counts.on_edges(merged.edge)


def _tcp(rows: Rows, who: Identities, tolerance: float) -> tuple[pd.DataFrame, Counts]:
    kinds, kind = tcp_kinds(rows, who.vocabulary)
    counted, live = read_tcp(rows, who, kind, kinds)
    merged, is_half = merge_volumes(counted, who, tolerance)
    protocol = np.full(len(counted), PROTOCOLS.index(Protocol.TCP), dtype=np.int64)
    policy = _policy(rows[live], who)
    counts = Counts(
        counted.identity, counted.edge, counted.reporter, protocol, counted.volume, *policy, is_half
    )
    return tcp_frame(merged, who, kinds), counts.on_edges(merged.edge)


def _messages(rows: Rows, who: Identities, tolerance: float) -> pd.DataFrame:
    merged, _ = merge_volumes(read_volumes(rows, who)[0], who, tolerance)
    return messages_frame(merged, who)


def _policy(rows: Rows, who: Identities) -> tuple[Bools, Bools]:
    """Which rows were mutual TLS for sure, and which were not for sure."""
    codes = rows.labels[fields.CONNECTION_SECURITY_POLICY]
    words = np.array(who.vocabulary, dtype=object)
    return (words == MTLS)[codes], (words == PLAIN)[codes]


def _is_shown(tcp: Rows, requests: Rows, who: Identities) -> Bools:
    """Rule 7: ztunnel's rows are a layer of their own, shown where no other proxy covers the two ends."""
    identity = np.concatenate([requests.identity, tcp.identity])
    pair, count = group(who.source[identity], who.destination[identity])
    is_ztunnel = np.array(who.vocabulary, dtype=object)[tcp.labels[fields.APP]] == fields.ZTUNNEL
    covers = np.concatenate([requests.rates[0] > 0, ~is_ztunnel & (tcp.rates.sum(axis=0) > 0)])
    is_covered = np.zeros(count, dtype=np.bool_)
    is_covered[pair[covers]] = True
    shown: Bools = ~is_ztunnel | ~is_covered[pair[len(requests) :]]
    return shown
