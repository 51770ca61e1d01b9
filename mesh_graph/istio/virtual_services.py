"""VirtualServices → declared routes.

Weights follow Istio: a single destination gets everything, whatever its weight says; of several, one without
a weight gets nothing. Source: istio.io, reference of VirtualService, ``HTTPRouteDestination.weight``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mesh_graph.istio.hosts import Host, host_of
from mesh_graph.istio.place import Place, as_json, spec_of
from mesh_graph.istio.route import DeclaredRoute, Destination, Mirror, shares
from mesh_graph.istio.subsets import Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = [
    "MESH",
    "destination_of",
    "gateway_name",
    "gateways_of",
    "hosts_of",
    "virtual_service_routes",
    "weights_of",
]

MESH = "mesh"
"""Istio's word for all sidecars."""
PROTOCOLS = ("http", "tls", "tcp")

Roots = dict[tuple[str, str, str], list[KubeObject]]


def virtual_service_routes(registry: Registry) -> Iterator[DeclaredRoute]:
    """Routes of all VirtualServices; those of a delegate have the hosts and gateways of its roots."""
    objects = registry.snapshot.objects("VirtualService")
    roots: Roots = defaultdict(list)
    for one in objects:
        for route in spec_of(one)["http"]:
            delegate = route["delegate"]
            if delegate["name"].text:
                namespace = delegate["namespace"].text or one.namespace
                roots[one.cluster, namespace, delegate["name"].text].append(one)
    for one in objects:
        yield from _routes_of(registry, one, roots.get((one.cluster, one.namespace, one.name), []))


def hosts_of(one: KubeObject) -> tuple[Host, ...]:
    """Hosts of a VirtualService."""
    return tuple(host_of(host, one.namespace) for host in spec_of(one)["hosts"].texts)


def gateways_of(one: KubeObject) -> tuple[str, ...]:
    """Gateways of a VirtualService, ``namespace/name`` or ``mesh``."""
    return tuple(gateway_name(name, one.namespace) for name in spec_of(one)["gateways"].texts) or (MESH,)


def gateway_name(written: str, namespace: str) -> str:
    """A gateway as ``namespace/name``, from that, a plain name, or a service's host name."""
    if written == MESH or "/" in written:
        return written
    name, *rest = written.split(".")
    return f"{rest[0] if rest else namespace}/{name}"


def destination_of(registry: Registry, one: KubeObject, entry: Place, share: float | None) -> Destination:
    """The destination of a route's entry, with what the cluster knows of its subset."""
    place = entry["destination"]
    host = host_of(place["host"].text, one.namespace)
    subset = place["subset"].text
    labels = registry.subset(one.cluster, host, subset).labels if subset else {}
    is_selected = not subset or bool(labels)
    return Destination(
        host=host,
        subset=subset,
        labels=labels,
        version=registry.version(host, labels) if is_selected else "",
        workloads=registry.workload_names(host, labels) if is_selected else (),
        port=place["port"]["number"].number,
        declared=entry["weight"].number,
        share=share,
        path=entry.path,
    )


def _routes_of(registry: Registry, one: KubeObject, roots: list[KubeObject]) -> Iterator[DeclaredRoute]:
    spec = spec_of(one)
    hosts, gateways = hosts_of(one), gateways_of(one)
    if not hosts and roots:
        hosts = tuple(sorted({host for root in roots for host in hosts_of(root)}))
        gateways = tuple(sorted({gateway for root in roots for gateway in gateways_of(root)}))
    routes = [(protocol, route) for protocol in PROTOCOLS for route in spec[protocol]]
    for order, (protocol, route) in enumerate(routes):
        entries = list(route["route"])
        if not entries:
            continue
        given = shares(weights_of(entries))
        yield DeclaredRoute(
            source=one,
            order=order,
            path=route.path,
            route_name=route["name"].text,
            protocol=protocol,
            hosts=hosts,
            gateways=gateways,
            matches=tuple(as_json(match.value) for match in route["match"]),
            destinations=tuple(
                destination_of(registry, one, entry, share)
                for entry, share in zip(entries, given, strict=True)
            ),
            mirrors=tuple(_mirrors(registry, one, route)),
        )


def weights_of(entries: list[Place]) -> list[int | None]:
    """Weights of a rule's destinations: a single one gets everything, of several one without gets nothing."""
    if len(entries) == 1:
        return [1]
    return [entry["weight"].number if entry["weight"] else 0 for entry in entries]


def _mirrors(registry: Registry, one: KubeObject, route: Place) -> Iterator[Mirror]:
    """Mirrors of a route: ``mirror`` with its percentage, and each of ``mirrors`` with its own."""
    if route["mirror"]["host"].text:
        whole = route["mirrorPercent"] if "mirrorPercent" in route else route["mirror_percent"]
        yield _mirror(registry, one, route["mirror"], _percent(route["mirrorPercentage"], whole))
    for entry in route["mirrors"]:
        yield _mirror(registry, one, entry["destination"], _percent(entry["percentage"], Place(None, "")))


def _mirror(registry: Registry, one: KubeObject, place: Place, share: float | None) -> Mirror:
    entry = Place({"destination": place.value}, place.path)
    return Mirror(destination_of(registry, one, entry, None), share)


def _percent(percentage: Place, whole: Place) -> float | None:
    """Share of a percentage: ``{value: 12.5}``, an old whole number, or everything where neither is there."""
    given = percentage["value"] if percentage else whole
    if not given:
        return 0.0 if percentage else 1.0
    value = given.value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return min(max(value / 100, 0.0), 1.0) if is_number else None
