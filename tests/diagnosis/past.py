"""A past of many small meshes in one Prometheus, each odd in one way; the label ``mesh`` tells them apart.

Every mesh has been scraped every 15 s for half an hour. A counter grows by 15 per scrape, so by 1 per second.
"""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["STEP_S", "STOPPED_S", "openmetrics"]

STEP_S = 15
LENGTH_S = 1800
STOPPED_S = 600
"""How long ago what ends or falls silent has done so."""

Labels = dict[str, str]

KNOWN: Labels = {
    "reporter": "destination",
    "source_workload": "web-v1",
    "source_workload_namespace": "shop",
    "source_canonical_service": "web",
    "source_canonical_revision": "v1",
    "source_cluster": "home",
    "destination_workload": "cart-v1",
    "destination_workload_namespace": "store",
    "destination_canonical_service": "cart",
    "destination_canonical_revision": "v1",
    "destination_cluster": "home",
    "destination_service": "cart.store.svc.cluster.local",
    "destination_service_name": "cart",
    "destination_service_namespace": "store",
    "request_protocol": "http",
    "response_code": "200",
    "response_flags": "-",
    "pod": "cart-1",
    "namespace": "store",
    "instance": "10.0.0.1:15020",
    "job": "pods",
}
CLIENT: Labels = KNOWN | {
    "reporter": "source",
    "pod": "web-1",
    "namespace": "shop",
    "instance": "10.0.0.2:15020",
}
BOTH = (KNOWN, CLIENT)
NO_WORKLOAD: Labels = {
    "destination_workload": "unknown",
    "destination_workload_namespace": "unknown",
    "destination_canonical_service": "unknown",
}
NO_SOURCE: Labels = {
    "source_workload": "unknown",
    "source_workload_namespace": "unknown",
    "source_canonical_service": "unknown",
}


def without(labels: Labels, *names: str) -> Labels:
    return {name: value for name, value in labels.items() if name not in names}


CANONICAL = tuple(
    f"{end}_canonical_{what}" for end in ("source", "destination") for what in ("service", "revision")
)

REQUESTS: dict[str, tuple[Labels, ...]] = {
    "healthy": BOTH,
    "stopped": BOTH,
    "silent": BOTH,
    "quiet": BOTH,
    "no-reporter": tuple(without(row, "reporter") for row in BOTH),
    "some-without-code": (KNOWN, without(CLIENT, "response_code")),
    "app-labels": tuple(without(row, *CANONICAL) | {"destination_app": "cart"} for row in BOTH),
    "nameless": tuple(without(row, *CANONICAL) for row in BOTH),
    "only-clients": (CLIENT,),
    "only-servers": (KNOWN,),
    "passthrough": (
        CLIENT
        | NO_WORKLOAD
        | {
            "destination_service": "PassthroughCluster",
            "destination_service_name": "PassthroughCluster",
            "destination_service_namespace": "unknown",
        },
    ),
    "probes": (KNOWN | NO_SOURCE,),
    "replicas": tuple(row | {"prometheus_replica": replica} for row in BOTH for replica in ("a", "b")),
    "shards": (
        KNOWN | {"prometheus_replica": "a"},
        CLIENT | {"prometheus_replica": "b", "namespace": "store"},
    ),
    "jobs": (*BOTH, KNOWN | {"job": "envoy-stats", "instance": "10.0.0.1:15090"}),
    "jobs-apart": (KNOWN, CLIENT | {"job": "gateways", "namespace": "store"}),
}
TCP: dict[str, tuple[Labels, ...]] = {
    "healthy": BOTH,
    "halves": (KNOWN | NO_SOURCE, CLIENT | NO_WORKLOAD),
}


def openmetrics(end: int) -> str:
    """The past up to an instant (Unix seconds), as OpenMetrics text."""
    requests = _family("istio_requests", REQUESTS, end)
    tcp = _family("istio_tcp_sent_bytes", TCP, end)
    return "".join((*requests, *tcp, "# EOF\n"))


def _family(name: str, meshes: dict[str, tuple[Labels, ...]], end: int) -> Iterator[str]:
    yield f"# TYPE {name} counter\n"
    for mesh, rows in meshes.items():
        for row in rows:
            text = ",".join(f'{label}="{value}"' for label, value in {**row, "mesh": mesh}.items())
            for at, value in _samples(mesh, end):
                yield f"{name}_total{{{text}}} {value} {at}\n"


def _samples(mesh: str, end: int) -> Iterator[tuple[int, int]]:
    last_scrape = end - STOPPED_S if mesh == "stopped" else end
    last_request = {"silent": 0, "quiet": end - STOPPED_S}.get(mesh, end)
    start = end - LENGTH_S
    for at in range(start, last_scrape + 1, STEP_S):
        yield at, max(0, min(at, last_request) - start)
