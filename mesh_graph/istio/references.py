"""What a config object names, with the place where it does: hosts, gateways, rules, accounts, workloads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mesh_graph.istio.hosts import host_of
from mesh_graph.istio.place import Place, spec_of
from mesh_graph.istio.subsets import Registry
from mesh_graph.istio.virtual_services import MESH, PROTOCOLS, gateway_name
from mesh_graph.sources.cluster import KubeObject

__all__ = ["Reference", "Referring", "references", "referring"]

SELECTING = {
    "AuthorizationPolicy": "selector",
    "PeerAuthentication": "selector",
    "RequestAuthentication": "selector",
    "Telemetry": "selector",
    "WasmPlugin": "selector",
    "Sidecar": "workloadSelector",
    "EnvoyFilter": "workloadSelector",
    "Gateway": "selector",
}
"""Kinds that select workloads, and the field that does."""
LABELS_AT = {"EnvoyFilter": "labels", "Sidecar": "labels", "Gateway": ""}
Target = tuple[str, str, str, str]
GATEWAY_GROUP = "gateway.networking.k8s.io"


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """An object that another one names.

    Attributes
    ----------
    kind, namespace, name : str
        ``Workload`` is a Deployment or the like. Of another cluster than the own one there is none.
    path : str
        Where it is named: ``spec/gateways[0]``.
    exists : bool or None
        Whether there is such an object; None where it may be in a namespace that is hidden.
    """

    kind: str
    namespace: str
    name: str
    path: str
    exists: bool | None = True


def references(registry: Registry, one: KubeObject) -> tuple[Reference, ...]:
    """What an object names, by kind, namespace and name; each once, with the first place."""
    found: dict[tuple[str, str, str], Reference] = {}
    for reference in _all(registry, one):
        found.setdefault((reference.kind, reference.namespace, reference.name), reference)
    return tuple(sorted(found.values()))


@dataclass(frozen=True, slots=True, eq=False)
class Referring:
    """An object that names another one.

    Attributes
    ----------
    source : KubeObject
    path : str
        Where it does, in that object.
    """

    source: KubeObject
    path: str


def referring(registry: Registry, kinds: Iterable[str]) -> dict[Target, tuple[Referring, ...]]:
    """Who names what: by (cluster, kind, namespace, name), objects of some kinds, in their order.

    The cluster of a service is empty: it is one over all clusters.
    """
    found: dict[Target, list[Referring]] = defaultdict(list)
    for kind in kinds:
        for one in registry.snapshot.objects(kind):
            for reference in references(registry, one):
                cluster = "" if reference.kind == "Service" else one.cluster
                target = cluster, reference.kind, reference.namespace, reference.name
                found[target].append(Referring(one, reference.path))
    return {target: tuple(objects) for target, objects in found.items()}


def _all(registry: Registry, one: KubeObject) -> Iterator[Reference]:
    match one.kind:
        case "VirtualService":
            yield from _virtual_service(registry, one)
        case "DestinationRule":
            yield from _host(registry, one, spec_of(one)["host"])
        case "HTTPRoute" | "GRPCRoute":
            yield from _gateway_route(registry, one)
        case "AuthorizationPolicy":
            yield from _accounts(registry, one)
        case "WorkloadGroup":
            yield from _account(registry, one, spec_of(one)["template"]["serviceAccount"])
        case "WorkloadEntry":
            yield from _account(registry, one, spec_of(one)["serviceAccount"])
    if one.kind in SELECTING:
        yield from _selected(registry, one)
    yield from _targets(registry, one)


def _virtual_service(registry: Registry, one: KubeObject) -> Iterator[Reference]:
    spec = spec_of(one)
    places = [
        *spec["gateways"],
        *(g for p in PROTOCOLS for r in spec[p] for m in r["match"] for g in m["gateways"]),
    ]
    for place in places:
        namespace, _, name = gateway_name(place.text, one.namespace).partition("/")
        if name and namespace != MESH:
            yield _reference(registry, one, ("Gateway", namespace, name), place.path)
    for place in spec["hosts"]:
        yield from _host(registry, one, place)
    for route in (route for protocol in PROTOCOLS for route in spec[protocol]):
        entries = [*(entry["destination"] for entry in route["route"]), route["mirror"]]
        for destination in entries:
            yield from _destination(registry, one, destination)
        delegate = route["delegate"]
        if delegate["name"].text:
            identity = ("VirtualService", delegate["namespace"].text or one.namespace, delegate["name"].text)
            yield _reference(registry, one, identity, delegate.path)


def _destination(registry: Registry, one: KubeObject, place: Place) -> Iterator[Reference]:
    yield from _host(registry, one, place["host"])
    subset = place["subset"].text
    host = host_of(place["host"].text, one.namespace)
    for rule in registry.rules(one.cluster, host) if subset else ():
        if any(declared["name"].text == subset for declared in spec_of(rule)["subsets"]):
            yield Reference("DestinationRule", rule.namespace, rule.name, place["subset"].path)


def _host(registry: Registry, one: KubeObject, place: Place) -> Iterator[Reference]:
    """The service of a host, or the entries that register it; of a host at a gateway neither may exist."""
    host = host_of(place.text, one.namespace)
    if host.is_service:
        exists = registry.service(host) is not None or (False if registry.sees(host.namespace) else None)
        yield Reference("Service", host.namespace, host.service, place.path, exists)
    for entry in registry.entries(one.cluster, host) if host.name else ():
        yield Reference("ServiceEntry", entry.namespace, entry.name, place.path)


def _gateway_route(registry: Registry, one: KubeObject) -> Iterator[Reference]:
    spec = spec_of(one)
    for parent in spec["parentRefs"]:
        yield from _target(registry, one, parent, "Gateway")
    for rule in spec["rules"]:
        for backend in rule["backendRefs"]:
            yield from _target(registry, one, backend, "Service")


def _targets(registry: Registry, one: KubeObject) -> Iterator[Reference]:
    spec = spec_of(one)
    for target in (spec["targetRef"], *spec["targetRefs"]):
        yield from _target(registry, one, target, "")


def _target(registry: Registry, one: KubeObject, place: Place, kind: str) -> Iterator[Reference]:
    group, kind = place["group"].text, place["kind"].text or kind
    if kind == "Gateway" and group in ("", GATEWAY_GROUP):
        kind = "K8sGateway"
    if kind and place["name"].text:
        identity = (kind, place["namespace"].text or one.namespace, place["name"].text)
        yield _reference(registry, one, identity, place.path)


def _accounts(registry: Registry, one: KubeObject) -> Iterator[Reference]:
    """Service accounts that are named in full: ``cluster.local/ns/shop/sa/cart``."""
    for rule in spec_of(one)["rules"]:
        for source in rule["from"]:
            for place in source["source"]["principals"]:
                _, ns, rest = place.text.partition("/ns/")
                namespace, sa, name = rest.partition("/sa/")
                if ns and sa and "*" not in rest:
                    yield _reference(registry, one, ("ServiceAccount", namespace, name), place.path)


def _account(registry: Registry, one: KubeObject, place: Place) -> Iterator[Reference]:
    if place.text:
        yield _reference(registry, one, ("ServiceAccount", one.namespace, place.text), place.path)


def _selected(registry: Registry, one: KubeObject) -> Iterator[Reference]:
    selector = spec_of(one)[SELECTING[one.kind]]
    at = LABELS_AT.get(one.kind, "matchLabels")
    labels = (selector[at] if at else selector).labels
    if labels:
        namespace = None if one.kind == "Gateway" else one.namespace
        for workload in registry.selected(labels, namespace):
            yield Reference("Workload", workload.namespace, workload.name, selector.path)


def _reference(registry: Registry, one: KubeObject, identity: tuple[str, str, str], path: str) -> Reference:
    is_there = registry.has(one.cluster, *identity)
    return Reference(*identity, path, is_there or (False if registry.sees(identity[1]) else None))
