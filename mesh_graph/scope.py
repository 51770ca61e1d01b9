"""Who looks: the clusters and namespaces that may be seen, and the rights beyond looking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase

__all__ = ["EVERYTHING", "NOTHING", "Right", "Scope"]


class Right(StrEnum):
    """What may be done beyond looking at traffic."""

    LOGS = "logs"
    CONFIG = "config"
    QUERIES = "queries"


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may see.

    Attributes
    ----------
    namespaces, clusters : tuple of str
        Names or globs (``shop-*``); of several, one that fits is enough, and none shows nothing.
    rights : frozenset of Right
    """

    namespaces: tuple[str, ...] = ("*",)
    clusters: tuple[str, ...] = ("*",)
    rights: frozenset[Right] = frozenset(Right)

    @property
    def is_whole(self) -> bool:
        """Whether every namespace of every cluster may be seen."""
        return "*" in self.namespaces and "*" in self.clusters

    @property
    def is_everything(self) -> bool:
        """Whether there is nothing that may not be seen."""
        return self.is_whole and self.rights == frozenset(Right)

    def sorted(self) -> Scope:
        """The same scope in the one spelling that all equal ones have."""
        return replace(
            self, namespaces=tuple(sorted(set(self.namespaces))), clusters=tuple(sorted(set(self.clusters)))
        )

    def allows(self, namespace: str, cluster: str | None = None) -> bool:
        """Whether a namespace may be seen; in that cluster, if one is given."""
        is_named = any(fnmatchcase(namespace, glob) for glob in self.namespaces)
        return is_named and (cluster is None or self.allows_cluster(cluster))

    def allows_cluster(self, cluster: str) -> bool:
        """Whether anything of a cluster may be seen."""
        return any(fnmatchcase(cluster, glob) for glob in self.clusters)


EVERYTHING = Scope()
"""The scope of whoever runs the process: library, command line, and a server without sign-in."""
NOTHING = Scope(namespaces=(), clusters=(), rights=frozenset())
"""The scope of whoever has not been let in: no namespace of no cluster."""
