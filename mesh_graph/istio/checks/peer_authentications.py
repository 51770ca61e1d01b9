"""KIA0002, KIA0003, KIA0004: peer authentications that compete, and such that select nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.place import spec_of
from mesh_graph.istio.subsets import WORKLOAD_KINDS, Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["SAME_SCOPE", "SAME_WORKLOAD", "SELECTS_NOTHING"]

PATH = "spec/selector"


def _selector(one: KubeObject) -> dict[str, str]:
    return dict(spec_of(one)["selector"]["matchLabels"].labels)


def _find_same_scope(registry: Registry) -> Iterator[ConfigFinding]:
    wide: dict[tuple[str, str], list[KubeObject]] = defaultdict(list)
    for one in registry.snapshot.objects("PeerAuthentication"):
        if not _selector(one):
            wide[one.cluster, one.namespace].append(one)
    for found in wide.values():
        for one in found if len(found) > 1 else ():
            others = ", ".join(other.name for other in found if other is not one)
            parameters = (("namespace", one.namespace), ("others", others))
            yield ConfigFinding("KIA0002", Severity.ERROR, one, PATH, parameters)


def _find_same_workload(registry: Registry) -> Iterator[ConfigFinding]:
    by_workload: dict[tuple[str, str, str], list[KubeObject]] = defaultdict(list)
    for one in registry.snapshot.objects("PeerAuthentication"):
        selector = _selector(one)
        names = {w.name for w in registry.selected(selector, one.namespace)} if selector else ()
        for name in names:
            by_workload[one.cluster, one.namespace, name].append(one)
    shared: dict[KubeObject, tuple[set[str], set[str]]] = {}
    for (_, _, workload), found in by_workload.items():
        for one in found if len(found) > 1 else ():
            workloads, others = shared.setdefault(one, (set(), set()))
            workloads.add(workload)
            others.update(other.name for other in found if other is not one)
    for one, (workloads, others) in shared.items():
        parameters = (("workloads", ", ".join(sorted(workloads))), ("others", ", ".join(sorted(others))))
        yield ConfigFinding("KIA0003", Severity.ERROR, one, PATH, parameters)


def _find_nothing(registry: Registry) -> Iterator[ConfigFinding]:
    for one in registry.snapshot.objects("PeerAuthentication"):
        selector = _selector(one)
        if selector and not registry.selected(selector, one.namespace):
            labels = ", ".join(f"{name}={value}" for name, value in sorted(selector.items()))
            parameters = (("labels", labels), ("namespace", one.namespace))
            yield ConfigFinding("KIA0004", Severity.WARNING, one, PATH, parameters)


SAME_SCOPE = Rule("KIA0002", ("PeerAuthentication",), _find_same_scope)
SAME_WORKLOAD = Rule("KIA0003", ("PeerAuthentication", *WORKLOAD_KINDS), _find_same_workload)
SELECTS_NOTHING = Rule("KIA0004", ("PeerAuthentication", *WORKLOAD_KINDS), _find_nothing)
