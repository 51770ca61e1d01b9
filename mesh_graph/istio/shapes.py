"""Of which type the fields of Istio's kinds are that the rules and the graph read. Pure.

Source: the schemas of ``kubernetes/customresourcedefinitions.gen.yaml`` of istio.io/api 1.31, which an API
server holds objects to; a manifest has not met one yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from mesh_graph.istio.place import Place

__all__ = ["SHAPES", "Shape", "mismatches"]

Shape = str | list["Shape"] | dict[str, "Shape"]
"""A scalar's type, the shape of a list's elements, or the shapes of a mapping's known fields."""

TEXT, NUMBER, MAPPING = "text", "number", "mapping"
DURATION = "duration (such as 5s)"
"""A text: a number in quotes is none, for want of its unit."""
TEXTS = "mapping of texts"
"""Names to texts, such as labels: ``version: 1`` is none, ``version: "1"`` is."""

_LIST: Shape = [TEXT]
_PORT: Shape = {"number": NUMBER, "name": TEXT, "protocol": TEXT}
_TARGET: Shape = {"host": TEXT, "subset": TEXT, "port": {"number": NUMBER}}
_ROUTES: Shape = [{"destination": _TARGET, "weight": NUMBER}]
_LAYER_4: Shape = [{"match": [{"sniHosts": _LIST, "gateways": _LIST, "port": NUMBER}], "route": _ROUTES}]
_POLICY: Shape = {"tls": {"mode": TEXT}, "portLevelSettings": [{"port": {"number": NUMBER}}]}
_SELECTOR: Shape = {"matchLabels": TEXTS}
_SOURCES = ("principals", "notPrincipals", "requestPrincipals", "namespaces", "notNamespaces", "ipBlocks")
_OPERATIONS = ("hosts", "notHosts", "ports", "notPorts", "methods", "notMethods", "paths", "notPaths")

SHAPES: Mapping[str, dict[str, Shape]] = MappingProxyType(
    {
        "VirtualService": {
            "hosts": _LIST,
            "gateways": _LIST,
            "exportTo": _LIST,
            "http": [
                {
                    "name": TEXT,
                    "match": [{"name": TEXT, "gateways": _LIST, "port": NUMBER, "sourceLabels": TEXTS}],
                    "route": _ROUTES,
                    "timeout": DURATION,
                    "retries": {"attempts": NUMBER, "perTryTimeout": DURATION, "retryOn": TEXT},
                    "mirror": _TARGET,
                    "mirrors": [{"destination": _TARGET}],
                    "fault": {"delay": MAPPING, "abort": MAPPING},
                }
            ],
            "tcp": _LAYER_4,
            "tls": _LAYER_4,
        },
        "DestinationRule": {
            "host": TEXT,
            "exportTo": _LIST,
            "workloadSelector": _SELECTOR,
            "trafficPolicy": _POLICY,
            "subsets": [{"name": TEXT, "labels": TEXTS, "trafficPolicy": _POLICY}],
        },
        "Gateway": {
            "selector": TEXTS,
            "servers": [{"name": TEXT, "hosts": _LIST, "port": _PORT, "tls": {"mode": TEXT}}],
        },
        "ServiceEntry": {
            "hosts": _LIST,
            "addresses": _LIST,
            "exportTo": _LIST,
            "location": TEXT,
            "resolution": TEXT,
            "ports": [_PORT],
            "endpoints": [{"address": TEXT, "labels": TEXTS, "serviceAccount": TEXT}],
            "workloadSelector": {"labels": TEXTS},
        },
        "Sidecar": {
            "workloadSelector": {"labels": TEXTS},
            "egress": [{"hosts": _LIST, "port": _PORT}],
            "ingress": [{"port": _PORT, "defaultEndpoint": TEXT}],
            "outboundTrafficPolicy": {"mode": TEXT},
        },
        "WorkloadGroup": {
            "metadata": {"labels": TEXTS},
            "template": {"labels": TEXTS, "serviceAccount": TEXT},
        },
        "PeerAuthentication": {
            "selector": _SELECTOR,
            "mtls": {"mode": TEXT},
            "portLevelMtls": MAPPING,
        },
        "RequestAuthentication": {"selector": _SELECTOR, "jwtRules": [{"issuer": TEXT, "audiences": _LIST}]},
        "AuthorizationPolicy": {
            "selector": _SELECTOR,
            "action": TEXT,
            "rules": [
                {
                    "from": [{"source": dict.fromkeys(_SOURCES, _LIST)}],
                    "to": [{"operation": dict.fromkeys(_OPERATIONS, _LIST)}],
                    "when": [{"key": TEXT, "values": _LIST, "notValues": _LIST}],
                }
            ],
        },
        "Service": {
            "selector": TEXTS,
            "ports": [{"name": TEXT, "port": NUMBER, "protocol": TEXT, "appProtocol": TEXT}],
        },
    }
)
"""By kind, of the spec: of kinds that other rules judge, since what one rule judges counts as checked."""


def mismatches(place: Place, shape: Shape) -> Iterator[tuple[Place, str]]:
    """Values that are not of their shape, with the type that they should have; what is absent is not told.

    Below a value of the wrong type nothing is looked for.
    """
    value = place.value
    if value is None:
        return
    if isinstance(shape, list):
        if not isinstance(value, tuple | list):
            yield place, f"list of {shape[0]}s" if isinstance(shape[0], str) else "list of mappings"
            return
        for item in place:
            yield from mismatches(item, shape[0])
    elif isinstance(shape, dict):
        if not isinstance(value, Mapping):
            yield place, MAPPING
            return
        for name, inner in shape.items():
            yield from mismatches(place[name], inner)
    elif shape == TEXTS and isinstance(value, Mapping):
        for name, text in value.items():
            if not isinstance(text, str):
                # A name with a slash would be two steps of a path; a key in YAML may be a number, too.
                has_path = isinstance(name, str) and "/" not in name
                yield (place[name], TEXT) if has_path else (place, TEXTS)
    elif not _is(shape, value):
        yield place, shape


def _is(scalar: str, value: Any) -> bool:
    if scalar == NUMBER:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str if scalar in (TEXT, DURATION) else Mapping)
