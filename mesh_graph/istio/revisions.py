"""Control planes of clusters by revision, and which of them the proxies of a namespace obey.

A namespace names its revision, or a tag that stands for one, in the label ``istio.io/rev``; one with
``istio-injection: enabled``, or without any, is the tag's or the revision's that is called ``default``.
Source: istio.io, "Canary Upgrades", and the namespace selectors of Istio's injection webhooks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from mesh_graph.istio.mesh_config import MeshConfig, lenient, mesh_config, revisions_of
from mesh_graph.istio.place import spec_of
from mesh_graph.sources.cluster import KubeObject, Snapshot
from mesh_graph.sources.revisions import DEFAULT, REVISION, TAG, revision_of

__all__ = ["ControlPlane", "Revisions", "Unassigned"]

INJECTION, ENABLED = "istio-injection", "enabled"


@dataclass(frozen=True, slots=True, eq=False)
class ControlPlane:
    """One revision of one cluster.

    Attributes
    ----------
    cluster, revision : str
    tags : tuple of str
        Other names of it.
    version : str
        Tag of istiod's image; empty where none runs, or it has none.
    is_running : bool
        Whether a Deployment of istiod was seen; else only settings of the revision are there.
    config : MeshConfig
    namespaces : tuple of str
        Those whose proxies obey it by their labels.
    """

    cluster: str
    revision: str
    tags: tuple[str, ...]
    version: str
    is_running: bool
    config: MeshConfig
    namespaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A namespace whose label names no control plane that was seen."""

    cluster: str
    namespace: str
    revision: str


class Revisions:
    """The control planes of a snapshot.

    Parameters
    ----------
    snapshot : Snapshot
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._configs = {
            cluster: {
                revision: mesh_config(snapshot, cluster, revision)
                for revision in revisions_of(snapshot, cluster) or (DEFAULT,)
            }
            for cluster in snapshot.clusters
        }
        self._tags: dict[str, dict[str, str]] = defaultdict(dict)
        for one in snapshot.objects("RevisionTag"):
            self._tags[one.cluster][one.labels.get(TAG, "")] = revision_of(one)

    def config(self, cluster: str, namespace: str = "") -> MeshConfig:
        """What the control plane of a namespace is told; where it is not known which, what is sure of all.

        Without a namespace that of the mesh: the default one.
        """
        configs = self._configs.get(cluster)
        if not configs:
            return MeshConfig()
        if len(configs) == 1:
            return next(iter(configs.values()))
        name = self._named.get((cluster, namespace), "")
        is_own = name != DEFAULT and name in configs
        is_sure = is_own or self._snapshot.is_known("Namespace", "RevisionTag")
        found = configs.get(self._resolved(cluster, name or DEFAULT)) if is_sure else None
        return found if found is not None else lenient(list(configs.values()))

    @cached_property
    def planes(self) -> tuple[ControlPlane, ...]:
        """Every control plane, by cluster and revision."""
        running = {(one.cluster, revision_of(one)): one for one in self._snapshot.objects("Istiod")}
        places: dict[tuple[str, str], list[str]] = defaultdict(list)
        for (cluster, namespace), name in sorted(self._named.items()):
            places[cluster, self._resolved(cluster, name)].append(namespace)
        return tuple(
            ControlPlane(
                cluster,
                revision,
                tuple(sorted(tag for tag, meant in self._tags[cluster].items() if meant == revision)),
                _version(running.get((cluster, revision))),
                (cluster, revision) in running,
                config,
                tuple(places.get((cluster, revision), ())),
            )
            for cluster, configs in sorted(self._configs.items())
            for revision, config in configs.items()
            if config.is_written or (cluster, revision) in running
        )

    @cached_property
    def unassigned(self) -> tuple[Unassigned, ...]:
        """Namespaces whose label names nothing that was seen; none where no control plane was."""
        seen = {plane.cluster for plane in self.planes}
        return tuple(
            Unassigned(cluster, namespace, name)
            for (cluster, namespace), name in sorted(self._named.items())
            if cluster in seen and self._resolved(cluster, name) not in self._configs[cluster]
        )

    @cached_property
    def _named(self) -> Mapping[tuple[str, str], str]:
        """Revision or tag that each namespace names which is to have proxies."""
        return {
            (one.cluster, one.name): name
            for one in self._snapshot.objects("Namespace")
            if (name := _name_of(one))
        }

    def _resolved(self, cluster: str, name: str) -> str:
        """Revision of a name, which may be a tag's; the only one there is, if nothing is called default."""
        revision = self._tags[cluster].get(name, name)
        revisions: Sequence[str] = list(self._configs.get(cluster, ()))
        is_alone = revision == DEFAULT and len(revisions) == 1
        return revisions[0] if is_alone else revision


def _name_of(namespace: KubeObject) -> str:
    if namespace.labels.get(INJECTION) == ENABLED:
        return DEFAULT
    return "" if INJECTION in namespace.labels else namespace.labels.get(REVISION, "")


def _version(istiod: KubeObject | None) -> str:
    for container in spec_of(istiod)["template"]["spec"]["containers"] if istiod else ():
        name = container["image"].text.rpartition("/")[2]
        return name.partition("@")[0].partition(":")[2]
    return ""
