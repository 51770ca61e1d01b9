"""The pods of one subject over a view's window: what they use, how they stand, and what is wrong with them.

The clusters tell how pods stand now; cAdvisor and kube-state-metrics, where the source holds them, tell what
they used in the window, and of the past how they stood.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from mesh_graph.answers.desk import Desk
from mesh_graph.answers.pod_charts import slow_while_throttled
from mesh_graph.answers.pod_names import pod_pattern, workloads_behind
from mesh_graph.answers.pod_queries import PodAsk, ask_pods
from mesh_graph.answers.standing import Standing
from mesh_graph.detail.pod_notes import SLOWED, PodNote, notes_of
from mesh_graph.detail.pods import ContainerUse, PodUse
from mesh_graph.istio.declared import is_present
from mesh_graph.istio.standing import PodStanding, WorkloadStanding
from mesh_graph.model import NodeKey, View
from mesh_graph.topology.attributes import Gap

__all__ = ["PodRow", "Pods", "pods_of"]

SEVERAL_CLUSTERS = "pods.several-clusters"


@dataclass(frozen=True, slots=True, eq=False)
class PodRow:
    """One pod.

    Attributes
    ----------
    workload, cluster, name : str
    standing : PodStanding or None
        What its cluster tells of it; None without a cluster, and where metrics tell of the past.
    use : PodUse or None
        What metrics tell of it; None where they tell nothing.
    """

    workload: str
    cluster: str
    name: str
    standing: PodStanding | None = None
    use: PodUse | None = None

    @property
    def containers(self) -> tuple[ContainerUse, ...]:
        """What metrics tell of its containers, by name."""
        return self.use.containers if self.use else ()

    @property
    def reason(self) -> str:
        """Why it is not ready, as Kubernetes calls it; empty where it is, or nobody tells."""
        if self.standing is not None:
            return self.standing.reason
        waiting = next((one.waiting for one in self.containers if one.waiting), "")
        if waiting or self.use is None or self.use.phase in ("Running", ""):
            is_unready = any(one.is_ready is False for one in self.containers)
            return waiting or ("NotReady" if is_unready else "")
        return self.use.phase

    @property
    def is_ready(self) -> bool | None:
        """Whether all its containers can serve; None where nobody tells."""
        if self.standing is not None:
            return self.standing.is_ready
        told = [one.is_ready for one in self.containers if one.is_ready is not None]
        return None if not told and not self.reason else not self.reason

    @property
    def restarts(self) -> int | None:
        """Of all its containers since it was placed."""
        if self.standing is not None:
            return self.standing.restarts
        told = [one.restarts for one in self.containers if one.restarts is not None]
        return sum(told) if told else None

    @property
    def restarted(self) -> int | None:
        """Of all its containers in the window."""
        told = [one.restarted for one in self.containers if one.restarted is not None]
        return sum(told) if told else None

    @property
    def throttled(self) -> float | None:
        """Share of the container that was halted most."""
        return max((one.throttled for one in self.containers if one.throttled is not None), default=None)

    @property
    def badness(self) -> tuple[float, ...]:
        """What rows are sorted by: the greater, the worse."""
        shares = [one.memory_share for one in self.containers if one.memory_share is not None]
        return (
            self.is_ready is False,
            any(one.was_killed for one in self.containers),
            bool(self.restarted),
            self.throttled or 0.0,
            max(shares, default=0.0),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Pods:
    """The pods of one subject.

    Attributes
    ----------
    subject : NodeKey
    at : float
        Unix seconds.
    window_s : int
    is_now : bool
        Whether what the clusters tell now holds for the instant; where it does not, rows without
        ``use`` are of now all the same.
    rows : tuple of PodRow
        The worst first.
    notes : tuple of PodNote
        What is wrong, the gravest first.
    gaps : tuple of Gap
        What nobody tells, and why.
    queries : dict
        The PromQL behind the numbers, by what they are.
    """

    subject: NodeKey
    at: float
    window_s: int
    is_now: bool
    rows: tuple[PodRow, ...]
    notes: tuple[PodNote, ...]
    gaps: tuple[Gap, ...]
    queries: Mapping[str, tuple[str, ...]]

    def of(self, workload: str) -> tuple[PodRow, ...]:
        """Rows of one workload."""
        return tuple(row for row in self.rows if row.workload == workload)


class TellsStanding(Protocol):
    """Who tells what the clusters declare."""

    def standing(self, subject: NodeKey) -> Standing:
        """Pods, services and configuration of one subject, now."""
        ...


def pods_of(desk: Desk, view: View, subject: NodeKey, declared: TellsStanding | None) -> Pods:
    """The subject's pods at an exact view's instant; failures are gaps.

    Parameters
    ----------
    desk : Desk
    view : View
    subject : NodeKey
        An application, workload or service; without a cluster, in any.
    declared : TellsStanding or None
        None where clusters may not be asked.
    """
    at = view.at or 0.0
    standing = None if declared is None else declared.standing(subject)
    snapshot = desk.declared() if standing is not None else None
    is_now = snapshot is not None and is_present(snapshot, at)
    live = [one for one in standing.workloads if one.running.is_live] if standing else []
    names = {one.running.name for one in live} | workloads_behind(desk, subject, at)
    if not names or not subject.namespace:
        return Pods(subject, at, view.window_s, is_now, (), (), (), {})
    pattern = "|".join(sorted({pod_pattern(name) for name in names} | _odd_names(live)))
    told = ask_pods(desk, PodAsk(subject.namespace, pattern, at, view.window_s))
    uses, gaps = _of_cluster(told.uses, subject.cluster)
    # Of the past pods are as metrics told; where they tell nothing, as they are now.
    by_cluster = live if is_now or not uses else []
    rows = [*_standing_rows(by_cluster, uses)] if by_cluster else [_row(use, names) for use in uses]
    rows.sort(key=lambda row: (*(-part for part in row.badness), row.name, row.cluster))
    notes = notes_of(row.use for row in rows if row.use is not None)
    return Pods(
        subject,
        at,
        view.window_s,
        is_now,
        tuple(rows),
        tuple(_beside(desk, view, subject, note) for note in notes),
        (*told.gaps, *gaps),
        told.queries,
    )


def _beside(desk: Desk, view: View, subject: NodeKey, note: PodNote) -> PodNote:
    """A note of throttling with what response times did meanwhile."""
    if note.message != SLOWED:
        return note
    return replace(note, slowness=slow_while_throttled(desk, view, subject, note.container))


def _odd_names(live: Iterable[WorkloadStanding]) -> set[str]:
    """Pods that are called otherwise than their workload."""
    return {
        re.escape(pod.name)
        for one in live
        for pod in one.pods
        if not re.fullmatch(pod_pattern(one.running.name), pod.name)
    }


def _of_cluster(uses: Collection[PodUse], cluster: str) -> tuple[list[PodUse], list[Gap]]:
    """Those of one cluster, as far as their label tells.

    The label need not have Istio's name of the cluster. As long as there is one alone it is taken for it; of
    several none can be chosen.
    """
    own = [use for use in uses if use.cluster in ("", cluster)]
    others = sorted({use.cluster for use in uses} - {"", cluster})
    if not cluster or not others:
        return list(uses), []
    if own or len(others) == 1:
        return own or list(uses), []
    names = ", ".join(others)
    return [], [Gap(SEVERAL_CLUSTERS, (("clusters", names), ("cluster", cluster)))]


def _standing_rows(live: Iterable[WorkloadStanding], uses: Iterable[PodUse]) -> Iterable[PodRow]:
    by_name: dict[str, list[PodUse]] = {}
    for use in uses:
        by_name.setdefault(use.name, []).append(use)
    for one in live:
        running = one.running
        for pod in one.pods:
            found = by_name.get(pod.name, [])
            own = [use for use in found if use.cluster == running.cluster] or found
            yield PodRow(running.name, running.cluster, pod.name, pod, own[0] if len(own) == 1 else None)


def _row(use: PodUse, workloads: Collection[str]) -> PodRow:
    fitting = [name for name in workloads if re.fullmatch(pod_pattern(name), use.name)]
    return PodRow(max(fitting, key=len, default=""), use.cluster, use.name, None, use)
