"""KIA1701, KIA1702: groups of workloads outside whose account is missing, or that cannot be told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity, label_text
from mesh_graph.istio.checks.nearest import nearest
from mesh_graph.istio.place import spec_of
from mesh_graph.istio.subsets import WORKLOAD_KINDS, Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["MISSING_ACCOUNT", "SAME_GROUP_LABELS"]


def _find_account(registry: Registry) -> Iterator[ConfigFinding]:
    for one in registry.snapshot.objects("WorkloadGroup"):
        place = spec_of(one)["template"]["serviceAccount"]
        known = registry.accounts.get(one.cluster, frozenset())
        if place.text and (one.namespace, place.text) not in known:
            close = nearest(place.text, sorted(name for home, name in known if home == one.namespace))
            parameters = (("account", place.text), ("namespace", one.namespace), ("close", close))
            changes = {place.path: close} if close else {}
            yield ConfigFinding("KIA1701", Severity.WARNING, one, place.path, parameters, changes)


def _find_same(registry: Registry) -> Iterator[ConfigFinding]:
    alike: dict[object, list[KubeObject]] = defaultdict(list)
    for one in registry.snapshot.objects("WorkloadGroup"):
        labels = spec_of(one)["metadata"]["labels"].labels
        if labels:
            alike[one.cluster, one.namespace, frozenset(labels.items())].append(one)
    for found in alike.values():
        for one in found if len(found) > 1 else ():
            place = spec_of(one)["metadata"]["labels"]
            others = ", ".join(other.name for other in found if other is not one)
            parameters = (("labels", label_text(place.labels)), ("others", others))
            yield ConfigFinding("KIA1702", Severity.WARNING, one, place.path, parameters)


MISSING_ACCOUNT = Rule("KIA1701", ("WorkloadGroup", "ServiceAccount", *WORKLOAD_KINDS), _find_account)
SAME_GROUP_LABELS = Rule("KIA1702", ("WorkloadGroup",), _find_same)
