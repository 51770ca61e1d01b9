"""The parts of an AuthorizationPolicy's rules, with their places."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_graph.istio.place import Place, spec_of
from mesh_graph.istio.subsets import Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["matches", "operations", "policies", "sources", "terms"]


def policies(registry: Registry) -> tuple[KubeObject, ...]:
    """All AuthorizationPolicies."""
    return registry.snapshot.objects("AuthorizationPolicy")


def sources(policy: KubeObject) -> Iterator[Place]:
    """Every ``source``."""
    for rule in spec_of(policy)["rules"]:
        for entry in rule["from"]:
            yield entry["source"]


def operations(policy: KubeObject) -> Iterator[Place]:
    """Every ``operation``."""
    for rule in spec_of(policy)["rules"]:
        for entry in rule["to"]:
            yield entry["operation"]


def terms(policy: KubeObject) -> Iterator[Place]:
    """Every condition of ``when``."""
    for rule in spec_of(policy)["rules"]:
        yield from rule["when"]


def matches(pattern: str, value: str) -> bool:
    """Whether a value fits a pattern of Istio's: exact, ``prefix*``, ``*suffix``, or ``*`` for anything.

    Examples
    --------
    >>> matches("shop*", "shop-eu"), matches("*-eu", "shop-eu"), matches("shop", "shop-eu")
    (True, True, False)
    """
    if pattern.endswith("*"):
        return value.startswith(pattern[:-1])
    if pattern.startswith("*"):
        return value.endswith(pattern[1:])
    return pattern == value
