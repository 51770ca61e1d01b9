"""One object as the API or a manifest has it → a ``KubeObject`` with the fields in use, frozen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from mesh_graph.sources.cluster import EMPTY, KubeObject, Origin
from mesh_graph.sources.cluster_kinds import KubeKind

__all__ = ["MAX_DEPTH", "ObjectInvalid", "as_mapping", "instant", "object_of"]

MAX_DEPTH = 48
"""Levels of nesting; the deepest field of Istio's own schemas is at 14."""
MAX_NODES = 200_000
"""Values in one object; etcd takes no object larger than 1.5 MB."""
MAX_INTEGER = 2**63
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class ObjectInvalid(ValueError):
    """An object that cannot be read; the text says why, as a clause."""


def object_of(row: KubeKind, raw: Any, cluster: str, origin: Origin | None = None) -> KubeObject:
    """The object of a raw one, whose parts may have any type.

    Raises
    ------
    ObjectInvalid
        If it has no name, its namespace is no text, its spec no mapping, or it is deeper or larger than any
        real object.
    """
    metadata = as_mapping(as_mapping(raw).get("metadata"))
    name = metadata.get("name")
    if not isinstance(name, str) or not name:
        raise ObjectInvalid("has no metadata.name")
    namespace = metadata.get("namespace") or ""
    if not isinstance(namespace, str):
        raise ObjectInvalid("has a metadata.namespace that is no text")
    if row.body and not isinstance(raw.get(row.body), dict | None):
        raise ObjectInvalid(f"has a {row.body} that is no mapping")
    budget = _Budget(MAX_NODES)
    created_at = instant(metadata.get("creationTimestamp"))
    return KubeObject(
        kind=row.kind,
        cluster=cluster,
        namespace=namespace,
        name=name,
        api_version=str(raw.get("apiVersion") or row.api_version),
        labels=_texts(metadata.get("labels")),
        annotations=_annotations(row, metadata.get("annotations")),
        spec=budget.kept(row.spec, raw.get(row.body) if row.body else raw),
        status=budget.kept(row.status, raw.get("status")),
        created_at=created_at,
        changed_at=_spec_changed_at(metadata.get("managedFields")) or created_at,
        owner=_owner(metadata.get("ownerReferences")),
        origin=origin,
        resource_version=str(metadata.get("resourceVersion") or "")[:64],
    )


def as_mapping(value: Any) -> Mapping[str, Any]:
    """The value, or the empty mapping where it is none."""
    return value if isinstance(value, dict) else EMPTY


def _items(value: Any) -> Iterable[Mapping[str, Any]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def _texts(value: Any) -> Mapping[str, str]:
    texts = {str(key): text for key, text in as_mapping(value).items() if isinstance(text, str)}
    return MappingProxyType(texts) if texts else EMPTY


def _annotations(row: KubeKind, value: Any) -> Mapping[str, str]:
    texts = _texts(value)
    wanted = texts.keys() - {LAST_APPLIED} if row.annotations is None else row.annotations
    kept = {name: texts[name] for name in sorted(wanted) if name in texts}
    return MappingProxyType(kept) if kept else EMPTY


def instant(value: Any) -> float | None:
    """A time as the API writes it, in Unix seconds; None for what is none."""
    try:
        read = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def _spec_changed_at(managed: Any) -> float | None:
    times = (
        instant(entry.get("time"))
        for entry in _items(managed)
        if entry.get("subresource") != "status" and "f:spec" in as_mapping(entry.get("fieldsV1"))
    )
    return max((at for at in times if at is not None), default=None)


def _owner(references: Any) -> tuple[str, str] | None:
    for reference in _items(references):
        kind, name = reference.get("kind"), reference.get("name")
        if reference.get("controller") is True and isinstance(kind, str) and isinstance(name, str):
            return kind, name
    return None


class _Budget:
    """Copies values into ones that cannot be changed, so many and no more."""

    def __init__(self, nodes: int) -> None:
        self._left = nodes

    def kept(self, fields: tuple[str, ...], value: Any) -> Mapping[str, Any]:
        """The named fields of a mapping, frozen; empty for anything else."""
        if not fields or not isinstance(value, dict):
            return EMPTY
        chosen = value if fields == ("",) else _masked(value, [field.split(".") for field in fields])
        frozen: Mapping[str, Any] = self._freeze(chosen, 0)
        return frozen

    def _freeze(self, value: Any, depth: int) -> Any:
        self._left -= 1
        if depth > MAX_DEPTH:
            raise ObjectInvalid(f"is nested deeper than {MAX_DEPTH} levels")
        if self._left < 0:
            raise ObjectInvalid(f"holds more than {MAX_NODES:,} values")
        if isinstance(value, int) and abs(value) > MAX_INTEGER:
            raise ObjectInvalid("holds a whole number of more than 64 bits")
        if isinstance(value, dict):
            return MappingProxyType({str(k): self._freeze(v, depth + 1) for k, v in value.items()})
        if isinstance(value, list | tuple):
            return tuple(self._freeze(item, depth + 1) for item in value)
        if value is None or isinstance(value, str | bool | int):
            return value
        return value if isinstance(value, float) and math.isfinite(value) else str(value)


def _masked(value: Any, paths: list[list[str]]) -> Any:
    if not isinstance(value, dict) or [] in paths:
        return value
    kept: dict[str, Any] = {}
    for name in dict.fromkeys(path[0] for path in paths):
        key = name.removesuffix("[]")
        if key not in value:
            continue
        below = [path[1:] for path in paths if path[0] == name]
        inner = value[key]
        if name == key:
            kept[key] = _masked(inner, below)
        elif isinstance(inner, list):
            kept[key] = [_masked(item, below) for item in inner]
    return kept
