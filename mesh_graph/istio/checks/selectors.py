"""KIA0002, KIA0003, KIA0004: objects that compete for workloads, and such that select none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity, label_text
from mesh_graph.istio.place import spec_of
from mesh_graph.istio.subsets import WORKLOAD_KINDS, Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["SAME_SCOPE", "SAME_WORKLOAD", "SELECTS_NOTHING"]

COMPETING = ("PeerAuthentication", "Sidecar")
SELECTING = ("AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication", "Sidecar")
FIELDS = {"Sidecar": ("workloadSelector", "labels")}
SELECTOR = ("selector", "matchLabels")


def _path(one: KubeObject) -> str:
    return f"spec/{FIELDS.get(one.kind, SELECTOR)[0]}"


def _selector(one: KubeObject) -> Mapping[str, str]:
    field, labels = FIELDS.get(one.kind, SELECTOR)
    return spec_of(one)[field][labels].labels


def _is_judged(registry: Registry, one: KubeObject) -> bool:
    """Whether every workload that it could select is seen."""
    return registry.is_whole or one.namespace != registry.config(one.cluster).root_namespace


def _home(registry: Registry, one: KubeObject) -> str | None:
    """Namespace that it selects in; None for all: an object of the root namespace, but for Sidecars."""
    is_wide = one.kind != "Sidecar" and one.namespace == registry.config(one.cluster).root_namespace
    return None if is_wide else one.namespace


def _find_same_scope(registry: Registry, kind: str) -> Iterator[ConfigFinding]:
    wide: dict[tuple[str, str], list[KubeObject]] = defaultdict(list)
    for one in registry.snapshot.objects(kind):
        if not _selector(one):
            wide[one.cluster, one.namespace].append(one)
    for found in wide.values():
        for one in found if len(found) > 1 else ():
            others = ", ".join(other.name for other in found if other is not one)
            parameters = (("namespace", one.namespace), ("others", others))
            yield ConfigFinding("KIA0002", Severity.ERROR, one, _path(one), parameters)


def _find_same_workload(registry: Registry, kind: str) -> Iterator[ConfigFinding]:
    by_workload: dict[tuple[str, str, str], list[KubeObject]] = defaultdict(list)
    for one in registry.snapshot.objects(kind):
        names = {w.name for w in registry.selected(_selector(one), one.namespace)} if _selector(one) else ()
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
        yield ConfigFinding("KIA0003", Severity.ERROR, one, _path(one), parameters)


def _find_nothing(registry: Registry, kind: str) -> Iterator[ConfigFinding]:
    for one in registry.snapshot.objects(kind):
        selector = _selector(one)
        home = _home(registry, one)
        is_judged = _is_judged(registry, one) and registry.knows_label(selector, home)
        if selector and is_judged and not registry.selected(selector, home):
            parameters = (("labels", label_text(selector)), ("namespace", one.namespace))
            yield ConfigFinding("KIA0004", Severity.WARNING, one, _path(one), parameters)


SAME_SCOPE = tuple(Rule("KIA0002", (kind,), partial(_find_same_scope, kind=kind)) for kind in COMPETING)
SAME_WORKLOAD = tuple(
    Rule("KIA0003", (kind, *WORKLOAD_KINDS), partial(_find_same_workload, kind=kind)) for kind in COMPETING
)
SELECTS_NOTHING = tuple(
    Rule("KIA0004", (kind, *WORKLOAD_KINDS, "ConfigMap"), partial(_find_nothing, kind=kind))
    for kind in SELECTING
)
