"""Whether a pod has a proxy of its own, and which."""

from __future__ import annotations

from mesh_graph.istio.place import spec_of
from mesh_graph.sources.cluster import KubeObject

__all__ = ["PROXY", "has_proxy", "has_sidecar", "proxy_image"]

PROXY = "istio-proxy"
"""Name of the container that Istio puts in."""


def proxy_image(pod: KubeObject) -> str:
    """Image of a pod's own proxy; empty for none. A native sidecar is an init container that stays."""
    spec = spec_of(pod)
    for containers in ("containers", "initContainers"):
        for container in spec[containers]:
            if container["name"].text == PROXY:
                return container["image"].text or PROXY
    return ""


def has_proxy(pod: KubeObject) -> bool:
    """Whether one of a pod's containers is the proxy."""
    return bool(proxy_image(pod))


def has_sidecar(pod: KubeObject) -> bool:
    """Whether the proxy stands beside another container; a gateway's pod has nothing else."""
    return has_proxy(pod) and any(c["name"].text != PROXY for c in spec_of(pod)["containers"])
