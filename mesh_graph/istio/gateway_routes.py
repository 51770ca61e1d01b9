"""HTTPRoutes and GRPCRoutes of the Gateway API → declared routes.

A backend without a weight has weight 1; one with 0 gets nothing; where all are 0, requests are answered 500.
Source: gateway-api.sigs.k8s.io, API specification, ``BackendRef.weight``.
"""

from __future__ import annotations

from collections.abc import Iterator

from mesh_graph.istio.hosts import Host, host_of
from mesh_graph.istio.place import Place, as_json, spec_of
from mesh_graph.istio.route import DeclaredRoute, Destination, Mirror, shares
from mesh_graph.istio.subsets import Registry
from mesh_graph.istio.virtual_services import MESH
from mesh_graph.sources.cluster import KubeObject

__all__ = ["gateway_routes"]

PROTOCOLS = {"HTTPRoute": "http", "GRPCRoute": "grpc"}


def gateway_routes(registry: Registry) -> Iterator[DeclaredRoute]:
    """Routes of all HTTPRoutes and GRPCRoutes that have a backend."""
    for kind, protocol in PROTOCOLS.items():
        for one in registry.snapshot.objects(kind):
            yield from _routes_of(registry, one, protocol)


def _routes_of(registry: Registry, one: KubeObject, protocol: str) -> Iterator[DeclaredRoute]:
    hosts, gateways = _parents(one)
    for order, rule in enumerate(spec_of(one)["rules"]):
        backends = list(rule["backendRefs"])
        if not backends:
            continue
        given = shares([b["weight"].number if b["weight"] else 1 for b in backends])
        yield DeclaredRoute(
            source=one,
            order=order,
            path=rule.path,
            route_name=rule["name"].text,
            protocol=protocol,
            hosts=hosts,
            gateways=gateways,
            matches=tuple(as_json(match.value) for match in rule["matches"]),
            destinations=tuple(
                _destination(registry, one, backend, share)
                for backend, share in zip(backends, given, strict=True)
            ),
            mirrors=tuple(_mirrors(registry, one, rule)),
        )


def _parents(one: KubeObject) -> tuple[tuple[Host, ...], tuple[str, ...]]:
    """What was called, and where: host names at gateways, and the services that are parents in the mesh."""
    spec = spec_of(one)
    hosts = [Host(name) for name in spec["hostnames"].texts]
    gateways = []
    for parent in spec["parentRefs"]:
        namespace = parent["namespace"].text or one.namespace
        if parent["kind"].text == "Service":
            hosts.append(host_of(parent["name"].text, namespace))
            gateways.append(MESH)
        elif parent["kind"].text in ("", "Gateway"):
            gateways.append(f"{namespace}/{parent['name'].text}")
    return tuple(dict.fromkeys(hosts)), tuple(dict.fromkeys(gateways))


def _backend_host(one: KubeObject, backend: Place) -> Host:
    name, namespace = backend["name"].text, backend["namespace"].text or one.namespace
    is_service = backend["kind"].text in ("", "Service") and not backend["group"].text
    return host_of(name, namespace) if is_service else Host(name)


def _destination(registry: Registry, one: KubeObject, backend: Place, share: float | None) -> Destination:
    host = _backend_host(one, backend)
    return Destination(
        host=host,
        version=registry.version(host),
        workloads=registry.workload_names(host),
        port=backend["port"].number,
        declared=backend["weight"].number,
        share=share,
        path=backend.path,
    )


def _mirrors(registry: Registry, one: KubeObject, rule: Place) -> Iterator[Mirror]:
    for filtered in rule["filters"]:
        mirror = filtered["requestMirror"]
        if filtered["type"].text == "RequestMirror" and mirror["backendRef"]:
            yield Mirror(_destination(registry, one, mirror["backendRef"], None), _mirror_share(mirror))


def _mirror_share(mirror: Place) -> float | None:
    """Share of ``percent`` or of ``fraction``; everything where neither is there."""
    if mirror["percent"]:
        percent = mirror["percent"].number
        return None if percent is None else percent / 100
    if mirror["fraction"]:
        numerator = mirror["fraction"]["numerator"].number
        denominator = mirror["fraction"]["denominator"].number if mirror["fraction"]["denominator"] else 100
        return None if numerator is None or not denominator else numerator / denominator
    return 1.0
