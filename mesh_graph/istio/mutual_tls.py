"""PeerAuthentications → the mutual TLS that servers ask for, by workload, namespace and mesh.

The narrowest object that says a mode decides: a workload's, its namespace's, the mesh's; of two as narrow,
the older. Source: istio.io, reference of PeerAuthentication.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from mesh_graph.istio.mesh_config import MeshConfig
from mesh_graph.istio.place import spec_of
from mesh_graph.istio.revisions import Revisions
from mesh_graph.sources.cluster import KubeObject, Snapshot

__all__ = ["DISABLE", "PERMISSIVE", "STRICT", "Mode", "PeerModes", "selector_of"]

STRICT = "STRICT"
PERMISSIVE = "PERMISSIVE"
DISABLE = "DISABLE"
_MODES = (STRICT, PERMISSIVE, DISABLE)


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode and who declares it.

    Attributes
    ----------
    name : str
        ``STRICT``, ``PERMISSIVE`` or ``DISABLE``.
    source : KubeObject or None
        None is Istio's default.
    """

    name: str
    source: KubeObject | None


DEFAULT = Mode(PERMISSIVE, None)


def selector_of(one: KubeObject) -> Mapping[str, str]:
    """Labels of the workloads that an object is for; empty for one of a whole namespace, or the mesh."""
    return spec_of(one)["selector"]["matchLabels"].labels


class PeerModes:
    """The modes of a snapshot's servers.

    Parameters
    ----------
    snapshot : Snapshot
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._revisions = Revisions(snapshot)
        self._wide: dict[tuple[str, str], list[KubeObject]] = defaultdict(list)
        self._narrow: dict[tuple[str, str], list[KubeObject]] = defaultdict(list)
        for one in sorted(snapshot.objects("PeerAuthentication"), key=lambda one: one.created_at or 0.0):
            kept = self._narrow if selector_of(one) else self._wide
            kept[one.cluster, one.namespace].append(one)

    def mesh(self, cluster: str) -> Mode:
        """What holds where no namespace says otherwise."""
        root = self._config(cluster).root_namespace
        return _first(self._wide.get((cluster, root), [])) or DEFAULT

    def namespace(self, cluster: str, namespace: str) -> Mode:
        """What holds where no workload says otherwise."""
        return _first(self._wide.get((cluster, namespace), [])) or self.mesh(cluster)

    def workload(self, cluster: str, namespace: str, labels: Mapping[str, str]) -> Mode:
        """What a workload with these labels asks for."""
        own = [one for one in self.narrow(cluster, namespace) if _selects(one, labels)]
        return _first(own) or self.namespace(cluster, namespace)

    def narrow(self, cluster: str, namespace: str) -> tuple[KubeObject, ...]:
        """The objects of a namespace that are for some of its workloads, oldest first."""
        return tuple(self._narrow.get((cluster, namespace), ()))

    def has_port_modes(self, cluster: str, namespace: str, labels: Mapping[str, str]) -> bool:
        """Whether single ports of a workload have modes of their own."""
        return any(
            spec_of(one)["portLevelMtls"] and _selects(one, labels) for one in self.narrow(cluster, namespace)
        )

    def _config(self, cluster: str) -> MeshConfig:
        return self._revisions.config(cluster)


def _selects(one: KubeObject, labels: Mapping[str, str]) -> bool:
    return selector_of(one).items() <= labels.items()


def _first(objects: list[KubeObject]) -> Mode | None:
    modes = ((spec_of(one)["mtls"]["mode"].text, one) for one in objects)
    return next((Mode(name, one) for name, one in modes if name in _MODES), None)
