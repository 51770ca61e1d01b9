"""KIA1104, KIA1105: weights that mean nothing, and destinations that are named twice."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.hosts import host_of
from mesh_graph.istio.place import Place, spec_of
from mesh_graph.istio.subsets import Registry
from mesh_graph.istio.virtual_services import PROTOCOLS
from mesh_graph.sources.cluster import KubeObject

__all__ = ["LONE_WEIGHT", "REPEATED_DESTINATION"]


def _routes(registry: Registry) -> Iterator[tuple[KubeObject, list[Place]]]:
    """Each route of each VirtualService with its entries."""
    for one in registry.snapshot.objects("VirtualService"):
        for protocol in PROTOCOLS:
            for route in spec_of(one)[protocol]:
                yield one, list(route["route"])


def _find_lone(registry: Registry) -> Iterator[ConfigFinding]:
    for one, entries in _routes(registry):
        weight = entries[0]["weight"] if len(entries) == 1 else Place(None, "")
        if weight.number is not None and 0 < weight.number < 100:
            parameters = (("weight", str(weight.number)),)
            yield ConfigFinding("KIA1104", Severity.WARNING, one, weight.path, parameters, {weight.path: 100})


def _find_repeated(registry: Registry) -> Iterator[ConfigFinding]:
    for one, entries in _routes(registry):
        seen: dict[tuple[str, str, int | None], str] = {}
        for entry in entries:
            place = entry["destination"]
            host = host_of(place["host"].text, one.namespace).name
            identity = host, place["subset"].text, place["port"]["number"].number
            if identity in seen and host:
                subset = identity[1] and f", subset {identity[1]},"
                parameters = (("destination", f"{host}{subset}"), ("first", seen[identity]))
                yield ConfigFinding("KIA1105", Severity.WARNING, one, place.path, parameters)
            seen.setdefault(identity, place.path)


LONE_WEIGHT = Rule("KIA1104", ("VirtualService",), _find_lone)
REPEATED_DESTINATION = Rule("KIA1105", ("VirtualService",), _find_repeated)
