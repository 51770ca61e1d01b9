"""The demo mesh's clusters as a cluster source: what they declare at the present instant."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from mesh_graph.demo.declared import declared
from mesh_graph.demo.spec import MeshSpec
from mesh_graph.demo.story import story
from mesh_graph.sources.cluster import KubeObject, Snapshot
from mesh_graph.sources.cluster_kinds import rows_of
from mesh_graph.sources.cluster_object import object_of
from mesh_graph.sources.demo_logs import DemoLogs
from mesh_graph.sources.log_source import LogSource

__all__ = ["DemoCluster", "snapshot_of"]

EVERY_S = 15
"""The clusters are looked at on this grid."""


class DemoCluster:
    """Implements ``ClusterSource`` over the simulated mesh.

    Parameters
    ----------
    mesh : MeshSpec, optional
        The story by default.
    clock : callable
        Present instant, Unix seconds.
    """

    def __init__(self, mesh: MeshSpec | None = None, clock: Callable[[], float] = time.time) -> None:
        self._mesh = mesh or story()
        self._clock = clock
        self._logs = DemoLogs(self._mesh, clock)
        self._on_grid = lru_cache(maxsize=4)(self._build)

    @property
    def name(self) -> str:
        """Who answers: the demo mesh."""
        return "demo mesh"

    @property
    def is_demo(self) -> bool:
        """True."""
        return True

    @property
    def logs(self) -> LogSource:
        """What the simulated pods write, for everybody: there is nothing in it to keep secret."""
        return self._logs

    def wait(self, timeout_s: float) -> bool:
        """Nothing to wait for."""
        return True

    def snapshot(self) -> Snapshot:
        """What is declared now."""
        return self.snapshot_at(self._clock())

    def snapshot_at(self, at: float) -> Snapshot:
        """What was declared at an instant, Unix seconds."""
        return self._on_grid(int(at // EVERY_S))

    def close(self) -> None:
        """Nothing to release."""

    def _build(self, tick: int) -> Snapshot:
        at = float(tick * EVERY_S)
        return snapshot_of(declared(self._mesh, at), version=tick, confirmed_at=at)


def snapshot_of(raw: Mapping[str, list[dict[str, Any]]], *, version: int, confirmed_at: float) -> Snapshot:
    """Raw objects of each cluster as a snapshot; kinds that are not read are left out.

    Raises
    ------
    ObjectInvalid
        If an object cannot be read.
    """
    by_kind: dict[str, list[KubeObject]] = defaultdict(list)
    for cluster, objects in raw.items():
        for one in objects:
            for row in rows_of(one):
                by_kind[row.kind].append(object_of(row, one, cluster))
    return Snapshot(
        version,
        confirmed_at,
        tuple(raw),
        by_kind={
            kind: tuple(sorted(objects, key=lambda o: (o.cluster, o.namespace, o.name)))
            for kind, objects in by_kind.items()
        },
    )
