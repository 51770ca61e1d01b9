"""Several grants as one scope, and a scope narrowed by another; where that is not exact, the smaller one."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from mesh_graph.scope import Scope

__all__ = ["GrantsDoNotJoin", "joined", "narrowed"]

_WILD = frozenset("*?[")


class GrantsDoNotJoin(ValueError):
    """Grants that no one scope holds: namespaces that are allowed in some of the clusters only."""


def joined(grants: Iterable[Scope]) -> Scope:
    """What all grants together allow.

    Namespaces add up. A right holds in all of a scope's namespaces, so of grants with different rights only
    the rights that all of them give remain: nobody reads logs where no grant says so. A grant that another
    one contains changes nothing.

    Raises
    ------
    GrantsDoNotJoin
        If the grants name different clusters: together they would allow namespaces of one cluster in another.

    Examples
    --------
    >>> joined([Scope(("shop-*",), rights=frozenset()), Scope(("pay",), rights=frozenset())]).namespaces
    ('shop-*', 'pay')
    """
    kept: list[Scope] = []
    for grant in grants:
        if grant.namespaces and grant.clusters and not any(_contains(other, grant) for other in kept):
            kept = [other for other in kept if not _contains(grant, other)] + [grant]
    if not kept:
        return Scope((), (), frozenset())
    first, *others = kept
    if any(set(other.clusters) != set(first.clusters) for other in others):
        raise GrantsDoNotJoin("they allow different namespaces in different clusters")
    namespaces = dict.fromkeys(glob for grant in kept for glob in grant.namespaces)
    return Scope(
        ("*",) if "*" in namespaces else tuple(namespaces),
        first.clusters,
        frozenset.intersection(*(grant.rights for grant in kept)),
    )


def narrowed(scope: Scope, by: Scope) -> Scope:
    """What both scopes allow; of globs that overlap without one containing the other, nothing.

    Examples
    --------
    >>> narrowed(Scope(("shop-*", "pay")), Scope(("shop-cart", "mail"))).namespaces
    ('shop-cart',)
    """
    return Scope(
        _both(scope.namespaces, by.namespaces), _both(scope.clusters, by.clusters), scope.rights & by.rights
    )


def _both(globs: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    left = [glob for glob in globs if any(_covers(other, glob) for other in others)]
    right = [other for other in others if any(_covers(glob, other) for glob in globs)]
    return tuple(dict.fromkeys((*left, *right)))


def _contains(scope: Scope, other: Scope) -> bool:
    return (
        all(any(_covers(glob, part) for glob in scope.namespaces) for part in other.namespaces)
        and all(any(_covers(glob, part) for glob in scope.clusters) for part in other.clusters)
        and scope.rights >= other.rights
    )


def _covers(glob: str, other: str) -> bool:
    """Whether a glob matches all that another one matches; "no" where that cannot be told."""
    if glob in ("*", other):
        return True
    if not _WILD & set(other):
        return fnmatchcase(other, glob)
    prefix = glob.removesuffix("*")
    return prefix != glob and not _WILD & set(prefix) and other.startswith(prefix)
