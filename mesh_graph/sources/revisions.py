"""Revisions of a control plane, and which ConfigMaps hold their settings.

Source: Istio, ``pilot/pkg/bootstrap/mesh.go``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mesh_graph.sources.cluster import KubeObject

__all__ = ["DEFAULT", "REVISION", "SETTINGS", "SHARED", "TAG", "environment_of", "revision_of", "settings_of"]

REVISION, TAG = "istio.io/rev", "istio.io/tag"
"""Labels of what belongs to a revision, and of a webhook that gives a revision another name."""
DEFAULT = "default"
"""The revision of a control plane that has no name."""
SETTINGS = "istio"
"""The ConfigMap of that revision; the others' have their names after it."""
SHARED = "SHARED_MESH_CONFIG"
"""Variable of istiod that names the ConfigMap it shares with others."""


def revision_of(one: KubeObject) -> str:
    """Revision that an object of a control plane belongs to."""
    return one.labels.get(REVISION) or DEFAULT


def settings_of(istiod: KubeObject) -> tuple[str, ...]:
    """Names of the ConfigMaps that a control plane reads, what it shares with others first.

    Where both say something, its own holds.
    """
    revision = revision_of(istiod)
    own = SETTINGS if revision == DEFAULT else f"{SETTINGS}-{revision}"
    shared = environment_of(istiod).get(SHARED, "")
    return (shared, own) if shared and shared != own else (own,)


def environment_of(istiod: KubeObject) -> Mapping[str, str]:
    """Environment of a control plane, the plain values."""
    variables = (variable for one in _containers(istiod.spec) for variable in _items(one, "env"))
    named = ((v.get("name"), v.get("value")) for v in variables if isinstance(v, Mapping))
    return {name: value if isinstance(value, str) else "" for name, value in named if isinstance(name, str)}


def _containers(spec: Any) -> Iterator[Any]:
    """Containers of a Deployment."""
    for name in ("template", "spec"):
        spec = spec.get(name) if isinstance(spec, Mapping) else None
    yield from _items(spec, "containers")


def _items(value: Any, name: str) -> tuple[Any, ...]:
    found = value.get(name) if isinstance(value, Mapping) else None
    return tuple(found) if isinstance(found, tuple | list) else ()
