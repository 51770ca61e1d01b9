"""What the containers of pods use and why they are ill, by cAdvisor's and kube-state-metrics' numbers.

What is not told is None, never zero. CPU is in cores, memory in bytes, shares are 0..1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from mesh_graph.frames.pods import PodValues
from mesh_graph.sources.query import PodFamily

__all__ = ["CPU", "MEMORY", "PAUSE", "WHOLE_POD", "ContainerUse", "PodUse", "uses_of"]

CPU, MEMORY = "cpu", "memory"
"""Values of the label ``resource``."""
WHOLE_POD = ""
"""Name of the container where a kubelet tells of pods only."""
PAUSE = "POD"
"""The container that holds a pod's network, as Docker's kubelets call it."""
_EXIST = (PodFamily.MEMORY, PodFamily.READY, PodFamily.RESTARTS, PodFamily.WAITING)
"""Families with a series for each container that is there; CPU goes on a while after an init container."""

Told = Mapping[PodFamily, PodValues]
PodName = tuple[str, str]
"""Cluster, as its label has it, and pod."""


@dataclass(frozen=True, slots=True)
class ContainerUse:
    """One container over a window, and at its end.

    Attributes
    ----------
    name : str
        ``WHOLE_POD`` where its pod alone is told of.
    cpu, cpu_request, cpu_limit : float or None
        Cores: taken on average, asked for, and the most that it gets. Without a limit None, as where none is
        told: see ``knows_limits``.
    throttled : float or None
        Share of the scheduler's periods in which it was halted because it had taken its limit.
    memory, memory_request, memory_limit : float or None
        Bytes: in use and not to be taken away (working set), asked for, and the most before it is killed.
    knows_limits : bool
        Whether somebody tells of limits; then None is "no limit".
    restarts : int or None
        Since its pod was made.
    restarted : int or None
        In the window.
    is_ready : bool or None
    waiting : str
        Why it does not run, as Kubernetes calls it; empty where it does, or nobody tells.
    last_reason : str
        Why it ended last.
    """

    name: str
    cpu: float | None = None
    cpu_request: float | None = None
    cpu_limit: float | None = None
    throttled: float | None = None
    memory: float | None = None
    memory_request: float | None = None
    memory_limit: float | None = None
    knows_limits: bool = False
    restarts: int | None = None
    restarted: int | None = None
    is_ready: bool | None = None
    waiting: str = ""
    last_reason: str = ""

    @property
    def memory_share(self) -> float | None:
        """Memory in use of its limit."""
        return _share(self.memory, self.memory_limit)

    @property
    def cpu_share(self) -> float | None:
        """CPU taken of its limit."""
        return _share(self.cpu, self.cpu_limit)

    @property
    def was_killed(self) -> bool:
        """Whether it ran out of memory in the window."""
        return bool(self.restarted) and self.last_reason == "OOMKilled"


@dataclass(frozen=True, slots=True)
class PodUse:
    """One pod.

    Attributes
    ----------
    cluster : str
        As the series' label tells; empty without one.
    name : str
    containers : tuple of ContainerUse
        By name.
    started : float or None
        When it was placed, Unix seconds.
    phase : str
        As Kubernetes calls it; empty where nobody tells.
    """

    cluster: str
    name: str
    containers: tuple[ContainerUse, ...]
    started: float | None = None
    phase: str = ""


def uses_of(told: Told, before: PodValues, since: float) -> tuple[PodUse, ...]:
    """Every pod that any of the families tells of, by cluster and name.

    Parameters
    ----------
    told : mapping of PodFamily to dict
        Values by cluster, pod, container, and of some families a further label: CPU and the scheduler's
        periods per second, others as they are at the instant.
    before : dict
        ``RESTARTS`` at the beginning of the window.
    since : float
        Beginning of the window, Unix seconds.
    """
    started = {_pod(key): value for key, value in told.get(PodFamily.STARTED, {}).items()}
    phases = {_pod(key): key[3] for key, value in told.get(PodFamily.PHASE, {}).items() if value > 0}
    named = _containers(told)

    def containers(pod: PodName) -> tuple[ContainerUse, ...]:
        readings = (
            _Reading(told, before, (*pod, name), started.get(pod), since) for name in named.get(pod, ())
        )
        return tuple(sorted((reading.use() for reading in readings), key=lambda one: one.name))

    return tuple(
        PodUse(*pod, containers(pod), started.get(pod), phases.get(pod, ""))
        for pod in sorted({*named, *started, *phases})
    )


def _pod(key: tuple[str, ...]) -> PodName:
    return key[0], key[1]


def _containers(told: Told) -> dict[PodName, set[str]]:
    """Names of the containers that are there; of a pod that is told of as a whole that one."""
    exist = [told[family] for family in _EXIST if told.get(family)] or [told.get(PodFamily.CPU_USAGE, {})]
    found: dict[PodName, set[str]] = defaultdict(set)
    for cluster, pod, container, *_ in (key for values in exist for key in values):
        if container != PAUSE:
            found[cluster, pod].add(container)
    return {pod: names - {WHOLE_POD} or names for pod, names in found.items()}


@dataclass(frozen=True, slots=True)
class _Reading:
    """One container among the values."""

    told: Told
    before: PodValues
    key: tuple[str, str, str]
    started: float | None
    since: float

    def use(self) -> ContainerUse:
        limits, requests = (
            {resource: self._value(family, resource) for resource in (CPU, MEMORY)}
            for family in (PodFamily.RESOURCE_LIMITS, PodFamily.RESOURCE_REQUESTS)
        )
        restarts, ready = self._value(PodFamily.RESTARTS), self._value(PodFamily.READY)
        return ContainerUse(
            self.key[2],
            cpu=self._value(PodFamily.CPU_USAGE),
            cpu_request=requests[CPU],
            cpu_limit=limits[CPU],
            throttled=_share(self._value(PodFamily.CFS_THROTTLED), self._value(PodFamily.CFS_PERIODS)),
            memory=self._value(PodFamily.MEMORY),
            memory_request=requests[MEMORY],
            memory_limit=limits[MEMORY],
            knows_limits=bool(self.told.get(PodFamily.RESOURCE_LIMITS)),
            restarts=None if restarts is None else round(restarts),
            restarted=None if restarts is None else self._restarted(round(restarts)),
            is_ready=None if ready is None else ready > 0,
            waiting=self._named(PodFamily.WAITING),
            last_reason=self._named(PodFamily.LAST_TERMINATED),
        )

    def _value(self, family: PodFamily, *more: str) -> float | None:
        return self.told.get(family, {}).get((*self.key, *more))

    def _named(self, family: PodFamily) -> str:
        """The further label whose value is not zero: version 1 tells of every reason, most of them 0."""
        values = self.told.get(family, {}).items()
        return next((key[3] for key, value in sorted(values) if key[:3] == self.key and value > 0), "")

    def _restarted(self, restarts: int) -> int | None:
        """Restarts in the window; a number that fell is that of a new pod of the same name.

        A pod that was not told of when the window began was either not there, or its exporter was not.
        """
        then = self.before.get(self.key)
        if then is None:
            return restarts if self.started is not None and self.started >= self.since else None
        return restarts - round(then) if restarts >= then else restarts


def _share(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None
