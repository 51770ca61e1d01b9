"""Which objects the same proxies take in: ``exportTo`` of the objects, and what Sidecars import.

The Sidecar without a selector of a namespace, else that of the root namespace, holds for its proxies; those
with selectors for some of them. Gateways obey no Sidecar. Source: istio.io, "Configuration Scoping", and the
reference of Sidecar, ``IstioEgressListener.hosts``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mesh_graph.istio.exports import ALL, exported_to, see_each_other
from mesh_graph.istio.hosts import Host, covers, host_of
from mesh_graph.istio.place import spec_of
from mesh_graph.istio.sidecars import has_sidecar
from mesh_graph.istio.subsets import Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["Imports"]

OWN, NOT = ".", "~"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One imported host: of which namespace, and which names."""

    namespace: str
    name: str
    is_excluded: bool = False

    def takes(self, host: Host, namespace: str) -> bool:
        home = host.namespace if host.is_service else namespace
        if self.namespace not in (ALL, home):
            return False
        return self.name == ALL or covers(self.name, host.name) or covers(host.name, self.name)


Entries = Sequence[_Entry]


class Imports:
    """What the proxies of namespaces take in.

    Parameters
    ----------
    registry : Registry
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._wide: dict[tuple[str, str], KubeObject] = {}
        self._narrow: dict[tuple[str, str], list[KubeObject]] = defaultdict(list)
        for one in registry.snapshot.objects("Sidecar"):
            if spec_of(one)["workloadSelector"]["labels"].labels:
                self._narrow[one.cluster, one.namespace].append(one)
            else:
                self._wide.setdefault((one.cluster, one.namespace), one)
        self._limited = {cluster for cluster, _ in self._wide}
        self._proxied = self._with_proxies() if self._limited else {}

    def meet(self, one: KubeObject, other: KubeObject) -> bool:
        """Whether some proxy takes in both objects: of the first one's namespace, or of pods anywhere."""
        return self._are_taken((one, _hosts(one)), (other, _hosts(other)))

    def reaches(self, one: KubeObject, host: Host) -> bool:
        """Whether some proxy takes in an object together with a host that it speaks of."""
        return self._are_taken((one, _hosts(one)), (one, (host,)))

    def _are_taken(self, *pairs: tuple[KubeObject, Sequence[Host]]) -> bool:
        (one, _), (other, _) = pairs
        if one.cluster not in self._limited:
            return see_each_other(one, other)
        places = self._places(one, other)
        return any(
            all(_takes(entries, hosts, taken.namespace) for taken, hosts in pairs)
            for place in places
            for entries in self._scopes(one.cluster, place)
        )

    def _places(self, one: KubeObject, other: KubeObject) -> frozenset[str]:
        """Namespaces that see both objects; where all do, the first one's own, and those with proxies."""
        first, second = exported_to(one), exported_to(other)
        if ALL in first and ALL in second:
            return self._proxied.get(one.cluster, frozenset()) | {one.namespace}
        return second if ALL in first else first if ALL in second else first & second

    def _scopes(self, cluster: str, namespace: str) -> Iterable[Entries]:
        """What proxies of a namespace import, a list for each of its Sidecars; an empty one is everything."""
        root = self._registry.config(cluster).root_namespace
        wide = self._wide.get((cluster, namespace)) or self._wide.get((cluster, root))
        yield _entries(wide, namespace) if wide else ()
        for one in self._narrow.get((cluster, namespace), ()):
            yield _entries(one, namespace)

    def _with_proxies(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for pod in self._registry.snapshot.objects("Pod"):
            if pod.namespace not in found[pod.cluster] and has_sidecar(pod):
                found[pod.cluster].add(pod.namespace)
        return {cluster: frozenset(places) for cluster, places in found.items()}


def _entries(sidecar: KubeObject, namespace: str) -> Entries:
    written = [host for listener in spec_of(sidecar)["egress"] for host in listener["hosts"].texts]
    return [_entry(host, namespace) for host in written if "/" in host]


def _entry(written: str, namespace: str) -> _Entry:
    place, _, name = written.partition("/")
    is_excluded = place.startswith(NOT)
    place = place.removeprefix(NOT) or ALL
    return _Entry(namespace if place == OWN else place, name.lower(), is_excluded)


def _takes(entries: Entries, hosts: Iterable[Host], namespace: str) -> bool:
    """Whether entries import a host of an object; none at all import everything."""
    if not entries:
        return True
    return any(
        any(entry.takes(host, namespace) for entry in entries if not entry.is_excluded)
        and not any(entry.takes(host, namespace) for entry in entries if entry.is_excluded)
        for host in hosts
    )


def _hosts(one: KubeObject) -> tuple[Host, ...]:
    spec = spec_of(one)
    written = (spec["host"].text,) if one.kind == "DestinationRule" else spec["hosts"].texts
    return tuple(host_of(name, one.namespace) for name in written)
