"""``Intent``: what the clusters declare, beside what the proxies counted. ``Mesh.intent`` hands it out.

What is declared is always that of now; what was counted is that of the view's instant.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property

from mesh_graph.answers.desk import Desk
from mesh_graph.answers.intent_evidence import evidence_of
from mesh_graph.answers.intent_mtls import MtlsAnswer, mtls_of
from mesh_graph.answers.intent_object import ObjectDetail, detail_of_object
from mesh_graph.answers.intent_objects import CONFIG_KINDS, Objects, objects_of
from mesh_graph.answers.observe import FAMILY_FAILED
from mesh_graph.answers.standing import Standing, standing_in
from mesh_graph.answers.state import MeshState
from mesh_graph.cache import SharedCache
from mesh_graph.errors import SourceError
from mesh_graph.istio.checks import IGNORED, Checked, check_all
from mesh_graph.istio.checks.judging import together
from mesh_graph.istio.joined import join
from mesh_graph.istio.references import Referring, referring
from mesh_graph.istio.subsets import Registry
from mesh_graph.model import NodeKey, View
from mesh_graph.sources.cluster import ClusterSource, KubeObject, Snapshot
from mesh_graph.sources.query import Family
from mesh_graph.topology.attributes import Gap

__all__ = ["Intent"]

ROW_BYTES = 1024
STANDING_BYTES = 32 * 1024
NOTHING_SHOWN = View().span_s
StateOf = Callable[[View], MeshState]


@dataclass(frozen=True, eq=False)
class _Read:
    """A snapshot with what is worked out of it once."""

    snapshot: Snapshot
    registry: Registry
    checked: Checked

    @cached_property
    def referring(self) -> dict[tuple[str, str, str, str], tuple[Referring, ...]]:
        """Who names what; worked out when somebody looks at an object."""
        return referring(self.registry, CONFIG_KINDS)

    def naming(self, one: KubeObject) -> tuple[Referring, ...]:
        """The objects that name one."""
        cluster = "" if one.kind == "Service" else one.cluster
        return self.referring.get((cluster, one.kind, one.namespace, one.name), ())


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
        self._standings: SharedCache[object, Standing] = SharedCache(2**22, lambda _: STANDING_BYTES)
        self._mtls: SharedCache[object, MtlsAnswer] = SharedCache(
            2**22, lambda answer: ROW_BYTES * (1 + len(answer.rows) + len(answer.plain))
        )

    def objects(self, view: View) -> Objects:
        """Every config object with status and findings; as ``answers.intent_objects.objects_of``.

        Where the telemetry cannot be had, what the configuration alone says is still told, with the gap.
        """
        exact, read = self._exact(view), self._read()
        key = (exact, read.snapshot.version)
        return self._objects.get(key, lambda: self._objects_of(exact, read))

    def _objects_of(self, exact: View, read: _Read) -> Objects:
        checked, gaps = self._joined(exact, read)
        found = objects_of(exact, read.snapshot, together((read.checked, checked)), gaps)
        revisions = read.registry.revisions
        return replace(found, planes=revisions.planes, unassigned=revisions.unassigned)

    def _joined(self, exact: View, read: _Read) -> tuple[Checked, tuple[Gap, ...]]:
        """What the rules say that join telemetry, and what of that could not be had."""
        try:
            evidence, gaps = evidence_of(self._desk, self._state(exact), read.snapshot)
        except SourceError as error:
            return Checked(), (Gap(FAMILY_FAILED, (("family", Family.REQUESTS), ("reason", str(error)))),)
        return join(read.registry, evidence, self._ignored), gaps

    def object(
        self, view: View, kind: str, namespace: str, name: str, *, cluster: str = ""
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
        own = replace(view, namespaces=(namespace,) if namespace else ())
        for row in self.objects(own).rows:
            if row.key[1:] == wanted and cluster in ("", row.key[0]):
                return detail_of_object(read.registry, row, read.naming(row.source))
        return None

    def standing(self, subject: NodeKey) -> Standing:
        """Pods, services and configuration of one subject; as ``answers.standing.standing_in``."""
        read = self._read()
        key = (subject, read.snapshot.version)
        return self._standings.get(key, lambda: standing_in(read.registry, read.checked, subject))

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
