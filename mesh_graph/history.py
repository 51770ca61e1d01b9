"""Traffic of one node or edge over time: the same merge at every step, from one range query per family."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answer
from mesh_graph.model import NodeKey, NodeKind, Protocol, Reporter
from mesh_graph.sources.query import Matcher
from mesh_graph.topology.outcome import Outcome
from mesh_graph.topology.traffic import Traffic

__all__ = ["end_labels", "history_row", "matchers", "nearest_latency"]

_NEAREST = (Reporter.DESTINATION, Reporter.WAYPOINT, Reporter.SOURCE)
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


def end_labels(key: NodeKey, end: str) -> dict[str, str]:
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


def matchers(labels: dict[str, str]) -> tuple[Matcher, ...]:
    """The labels as matchers of a query."""
    return tuple(Matcher(label, "=", value) for label, value in labels.items())


def history_row(traffic: Traffic, labels: dict[str, str], protocol: str = "") -> dict[str, float]:
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


def nearest_latency(answer: Answer) -> float:
    """Response time by the reporter nearest to the server, milliseconds; NaN if none has one.

    Parameters
    ----------
    answer : Reply or SourceError
        To a quantile or mean ``by (reporter)``.
    """
    if isinstance(answer, SourceError):
        return np.nan
    told = dict(zip(answer.table[fields.REPORTER], answer.table[fields.VALUE], strict=True))
    return next((float(told[r]) for r in _NEAREST if r in told), np.nan)


def _having(frame: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    keep = np.ones(len(frame), dtype=bool)
    for label, value in labels.items():
        keep &= (frame[label] == value).to_numpy()
    return frame[keep]
