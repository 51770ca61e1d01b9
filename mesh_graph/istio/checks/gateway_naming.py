"""KIA1108: a gateway named by a host name, which Istio still reads but no longer documents."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.checks.missing_gateway import named
from mesh_graph.istio.subsets import Registry
from mesh_graph.istio.virtual_services import gateway_name

__all__ = ["GATEWAY_NAMING"]


def _find(registry: Registry) -> Iterator[ConfigFinding]:
    for one in registry.snapshot.objects("VirtualService"):
        for place in named(one):
            if "." in place.text and "/" not in place.text:
                better = gateway_name(place.text, one.namespace)
                parameters = (("gateway", place.text), ("better", better))
                yield ConfigFinding(
                    "KIA1108", Severity.UNKNOWN, one, place.path, parameters, {place.path: better}
                )


GATEWAY_NAMING = Rule("KIA1108", ("VirtualService",), _find)
