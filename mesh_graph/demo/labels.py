"""The labels that Istio's proxies write, and those that a scrape adds.

Source: Istio's standard metrics (istio.io, "Istio Standard Metrics") as a sidecar of 1.2x exposes them: an
end that is not known is ``unknown`` with revision ``latest``; the source's proxy does not know how its
connection was secured.
"""

from __future__ import annotations

from mesh_graph import fields
from mesh_graph.demo.noise import identity
from mesh_graph.demo.outcomes import Report
from mesh_graph.demo.spec import Call, Wire, Workload

__all__ = ["METRIC_LABELS", "TARGET_LABELS", "LabelSet", "metric_labels", "target_labels"]

LabelSet = tuple[str, ...]
"""Values in the order of ``METRIC_LABELS`` or ``TARGET_LABELS``; an empty one is a label that is absent."""

METRIC_LABELS = (
    fields.REPORTER,
    *(
        f"{end}_{label}"
        for end in ("source", "destination")
        for label in (
            "workload", "canonical_service", "canonical_revision", "workload_namespace",
            "principal", "app", "version", "cluster",
        )
    ),
    fields.DESTINATION_SERVICE,
    fields.DESTINATION_SERVICE_NAME,
    fields.DESTINATION_SERVICE_NAMESPACE,
    fields.REQUEST_PROTOCOL,
    fields.RESPONSE_CODE,
    fields.GRPC_RESPONSE_STATUS,
    fields.RESPONSE_FLAGS,
    fields.CONNECTION_SECURITY_POLICY,
)  # fmt: skip
TARGET_LABELS = (fields.NAMESPACE, fields.POD, fields.APP, fields.INSTANCE, fields.JOB)


def metric_labels(call: Call, destination: Workload | None, reporter: str, report: Report | None) -> LabelSet:
    """Labels of one series as one proxy writes it; gRPC messages have no report, thus no code."""
    source = call.source if call.source is not None and call.source.has_proxy else None
    mutual = call.mtls and source is not None and destination is not None and destination.has_proxy
    policy = ("mutual_tls" if mutual else "none") if reporter == "destination" else fields.UNKNOWN
    host = call.host
    return (
        reporter,
        *_end(source, mutual),
        *_end(destination, mutual),
        host.host,
        host.name,
        host.namespace,
        call.wire.value,
        *_answer(report, call.wire),
        policy,
    )


def _end(workload: Workload | None, mutual: bool) -> LabelSet:
    unknown = fields.UNKNOWN
    if workload is None:
        return (unknown, unknown, fields.LATEST, unknown, unknown, unknown, unknown, unknown)
    return (
        workload.name,
        workload.app,
        workload.version,
        workload.namespace,
        workload.principal if mutual else unknown,
        workload.app,
        workload.version,
        workload.cluster,
    )


def _answer(report: Report | None, wire: Wire) -> LabelSet:
    if report is None:
        return ("", "", "")
    if wire is Wire.TCP:
        return ("", "", report.flags)
    return (report.code, report.grpc, report.flags)


def target_labels(workload: Workload, replica: int) -> LabelSet:
    """Labels that the scrape of a pod adds."""
    number = identity(workload.cluster, workload.namespace, workload.name, replica, "address")
    address = f"10.{number % 200 + 20}.{(number >> 8) % 256}.{(number >> 16) % 254 + 1}:15020"
    return (workload.namespace, workload.pod(replica), workload.app, address, "kubernetes-pods")
