"""Who looks: what may be seen of which clusters and namespaces, and the rights beyond looking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from itertools import product

__all__ = ["EVERYTHING", "NOTHING", "Grant", "Right", "Scope"]

_WILD = frozenset("*?[")
_SIDES = ("namespaces", "clusters", "rights")


class Right(StrEnum):
    """What may be done beyond looking at traffic."""

    LOGS = "logs"
    CONFIG = "config"
    QUERIES = "queries"


@dataclass(frozen=True, slots=True)
class Grant:
    """Some namespaces of some clusters, with the same rights in all of them.

    Attributes
    ----------
    namespaces, clusters : tuple of str
        Names or globs (``shop-*``); of several, one that fits is enough, and none shows nothing. Sorted, and
        without those that another one covers.
    rights : frozenset of Right
    """

    namespaces: tuple[str, ...] = ("*",)
    clusters: tuple[str, ...] = ("*",)
    rights: frozenset[Right] = frozenset(Right)

    def __post_init__(self) -> None:
        object.__setattr__(self, "namespaces", _widest(self.namespaces))
        object.__setattr__(self, "clusters", _widest(self.clusters))
        object.__setattr__(self, "rights", frozenset(self.rights))

    def allows(self, namespace: str, cluster: str | None = None) -> bool:
        """Whether a namespace may be seen; in that cluster, if one is given."""
        return _fits(self.namespaces, namespace) and (cluster is None or _fits(self.clusters, cluster))

    def contains(self, other: Grant) -> bool:
        """Whether another grant adds nothing to this one."""
        return (
            _cover(self.namespaces, other.namespaces)
            and _cover(self.clusters, other.clusters)
            and self.rights >= other.rights
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may see: all that any of the grants allows, and nothing else.

    Attributes
    ----------
    grants : tuple of Grant
        In normal form, whatever the scope was made of: none is contained in another, those that differ on one
        side alone are one, and they are sorted. So the same grants are the same scope.

    Examples
    --------
    >>> scope = Scope((Grant(("shop",), ("east",), {Right.LOGS}), Grant(("pay",), ("west",), ())))
    >>> scope.allows("pay", "west"), scope.allows("pay", "east"), scope.allows("pay", right=Right.LOGS)
    (True, False, False)
    """

    grants: tuple[Grant, ...] = field(default_factory=lambda: (Grant(),))

    def __post_init__(self) -> None:
        object.__setattr__(self, "grants", _normal(self.grants))

    @classmethod
    def of(
        cls,
        namespaces: Iterable[str] = ("*",),
        clusters: Iterable[str] = ("*",),
        rights: Iterable[Right] = frozenset(Right),
    ) -> Scope:
        """A scope of one grant."""
        return cls((Grant(tuple(namespaces), tuple(clusters), frozenset(rights)),))

    @property
    def is_whole(self) -> bool:
        """Whether every namespace of every cluster may be seen."""
        return any("*" in grant.namespaces and "*" in grant.clusters for grant in self.grants)

    @property
    def is_everything(self) -> bool:
        """Whether there is nothing that may not be seen."""
        return self == EVERYTHING

    @property
    def rights(self) -> frozenset[Right]:
        """Rights that are given in all of it."""
        return frozenset(right for right in Right if self.grants and self._is_given(right))

    def _is_given(self, right: Right) -> bool:
        given = self.having(right).places
        return all(any(one.contains(place) for one in given) for place in self.places)

    @property
    def places(self) -> tuple[Grant, ...]:
        """What may be looked at, whatever the rights are: grants without any."""
        return Scope(tuple(replace(grant, rights=frozenset()) for grant in self.grants)).grants

    def allows(self, namespace: str, cluster: str | None = None, right: Right | None = None) -> bool:
        """Whether a namespace may be seen, and with a right, used so.

        Parameters
        ----------
        namespace : str
        cluster : str or None
            None for any of them.
        right : Right or None
        """
        return any(
            grant.allows(namespace, cluster) and (right is None or right in grant.rights)
            for grant in self.grants
        )

    def allows_everywhere(self, namespace: str, right: Right | None = None) -> bool:
        """Whether a namespace may be seen in all clusters, one that is not known among them."""
        return any(
            grant.allows(namespace) and "*" in grant.clusters and (right is None or right in grant.rights)
            for grant in self.grants
        )

    def allows_cluster(self, cluster: str) -> bool:
        """Whether anything of a cluster may be seen."""
        return any(_fits(grant.clusters, cluster) for grant in self.grants)

    def having(self, right: Right) -> Scope:
        """The part of it in which a right is given."""
        return Scope(tuple(grant for grant in self.grants if right in grant.rights))

    def narrowed(self, by: Scope) -> Scope:
        """What both scopes allow; of globs that overlap without one covering the other, nothing.

        Examples
        --------
        >>> Scope.of(["shop-*", "pay"]).narrowed(Scope.of(["shop-cart", "mail"])).grants[0].namespaces
        ('shop-cart',)
        """
        return Scope(
            tuple(
                Grant(
                    _overlap(one.namespaces, other.namespaces),
                    _overlap(one.clusters, other.clusters),
                    one.rights & other.rights,
                )
                for one, other in product(self.grants, by.grants)
            )
        )


def _normal(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    kept = {grant for grant in grants if grant.namespaces and grant.clusters}
    while True:
        found = kept
        for side in _SIDES:
            found = _joined(found, side)
        found = {one for one in found if not any(other != one and other.contains(one) for other in found)}
        if found == kept:
            return tuple(sorted(kept, key=lambda one: (one.namespaces, one.clusters, sorted(one.rights))))
        kept = found


def _joined(grants: Iterable[Grant], side: str) -> set[Grant]:
    """The same, with grants as one that differ on one side alone."""
    alike: dict[tuple[object, ...], list[Grant]] = {}
    for grant in grants:
        alike.setdefault(tuple(getattr(grant, name) for name in _SIDES if name != side), []).append(grant)
    return {
        Grant(
            tuple(name for grant in same for name in grant.namespaces),
            tuple(name for grant in same for name in grant.clusters),
            frozenset(right for grant in same for right in grant.rights),
        )
        for same in alike.values()
    }


def _fits(globs: tuple[str, ...], name: str) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)


def _widest(globs: Iterable[str]) -> tuple[str, ...]:
    """Globs without those that others cover, sorted."""
    found = sorted(set(globs))
    return tuple(one for one in found if not any(other != one and _covers(other, one) for other in found))


def _overlap(globs: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return (
        *(glob for glob in globs if _cover(others, (glob,))),
        *(other for other in others if _cover(globs, (other,))),
    )


def _cover(globs: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return all(any(_covers(glob, other) for glob in globs) for other in others)


def _covers(glob: str, other: str) -> bool:
    """Whether a glob fits all that another one fits; "no" where that cannot be told."""
    if glob in ("*", other):
        return True
    if not _WILD & set(other):
        return fnmatchcase(other, glob)
    prefix = glob.removesuffix("*")
    return prefix != glob and not _WILD & set(prefix) and other.startswith(prefix)


EVERYTHING = Scope()
"""The scope of whoever runs the process: library, command line, and a server without sign-in."""
NOTHING = Scope(())
"""The scope of whoever has not been let in: no namespace of no cluster."""
