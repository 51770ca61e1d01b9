"""The protocol that every cluster source implements, and what readers get: an immutable snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from mesh_graph.scope import EVERYTHING, Scope
from mesh_graph.sources.log_source import LogSource

__all__ = ["EMPTY", "Change", "ClusterGap", "ClusterSource", "Identity", "KubeObject", "Origin", "Snapshot"]

Identity = tuple[str, str, str, str]
"""Cluster, kind, namespace and name of an object."""

EMPTY: Mapping[str, Any] = MappingProxyType({})
"""Stands for a mapping that an object lacks."""


def _nothing() -> Mapping[str, Any]:
    return EMPTY


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a manifest stands.

    Attributes
    ----------
    file : str
        Path below the folder, with ``/``.
    lines : mapping of str to int
        Line (from 1) of each path of the object, such as ``spec/http[0]``; ``""`` is its first line.
    """

    file: str
    lines: Mapping[str, int]

    def line_of(self, path: str) -> int:
        """Line of a path; where the object lacks it, of the nearest part above it."""
        while path not in self.lines and path:
            path = path[: max(path.rfind("/"), path.rfind("["), 0)]
        return self.lines.get(path, 1)


@dataclass(frozen=True, slots=True, eq=False)
class KubeObject:
    """One object of the cluster's API, with the fields in use; nothing of it can be changed.

    Attributes
    ----------
    spec, status : mapping
        Of plain values, tuples and read-only mappings; types below the top are as hostile as the object.
    created_at : float or None
        Unix seconds.
    changed_at : float or None
        Newest ``managedFields`` time of a manager that owns ``spec``, status excluded; else ``created_at``.
    owner : (str, str) or None
        Kind and name of the controller that made it.
    origin : Origin or None
        Where its manifest stands; None for what a server told.
    resource_version : str
        As the server calls this state of it; empty for what no server told.
    """

    kind: str
    cluster: str
    namespace: str
    name: str
    api_version: str = ""
    labels: Mapping[str, str] = field(default_factory=_nothing)
    annotations: Mapping[str, str] = field(default_factory=_nothing)
    spec: Mapping[str, Any] = field(default_factory=_nothing)
    status: Mapping[str, Any] = field(default_factory=_nothing)
    created_at: float | None = None
    changed_at: float | None = None
    owner: tuple[str, str] | None = None
    origin: Origin | None = None
    resource_version: str = ""

    @property
    def identity(self) -> Identity:
        """Cluster, kind, namespace and name."""
        return self.cluster, self.kind, self.namespace, self.name

    @property
    def api_kind(self) -> str:
        """Kind as the API knows it: ``K8sGateway`` is our word for the Gateway API's ``Gateway``."""
        return self.kind.removeprefix("K8s")


@dataclass(frozen=True, slots=True)
class Change:
    """A spec of an object, as it was from some instant on.

    Attributes
    ----------
    at : float
        Since when it holds, Unix seconds: as the server says, else when it was seen.
    seen_at : float
        When it was seen, Unix seconds.
    resource_version : str
    digest : str
        Of the spec; empty where the object was gone.
    shape : str
        Digest of the spec but for the numbers of its weights: where it is the same, only they differ.
    weights : mapping of str to int
        By the path where each stands, such as ``spec/http[0]/route[1]``.
    """

    at: float
    seen_at: float
    resource_version: str
    digest: str
    shape: str = ""
    weights: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClusterGap:
    """Something of a cluster that could not be seen.

    Attributes
    ----------
    message : str
        Id in the message catalogue.
    cluster, kind : str
        What is not seen there; an empty kind is all of them.
    parameters : tuple of (str, str)
        For the words.
    """

    message: str
    cluster: str
    kind: str = ""
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What the clusters declared at one moment.

    Attributes
    ----------
    version : int
        Grows with every change of objects or gaps; the same number is the same content.
    confirmed_at : float
        Unix seconds; every server that answers has confirmed then, or later, that this is all there is.
    clusters : tuple of str
    gaps : tuple of ClusterGap
        What is missing in it, with the reason.
    by_kind : mapping of str to tuple of KubeObject
    unknown : frozenset of str
        Kinds that could not be read in some cluster: that there is none of a name says nothing then.
    changes : mapping of Identity to tuple of Change
        What is known of the past of declared routes, ascending; empty where nobody keeps it.
    scope : Scope
        Whose part of the mesh this is: what is not there, and not of it, may exist.
    """

    version: int
    confirmed_at: float
    clusters: tuple[str, ...] = ()
    gaps: tuple[ClusterGap, ...] = ()
    by_kind: Mapping[str, tuple[KubeObject, ...]] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    scope: Scope = EVERYTHING
    changes: Mapping[Identity, tuple[Change, ...]] = field(default_factory=dict)

    def objects(self, kind: str) -> tuple[KubeObject, ...]:
        """Objects of a kind, by cluster, namespace and name; empty for a kind that is not read."""
        return self.by_kind.get(kind, ())

    def is_known(self, *kinds: str) -> bool:
        """Whether the kinds were read in full, so that what is not there does not exist."""
        return self.unknown.isdisjoint(kinds)


class ClusterSource(Protocol):
    """Anything that holds what is declared in Kubernetes clusters. Thread-safe, and read only."""

    @property
    def name(self) -> str:
        """Who answers, for people."""
        ...

    @property
    def is_demo(self) -> bool:
        """Whether the clusters are simulated."""
        ...

    @property
    def logs(self) -> LogSource:
        """Whoever can be asked for the logs of its pods; says why not where nobody can."""
        ...

    def wait(self, timeout_s: float) -> bool:
        """Wait until every kind has been read or found to be a gap; whether that came about in time."""
        ...

    def snapshot(self) -> Snapshot:
        """The newest state; does not wait, and what cannot be read is a gap."""
        ...

    def close(self) -> None:
        """Stop watching; the last snapshot stays."""
        ...
