"""``PodLogs``: the part of the facade for what pods write. ``Mesh.logs`` hands it out.

Nothing of it is held: each answer is read anew, and for whoever asked alone.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from mesh_graph.answers.desk import Desk
from mesh_graph.answers.pod_lines import LogChoice, LogPod, PodLines, pods_of, read_lines
from mesh_graph.errors import LogsOff
from mesh_graph.model import NodeKey, View
from mesh_graph.scope import Right
from mesh_graph.sources.cluster import Snapshot
from mesh_graph.sources.log_source import LogSource, NoLogs, WhyOff

__all__ = ["PodLogs"]

IN_FLIGHT = 6
"""Containers of one workload that are read at once."""


class PodLogs:
    """Answers about the logs of pods.

    Parameters
    ----------
    desk : Desk
        Its cluster tells no more, and reads no logs of more, than whoever asks may see.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        cluster = desk.cluster
        self._source: LogSource = NoLogs(WhyOff.NO_CLUSTER) if cluster is None else cluster.logs

    def why_off(self, subject: NodeKey) -> WhyOff | None:
        """Why nobody is asked for the logs of a workload; None where somebody is."""
        scope = self._desk.scope
        is_seen = scope.allows(subject.namespace, subject.cluster or None)
        has_right = scope.allows(subject.namespace, subject.cluster or None, Right.LOGS)
        return self._source.off or (WhyOff.NO_RIGHT if is_seen and not has_right else None)

    def pods(self, subject: NodeKey) -> tuple[LogPod, ...]:
        """Pods of a workload whose logs can be asked for; as ``answers.pod_lines.pods_of``.

        Raises
        ------
        LogsOff
            If nobody is asked, or not by whoever asks.
        UnknownObject
            If there are none.
        """
        why = self.why_off(subject)
        if why is not None:
            raise LogsOff(why)
        return pods_of(self._snapshot(), subject)

    def read(self, view: View, subject: NodeKey, choice: LogChoice) -> PodLines:
        """Lines of a workload's pods in the view's window; as ``answers.pod_lines.read_lines``.

        A live view is of this very moment, not of the last refresh: who follows a log waits for its next
        line.

        Raises
        ------
        LogsOff, UnknownObject
            As ``pods``.
        """
        pods, is_live = self.pods(subject), view.at is None
        at = self._desk.source.now() if view.at is None else view.at
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            return read_lines(
                pods,
                choice,
                (at - view.window_s, at, is_live),
                lambda asks: list(pool.map(self._source.read, asks)),
            )

    def _snapshot(self) -> Snapshot:
        if self._desk.cluster is None:
            raise LogsOff(WhyOff.NO_CLUSTER)
        return self._desk.cluster.snapshot()
