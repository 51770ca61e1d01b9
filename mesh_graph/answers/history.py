"""Traffic of one node or edge over time: the same merge at every step, from one range query per family."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.observe import observe
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answer, instants, split_answers
from mesh_graph.model import NodeKey, NodeKind, Protocol, View
from mesh_graph.plan import traffic_queries
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from mesh_graph.topology.merge_rows import REPORTERS
from mesh_graph.topology.outcome import Outcome
from mesh_graph.topology.traffic import Traffic

__all__ = ["edge_history", "node_history"]

SPAN_S = 3600
STEPS = 30
DEFAULT_QUANTILE = 0.95
_COLUMNS = ["time", "request_rate", "error_ratio", "bytes_rate", "latency_ms"]

_PLACES = {
    "source": {
        "namespace": fields.SOURCE_WORKLOAD_NAMESPACE,
        "workload": fields.SOURCE_WORKLOAD,
        "app": fields.SOURCE_CANONICAL_SERVICE,
        "version": fields.SOURCE_CANONICAL_REVISION,
    },
    "destination": {
        "namespace": fields.DESTINATION_WORKLOAD_NAMESPACE,
        "workload": fields.DESTINATION_WORKLOAD,
        "app": fields.DESTINATION_CANONICAL_SERVICE,
        "version": fields.DESTINATION_CANONICAL_REVISION,
    },
}


def edge_history(desk: Desk, view: View, edge: tuple[str, str, str]) -> pd.DataFrame:
    """One edge over the hour up to the view's instant.

    Parameters
    ----------
    desk : Desk
    view : View
        With its instant.
    edge : tuple of str
        Node keys of source and destination, and the protocol whose rates alone are meant.

    Returns
    -------
    pandas.DataFrame
        ``time`` (Unix seconds), ``request_rate`` (per second), ``error_ratio`` (0..1), ``bytes_rate``
        (per second), ``latency_ms``; NaN where there is no data.
    """
    source, destination, protocol = edge
    labels = {
        **_end_labels(NodeKey.parse(source), "source"),
        **_end_labels(NodeKey.parse(destination), "destination"),
    }
    return _history(desk, view, labels, protocol)


def node_history(desk: Desk, view: View, key: str) -> pd.DataFrame:
    """What comes into a node over the hour; what goes out where nothing comes in. As ``edge_history``."""
    node = NodeKey.parse(key)
    inbound = _history(desk, view, _end_labels(node, "destination"))
    if inbound[["request_rate", "bytes_rate"]].notna().to_numpy().any():
        return inbound
    return _history(desk, view, _end_labels(node, "source"))


def _history(desk: Desk, view: View, labels: dict[str, str], protocol: str = "") -> pd.DataFrame:
    """Traffic with these labels at each step, merged there as the graph is."""
    end = view.at or 0.0
    start, step = end - SPAN_S, SPAN_S / STEPS
    scope = tuple(Matcher(label, "=", value) for label, value in labels.items())
    plan = traffic_queries((scope,), view.window_s, idle=view.idle)
    latency = MetricQuery(
        Family.REQUEST_DURATION,
        Function.QUANTILE,
        (fields.REPORTER,),
        scope,
        view.window_s,
        view.response_time.quantile or DEFAULT_QUANTILE,
    )
    answers = desk.fetcher.over([*chain.from_iterable(plan.values()), latency], start, end, step)
    steps = split_answers(answers, instants(start, end, step))
    scrapes = desk.scrapes_per_window(view.window_s, scope, end)
    rows = [
        {
            "time": at,
            **_row(observe(plan, then, (), scrapes_per_window=scrapes).traffic, labels, protocol),
            "latency_ms": _nearest_latency(then[latency]),
        }
        for at, then in steps.items()
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _end_labels(key: NodeKey, end: str) -> dict[str, str]:
    """Labels, with their values, by which a node's rows are known at one end of them.

    Parameters
    ----------
    key : NodeKey
    end : {"source", "destination"}
        A service has no rows of its own as a source: it is known by the service that was called.

    Notes
    -----
    Clusters are left out: a label that a mesh does not write would lose every row.
    """
    if key.kind is NodeKind.SERVICE:
        return {fields.DESTINATION_SERVICE_NAME: key.service}
    if key.kind is NodeKind.UNKNOWN:
        return {_PLACES[end]["workload"]: fields.UNKNOWN}
    return {
        label: value
        for part, label in _PLACES[end].items()
        if (value := getattr(key, part)) and value != fields.UNKNOWN
    }


def _row(traffic: Traffic, labels: dict[str, str], protocol: str = "") -> dict[str, float]:
    """Request rate (per second), error ratio (0..1) and TCP bytes per second of the rows with these labels.

    Of one protocol alone where one is named. What has no rows is NaN: no data is not zero.
    """
    flows = _having(traffic.flows, {**labels, fields.PROTOCOL: protocol} if protocol else labels)
    tcp = _having(traffic.tcp, labels)
    if protocol not in ("", Protocol.TCP):
        tcp = tcp.iloc[:0]
    rate = float(flows[fields.RATE].sum()) if len(flows) else np.nan
    errors = float(flows.loc[flows[fields.OUTCOME] == Outcome.ERROR, fields.RATE].sum())
    byte_rates = tcp[[fields.SENT_BYTES_RATE, fields.RECEIVED_BYTES_RATE]]
    return {
        "request_rate": rate,
        "error_ratio": errors / rate if rate > 0 else np.nan,
        "bytes_rate": float(byte_rates.to_numpy().sum()) if len(tcp) else np.nan,
    }


def _nearest_latency(answer: Answer) -> float:
    """Response time by the reporter nearest to the server, milliseconds; NaN if none has one.

    Parameters
    ----------
    answer : Reply or SourceError
        To a quantile or mean ``by (reporter)``.
    """
    if isinstance(answer, SourceError):
        return np.nan
    told = dict(zip(answer.table[fields.REPORTER], answer.table[fields.VALUE], strict=True))
    return next((float(told[r]) for r in REPORTERS if r in told), np.nan)


def _having(frame: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    keep = np.ones(len(frame), dtype=bool)
    for label, value in labels.items():
        keep &= (frame[label] == value).to_numpy()
    return frame[keep]
