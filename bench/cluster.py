"""``python -m bench.cluster``: what reading a large cluster costs, on a real API server with 5,000 objects.

Prints how long the first reading took and how much memory it left, beside a process that only started.
"""

from __future__ import annotations

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import run
from typing import Any

__all__ = ["main"]

NAMESPACES = 31
SERVICES = 20
"""A namespace; each with a Deployment, a ReplicaSet, a Pod, a VirtualService and what else an app has."""


def main() -> int:
    """Fill an API server, then read it in a process of its own; the exit code."""
    from tests.kube_peer import KubeApiserver

    with tempfile.TemporaryDirectory() as folder:
        server = KubeApiserver(Path(folder))
        try:
            server.start()
            began = time.perf_counter()
            server.create(_namespace(number) for number in range(NAMESPACES))
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(lambda one: server.create([one]), _objects()))
            print(f"filled in {time.perf_counter() - began:.0f} s")
            return run(
                [sys.executable, "-m", "bench.cluster", str(server.kubeconfig())], check=False
            ).returncode
        finally:
            server.stop()


def read(kubeconfig: Path) -> int:
    """Read a cluster and print what it cost; the exit code."""
    from mesh_graph.istio.checks import check
    from mesh_graph.sources.kube import KubeSource
    from mesh_graph.sources.kube_access import from_kubeconfig

    idle = _resident()
    began = time.perf_counter()
    source = KubeSource(from_kubeconfig(kubeconfig, ()))
    source.wait(60)
    took = time.perf_counter() - began
    snapshot = source.snapshot()
    count = sum(len(objects) for objects in snapshot.by_kind.values())
    print(f"{count} objects read in {took:.2f} s; {_resident() - idle:.0f} MB above {idle:.0f} MB")
    began = time.perf_counter()
    found = check(snapshot).findings
    print(f"checked in {time.perf_counter() - began:.2f} s, {len(found)} findings")
    source.close()
    return 0


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def _namespace(number: int) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"team-{number}"}}


def _objects() -> list[dict[str, Any]]:
    return [
        one
        for number in range(NAMESPACES)
        for app in range(SERVICES)
        for one in _app(f"team-{number}", f"app-{app}")
    ]


def _app(namespace: str, name: str) -> list[dict[str, Any]]:
    labels = {"app": name, "version": "v1", "app.kubernetes.io/part-of": "bench"}
    annotations = {f"example.com/note-{number}": "x" * 200 for number in range(3)}
    env = [{"name": f"VARIABLE_{number}", "value": "some value"} for number in range(20)]
    pod = {
        "containers": [
            {"name": container, "image": "app:v1", "env": env} for container in ("app", "istio-proxy")
        ]
    }
    template = {"metadata": {"labels": labels, "annotations": annotations}, "spec": pod}
    workload = {"replicas": 1, "selector": {"matchLabels": {"app": name}}, "template": template}
    route = {
        "timeout": "2s",
        "route": [{"destination": {"host": name, "subset": f"v{n}"}, "weight": 50} for n in (1, 2)],
    }
    rows = [
        ("v1", "Service", {"selector": {"app": name}, "ports": [{"name": "http", "port": 80}]}),
        ("apps/v1", "Deployment", workload),
        ("apps/v1", "ReplicaSet", workload),
        ("v1", "Pod", pod),
        ("networking.istio.io/v1", "VirtualService", {"hosts": [name], "http": [route]}),
        ("security.istio.io/v1", "AuthorizationPolicy", _policy(namespace, name)),
    ]
    metadata = {"name": name, "namespace": namespace, "labels": labels, "annotations": annotations}
    listed = [{"apiVersion": v, "kind": k, "metadata": metadata, "spec": spec} for v, k, spec in rows]
    return [*listed, *_beside(metadata)]


def _policy(namespace: str, name: str) -> dict[str, Any]:
    source = {"principals": [f"cluster.local/ns/{namespace}/sa/{name}"]}
    return {"selector": {"matchLabels": {"app": name}}, "rules": [{"from": [{"source": source}]}]}


def _beside(metadata: dict[str, Any]) -> list[dict[str, Any]]:
    """The account and the endpoints of an app."""
    endpoints = [{"addresses": ["10.0.0.1"], "conditions": {"ready": True}}]
    named = {**metadata, "labels": {"kubernetes.io/service-name": metadata["name"]}}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata},
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": named,
            "addressType": "IPv4",
            "endpoints": endpoints,
        },
    ]


if __name__ == "__main__":
    sys.exit(read(Path(sys.argv[1])) if len(sys.argv) > 1 else main())
