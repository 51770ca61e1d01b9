"""KIA0005: an object exported to a namespace that does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.checks.nearest import nearest
from mesh_graph.istio.place import spec_of
from mesh_graph.istio.subsets import Registry

__all__ = ["EXPORTED_NOWHERE"]

KINDS = ("DestinationRule", "ServiceEntry", "VirtualService")
WORDS = (".", "*", "~")
"""What stands for the own namespace, for all, and for none."""


def _find(registry: Registry, kind: str) -> Iterator[ConfigFinding]:
    known = sorted(registry.namespaces)
    for one in registry.snapshot.objects(kind):
        for place in spec_of(one)["exportTo"]:
            if place.text and place.text not in WORDS and _is_missing(registry, place.text):
                close = nearest(place.text, known)
                parameters = (("namespace", place.text), ("close", close))
                changes = {place.path: close} if close else {}
                yield ConfigFinding("KIA0005", Severity.ERROR, one, place.path, parameters, changes)


def _is_missing(registry: Registry, namespace: str) -> bool:
    return namespace not in registry.namespaces and registry.sees(namespace)


EXPORTED_NOWHERE = tuple(Rule("KIA0005", (kind, "Namespace"), partial(_find, kind=kind)) for kind in KINDS)
