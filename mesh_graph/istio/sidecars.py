"""Whether a pod has a proxy of its own."""

from __future__ import annotations

from itertools import chain

from mesh_graph.istio.place import spec_of
from mesh_graph.sources.cluster import KubeObject

__all__ = ["PROXY", "has_proxy", "has_sidecar"]

PROXY = "istio-proxy"
"""Name of the container that Istio puts in."""


def has_proxy(pod: KubeObject) -> bool:
    """Whether one of a pod's containers is the proxy; a native sidecar is an init container that stays."""
    spec = spec_of(pod)
    return any(c["name"].text == PROXY for c in chain(spec["containers"], spec["initContainers"]))


def has_sidecar(pod: KubeObject) -> bool:
    """Whether the proxy stands beside another container; a gateway's pod has nothing else."""
    return has_proxy(pod) and any(c["name"].text != PROXY for c in spec_of(pod)["containers"])
