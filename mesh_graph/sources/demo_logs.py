"""The demo mesh's pods as a source of logs: what their containers would have written."""

from __future__ import annotations

import time
from collections.abc import Callable

from mesh_graph.demo.pod_log import PodLogs
from mesh_graph.demo.spec import MeshSpec
from mesh_graph.sources.log_source import LogAsk, LogReply, LogTrouble, WhyOff, line_stamp

__all__ = ["DemoLogs"]


class DemoLogs:
    """Implements ``LogSource`` over the simulated mesh.

    Parameters
    ----------
    mesh : MeshSpec
    clock : callable
        Present instant, Unix seconds.
    """

    def __init__(self, mesh: MeshSpec, clock: Callable[[], float] = time.time) -> None:
        self._logs = PodLogs(mesh)
        self._clock = clock

    @property
    def off(self) -> WhyOff | None:
        """None: there is nothing in it to keep secret."""
        return None

    def read(self, ask: LogAsk) -> LogReply:
        """The last lines of a container; as of a real one, of no other run than was asked for."""
        pod = (ask.cluster, ask.namespace, ask.pod)
        now = self._clock()
        life = self._logs.life(pod)
        if life is None or now - life.born(now) >= life.on_s:
            return LogReply(trouble=LogTrouble("logs.gone", {"pod": ask.pod}))
        told = {"pod": ask.pod, "container": ask.container}
        if ask.container not in self._logs.containers(pod):
            return LogReply(trouble=LogTrouble("logs.no-container", told))
        born = life.born(now)
        if ask.is_previous:
            if life.on_s < life.period_s:
                return LogReply(trouble=LogTrouble("logs.no-previous", told))
            born, now = born - life.period_s, born - 0.001
        start = born if ask.since is None else max(born, ask.since)
        end = now if ask.until is None else min(now, ask.until)
        if start > end:
            return LogReply()
        written, was_cut = self._logs.last(pod, ask.container, (start, end), ask.lines)
        lines = tuple(f"{line_stamp(one.at)} {one.text}".encode() for one in written)
        return LogReply(lines, was_cut)
