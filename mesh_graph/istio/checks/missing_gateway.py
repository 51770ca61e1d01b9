"""KIA1102: a VirtualService at a gateway that does not exist; it holds nowhere there."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.checks.nearest import nearest
from mesh_graph.istio.place import Place, spec_of
from mesh_graph.istio.subsets import Registry
from mesh_graph.istio.virtual_services import MESH, PROTOCOLS, gateway_name
from mesh_graph.sources.cluster import KubeObject

__all__ = ["MISSING_GATEWAY", "named"]


def _find(registry: Registry) -> Iterator[ConfigFinding]:
    gateways = {(g.cluster, f"{g.namespace}/{g.name}") for g in registry.snapshot.objects("Gateway")}
    for one in registry.snapshot.objects("VirtualService"):
        for place in named(one):
            gateway = gateway_name(place.text, one.namespace)
            is_missing = gateway != MESH and (one.cluster, gateway) not in gateways
            if place.text and is_missing and registry.sees(gateway.partition("/")[0]):
                close = nearest(gateway, sorted(name for cluster, name in gateways if cluster == one.cluster))
                yield ConfigFinding(
                    "KIA1102",
                    Severity.ERROR,
                    one,
                    place.path,
                    (("gateway", gateway), ("close", close)),
                    {place.path: close} if close else {},
                )


def named(one: KubeObject) -> Iterator[Place]:
    """Every place where a VirtualService names a gateway."""
    spec = spec_of(one)
    yield from spec["gateways"]
    for protocol in PROTOCOLS:
        for route in spec[protocol]:
            for match in route["match"]:
                yield from match["gateways"]


MISSING_GATEWAY = Rule("KIA1102", ("VirtualService", "Gateway"), _find)
