"""Config objects → declared routes: who gets which share, by VirtualService, Gateway API and RouteRule."""

from __future__ import annotations

from mesh_graph.istio.gateway_routes import gateway_routes
from mesh_graph.istio.legacy_routes import legacy_routes
from mesh_graph.istio.route import DeclaredRoute, Destination
from mesh_graph.istio.subsets import Registry
from mesh_graph.istio.virtual_services import virtual_service_routes
from mesh_graph.sources.cluster import Snapshot

__all__ = ["DeclaredRoute", "Destination", "declared_routes", "declared_splits", "routes_of"]


def declared_routes(snapshot: Snapshot) -> tuple[DeclaredRoute, ...]:
    """Every route that forwards to at least one destination, by cluster, namespace, name and path."""
    return routes_of(Registry(snapshot))


def routes_of(registry: Registry) -> tuple[DeclaredRoute, ...]:
    """The routes of a registry's snapshot, as ``declared_routes``."""
    found = [
        *virtual_service_routes(registry),
        *gateway_routes(registry),
        *legacy_routes(registry),
    ]
    return tuple(sorted(found, key=lambda r: (r.cluster, r.namespace, r.name, r.kind, r.order)))


def declared_splits(snapshot: Snapshot) -> tuple[DeclaredRoute, ...]:
    """The routes with more than one destination, a weight of 0 included."""
    return tuple(route for route in declared_routes(snapshot) if len(route.destinations) > 1)
