"""How workloads stand: replicas wanted and there, and of each pod what its containers do, or why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from mesh_graph.istio.place import Place, spec_of
from mesh_graph.istio.sidecars import PROXY, proxy_image
from mesh_graph.istio.workloads import RunningWorkload
from mesh_graph.sources.cluster import KubeObject
from mesh_graph.sources.cluster_object import instant

__all__ = ["STARTING", "ContainerStanding", "PodStanding", "WorkloadStanding", "standing_of"]

PENDING, RUNNING = "Pending", "Running"
STARTING = ("ContainerCreating", "PodInitializing")
"""Waiting for these is how every pod begins."""
FINE = ("", "Completed")


@dataclass(frozen=True, slots=True)
class ContainerStanding:
    """One container.

    Attributes
    ----------
    name, image : str
    is_ready : bool
    restarts : int
    reason : str
        Why it does not run, as Kubernetes calls it; empty where it does.
    last_reason : str
        Why it ended last; empty where it never did.
    exit_code : int or None
        With which it ended last.
    last_end : float or None
        When that was, Unix seconds.
    is_proxy : bool
    is_done : bool
        Whether it had to come to an end before the others begin, and has.
    """

    name: str
    image: str
    is_ready: bool
    restarts: int = 0
    reason: str = ""
    last_reason: str = ""
    exit_code: int | None = None
    last_end: float | None = None
    is_proxy: bool = False
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class PodStanding:
    """One pod.

    Attributes
    ----------
    name, node, phase : str
    containers : tuple of ContainerStanding
        Those that have begun to run before the others first.
    proxy : str
        Image of its own proxy; empty for none.
    started : str
        When it was placed, as the API writes it.
    reason : str
        Why it is not ready, as Kubernetes calls it; empty where it is.
    since : float or None
        When it ceased to be ready, or was placed and never was, Unix seconds; None where it is ready, or
        nobody tells.
    """

    name: str
    node: str
    phase: str
    containers: tuple[ContainerStanding, ...]
    proxy: str = ""
    started: str = ""
    reason: str = ""
    since: float | None = None

    @property
    def is_ready(self) -> bool:
        """Whether all its containers can serve."""
        return not self.reason

    @property
    def restarts(self) -> int:
        """Of all containers."""
        return sum(one.restarts for one in self.containers)


@dataclass(frozen=True, slots=True, eq=False)
class WorkloadStanding:
    """One workload.

    Attributes
    ----------
    running : RunningWorkload
    desired, current, available : int
        Replicas; where no controller is read, as its pods tell.
    pods : tuple of PodStanding
        Those that are not ready first, then by name.
    """

    running: RunningWorkload
    desired: int
    current: int
    available: int
    pods: tuple[PodStanding, ...]

    @property
    def troubles(self) -> tuple[tuple[str, int], ...]:
        """Why pods are not ready, and how many; most first."""
        counted = Counter(pod.reason for pod in self.pods if pod.reason)
        return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))

    @property
    def since(self) -> float | None:
        """Since when one of its pods is not ready, Unix seconds; None where all are, or nobody tells."""
        return min((pod.since for pod in self.pods if pod.since is not None), default=None)

    @property
    def images(self) -> tuple[str, ...]:
        """Images of its own containers, without the proxy's."""
        return tuple(
            sorted({c.image for pod in self.pods for c in pod.containers if c.image and not c.is_proxy})
        )

    @property
    def proxies(self) -> tuple[str, ...]:
        """Versions of its proxies: the tags of their images."""
        return tuple(sorted({tag_of(pod.proxy) for pod in self.pods if pod.proxy}))


def tag_of(image: str) -> str:
    """Tag or digest of an image, its name where it has none.

    Examples
    --------
    >>> [tag_of(i) for i in ("istio/proxyv2:1.24.1", "host:5000/proxyv2", "p@sha256:1234567890abc")]
    ['1.24.1', 'proxyv2', 'sha256:1234567890ab']
    """
    name = image.rpartition("/")[2]
    if "@" in name:
        return name.partition("@")[2][:19]
    return name.partition(":")[2] or name


def standing_of(running: RunningWorkload) -> WorkloadStanding:
    """How one workload stands."""
    pods = tuple(sorted(map(_pod, running.pods), key=lambda pod: (pod.is_ready, pod.name)))
    ready = sum(pod.is_ready for pod in pods)
    controller = running.controller
    if controller is None:
        return WorkloadStanding(running, len(pods), len(pods), ready, pods)
    desired, current, available = _counts(controller)
    return WorkloadStanding(
        running,
        desired,
        len(pods) if current is None else current,
        ready if available is None else available,
        pods,
    )


def _counts(one: KubeObject) -> tuple[int, int | None, int | None]:
    """Replicas wanted, there and available as the controller tells; None where it does not."""
    status = Place(one.status, "status")
    if one.kind == "DaemonSet":
        desired = status["desiredNumberScheduled"].number or 0
        return desired, desired, status["numberAvailable"].number or 0
    replicas = spec_of(one)["replicas"].number
    if not one.status:
        return 1 if replicas is None else replicas, None, None
    available = status["availableReplicas"].number
    # StatefulSets of old servers tell no more than how many are ready.
    told = status["readyReplicas"].number if available is None else available
    return 1 if replicas is None else replicas, status["replicas"].number or 0, told or 0


def _pod(one: KubeObject) -> PodStanding:
    spec, status = spec_of(one), Place(one.status, "status")
    own = tuple(_containers(status["containerStatuses"]))
    initial = tuple(_containers(status["initContainerStatuses"], is_initial=True))
    phase = status["phase"].text
    reason = _reason(status, phase, initial, own)
    return PodStanding(
        one.name,
        spec["nodeName"].text,
        phase,
        (*initial, *own),
        proxy_image(one),
        status["startTime"].text,
        reason,
        _since(status) if reason else None,
    )


def _since(status: Place) -> float | None:
    """When the pod's condition of being ready last changed, else when it was placed."""
    changed = (one["lastTransitionTime"] for one in status["conditions"] if one["type"].text == "Ready")
    return instant(next((at.text for at in changed if at.text), status["startTime"].text))


def _containers(statuses: Place, *, is_initial: bool = False) -> Iterator[ContainerStanding]:
    for one in statuses:
        waiting, ended = one["state"]["waiting"]["reason"].text, one["state"]["terminated"]["reason"].text
        last, is_done = one["lastState"]["terminated"], is_initial and ended == "Completed"
        yield ContainerStanding(
            one["name"].text,
            one["image"].text,
            one["ready"].value is True or is_done,
            one["restartCount"].number or 0,
            waiting or ended,
            last["reason"].text,
            last["exitCode"].number,
            instant(last["finishedAt"].value),
            one["name"].text == PROXY,
            is_done,
        )


def _reason(
    status: Place, phase: str, initial: tuple[ContainerStanding, ...], own: tuple[ContainerStanding, ...]
) -> str:
    """Why a pod is not ready: the first container that tells, else the pod's own reason, else its phase."""
    if phase == RUNNING and own and all(one.is_ready for one in own):
        return ""
    told = [
        one.reason for one in (*initial, *own) if one.reason not in (*FINE, *STARTING) and not one.is_ready
    ]
    if told:
        return told[0]
    if status["reason"].text:
        return status["reason"].text
    starting = [one.reason for one in (*initial, *own) if one.reason in STARTING]
    return starting[0] if starting else "NotReady" if phase == RUNNING else phase or PENDING
