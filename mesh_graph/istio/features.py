"""Routes and rules of a snapshot → what they do to the traffic of each service."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mesh_graph.istio.gateway_routes import gateway_routes
from mesh_graph.istio.hosts import Host, covers, host_of
from mesh_graph.istio.place import Place, spec_of
from mesh_graph.istio.subsets import Registry
from mesh_graph.istio.virtual_services import PROTOCOLS, hosts_of
from mesh_graph.sources.cluster import KubeObject
from mesh_graph.topology.declared import ConfigRef, Feature

__all__ = ["ServiceConfig", "ServiceKey", "service_configs"]

ServiceKey = tuple[str, str]
"""Namespace and name."""
NEVER = ("", "0s", "0")


@dataclass(slots=True)
class ServiceConfig:
    """What is declared for one service, as it is gathered.

    Attributes
    ----------
    features : set of Feature
    hosts : set of str
        Host names of the routes that take requests for it.
    breakers : list of mapping
        Labels of subsets with a circuit breaker of their own.
    config : set of ConfigRef
    """

    features: set[Feature] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)
    breakers: list[Mapping[str, str]] = field(default_factory=list)
    config: set[ConfigRef] = field(default_factory=set)


def service_configs(registry: Registry) -> dict[ServiceKey, ServiceConfig]:
    """What is declared for each service that a route or rule speaks of, in any cluster."""
    found: dict[ServiceKey, ServiceConfig] = defaultdict(ServiceConfig)
    for one in registry.snapshot.objects("VirtualService"):
        _read_virtual_service(one, found)
    _read_gateway_routes(registry, found)
    for one in registry.snapshot.objects("DestinationRule"):
        _read_rule(registry, one, found)
    return dict(found)


def _ref(one: KubeObject) -> ConfigRef:
    return ConfigRef(one.namespace, one.kind, one.name)


def _read_virtual_service(one: KubeObject, found: dict[ServiceKey, ServiceConfig]) -> None:
    """A route concerns the services that it sends to, and those that were called."""
    called = hosts_of(one)
    for protocol in PROTOCOLS:
        for route in spec_of(one)[protocol]:
            features = {Feature.VIRTUAL_SERVICE, *_route_features(route, protocol)}
            targets = [host_of(entry["destination"]["host"].text, one.namespace) for entry in route["route"]]
            for host in {*called, *targets}:
                if host.is_service:
                    config = found[host.namespace, host.service]
                    config.features |= features
                    config.hosts |= {other.name for other in called}
                    config.config.add(_ref(one))


def _route_features(route: Place, protocol: str) -> Iterator[Feature]:
    if len(list(route["route"])) > 1:
        yield Feature.TRAFFIC_SHIFTING if protocol == "http" else Feature.TCP_SHIFTING
    if protocol != "http":
        return
    if any(match.value for match in route["match"]):
        yield Feature.REQUEST_ROUTING
    if route["timeout"].text not in NEVER:
        yield Feature.TIMEOUT
    if route["fault"]["abort"] or route["fault"]["delay"]:
        yield Feature.FAULT_INJECTION
    if route["mirror"] or any(route["mirrors"]):
        yield Feature.MIRRORING


def _read_gateway_routes(registry: Registry, found: dict[ServiceKey, ServiceConfig]) -> None:
    for route in gateway_routes(registry):
        features = {Feature.VIRTUAL_SERVICE}
        features |= {Feature.TRAFFIC_SHIFTING} if len(route.destinations) > 1 else set()
        features |= {Feature.REQUEST_ROUTING} if route.matches else set()
        features |= {Feature.MIRRORING} if route.mirrors else set()
        for host in {*route.hosts, *(destination.host for destination in route.destinations)}:
            if host.is_service:
                config = found[host.namespace, host.service]
                config.features |= features
                config.hosts |= {other.name for other in route.hosts}
                config.config.add(_ref(route.source))


def _read_rule(registry: Registry, one: KubeObject, found: dict[ServiceKey, ServiceConfig]) -> None:
    spec = spec_of(one)
    host = host_of(spec["host"].text, one.namespace)
    is_broken = _breaks(spec["trafficPolicy"])
    breakers = [subset["labels"].labels for subset in spec["subsets"] if _breaks(subset["trafficPolicy"])]
    for key in _services_of(registry, host):
        config = found[key]
        config.config.add(_ref(one))
        config.breakers += [labels for labels in breakers if labels]
        if is_broken or breakers:
            config.features.add(Feature.CIRCUIT_BREAKER)


def _breaks(policy: Place) -> bool:
    return bool(policy["connectionPool"]) or bool(policy["outlierDetection"])


def _services_of(registry: Registry, host: Host) -> Iterator[ServiceKey]:
    if host.is_service:
        yield host.namespace, host.service
    elif host.is_wildcard:
        for service in registry.snapshot.objects("Service"):
            if covers(host.name, f"{service.name}.{service.namespace}.svc.cluster.local"):
                yield service.namespace, service.name
