"""Which namespaces see an object: ``exportTo``."""

from __future__ import annotations

from mesh_graph.istio.place import spec_of
from mesh_graph.sources.cluster import KubeObject

__all__ = ["ALL", "exported_to", "is_exported", "see_each_other"]

ALL = "*"
"""Stands for every namespace."""


def exported_to(one: KubeObject) -> frozenset[str]:
    """Namespaces that see an object; ``*`` is all of them."""
    names = spec_of(one)["exportTo"].texts or (ALL,)
    return frozenset(one.namespace if name == "." else name for name in names)


def is_exported(one: KubeObject, namespace: str) -> bool:
    """Whether a namespace sees an object; everybody does where it does not say."""
    return not exported_to(one).isdisjoint({ALL, namespace})


def see_each_other(one: KubeObject, other: KubeObject) -> bool:
    """Whether some namespace sees both objects."""
    first, second = exported_to(one), exported_to(other)
    return ALL in first or ALL in second or not first.isdisjoint(second)
