"""What the kubelets and kube-state-metrics tell of a simulated mesh's containers, as arrays at any instants.

CPU follows the requests that a pod's proxy counts, so that it is busy when the mesh is. A container that is
killed for its memory has grown up to its limit; one that is throttled is slow in the same minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mesh_graph import fields
from mesh_graph.demo.curves import DAY_S
from mesh_graph.demo.labels import LabelSet
from mesh_graph.demo.noise import identity, uniform
from mesh_graph.demo.simulator import Part, Simulator
from mesh_graph.demo.spec import PROXY_NEEDS, Life, Needs, Workload

__all__ = [
    "CONTAINER_LABELS",
    "OUT_OF_MEMORY",
    "POD_FAMILIES",
    "PROXY",
    "Containers",
    "placed_at",
    "restarts",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MIB = 2**20
PROXY = "istio-proxy"
PERIODS_PER_S = 10
"""Of the kernel's scheduler: a limit holds for each tenth of a second."""
WEEK_S, MONDAY_S = 7 * DAY_S, 4 * DAY_S
"""The epoch was a Thursday."""
TICK_S = 15
"""Memory wavers from one of these to the next."""
OUT_OF_MEMORY = "OOMKilled"
CONTAINER_LABELS = (
    fields.CLUSTER,
    fields.NAMESPACE,
    fields.POD,
    fields.CONTAINER,
    fields.RESOURCE,
    fields.UNIT,
    fields.REASON,
    fields.PHASE,
    fields.JOB,
)


@dataclass(frozen=True, slots=True)
class Container:
    """One container of one pod.

    Attributes
    ----------
    pod : int or None
        Its pod among the simulator's; None where no proxy counts its requests.
    """

    workload: Workload
    replica: int
    name: str
    needs: Needs
    pod: int | None

    @property
    def is_first(self) -> bool:
        """Whether it is the workload's own, and not the proxy."""
        return self.name == self.workload.app

    @property
    def is_limited(self) -> bool:
        """Whether its CPU has a limit."""
        return self.needs.cpu_limit is not None

    @property
    def is_killed(self) -> bool:
        """Whether its memory runs out again and again."""
        return self.is_first and self.workload.is_killed

    def births(self, t: Floats) -> Floats:
        """When it began that runs at each instant."""
        return _births(self.workload.pod_life(self.replica), t)


def _births(life: Life, t: Floats) -> Floats:
    births: Floats = life.phase_s + np.floor((t - life.phase_s) / life.period_s) * life.period_s
    return births


def placed_at(workload: Workload, replica: int, t: Floats) -> Floats:
    """When a pod was placed; one whose container is killed again and again stays from Monday to Sunday."""
    if not workload.is_killed:
        return _births(workload.pod_life(replica), t)
    monday: Floats = t - (t - MONDAY_S) % WEEK_S
    return monday


def restarts(workload: Workload, replica: int, t: Floats) -> Floats:
    """How often a pod's own container has begun anew since the pod was placed."""
    life, placed = workload.pod_life(replica), placed_at(workload, replica, t)
    begun: Floats = (_births(life, t) - _births(life, placed)) / life.period_s
    return begun


class Containers:
    """Series of every container of a mesh.

    Parameters
    ----------
    simulator : Simulator
    """

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def labels(self, family: str) -> dict[str, NDArray[np.object_]]:
        """Label columns of a family's series; ``""`` where a label is absent."""
        rows = [labels for labels, _, _ in self._series(family)]
        columns = zip(*rows, strict=True) if rows else [()] * len(CONTAINER_LABELS)
        return {
            n: np.array(column, dtype=object) for n, column in zip(CONTAINER_LABELS, columns, strict=True)
        }

    def series(self, family: str) -> list[LabelSet]:
        """Labels of a family's series, in the order of ``CONTAINER_LABELS``."""
        return [labels for labels, _, _ in self._series(family)]

    def read(self, family: str, times: Floats, rows: Ints | None = None) -> Floats:
        """Samples of some series, or of all, at instants (Unix seconds, ascending).

        Of shape (series, instants); NaN where the container does not run.
        """
        series = self._series(family)
        chosen = series if rows is None else [series[row] for row in rows.tolist()]
        samples = np.full((len(chosen), len(times)), np.nan)
        for number, (_, container, metric) in enumerate(chosen):
            age = times - container.births(times)
            is_up = age < container.workload.pod_life(container.replica).on_s
            samples[number] = np.where(is_up, metric.value(self, container, times), np.nan)
        return samples

    def _series(self, family: str) -> list[tuple[LabelSet, Container, _Metric]]:
        return [
            (metric.labels_of(one), one, metric)
            for metric in _METRICS.get(family, ())
            for one in self._all
            if metric.has(one)
        ]

    @cached_property
    def _all(self) -> tuple[Container, ...]:
        return tuple(self._every())

    def _every(self) -> Iterator[Container]:
        numbers = {pod: number for number, pod in enumerate(self._simulator.pods)}
        for workload in self._simulator.workloads:
            for replica in range(workload.replicas):
                pod = numbers.get((workload, replica))
                yield Container(workload, replica, workload.app, workload.needs, pod)
                if workload.has_proxy:
                    yield Container(workload, replica, PROXY, PROXY_NEEDS, pod)

    @cached_property
    def _requests(self) -> dict[int, Ints]:
        """Positions of the request series that each pod reports."""
        _, pods = self._simulator.series("istio_requests_total")
        return {number: np.flatnonzero(pods == number) for number in np.unique(pods).tolist()}

    def cpu(self, one: Container, t: Floats) -> Floats:
        """Seconds of CPU since its birth."""
        needs, births = one.needs, one.births(t)
        seconds = needs.cpu * (t - births) + needs.more_cpu.until(t) - needs.more_cpu.until(births)
        rows = None if one.pod is None else self._requests.get(one.pod)
        if rows is None:
            return seconds
        counts = np.nan_to_num(self._simulator.read("istio_requests_total", Part.COUNT, t, rows)).sum(axis=0)
        total: Floats = seconds + needs.cpu_per_request * counts
        return total

    def periods(self, one: Container, t: Floats) -> Floats:
        """The scheduler's periods since its birth."""
        return np.floor(PERIODS_PER_S * (t - one.births(t)))

    def throttled(self, one: Container, t: Floats) -> Floats:
        """Those in which it was halted."""
        share = one.needs.throttled
        return np.floor(PERIODS_PER_S * (share.until(t) - share.until(one.births(t))))

    def memory(self, one: Container, t: Floats) -> Floats:
        """Bytes in use that cannot be taken away."""
        needs, life = one.needs, one.workload.pod_life(one.replica)
        key = np.uint64(identity(one.workload.pod(one.replica), one.name))
        wavering = 4 * uniform(np.array([key]), np.floor(t / TICK_S).astype(np.uint64))
        grown = needs.leak * (t - one.births(t)) / life.period_s
        used: Floats = np.floor(MIB * (needs.memory + wavering + grown))
        return used

    def restarted(self, one: Container, t: Floats) -> Floats:
        """How often it has begun anew."""
        return restarts(one.workload, one.replica, t) if one.is_killed else np.zeros(len(t))

    def was_killed(self, one: Container, t: Floats) -> Floats:
        """1 where it ended last for want of memory; NaN where it has not ended yet."""
        return np.where(self.restarted(one, t) > 0, 1.0, np.nan)

    def placed(self, one: Container, t: Floats) -> Floats:
        """When its pod was placed, Unix seconds."""
        return placed_at(one.workload, one.replica, t)


