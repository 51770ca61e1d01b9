"""The logs of a simulated mesh's pods: of the very requests that its traces are samples of, and of starts.

A pure function of (mesh, pod, time). A request that was traced has the same id here and there.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mesh_graph.demo.containers import PROXY
from mesh_graph.demo.envoy_tags import service
from mesh_graph.demo.log_text import access_text, app_texts, heap_text, start_texts
from mesh_graph.demo.spec import Life, MeshSpec, Workload
from mesh_graph.demo.story import MEMORY_LIFE
from mesh_graph.demo.tracer import Tracer

__all__ = ["PodLogs", "Written"]

BLOCK_S = 10
"""Requests that came in together are written down together."""
LATE_S = 12.0
"""Nothing is written of a request so long after it came into the mesh."""
MOST_BLOCKS = 32
"""Looked at to find the lines of a time; it takes a second or two."""
KEPT_BLOCKS = 64
HEAP_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Written:
    """One line, at Unix seconds."""

    at: float
    text: str


class PodLogs:
    """Logs of the pods of a mesh. Thread-safe.

    Parameters
    ----------
    mesh : MeshSpec
    """

    def __init__(self, mesh: MeshSpec) -> None:
        self._tracer = Tracer(mesh, sampling=1.0)
        self._pods = {
            (w.cluster, w.namespace, w.pod(replica)): (w, replica)
            for w in mesh.workloads
            for replica in range(w.replicas)
        }
        self._lock = threading.Lock()
        self._written = lru_cache(KEPT_BLOCKS)(self._write)

    def life(self, pod: tuple[str, str, str]) -> Life | None:
        """When a pod (cluster, namespace, name) runs; None for one that there never was."""
        found = self._pods.get(pod)
        return None if found is None else found[0].pod_life(found[1])

    def containers(self, pod: tuple[str, str, str]) -> tuple[str, ...]:
        """Names of a pod's containers."""
        workload, _ = self._pods[pod]
        return (workload.app, PROXY) if workload.has_proxy else (workload.app,)

    def last(
        self, pod: tuple[str, str, str], container: str, when: tuple[float, float], count: int
    ) -> tuple[list[Written], bool]:
        """The last lines of a container in a part of one of its runs, and whether there may be older ones.

        Parameters
        ----------
        pod : (str, str, str)
            Cluster, namespace and name.
        container : str
        when : (float, float)
            Beginning and end, Unix seconds.
        count : int
        """
        workload, replica = self._pods[pod]
        start, end = when
        found, was_cut = self._of_requests(workload, (workload.pod(replica), container), when, count)
        own = _of_life(workload, container, replica, end)
        found += [one for one in own if start <= one.at <= end]
        found.sort(key=lambda one: one.at)  # what was written at once stays in its order
        return found[-count:], was_cut or len(found) > count

    def _of_requests(
        self, workload: Workload, of: tuple[str, str], when: tuple[float, float], count: int
    ) -> tuple[list[Written], bool]:
        """Lines about requests, at least the last ones; whether not all requests were looked at."""
        is_silent = of[1] != PROXY and workload.app.endswith("gateway")
        if is_silent or service(workload) not in self._tracer.services:
            return [], False
        start, end = when
        found: list[Written] = []
        first, last = int((start - LATE_S) // BLOCK_S), int(end // BLOCK_S)
        for block in range(last, first - 1, -1):
            if last - block == MOST_BLOCKS:
                return found, True
            with self._lock:
                written = self._written(workload, block)
            found += [one for one in written.get(of, ()) if start <= one.at <= end]
            # Later than that, older requests write nothing.
            told_from = block * BLOCK_S + LATE_S
            if sum(one.at >= told_from for one in found) >= count:
                return found, told_from > start
        return found, False

    def _write(self, workload: Workload, block: int) -> dict[tuple[str, str], list[Written]]:
        """Lines of a workload about the requests that came in together, by pod and container."""
        found: dict[tuple[str, str], list[Written]] = {}
        start = float(block * BLOCK_S)
        for trace in self._tracer.newest_first(start, start + BLOCK_S - 1e-6, service(workload)):
            for span in trace.spans:
                if (
                    span.service != service(workload)
                    or span.attributes["istio.canonical_revision"] != workload.version
                ):
                    continue
                pod = str(span.attributes["node_id"]).split("~")[2].partition(".")[0]
                at = (span.start_us + span.duration_us) / 1e6
                found.setdefault((pod, PROXY), []).append(Written(at, access_text(span)))
                own = found.setdefault((pod, workload.app), [])
                own += [Written(at, text) for text in app_texts(workload, span)]
        return found


def _of_life(workload: Workload, container: str, replica: int, at: float) -> Iterator[Written]:
    """What a container writes by itself in the run that an instant is in."""
    life = workload.pod_life(replica)
    born = life.born(at)
    for when, text in start_texts(workload, container, born):
        yield Written(when, text)
    if life == MEMORY_LIFE and container == workload.app:
        for number in range(1, int(life.on_s / HEAP_EVERY_S)):
            used = 0.2 + 0.79 * number * HEAP_EVERY_S / life.on_s
            yield Written(born + number * HEAP_EVERY_S, heap_text(workload, used))
