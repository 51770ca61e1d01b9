"""Names and tags of spans as Istio's Envoys report them.

Source: Envoy's ``HttpTracerUtility`` (tags of every span, when a span is an error), and what Istio adds for
its Zipkin and OpenTelemetry providers (``istio.*``; an operation named for the route's host).
"""

from __future__ import annotations

from mesh_graph import fields
from mesh_graph.demo.declared import PORTS
from mesh_graph.demo.hops import Attempt, Hop
from mesh_graph.demo.labels import target_labels
from mesh_graph.demo.outcomes import Report
from mesh_graph.demo.spec import Call, Wire, Workload
from mesh_graph.traces.model import Attribute

__all__ = ["client_tags", "is_error", "operation", "server_tags", "service"]

_PATHS = {"details": "/details/0", "reviews": "/reviews/0", "ratings": "/ratings/0"}
_TLS_PORT = 443
_GRPC_ERRORS = ("2", "4", "12", "13", "14", "15")
"""What Envoy takes for an error of the server: unknown, deadline exceeded, unimplemented and so on."""
_METHODS = {Wire.HTTP: "GET", Wire.GRPC: "POST"}


def service(workload: Workload) -> str:
    """Name under which a workload's proxy reports: ``app.namespace``."""
    return f"{workload.app}.{workload.namespace}"


def operation(call: Call) -> str:
    """Name of the spans of a call, at both ends."""
    return f"{call.host.host}:{_port(call)}/*" if _is_known(call) else call.host.host


def is_error(report: Report) -> bool:
    """Whether Envoy marks the span: no answer, 5xx, or a gRPC status that accuses the server."""
    return report.code in ("", "0") or report.code.startswith("5") or report.grpc in _GRPC_ERRORS


def client_tags(hop: Hop, request_id: str) -> dict[str, Attribute]:
    """Tags of the client's span; its proxy exists."""
    source, report = hop.call.source, hop.outcome.source[-1]
    assert source is not None
    cluster = {} if "NR" in report.flags else {"upstream_cluster": _outbound(hop)}
    return {**_of_proxy(source, hop.replica), **_of_request(hop.call, report, request_id), **cluster}


def server_tags(hop: Hop, attempt: Attempt, request_id: str) -> dict[str, Attribute]:
    """Tags of the server's span of one try; its proxy exists."""
    assert hop.destination is not None
    source = hop.call.source
    peer = {"peer.address": _address(source, hop.replica)} if source is not None else {}
    return {
        **_of_proxy(hop.destination, attempt.replica),
        **_of_request(hop.call, attempt.report, request_id),
        **peer,
        "upstream_cluster": f"inbound|{_port(hop.call)}||",
    }


def _of_proxy(workload: Workload, replica: int) -> dict[str, Attribute]:
    kind = "router" if workload.app.endswith("gateway") else "sidecar"
    space, pod = workload.namespace, workload.pod(replica)
    return {
        "component": "proxy",
        "node_id": f"{kind}~{_address(workload, replica)}~{pod}.{space}~{space}.svc.cluster.local",
        "istio.canonical_service": workload.app,
        "istio.canonical_revision": workload.version,
        "istio.namespace": space,
        "istio.mesh_id": "cluster.local",
        "istio.cluster_id": workload.cluster,
    }


def _of_request(call: Call, report: Report, request_id: str) -> dict[str, Attribute]:
    path = _path(call)
    grpc = {"grpc.path": path, "grpc.status_code": report.grpc} if call.wire is Wire.GRPC else {}
    return {
        "http.method": _METHODS[call.wire],
        "http.url": f"http://{call.host.host}{path}",
        "http.protocol": "HTTP/2" if call.wire is Wire.GRPC else "HTTP/1.1",
        "http.status_code": report.code,
        "response_flags": report.flags,
        "guid:x-request-id": request_id,
        "downstream_cluster": "-",
        **{name: text for name, text in grpc.items() if text},
    }


def _outbound(hop: Hop) -> str:
    call = hop.call
    if not _is_known(call):
        return call.host.name
    is_shared = len(call.destinations) > 1 and hop.destination is not None
    subset = hop.destination.version if is_shared and hop.destination else ""
    return f"outbound|{_port(call)}|{subset}|{call.host.host}"


def _is_known(call: Call) -> bool:
    return call.host.name not in (fields.PASSTHROUGH, fields.BLACKHOLE)


def _path(call: Call) -> str:
    if call.wire is Wire.GRPC:
        return f"/{call.host.namespace}.{call.host.name.title().replace('-', '')}/Call"
    return _PATHS.get(call.host.name, f"/{call.host.name}")


def _port(call: Call) -> int:
    return PORTS[call.wire][1] if call.host.host.endswith(".svc.cluster.local") else _TLS_PORT


def _address(workload: Workload, replica: int) -> str:
    return target_labels(workload, replica)[3].partition(":")[0]
