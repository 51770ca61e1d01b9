"""KIA0203, KIA1107: a subset that selects nothing, a route to one that is not declared; both answer 503."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity, label_text
from mesh_graph.istio.checks.missing_host import routed
from mesh_graph.istio.checks.nearest import nearest
from mesh_graph.istio.hosts import Host, host_of
from mesh_graph.istio.imports import Imports
from mesh_graph.istio.place import spec_of
from mesh_graph.istio.subsets import WORKLOAD_KINDS, Registry, version_of
from mesh_graph.istio.virtual_services import MESH, gateways_of

__all__ = ["EMPTY_SUBSET", "MISSING_SUBSET"]


def _used(registry: Registry) -> set[tuple[str, str, str]]:
    """Cluster, host and subset of every route."""
    return {
        (one.cluster, host_of(place["host"].text, one.namespace).name, place["subset"].text)
        for one in registry.snapshot.objects("VirtualService")
        for place in routed(one)
    }


def _find_empty(registry: Registry) -> Iterator[ConfigFinding]:
    used = _used(registry)
    for rule in registry.snapshot.objects("DestinationRule"):
        host = host_of(spec_of(rule)["host"].text, rule.namespace)
        behind = registry.workloads(host)
        if not _is_selecting(registry, host) or (registry.is_folder and not behind):
            continue
        for subset in spec_of(rule)["subsets"]:
            labels = subset["labels"].labels
            if not labels or registry.workloads(host, labels):
                continue
            is_used = (rule.cluster, host.name, subset["name"].text) in used
            yield ConfigFinding(
                "KIA0203",
                Severity.ERROR if is_used else Severity.UNKNOWN,
                rule,
                subset.path,
                (
                    ("subset", subset["name"].text),
                    ("labels", label_text(labels)),
                    ("host", host.name),
                    ("there", ", ".join(sorted({version_of(w.labels) for w in behind} - {""}))),
                ),
            )


def _is_selecting(registry: Registry, host: Host) -> bool:
    """Whether the host is a service that selects pods; the workloads of others are not known here."""
    service = registry.service(host)
    return service is not None and bool(spec_of(service)["selector"].labels)


def _find_missing(registry: Registry) -> Iterator[ConfigFinding]:
    imports = Imports(registry)
    for one in registry.snapshot.objects("VirtualService"):
        for place in routed(one):
            name = place["subset"].text
            host = host_of(place["host"].text, one.namespace)
            is_judged = registry.sees(host.namespace) if host.is_service else registry.is_whole
            if not name or not is_judged or registry.subset(one.cluster, host, name).is_declared:
                continue
            if gateways_of(one) == (MESH,) and not imports.reaches(one, host):
                continue
            declared = [
                subset["name"].text
                for rule in registry.rules(one.cluster, host)
                for subset in spec_of(rule)["subsets"]
                if subset["name"].text
            ]
            close = nearest(name, declared)
            yield ConfigFinding(
                "KIA1107",
                Severity.WARNING,
                one,
                place.path,
                (("subset", name), ("host", host.name), ("there", ", ".join(declared)), ("close", close)),
                {f"{place.path}/subset": close} if close else {},
            )


EMPTY_SUBSET = Rule("KIA0203", ("DestinationRule", "VirtualService", "Service", *WORKLOAD_KINDS), _find_empty)
MISSING_SUBSET = Rule("KIA1107", ("VirtualService", "DestinationRule"), _find_missing)
