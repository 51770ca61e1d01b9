"""What is said about an object: its status, how sure that is, and why. Frozen values, no words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from mesh_graph.model import Direction, NodeKey, NodeKind, Protocol, Status
from mesh_graph.settings.tolerances import Tolerance

__all__ = ["NO_TRAFFIC", "UNRATED", "Assessment", "Check", "Health", "Reason", "Replicas"]

NO_TRAFFIC = "health-no-traffic"
"""Note of no data: nothing came or went."""
UNRATED = "health-unrated"
"""Note of no data: something came or went, but nothing that could have failed, or that a tolerance is for."""


@dataclass(frozen=True, slots=True)
class Check:
    """One tolerance held against the traffic of an object in one direction over one protocol.

    Attributes
    ----------
    direction : Direction
    protocol : Protocol
    tolerance : Tolerance
    status : Status
        Failure, degraded or healthy.
    is_firm : bool
        Whether enough was seen: of what is worse than healthy, errors; of what is healthy, that the interval
        leaves no room for worse.
    rate, error_rate : float
        All requests of the protocol, and those that the tolerance counts, per second; of tcp closed
        connections.
    requests, errors : float
        The same in the window: estimates, rate x window.
    interval : (float, float)
        95 % interval of the error ratio, 0..1 (Wilson).
    """

    direction: Direction
    protocol: Protocol
    tolerance: Tolerance
    status: Status
    is_firm: bool
    rate: float
    error_rate: float
    requests: float
    errors: float
    interval: tuple[float, float]

    @property
    def error_ratio(self) -> float:
        """0..1; a check has traffic, so there always is one."""
        return self.error_rate / self.rate


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an object is worse than healthy: one check, what most of its errors are, and the other end.

    Attributes
    ----------
    message : str
        Message id: ``health-inbound`` or ``health-outbound``.
    subject : NodeKey
        What fares ill.
    check : Check
    code, flags, outcome : str
        Of most of its errors by rate; as in ``Traffic.flows``.
    endings : int
        How many pairs of code and flags its errors have.
    peer : NodeKey
        The other end of most of its errors: the caller's application (or workload, or unknown) of what came
        in, the service that was called of what went out.
    peers : int
        How many other ends its errors have.
    """

    message: str
    subject: NodeKey
    check: Check
    code: str
    flags: str
    outcome: str
    endings: int
    peer: NodeKey
    peers: int


@dataclass(frozen=True, slots=True)
class Replicas:
    """How a workload, or an application, fares by its pods.

    Attributes
    ----------
    subject : NodeKey
    status : Status
        Not ready is scaled to zero.
    desired, current, available : int
    troubles : tuple of (str, int)
        Why pods cannot serve, as Kubernetes calls it, and how many; most first.
    since : float or None
        When the first of those that are not ready now ceased to be, Unix seconds; None where nobody tells.
    """

    subject: NodeKey
    status: Status
    desired: int
    current: int
    available: int
    troubles: tuple[tuple[str, int], ...] = ()
    since: float | None = None

    @property
    def is_ill(self) -> bool:
        """Whether it fares worse than healthy."""
        return self.status.severity > Status.HEALTHY.severity


@dataclass(frozen=True, slots=True)
class Assessment:
    """How one object fares.

    Attributes
    ----------
    status : Status
        The worst of its checks and of its replicas; of a namespace, of its objects.
    is_firm : bool
        False is tentative: too little was seen. No data is never firm.
    check : Check or None
        The check that decided; None without data.
    reasons : tuple of Reason
        Of every check that is worse than healthy, worst first; of a namespace, of each of its objects.
    note : str
        Message id of why there is no data; else empty.
    replicas : Replicas or None
        What its pods tell; of a namespace, its worst object's. None where nothing is known of them.
    """

    status: Status = Status.NO_DATA
    is_firm: bool = False
    check: Check | None = None
    reasons: tuple[Reason, ...] = ()
    note: str = NO_TRAFFIC
    replicas: Replicas | None = None

    @property
    def is_by_replicas(self) -> bool:
        """Whether the replicas alone make it as bad as it is."""
        of_requests = self.reasons[0].check.status.severity if self.reasons else 0
        by = self.replicas
        return by is not None and by.is_ill and by.status is self.status and of_requests < by.status.severity

    @property
    def rank(self) -> tuple[int, bool]:
        """Orders assessments, the worst and surest highest."""
        return self.status.severity, self.is_firm


NOTHING = Assessment()


@dataclass(frozen=True, slots=True)
class Health:
    """How everything in a mesh fares.

    Attributes
    ----------
    profile : str
        Name of the tolerances.
    window_s : float
        Seconds over which rates were taken.
    assessments : mapping of NodeKey to Assessment
        Of every app, workload, service and namespace that had traffic; their keys are
        ``NodeKey(APP, cluster, namespace, app=…)``, ``(WORKLOAD, …, workload=…)``,
        ``(SERVICE, …, service=…)`` and ``(NAMESPACE, cluster, namespace)``.
    counts : mapping of NodeKey to mapping of NodeKind to Counter of Status
        Per namespace, how many of its objects have which status.
    """

    profile: str
    window_s: float
    assessments: Mapping[NodeKey, Assessment] = field(default_factory=dict)
    counts: Mapping[NodeKey, Mapping[NodeKind, Counter[Status]]] = field(default_factory=dict)

    def of(self, key: NodeKey) -> Assessment:
        """Assessment of an object; no data for one that had no traffic."""
        return self.assessments.get(key, NOTHING)
