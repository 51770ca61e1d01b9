"""The logs of one workload's pods: who can be asked, and what was asked of them in the order of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from mesh_graph.answers.replicas import cluster_labels
from mesh_graph.errors import UnknownObject
from mesh_graph.istio.standing import ContainerStanding, PodStanding, standing_of
from mesh_graph.istio.workloads import workloads_of
from mesh_graph.logs.lines import in_time_order, lines_of
from mesh_graph.logs.model import Line
from mesh_graph.logs.sieve import Sieve
from mesh_graph.model import NodeKey
from mesh_graph.sources.cluster import Snapshot
from mesh_graph.sources.log_source import MOST_LINES, LogAsk, LogReply, LogTrouble

__all__ = ["LogChoice", "LogPod", "PodLines", "Stream", "choose", "pods_of", "read_lines"]

MOST_PODS, MOST_STREAMS = 4, 16
"""Pods that are read where none is named; containers that are read at most."""


@dataclass(frozen=True, slots=True)
class LogPod:
    """A pod whose logs can be asked for, and the workload that it is of."""

    cluster: str
    namespace: str
    app: str
    standing: PodStanding

    @property
    def containers(self) -> tuple[ContainerStanding, ...]:
        """Containers but those that prepared the pod and are done."""
        return tuple(c for c in self.standing.containers if not c.is_done)


@dataclass(frozen=True, slots=True)
class LogChoice:
    """Which lines are wanted.

    Attributes
    ----------
    pods, containers : tuple of str
        Empty for those that are read where none is named: the first few pods, all their containers.
    lines : int
        At most so many of all, the last ones.
    is_of_any_age : bool
        Whether lines from before the view's window are wanted, too.
    is_previous : bool
        Of each container's run before the present one.
    sieve : Sieve
    """

    pods: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    lines: int = 500
    is_of_any_age: bool = False
    is_previous: bool = False
    sieve: Sieve = field(default_factory=Sieve)


@dataclass(frozen=True, slots=True)
class Stream:
    """What came of one container.

    Attributes
    ----------
    count : int
        Lines that were read.
    since : float or None
        Instant of the first of them, Unix seconds, where older ones were left out.
    trouble : LogTrouble or None
    """

    pod: str
    container: str
    count: int
    since: float | None = None
    trouble: LogTrouble | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PodLines:
    """The lines that are wanted.

    Attributes
    ----------
    at : float
        End of the time they are of, Unix seconds.
    since : float or None
        Its beginning; None for any.
    pods : tuple of LogPod
        All that there are, those in trouble first.
    streams : tuple of Stream
        What was read, in the order of the pods.
    not_read : int
        Containers that were asked for and left out, for there were too many.
    read : int
        Lines that were read.
    matching : int
        Of these, those that pass the sieve.
    lines : tuple of Line
        The last of these, by time.
    """

    at: float
    since: float | None
    pods: tuple[LogPod, ...]
    streams: tuple[Stream, ...]
    not_read: int
    read: int
    matching: int
    lines: tuple[Line, ...]


def pods_of(snapshot: Snapshot, subject: NodeKey) -> tuple[LogPod, ...]:
    """Pods of a workload, those that are not ready first.

    Raises
    ------
    UnknownObject
        If there are none.
    """
    labels = cluster_labels(snapshot, (subject.cluster,))
    found = [
        LogPod(one.cluster, one.namespace, one.app, pod)
        for one in workloads_of(snapshot).values()
        if (one.namespace, one.name) == (subject.namespace, subject.workload)
        and subject.cluster in ("", labels.get(one.cluster, one.cluster))
        for pod in standing_of(one).pods
    ]
    if not found:
        raise UnknownObject(f"No pod of {subject.workload[:80]} in {subject.namespace[:80]} is known.")
    return tuple(found)


def choose(pods: Iterable[LogPod], choice: LogChoice) -> tuple[list[tuple[LogPod, str, bool]], list[str]]:
    """Containers that are read, with their pods and whether each is a proxy; pods that are not there."""
    known: dict[str, list[LogPod]] = defaultdict(list)
    for pod in pods:
        known[pod.standing.name].append(pod)  # a StatefulSet's have the same names in every cluster
    named = choice.pods or tuple(known)[:MOST_PODS]
    wanted = [
        (pod, one.name, one.is_proxy)
        for name in named
        for pod in known.get(name, ())
        for one in pod.containers
        if not choice.containers or one.name in choice.containers
    ]
    return wanted, [name for name in named if name not in known]


def read_lines(
    pods: tuple[LogPod, ...],
    choice: LogChoice,
    when: tuple[float, float, bool],
    read: Callable[[list[LogAsk]], Iterable[LogReply]],
) -> PodLines:
    """The lines that are wanted.

    Parameters
    ----------
    pods : tuple of LogPod
    choice : LogChoice
    when : (float, float, bool)
        Beginning and end, Unix seconds, and whether the end is the present.
    read : callable
        Asks for the logs of containers.
    """
    since, at, _ = when
    wanted, missing = choose(pods, choice)
    asked = wanted[:MOST_STREAMS]
    asks = [_ask(pod, container, choice, when) for pod, container, _ in asked]
    streams, lines = [], []
    for (pod, container, is_proxy), reply in zip(asked, read(asks), strict=True):
        own = list(lines_of(reply.lines, pod.standing.name, container, is_proxy=is_proxy))
        first = own[0].at if own and reply.was_cut else None
        streams.append(Stream(pod.standing.name, container, len(own), first, reply.trouble))
        lines.append(own)
    gone = (Stream(name, "", 0, None, LogTrouble("logs.gone", {"pod": name})) for name in missing)
    merged = in_time_order(lines)
    sifted = choice.sieve.sifted(merged)
    return PodLines(
        at,
        asks[0].since if asks else since,
        pods,
        (*streams, *gone),
        len(wanted) - len(asked),
        len(merged),
        len(sifted),
        tuple(sifted[-choice.lines :]),
    )


def _ask(pod: LogPod, container: str, choice: LogChoice, when: tuple[float, float, bool]) -> LogAsk:
    since, at, is_live = when
    return LogAsk(
        pod.cluster,
        pod.namespace,
        pod.standing.name,
        container,
        lines=choice.lines if choice.sieve.takes_all else MOST_LINES,
        since=None if choice.is_of_any_age or choice.is_previous else since,
        until=None if is_live or choice.is_previous else at,
        is_previous=choice.is_previous,
    )