Value = Callable[[Containers, Container, Floats], Floats]


def _is_any(one: Container) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _Metric:
    """One series of each container that has it: who tells it, under which labels, and its values."""

    job: str
    value: Value
    has: Callable[[Container], bool] = _is_any
    more: Mapping[str, str] | None = None
    is_of_pod: bool = False

    def labels_of(self, one: Container) -> LabelSet:
        """Its labels, in the order of ``CONTAINER_LABELS``."""
        told = {
            fields.CLUSTER: one.workload.cluster,
            fields.NAMESPACE: one.workload.namespace,
            fields.POD: one.workload.pod(one.replica),
            fields.CONTAINER: "" if self.is_of_pod else one.name,
            fields.JOB: self.job,
            **(self.more or {}),
        }
        return tuple(told.get(label, "") for label in CONTAINER_LABELS)


def _asked(what: str, factor: int, resource: str, unit: str) -> _Metric:
    """What its needs say under a name, where they say something."""

    def value(_: Containers, one: Container, t: Floats) -> Floats:
        return np.full(len(t), float(factor * getattr(one.needs, what)))

    def has(one: Container) -> bool:
        return getattr(one.needs, what) is not None

    return _Metric(STATE, value, has, {fields.RESOURCE: resource, fields.UNIT: unit})


def _fixed(value: float) -> Value:
    return lambda _, one, t: np.full(len(t), value)


def _is_first(one: Container) -> bool:
    return one.is_first


def _is_limited(one: Container) -> bool:
    return one.is_limited


def _is_killed(one: Container) -> bool:
    return one.is_killed


KUBELET, STATE = "kubelet", "kube-state-metrics"
_METRICS: Mapping[str, tuple[_Metric, ...]] = {
    "container_cpu_usage_seconds_total": (_Metric(KUBELET, Containers.cpu),),
    "container_cpu_cfs_periods_total": (_Metric(KUBELET, Containers.periods, _is_limited),),
    "container_cpu_cfs_throttled_periods_total": (_Metric(KUBELET, Containers.throttled, _is_limited),),
    "container_memory_working_set_bytes": (_Metric(KUBELET, Containers.memory),),
    "kube_pod_container_resource_requests": (
        _asked("cpu_request", 1, "cpu", "core"),
        _asked("memory_request", MIB, "memory", "byte"),
    ),
    "kube_pod_container_resource_limits": (
        _asked("cpu_limit", 1, "cpu", "core"),
        _asked("memory_limit", MIB, "memory", "byte"),
    ),
    "kube_pod_container_status_restarts_total": (_Metric(STATE, Containers.restarted),),
    "kube_pod_container_status_ready": (_Metric(STATE, _fixed(1.0)),),
    "kube_pod_container_status_last_terminated_reason": (
        _Metric(STATE, Containers.was_killed, _is_killed, {fields.REASON: OUT_OF_MEMORY}),
    ),
    "kube_pod_status_phase": tuple(
        _Metric(STATE, _fixed(value), _is_first, {fields.PHASE: phase}, is_of_pod=True)
        for phase, value in (("Pending", 0.0), ("Running", 1.0))
    ),
    "kube_pod_start_time": (_Metric(STATE, Containers.placed, _is_first, is_of_pod=True),),
}
POD_FAMILIES = tuple(_METRICS)
"""Families by their names; a container without a limit has no series of throttling, as in a cluster."""
