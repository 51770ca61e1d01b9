"""Telemetry in short lines, so that a rule's table can be read.

A requests line is ``reporter ends code flags rate``, e.g. ``source a>b 504 URX,UT 1``; a TCP line is
``reporter ends flags sent/received/opened/closed``. ``ends`` is ``source>destination[/service]``: ``?>b`` has
an unknown source, ``a>?b`` calls service b and no workload is known, ``name@namespace`` names another
namespace than ``n``. A code ``grpc:14`` is a gRPC status; a reporter ``ztunnel:source`` is ztunnel's.
"""

from __future__ import annotations

import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.messages import MESSAGES
from mesh_graph.frames.requests import REQUESTS
from mesh_graph.frames.schema import Schema
from mesh_graph.frames.tcp import TCP
from mesh_graph.topology.merge import merge
from mesh_graph.topology.traffic import Traffic

NAMESPACE = "n"
SCRAPES = 20


def source_labels(text: str) -> dict[str, str]:
    labels = dict.fromkeys(fields.SOURCE_LABELS, "unknown")
    if text != "?":
        name, _, namespace = text.partition("@")
        values = ("east", namespace or NAMESPACE, name, name, "v1")
        labels = dict(zip(fields.SOURCE_LABELS, values, strict=True))
    return labels


def destination_labels(text: str) -> dict[str, str]:
    workload, _, called = text.partition("/")
    name, _, namespace = workload.removeprefix("?").partition("@")
    namespace = namespace or NAMESPACE
    service, _, service_namespace = (called or name).partition("@")
    service_namespace = service_namespace or namespace
    values = ("east", namespace, name, name, "v1")
    labels = dict(zip(fields.DESTINATION_LABELS, values, strict=True))
    if workload.startswith("?"):
        labels = {**dict.fromkeys(fields.DESTINATION_LABELS, "unknown"), fields.DESTINATION_CLUSTER: "east"}
    host = f"{service}.{service_namespace}.svc.cluster.local"
    return labels | dict(zip(fields.SERVICE_LABELS, (service_namespace, host, service), strict=True))


def base_labels(ends: str) -> dict[str, str]:
    source, _, destination = ends.partition(">")
    return source_labels(source) | destination_labels(destination)


def frame(schema: Schema, rows: list[dict[str, object]]) -> pd.DataFrame:
    return (
        pd.DataFrame(rows, columns=list(schema.names)).astype(dict(schema.dtypes)) if rows else schema.empty()
    )


def request_row(line: str, **labels: str) -> dict[str, object]:
    reporter, ends, code, flags, rate = line.split()
    protocol, _, status = code.rpartition(":")
    row = base_labels(ends) | {
        fields.REPORTER: reporter,
        fields.REQUEST_PROTOCOL: protocol or "http",
        fields.RESPONSE_CODE: "200" if protocol else code,
        fields.GRPC_RESPONSE_STATUS: status if protocol else "",
        fields.RESPONSE_FLAGS: flags,
        fields.CONNECTION_SECURITY_POLICY: "mutual_tls" if reporter == "destination" else "unknown",
        fields.REQUEST_RATE: float(rate),
    }
    return row | labels


def requests(*lines: str) -> pd.DataFrame:
    return frame(REQUESTS, [request_row(line) for line in lines])


def tcp_row(line: str, **labels: str) -> dict[str, object]:
    reporter, ends, flags, rates = line.split()
    app, _, reporter = reporter.rpartition(":")
    row = base_labels(ends) | {
        fields.REPORTER: reporter,
        fields.APP: app or "sidecar",
        fields.RESPONSE_FLAGS: flags,
        fields.CONNECTION_SECURITY_POLICY: "mutual_tls" if reporter == "destination" else "unknown",
    }
    return row | dict(zip(fields.TCP_RATES, map(float, rates.split("/")), strict=True)) | labels


def tcp(*lines: str) -> pd.DataFrame:
    return frame(TCP, [tcp_row(line) for line in lines])


def messages(*lines: str) -> pd.DataFrame:
    """Lines of ``reporter ends sent/received``."""
    rows = []
    for line in lines:
        reporter, ends, rates = line.split()
        sent, received = map(float, rates.split("/"))
        rows.append(
            base_labels(ends)
            | {"reporter": reporter, "sent_message_rate": sent, "received_message_rate": received}
        )
    return frame(MESSAGES, rows)


def merged(
    requests: pd.DataFrame | None = None,
    tcp: pd.DataFrame | None = None,
    messages: pd.DataFrame | None = None,
    scrapes: float = SCRAPES,
) -> Traffic:
    frames = zip((requests, tcp, messages), (REQUESTS, TCP, MESSAGES), strict=True)
    return merge(*(schema.empty() if given is None else given for given, schema in frames), scrapes)


def ends_text(row: dict[str, object]) -> str:
    source, destination = row[fields.SOURCE_WORKLOAD], row[fields.DESTINATION_WORKLOAD]
    service = row[fields.DESTINATION_SERVICE_NAME]
    source = "?" if source == "unknown" else _with_namespace(source, row[fields.SOURCE_WORKLOAD_NAMESPACE])
    if destination == "unknown":
        return f"{source}>?{_with_namespace(service, row[fields.DESTINATION_SERVICE_NAMESPACE])}"
    called = "" if service == destination else f"/{service}"
    return f"{source}>{_with_namespace(destination, row[fields.DESTINATION_WORKLOAD_NAMESPACE])}{called}"


def _with_namespace(name: object, namespace: object) -> str:
    return str(name) if namespace == NAMESPACE else f"{name}@{namespace}"


def flow_lines(traffic: Traffic) -> set[str]:
    """``ends code flags rate reporter``, and ``never`` where the requests never arrived."""
    lines = set()
    for row in traffic.flows.to_dict("records"):
        code = f"grpc:{row['code']}" if row["protocol"] == "grpc" else row["code"]
        parts = (ends_text(row), code, row["flags"] or "-", f"{row['rate']:.6g}", row["reported_by"])
        lines.add(" ".join((*parts, *(() if row["arrived"] else ("never",)))))
    assert len(lines) == len(traffic.flows)
    return lines


def tcp_lines(traffic: Traffic) -> set[str]:
    """``ends flags sent/received/opened/closed reporter``."""
    lines = set()
    for row in traffic.tcp.to_dict("records"):
        rates = "/".join(f"{row[rate]:.6g}" for rate in fields.TCP_RATES)
        lines.add(f"{ends_text(row)} {row['flags'] or '-'} {rates} {row['reported_by']}")
    assert len(lines) == len(traffic.tcp)
    return lines


def notes(traffic: Traffic) -> dict[str, str]:
    """Notes by ends and protocol, where there are any."""
    rows = traffic.reports.to_dict("records")
    return {f"{ends_text(row)} {row['protocol']}": row["note"] for row in rows if row["note"]}
