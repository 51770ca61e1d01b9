"""A cluster source as somebody with a scope may see it, without the objects of other namespaces and clusters.

What holds for the whole mesh holds for every part of it, and is told as far as it does: the settings of the
control plane by the few fields that are read, and of the root namespace a PeerAuthentication and a Sidecar
that select no workload. Nothing else of other namespaces is, nor their routes to allowed hosts.

Whoever lacks the right to see configuration is told what runs, and nothing else: routes, rules, policies and
the mesh's settings are kinds that were not read. To whom it is given in a part of what may be seen, they are
kinds that were not read in full.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from mesh_graph.scope import Right, Scope
from mesh_graph.sources.cluster import EMPTY, ClusterSource, KubeObject, Snapshot
from mesh_graph.sources.cluster_kinds import CONFIGURATION
from mesh_graph.sources.log_source import LogSource, ScopedLogs
from mesh_graph.sources.manifest_text import ManifestInvalid, documents
from mesh_graph.sources.revisions import REVISION, SHARED, environment_of

__all__ = ["ScopedCluster", "scoped_snapshot"]

_SETTINGS = (
    ("rootNamespace",),
    ("outboundTrafficPolicy", "mode"),
    ("enableAutoMtls",),
    ("trustDomain",),
    ("trustDomainAliases",),
    ("defaultConfig", "tracing", "sampling"),
)
"""Of the mesh's configuration, what holds for everybody and names nobody."""
_VARIABLES = frozenset({"PILOT_SCOPE_GATEWAY_TO_NAMESPACE", "PILOT_TRACE_SAMPLING", SHARED})
"""Of istiod's environment, likewise."""
_ROOT = "istio-system"
Roots = Mapping[str, Collection[str]]


class ScopedCluster:
    """Implements ``ClusterSource`` over another one.

    Parameters
    ----------
    source : ClusterSource
        Not closed with this one.
    scope : Scope
    """

    def __init__(self, source: ClusterSource, scope: Scope) -> None:
        self._source = source
        self._scope = scope
        self._last: tuple[Snapshot, Snapshot] | None = None

    @property
    def name(self) -> str:
        """Who answers, for people."""
        return self._source.name

    @property
    def is_demo(self) -> bool:
        """Whether the clusters are simulated."""
        return self._source.is_demo

    @property
    def logs(self) -> LogSource:
        """Whoever can be asked for logs, of what may be seen by whom the right is given."""
        return ScopedLogs(self._source.logs, self._scope)

    def wait(self, timeout_s: float) -> bool:
        """Wait until every kind has been read; whether that came about in time."""
        return self._source.wait(timeout_s)

    def snapshot(self) -> Snapshot:
        """The newest state, of what may be seen."""
        whole, last = self._source.snapshot(), self._last
        if last is None or last[0] is not whole:
            self._last = last = whole, scoped_snapshot(whole, self._scope)
        return last[1]

    def close(self) -> None:
        """Nothing to stop: the source is another's."""


def scoped_snapshot(whole: Snapshot, scope: Scope) -> Snapshot:
    """The part of a snapshot that may be seen; itself where that is all."""
    if Right.CONFIG in scope.rights:
        return _of_places(whole, scope)
    configured = scope.having(Right.CONFIG)
    return _of_places(_less_configured(whole, _of_places(whole, configured)), scope)


def _less_configured(whole: Snapshot, configured: Snapshot) -> Snapshot:
    """A snapshot with the configuration of another one alone, which is not all of it."""
    running = {kind: objects for kind, objects in whole.by_kind.items() if kind not in CONFIGURATION}
    read = {
        kind: objects for kind, objects in configured.by_kind.items() if kind in CONFIGURATION and objects
    }
    return replace(
        whole,
        gaps=tuple(gap for gap in whole.gaps if gap.kind not in CONFIGURATION or gap in configured.gaps),
        by_kind=running | read,
        unknown=whole.unknown | CONFIGURATION,
        changes=configured.changes,
    )


