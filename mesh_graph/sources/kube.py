"""Kubernetes clusters as a cluster source: every kind of every cluster watched by a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from mesh_graph.sources.cluster import KubeObject, Snapshot
from mesh_graph.sources.cluster_kinds import KINDS, KubeKind, mesh_settings
from mesh_graph.sources.kube_api import KubeApi
from mesh_graph.sources.kube_logs import KubeLogs
from mesh_graph.sources.kube_watch import KindWatch
from mesh_graph.sources.log_source import LogSource, NoLogs, WhyOff
from mesh_graph.sources.revisions import SETTINGS, settings_of

__all__ = ["KubeSource"]

STOP_S = 2.0


class KubeSource:
    """Implements ``ClusterSource`` over API servers. It lists and watches, and writes nothing.

    Parameters
    ----------
    apis : sequence of KubeApi
        One a cluster.
    kinds : sequence of KubeKind
        What is read.
    reads_logs : bool
        Whether logs of pods are read for whoever may ask: not where nobody signs in.
    """

    def __init__(
        self, apis: Sequence[KubeApi], kinds: Sequence[KubeKind] = KINDS, *, reads_logs: bool = False
    ) -> None:
        self._apis = tuple(apis)
        self.logs: LogSource = KubeLogs(apis) if reads_logs else NoLogs(WhyOff.NO_SIGN_IN)
        self._lock = threading.Lock()
        self._building = threading.Lock()
        self._version = 1
        self._built: Snapshot | None = None
        self._watches = [KindWatch(api, row, self._on_change) for api in apis for row in kinds]
        self._is_closed = False
        self._settings: dict[tuple[str, str], KindWatch] = {}
        """Of revisions, by cluster and name of the ConfigMap."""
        for watch in self._watches:
            watch.start()

    @property
    def name(self) -> str:
        """Names of the clusters."""
        return ", ".join(api.name for api in self._apis)

    @property
    def is_demo(self) -> bool:
        """False."""
        return False

    def wait(self, timeout_s: float) -> bool:
        """Wait until every kind has been read or found to be a gap; whether that came about in time."""
        until = time.monotonic() + timeout_s
        waited: set[KindWatch] = set()
        while found := set(self._all_watches()) - waited:
            if not all(watch.is_settled.wait(max(0.0, until - time.monotonic())) for watch in found):
                return False
            waited |= found
        return True

    def snapshot(self) -> Snapshot:
        """The newest state; shared until something changes but for its age."""
        with self._building:
            if self._built is None or self._built.version != self._version:
                self._built = self._build(self._version)
            built = self._built
        return Snapshot(
            version=built.version,
            confirmed_at=min(
                (watch.confirmed_at for watch in self._all_watches() if watch.confirmed_at), default=0.0
            ),
            clusters=built.clusters,
            gaps=built.gaps,
            by_kind=built.by_kind,
            unknown=built.unknown,
        )

    def close(self) -> None:
        """Stop watching; the last snapshot stays."""
        with self._lock:
            self._is_closed = True
        watches = self._all_watches()
        for watch in watches:
            watch.stop()
        for api in self._apis:
            api.close()
        for watch in watches:
            watch.join(STOP_S)

    def _all_watches(self) -> tuple[KindWatch, ...]:
        with self._lock:
            return (*self._watches, *self._settings.values())

    def _on_change(self) -> None:
        self._follow_revisions()
        with self._lock:
            self._version += 1

    def _follow_revisions(self) -> None:
        """Watch the settings of the revisions that there are, and of no others."""
        wanted = {
            (one.cluster, name)
            for watch in self._watches
            if watch.kind == "Istiod"
            for one in watch.state()[0]
            for name in settings_of(one)
            if name != SETTINGS
        }
        with self._lock:
            if self._is_closed:
                return
            for key in self._settings.keys() - wanted:
                self._settings.pop(key).stop()
            apis = {api.name: api for api in self._apis}
            for cluster, name in sorted(wanted - self._settings.keys()):
                watch = KindWatch(apis[cluster], mesh_settings(name), self._on_change)
                self._settings[cluster, name] = watch
                watch.start()

    def _build(self, version: int) -> Snapshot:
        by_kind: dict[str, tuple[KubeObject, ...]] = {}
        gaps, unknown = [], set()
        for watch in self._all_watches():
            objects, gap, was_read = watch.state()
            by_kind[watch.kind] = (*by_kind.get(watch.kind, ()), *objects)
            if gap is not None:
                gaps.append(gap)
            if not was_read and (gap is None or gap.message != "cluster.not-installed"):
                unknown.add(watch.kind)
        clusters = tuple(api.name for api in self._apis)
        return Snapshot(version, 0.0, clusters, tuple(gaps), by_kind, frozenset(unknown))
