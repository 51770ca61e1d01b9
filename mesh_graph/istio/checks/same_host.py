"""KIA1106: several VirtualServices for one host; the sidecars obey one of them, and not always the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.exports import see_each_other
from mesh_graph.istio.hosts import Host, covers
from mesh_graph.istio.imports import Imports
from mesh_graph.istio.subsets import Registry
from mesh_graph.istio.virtual_services import MESH, gateways_of, hosts_of
from mesh_graph.sources.cluster import KubeObject

__all__ = ["SAME_HOST"]

Claims = dict[tuple[str, str, str], list[KubeObject]]


def _find(registry: Registry) -> Iterator[ConfigFinding]:
    claims: Claims = defaultdict(list)
    wild: dict[tuple[str, str], set[str]] = defaultdict(set)
    objects, imports = registry.snapshot.objects("VirtualService"), Imports(registry)
    for one in objects:
        for gateway, host in _claimed(one):
            claims[one.cluster, gateway, host.name].append(one)
            if host.is_wildcard and ".svc." in host.name:
                wild[one.cluster, gateway].add(host.name)
    rivals: dict[KubeObject, set[tuple[str, str]]] = defaultdict(set)
    for one in objects:
        for gateway, host in _claimed(one):
            for name in _clashing(host, wild[one.cluster, gateway]):
                for other in claims[one.cluster, gateway, name]:
                    meet = imports.meet if gateway == MESH else see_each_other
                    if other is not one and meet(one, other):
                        rivals[one].add((host.name, f"{other.namespace}/{other.name}"))
                        rivals[other].add((name, f"{one.namespace}/{one.name}"))
    for one, found in rivals.items():
        hosts, others = ({pair[part] for pair in found} for part in (0, 1))
        parameters = (("host", ", ".join(sorted(hosts))), ("others", ", ".join(sorted(others))))
        yield ConfigFinding("KIA1106", Severity.WARNING, one, "spec/hosts", parameters)


def _claimed(one: KubeObject) -> Iterator[tuple[str, Host]]:
    """Each host of a VirtualService at each of its gateways."""
    yield from dict.fromkeys((gateway, host) for gateway in gateways_of(one) for host in hosts_of(one))


def _clashing(host: Host, wild: set[str]) -> Iterator[str]:
    """Names that claim the same as a host: its own, and wildcards of a namespace's services over it."""
    yield host.name
    yield from (pattern for pattern in wild if pattern != host.name and covers(pattern, host.name))


SAME_HOST = Rule("KIA1106", ("VirtualService",), _find)