def _of_places(whole: Snapshot, scope: Scope) -> Snapshot:
    """The snapshot without other namespaces and clusters."""
    if scope.is_whole:
        return whole
    roots = _roots(whole)
    by_kind = {
        kind: tuple(seen for one in objects for seen in _seen(one, scope, roots))
        for kind, objects in whole.by_kind.items()
    }
    return replace(
        whole,
        clusters=tuple(filter(scope.allows_cluster, whole.clusters)),
        gaps=tuple(gap for gap in whole.gaps if not gap.cluster or scope.allows_cluster(gap.cluster)),
        by_kind=by_kind,
        scope=scope,
        changes={key: known for key, known in whole.changes.items() if scope.allows(key[2], key[0])},
    )


def _seen(one: KubeObject, scope: Scope, roots: Roots) -> Iterator[KubeObject]:
    """The object, or as much of it as holds for everybody."""
    namespace = one.name if one.kind == "Namespace" else one.namespace
    if scope.allows(namespace, one.cluster) if namespace else _is_tag(one, scope):
        yield one
    elif scope.allows_cluster(one.cluster) and (spec := _for_all(one, scope, roots)):
        labels = {name: text for name, text in one.labels.items() if name == REVISION}
        bare = replace(one, labels=labels, annotations=EMPTY, status=EMPTY, owner=None, origin=None)
        yield replace(bare, spec=spec)


def _is_tag(one: KubeObject, scope: Scope) -> bool:
    """Whether it is another name of a control plane, which says nothing of whom it is for."""
    return one.kind == "RevisionTag" and scope.allows_cluster(one.cluster)


def _for_all(one: KubeObject, scope: Scope, roots: Roots) -> Mapping[str, Any]:
    """What of an object's spec holds for the whole mesh; empty for nothing."""
    if one.kind == "ConfigMap":
        return {"mesh": json.dumps(_settings(one))}
    if one.kind == "Istiod":
        told = {name: text for name, text in environment_of(one).items() if name in _VARIABLES}
        env = tuple({"name": name, "value": text} for name, text in told.items())
        return {"template": {"spec": {"containers": ({"env": env},)}}}
    if one.namespace in roots.get(one.cluster, (_ROOT,)):
        if one.kind == "PeerAuthentication" and not _within(one.spec, "selector", "matchLabels"):
            return one.spec
        if one.kind == "Sidecar" and not _within(one.spec, "workloadSelector", "labels"):
            return {"egress": ({"hosts": _imports(one, scope)},)}
    return {}


def _imports(one: KubeObject, scope: Scope) -> tuple[str, ...]:
    """What a Sidecar imports for all, without names that may not be seen: rather too little than too much."""
    listeners = _items(one.spec.get("egress"))
    hosts = [host for listener in listeners for host in _items(_within(listener, "hosts"))]
    told = tuple(host for host in hosts if _names_nobody(host, scope, one.cluster))
    is_exact = all(not str(host).startswith("~") for host in hosts if host not in told)
    return told if is_exact and (told or not hosts) else ("~/*",)


def _names_nobody(imported: Any, scope: Scope, cluster: str) -> bool:
    """Whether an import is of all hosts of a namespace, and names none that may not be seen."""
    namespace, _, name = str(imported).removeprefix("~").partition("/")
    return name == "*" and (namespace in ("", ".", "*") or scope.allows(namespace, cluster))


def _items(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, tuple | list) else ()


def _within(value: Any, *names: str) -> Any:
    """What is at a path of mappings; None where there is nothing."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _roots(snapshot: Snapshot) -> Roots:
    """Root namespaces by cluster that has settings: of each ConfigMap its own, Istio's where it says none."""
    found: dict[str, set[str]] = {}
    for one in snapshot.by_kind.get("ConfigMap", ()):
        root = _settings(one).get("rootNamespace")
        found.setdefault(one.cluster, set()).add(root if isinstance(root, str) and root else _ROOT)
    return found


def _settings(one: KubeObject) -> dict[str, Any]:
    found: dict[str, Any] = {}
    mesh = _mesh(one)
    for path in _SETTINGS:
        value = _within(mesh, *path)
        if value is not None:
            below = found
            for name in path[:-1]:
                below = below.setdefault(name, {})
            below[path[-1]] = value
    return found


def _mesh(one: KubeObject) -> Mapping[str, Any]:
    text = one.spec.get("mesh")
    try:
        read = documents(text) if isinstance(text, str) else []
    except ManifestInvalid:
        read = []
    return read[0].value if read else {}
