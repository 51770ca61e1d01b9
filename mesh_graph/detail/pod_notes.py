"""What is wrong with pods by what they use: message ids with their parameters, the gravest first.

Limits, and where they come from:

- *throttled*: a quarter of the scheduler's periods, as the alert CPUThrottlingHigh of kubernetes-mixin
  (``alerts/resource_alerts.libsonnet``, ``cpuThrottlingPercent: 25``). CPU time that was not had is time that
  requests waited.
- *memory*: nine tenths of the limit, as the hard limit of ``kube_container_memory`` in GitLab's runbooks
  (``saturation-monitoring/kube_container_memory.libsonnet``). At the limit the container is killed.

None of it changes how a subject fares: that is told by its requests and replicas.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from mesh_graph.detail.pods import ContainerUse, PodUse

__all__ = ["CLOSE_TO_LIMIT", "SLOWED", "THROTTLED", "PodNote", "Slowness", "notes_of", "slowness_of"]

THROTTLED = 0.25
CLOSE_TO_LIMIT = 0.9
KILLED, RESTARTED, SLOWED, CLOSE = "pods.killed", "pods.restarted", "pods.throttled", "pods.memory-close"
SLOWER = 1.5
"""Response times that are so many times as long are worth a word."""
LEAST_INSTANTS = 3
"""Of either kind."""


@dataclass(frozen=True, slots=True)
class Slowness:
    """Response times while a container was throttled, beside others.

    That both went together, not that one made the other.

    Attributes
    ----------
    throttled_ms, else_ms : float
        Medians of the p99 at instants at which it was throttled, and at the others.
    share : float
        0..1 of the instants at which it was.
    span_s : float
        Time that was looked at.
    """

    throttled_ms: float
    else_ms: float
    share: float
    span_s: float


@dataclass(frozen=True, slots=True)
class PodNote:
    """One thing that is wrong with containers of one name.

    Attributes
    ----------
    message : str
    container : str
    pods, of : int
        In how many pods, and how many have the container.
    numbers : mapping of str to float
        Of the pod that is worst off: ``share`` (0..1), ``used``, ``limit`` (cores or bytes), ``times``.
    reason : str
        Why it ended last, as Kubernetes calls it.
    slowness : Slowness or None
        What response times did meanwhile.
    """

    message: str
    container: str
    pods: int
    of: int
    numbers: Mapping[str, float]
    reason: str = ""
    slowness: Slowness | None = None


def slowness_of(p99_ms: pd.Series, throttled: pd.Series, span_s: float) -> Slowness | None:
    """How response times went with throttling; None where they did not, or too little was seen.

    Parameters
    ----------
    p99_ms, throttled : pandas.Series
        At the same instants; NaN where there is no data. Infinite is above the histogram's top edge.
    span_s : float
    """
    known = p99_ms.notna() & throttled.notna()
    is_throttled = throttled[known] >= THROTTLED
    there, otherwise = p99_ms[known][is_throttled], p99_ms[known][~is_throttled]
    if min(len(there), len(otherwise)) < LEAST_INSTANTS:
        return None
    found = Slowness(float(there.median()), float(otherwise.median()), len(there) / int(known.sum()), span_s)
    # Two times above the histogram's top edge, both infinite, do not differ as far as anybody knows.
    is_slower = found.throttled_ms > found.else_ms and found.throttled_ms >= SLOWER * found.else_ms
    return found if is_slower else None


def notes_of(uses: Iterable[PodUse]) -> tuple[PodNote, ...]:
    """Everything that is wrong with some pods."""
    by_name: dict[str, list[ContainerUse]] = {}
    for pod in uses:
        for one in pod.containers:
            by_name.setdefault(one.name, []).append(one)
    notes = [note for name, found in sorted(by_name.items()) for note in _notes(name, found)]
    return tuple(sorted(notes, key=lambda note: _ORDER.index(note.message)))


_ORDER = (KILLED, RESTARTED, SLOWED, CLOSE)


def _notes(name: str, found: list[ContainerUse]) -> Iterator[PodNote]:
    killed = [one for one in found if one.was_killed]
    restarted = [one for one in found if one.restarted and not one.was_killed]
    for message, ill in ((KILLED, killed), (RESTARTED, restarted)):
        if ill:
            worst = max(ill, key=lambda one: one.restarted or 0)
            numbers = {"times": float(sum(one.restarted or 0 for one in ill))}
            if worst.memory_limit is not None:
                numbers["limit"] = worst.memory_limit
            yield PodNote(message, name, len(ill), len(found), numbers, worst.last_reason)
    slowed = [one for one in found if (one.throttled or 0.0) >= THROTTLED]
    if slowed:
        worst = max(slowed, key=lambda one: one.throttled or 0.0)
        yield PodNote(
            SLOWED, name, len(slowed), len(found), _numbers(worst.throttled, worst.cpu, worst.cpu_limit)
        )
    close = [one for one in found if (one.memory_share or 0.0) >= CLOSE_TO_LIMIT]
    if close:
        worst = max(close, key=lambda one: one.memory_share or 0.0)
        numbers = _numbers(worst.memory_share, worst.memory, worst.memory_limit)
        yield PodNote(CLOSE, name, len(close), len(found), numbers)


def _numbers(share: float | None, used: float | None, limit: float | None) -> dict[str, float]:
    told = {"share": share, "used": used, "limit": limit}
    return {name: value for name, value in told.items() if value is not None}
