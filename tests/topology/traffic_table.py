"""Short tables of calls, written by hand, as merged traffic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.schema import Schema
from mesh_graph.topology.traffic import FLOWS, MESSAGES, REPORTS, TCP, Traffic

UNKNOWN_SOURCE = dict.fromkeys(fields.SOURCE_LABELS, "unknown")


def source(
    workload: str, app: str = "", version: str = "v1", *, namespace: str = "shop", cluster: str = "east"
):
    """Labels of a source; the app is called like the workload unless told."""
    values = (cluster, namespace, workload, app or workload, version)
    return dict(zip(fields.SOURCE_LABELS, values, strict=True))


def destination(
    workload: str, app: str = "", version: str = "v1", *, namespace: str = "shop", cluster: str = "east"
):
    """Labels of a destination that is called by the service of its app."""
    app = app or workload
    values = (cluster, namespace, workload, app, version)
    return dict(zip(fields.DESTINATION_LABELS, values, strict=True)) | service(app, namespace=namespace)


def service(name: str, *, namespace: str = "shop", host: str = ""):
    """Labels of a called service."""
    values = (namespace, host or f"{name}.{namespace}.svc.cluster.local", name)
    return dict(zip(fields.SERVICE_LABELS, values, strict=True))


def lost(name: str, *, namespace: str = "shop", cluster: str = "east", host: str = ""):
    """Labels of a destination that no workload answered for."""
    nobody = dict.fromkeys(fields.DESTINATION_LABELS, "unknown") | {fields.DESTINATION_CLUSTER: cluster}
    return nobody | service(name, namespace=namespace, host=host)


def call(source: Mapping[str, str], destination: Mapping[str, str], rate: float = 1.0, **values: Any):
    """A row of flows."""
    plain = {"protocol": "http", "code": "200", "flags": "", "outcome": "ok", "arrived": True}
    return {**source, **destination, **plain, "rate": rate, "reported_by": "destination", **values}


def stream(source: Mapping[str, str], destination: Mapping[str, str], sent: float = 1.0, **values: Any):
    """A row of tcp."""
    rates = dict.fromkeys(fields.TCP_RATES, 0.0) | {fields.SENT_BYTES_RATE: sent}
    return {
        **source,
        **destination,
        "flags": "",
        "outcome": "ok",
        **rates,
        "reported_by": "destination",
        **values,
    }


def report(source: Mapping[str, str], destination: Mapping[str, str], **values: Any):
    """A row of reports; a rate that is not told is missing."""
    rates = {"source_rate": np.nan, "destination_rate": np.nan, "mtls_rate": 0.0, "mtls_known_rate": 0.0}
    return {**source, **destination, "protocol": "http", **rates, "note": "", **values}


def messages(source: Mapping[str, str], destination: Mapping[str, str], sent: float, received: float):
    """A row of gRPC messages."""
    return {**source, **destination, "sent_message_rate": sent, "received_message_rate": received}


def table(schema: Schema, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Frame of a schema."""
    listed = list(rows)
    return pd.DataFrame(
        {
            name: pd.array(np.array([row[name] for row in listed], dtype=_KINDS[dtype]), dtype=dtype)
            for name, dtype in schema.dtypes
        }
    )


_KINDS = {"str": object, "float64": float, "bool": bool}


def traffic(*flows: Mapping[str, Any], tcp: Any = (), messages: Any = (), reports: Any = ()) -> Traffic:
    """Merged traffic of rows."""
    return Traffic(table(FLOWS, flows), table(TCP, tcp), table(MESSAGES, messages), table(REPORTS, reports))
