"""``Intent``: what the clusters declare, beside what the proxies counted. ``Mesh.intent`` hands it out.

What is declared is always that of now; what was counted is that of the view's instant.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from mesh_graph.answers.desk import Desk
from mesh_graph.answers.intent_mtls import MtlsAnswer, mtls_of
from mesh_graph.answers.intent_object import ObjectDetail, detail_of_object
from mesh_graph.answers.intent_objects import Objects, objects_of
from mesh_graph.answers.state import MeshState
from mesh_graph.cache import SharedCache
from mesh_graph.istio.checks import IGNORED, Checked, check_all
from mesh_graph.istio.subsets import Registry
from mesh_graph.model import View
from mesh_graph.sources.cluster import ClusterSource, Snapshot

__all__ = ["Intent"]

ROW_BYTES = 1024
NOTHING_SHOWN = View().span_s
StateOf = Callable[[View], MeshState]


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """A snapshot with what is worked out of it once."""

    snapshot: Snapshot
    registry: Registry
    checked: Checked


class Intent:
    """Answers about what is declared.

    Parameters
    ----------
    desk : Desk
    cluster : ClusterSource
        The desk's own.
    state : callable
        Gives the state of a view with its instant.
    ignored : collection of str
        Codes of rules that are not checked.
    """

    def __init__(
        self, desk: Desk, cluster: ClusterSource, state: StateOf, ignored: Collection[str] = IGNORED
    ) -> None:
        self._desk = desk
        self._cluster = cluster
        self._state = state
        self._ignored = frozenset(ignored)
        self._reads: SharedCache[int, _Read] = SharedCache(1, lambda _: 1)
        self._objects: SharedCache[object, Objects] = SharedCache(
            2**24, lambda objects: ROW_BYTES * (1 + len(objects.rows))
        )
        self._mtls: SharedCache[object, MtlsAnswer] = SharedCache(
            2**22, lambda answer: ROW_BYTES * (1 + len(answer.rows) + len(answer.plain))
        )

    def objects(self, view: View) -> Objects:
        """Every config object with status and findings; as ``answers.intent_objects.objects_of``."""
        exact, read = self._exact(view), self._read()
        key = (exact, read.snapshot.version)
        return self._objects.get(key, lambda: objects_of(exact, read.snapshot, read.checked))

    def object(
        self, view: View, kind: str, namespace: str, name: str, cluster: str = ""
    ) -> ObjectDetail | None:
        """One object in full; as ``answers.intent_object.detail_of_object``, None where there is none.

        Parameters
        ----------
        view : View
            Its instant and window are those of what was counted.
        kind, namespace, name : str
        cluster : str
            Empty for the first cluster that has one.
        """
        read = self._read()
        wanted = (kind, namespace, name)
        for row in self.objects(replace(view, namespaces=())).rows:
            if row.key[1:] == wanted and cluster in ("", row.key[0]):
                return detail_of_object(read.registry, row)
        return None

    def mtls(self, view: View) -> MtlsAnswer:
        """Declared and observed mutual TLS; as ``answers.intent_mtls.mtls_of``.

        Raises
        ------
        SourceError
            If the source did not answer for the requests.
        """
        exact, read = self._exact(view), self._read()
        key = (exact, read.snapshot.version)
        return self._mtls.get(key, lambda: self._mtls_of(exact, read.registry))

    def _mtls_of(self, exact: View, registry: Registry) -> MtlsAnswer:
        state = self._state(exact)
        return mtls_of(exact, registry, state.traffic, state.gaps)

    def _read(self) -> _Read:
        snapshot = self._cluster.snapshot()
        return self._reads.get(snapshot.version, lambda: self._checked(snapshot))

    def _checked(self, snapshot: Snapshot) -> _Read:
        registry = Registry(snapshot)
        return _Read(snapshot, registry, check_all(registry, self._ignored))

    def _exact(self, view: View) -> View:
        """The exact view with nothing of what only a graph shows, so that all who ask share an answer."""
        exact = self._desk.exact(view)
        return View(exact.namespaces, window_s=exact.window_s, at=exact.at, compare_s=0)
