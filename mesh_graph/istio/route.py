"""The values that routes of every API become, and the one rule that turns weights into shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mesh_graph.istio.hosts import Host
from mesh_graph.sources.cluster import KubeObject

__all__ = ["DeclaredRoute", "Destination", "Mirror", "shares"]


@dataclass(frozen=True, slots=True)
class Destination:
    """One of the places that a route sends to.

    Attributes
    ----------
    host : Host
        The service, or a host outside.
    subset : str
        Name of the subset; empty for none.
    labels : mapping of str to str
        What the subset selects.
    version : str
        The version behind it; empty where it means several, or nobody knows.
    workloads : tuple of str
        Names of the workloads behind it, as far as the cluster tells, sorted.
    port : int or None
    declared : int or None
        The weight as it is written; None where none is.
    share : float or None
        0..1, its weight over the sum of the route's; 0 where all are 0; None where a weight cannot be read.
    path : str
        Where it stands in the object: ``spec/http[0]/route[1]``.
    """

    host: Host
    subset: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    workloads: tuple[str, ...] = ()
    port: int | None = None
    declared: int | None = None
    share: float | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Mirror:
    """A place that gets copies.

    Attributes
    ----------
    share : float or None
        0..1 of the requests that are copied; None where it cannot be read.
    """

    destination: Destination
    share: float | None


@dataclass(frozen=True, slots=True, eq=False)
class DeclaredRoute:
    """One route of an object: what it matches, and who gets which share.

    Attributes
    ----------
    source : KubeObject
        The object that declares it.
    order : int
        Its place among the routes of the object; the first that matches is taken.
    path : str
        Where it stands in the object: ``spec/http[0]``.
    route_name : str
        Its own name; empty for none.
    protocol : {"http", "grpc", "tls", "tcp"}
    hosts : tuple of Host
        What was called; empty where the object says none.
    gateways : tuple of str
        Where it holds: ``namespace/name`` of gateways, ``mesh`` for the sidecars.
    matches : tuple of str
        Conditions, one of which must hold, as compact JSON; empty for all traffic.
    destinations : tuple of Destination
        In the order of the object.
    mirrors : tuple of Mirror
    """

    source: KubeObject
    order: int
    path: str
    protocol: str
    hosts: tuple[Host, ...]
    destinations: tuple[Destination, ...]
    route_name: str = ""
    gateways: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    mirrors: tuple[Mirror, ...] = ()

    @property
    def kind(self) -> str:
        """Kind of the object."""
        return self.source.kind

    @property
    def cluster(self) -> str:
        """Cluster of the object."""
        return self.source.cluster

    @property
    def namespace(self) -> str:
        """Namespace of the object."""
        return self.source.namespace

    @property
    def name(self) -> str:
        """Name of the object."""
        return self.source.name

    @property
    def changed_at(self) -> float | None:
        """When the object's spec was last changed, Unix seconds; None where nobody knows."""
        return self.source.changed_at

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """Identity: cluster, kind, namespace, name, path."""
        return self.cluster, self.kind, self.namespace, self.name, self.path


def shares(weights: Sequence[int | None]) -> list[float | None]:
    """Shares 0..1 of weights: w_i = v_i / Σ v_j.

    All are 0 where the sum is: nobody gets anything. All are None where a weight is None or below 0, which
    stands for one that cannot be read.

    Examples
    --------
    >>> shares([80, 20, 0])
    [0.8, 0.2, 0.0]
    >>> shares([1, None])
    [None, None]
    """
    known = [weight for weight in weights if weight is not None and weight >= 0]
    if len(known) < len(weights):
        return [None] * len(weights)
    total = sum(known)
    return [weight / total if total else 0.0 for weight in known]
