"""The simulated mesh over HTTP: a metrics page per pod and per cluster, and the list of them to scrape."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from mesh_graph.demo.containers import POD_FAMILIES, Containers
from mesh_graph.demo.exposition import cluster_metrics, pod_metrics
from mesh_graph.demo.labels import TARGET_LABELS
from mesh_graph.demo.simulator import Simulator
from mesh_graph.fields import CLUSTER, JOB

__all__ = ["MeshServer"]

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_PODS, _CLUSTERS, _METRICS = "/pods/", "/clusters/", "/metrics"


class MeshServer(ThreadingHTTPServer):
    """Serves ``/targets`` (Prometheus' ``http_sd_configs``) and ``/pods/<pod>/metrics``.

    Where families of pods are among what is exposed, ``/clusters/<name>/metrics`` too.

    Parameters
    ----------
    address : (str, int)
        Host and port; port 0 takes a free one.
    simulator : Simulator
    families : sequence of str
        Metric families that the pods expose, and the clusters of them.
    clock : callable
        Present instant, Unix seconds.
    """

    daemon_threads = True
    request_queue_size = 512

    def __init__(
        self,
        address: tuple[str, int],
        simulator: Simulator,
        families: Sequence[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._simulator = simulator
        self._families = tuple(families)
        self._clock = clock
        self._pods = {workload.pod(replica): i for i, (workload, replica) in enumerate(simulator.pods)}
        self._containers = Containers(simulator)
        of_clusters = any(family in POD_FAMILIES for family in families)
        self._clusters = sorted({one.cluster for one in simulator.workloads}) if of_clusters else []
        super().__init__(address, _Handler)

    @property
    def url(self) -> str:
        """Where the server listens."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def metrics(self, pod: str) -> str | None:
        """A pod's metrics page; None for a pod that does not run."""
        number = self._pods.get(pod)
        now = self._clock()
        if number is None or not self._simulator.is_up(now)[number]:
            return None
        families = [family for family in self._families if family not in POD_FAMILIES]
        return pod_metrics(self._simulator, number, now, families)

    def cluster_metrics(self, cluster: str) -> str | None:
        """What a cluster tells of its pods' containers; None for one that there is not."""
        if cluster not in self._clusters:
            return None
        return cluster_metrics(self._containers, cluster, self._clock(), self._families)

    def targets(self, authority: str) -> str:
        """The running pods, and the clusters, as a service discovery document.

        ``authority`` is where they are scraped.
        """
        up = self._simulator.is_up(self._clock())
        groups = [
            {
                "targets": [authority],
                "labels": {"__metrics_path__": f"{_PODS}{pod}{_METRICS}"}
                | dict(zip(TARGET_LABELS, self._simulator.targets[number], strict=True)),
            }
            for pod, number in self._pods.items()
            if up[number]
        ]
        groups += [
            {
                "targets": [authority],
                "labels": {
                    "__metrics_path__": f"{_CLUSTERS}{name}{_METRICS}",
                    CLUSTER: name,
                    JOB: "kubernetes",
                },
            }
            for name in self._clusters
        ]
        return json.dumps(groups)


class _Handler(BaseHTTPRequestHandler):
    server: MeshServer
    protocol_version = "HTTP/1.1"
    # Head and body leave in one packet; else each small answer waits for the peer's delayed ACK.
    wbufsize = -1

    def do_GET(self) -> None:
        path = unquote(self.path.partition("?")[0])
        if path == "/targets":
            host, port = self.server.server_address[:2]
            text = self.server.targets(self.headers.get("Host") or f"{host!s}:{port}")
            return self._answer(HTTPStatus.OK, "application/json", text)
        for start, metrics in ((_PODS, self.server.metrics), (_CLUSTERS, self.server.cluster_metrics)):
            if path.startswith(start) and path.endswith(_METRICS):
                page = metrics(path[len(start) : -len(_METRICS)])
                if page is not None:
                    return self._answer(HTTPStatus.OK, METRICS_TYPE, page)
        return self._answer(
            HTTPStatus.NOT_FOUND, "text/plain", "There are /targets and /pods/<pod>/metrics.\n"
        )

    def log_message(self, format: str, *args: object) -> None:
        """Scrapes are not worth a line each."""

    def _answer(self, status: HTTPStatus, content_type: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
