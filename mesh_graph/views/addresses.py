"""Where things are seen in full: addresses of pages, the time range of the view kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import dash

from mesh_graph.fields import UNKNOWN
from mesh_graph.model import NodeKey, NodeKind

__all__ = ["ISTIO", "LISTS", "Links", "config_path", "config_route", "path_of"]

LISTS: dict[NodeKind, str] = {
    NodeKind.APP: "/applications",
    NodeKind.WORKLOAD: "/workloads",
    NodeKind.SERVICE: "/services",
}
"""Paths of the lists, by what they list."""
ISTIO = "/istio"
"""Path of the configuration's list."""


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses that keep a time range.

    Attributes
    ----------
    kept : mapping
        Query parameters that every address carries on.
    clusters : int
        How many clusters there are: of several, an object's address names its own.
    """

    kept: Mapping[str, str] = field(default_factory=dict)
    clusters: int = 1

    def page(self, path: str, **more: str) -> str:
        """Address of a page, with further parameters."""
        query = urlencode({**self.kept, **more})
        address: str = dash.get_relative_path(path)
        return f"{address}?{query}" if query else address

    def of(self, key: NodeKey) -> str:
        """Address of an object's page; of a namespace, the topology of it."""
        if key.kind is NodeKind.NAMESPACE:
            return self.page("/topology", namespaces=key.namespace)
        cluster = {"cluster": key.cluster} if self.clusters > 1 and key.cluster else {}
        return self.page(path_of(key), **cluster)


def path_of(key: NodeKey) -> str:
    """Path of the page of an application, workload or service, whatever its names hold."""
    name = key.app or key.workload or key.service
    parts = (quote(part, safe="") for part in (key.namespace or UNKNOWN, name))
    return "/".join((LISTS[key.kind], *parts))


def config_route(namespace: str, kind: str, name: str) -> str:
    """Path of the page of an object of the configuration, whatever its names hold."""
    return "/".join((ISTIO, *(quote(part, safe="") for part in (namespace, kind, name))))


def config_path(namespace: str, kind: str, name: str) -> str:
    """The same below where the dashboard is served."""
    address: str = dash.get_relative_path(config_route(namespace, kind, name))
    return address
