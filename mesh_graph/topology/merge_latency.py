"""Response times and throughput of edges: one report of each, the server's where there is one."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from mesh_graph import fields
from mesh_graph.frames.codes import Ints, first_rows, group, totals
from mesh_graph.frames.latency import BYTES, LATENCY
from mesh_graph.model import Protocol
from mesh_graph.topology.merge_flows import word_column
from mesh_graph.topology.merge_reports import nearest_reporter
from mesh_graph.topology.merge_rows import REPORTERS, Identities, Rows, identify
from mesh_graph.topology.merge_volumes import merge_volumes, read_volumes

__all__ = ["merge_bytes", "merge_latency"]

_PROTOCOLS = (Protocol.GRPC, Protocol.HTTP)


def merge_latency(latency: pd.DataFrame, unasked: Collection[str] = ()) -> pd.DataFrame:
    """Response time of each identity and protocol, milliseconds.

    Of an edge (source, destination, protocol) the destination's rows are used; where it has none, the
    waypoint's; where neither, the source's.

    Parameters
    ----------
    latency : pandas.DataFrame
        As ``parse_latency`` gives it; not modified.
    unasked : collection of str
        Labels that were not asked for, unknown in every row.

    Returns
    -------
    pandas.DataFrame
        ``LATENCIES``: ``BASE_LABELS``, ``protocol``, ``reported_by`` : str; ``latency_ms`` : float64, +inf
        for "above the top bucket edge". Sorted; the empty frame keeps its columns.

    Raises
    ------
    ValueError
        The frame has not its schema's columns.

    Notes
    -----
    Quantiles and means of several series are neither added nor averaged: that would need their buckets or
    counts. Where series that differ in nothing we show describe one identity and protocol (labels that the
    steps of ``normalise`` make equal), the slowest is given.
    """
    who, (rows,), _ = identify([(latency, LATENCY)], unasked)
    protocol = _protocols(rows, who)
    edge, edges = group(who.source[rows.identity], who.destination[rows.identity], protocol)
    is_used = rows.reporter == nearest_reporter(edge, rows.reporter, edges)[edge]
    used, protocol = rows[is_used], protocol[is_used]
    groups, count = group(used.identity, protocol, used.reporter)
    slowest = np.full(count, -np.inf)
    np.maximum.at(slowest, groups, used.rates[0])
    first = first_rows(groups, count)
    columns = _labels(used.identity[first], protocol[first], used.reporter[first], who)
    return pd.DataFrame({**columns, fields.LATENCY_MS: slowest}, copy=False)


def merge_bytes(throughput: pd.DataFrame) -> pd.DataFrame:
    """Throughput of each identity and protocol, bytes per second; series add up.

    The report is chosen as for ``merge_latency``; what sources report of a destination that did not know them
    is taken off that destination's unknown source, as it is for requests. The two ends do not count alike
    (proxies add headers), so a difference between them is no sign that a part does not report.

    Parameters
    ----------
    throughput : pandas.DataFrame
        As ``parse_bytes`` gives it; not modified.

    Returns
    -------
    pandas.DataFrame
        ``BYTES``: ``BASE_LABELS``, ``protocol``, ``reported_by`` : str; ``bytes_rate`` : float64, bytes per
        second. Sorted; the empty frame keeps its columns.

    Raises
    ------
    ValueError
        The frame has not its schema's columns.
    """
    who, (rows,), _ = identify([(throughput, BYTES)])
    counted, _ = read_volumes(rows, who, _protocols(rows, who))
    used, _ = merge_volumes(counted, who, None)
    groups, count = group(used.identity, used.layer, used.reporter)
    first = first_rows(groups, count)
    columns = _labels(used.identity[first], used.layer[first], used.reporter[first], who)
    return pd.DataFrame({**columns, fields.BYTES_RATE: totals(groups, used.rates[0], count)}, copy=False)


def _protocols(rows: Rows, who: Identities) -> Ints:
    """Place in ``_PROTOCOLS`` of each row: what is not gRPC is HTTP."""
    is_grpc = np.array([word == Protocol.GRPC for word in who.vocabulary], dtype=np.bool_)
    return np.where(is_grpc[rows.labels[fields.REQUEST_PROTOCOL]], 0, 1)


def _labels(identity: Ints, protocol: Ints, reporter: Ints, who: Identities) -> dict[str, ExtensionArray]:
    return {
        **who.columns(identity),
        fields.PROTOCOL: word_column(_PROTOCOLS, protocol),
        fields.REPORTED_BY: word_column(REPORTERS, reporter),
    }
