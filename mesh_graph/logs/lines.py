"""What one container wrote, and what several did: bytes → lines in the order of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge

from mesh_graph.logs.access import access_of
from mesh_graph.logs.level import goes_on, level_of, level_of_access, trace_id_in
from mesh_graph.logs.model import Level, Line
from mesh_graph.logs.text import clean_text
from mesh_graph.sources.log_source import split_stamp

__all__ = ["in_time_order", "lines_of"]


def lines_of(stamped: Iterable[bytes], pod: str, container: str, *, is_proxy: bool) -> Iterator[Line]:
    """Lines of one container, each as it was written.

    Parameters
    ----------
    stamped : iterable of bytes
        Lines that begin with the instant at which the node took them, as Kubernetes tells it; one without has
        that of the line before.
    pod, container : str
    is_proxy : bool
        Whether lines may be of an access log.
    """
    at: float | None = None
    level = Level.UNKNOWN
    for raw in stamped:
        told_at, rest = split_stamp(raw)
        at = at if told_at is None else told_at
        text, left_out = clean_text(rest)
        access = access_of(text) if is_proxy else None
        if access is not None:
            level = level_of_access(access)
        else:
            own = level_of(text)
            level = level if own is Level.UNKNOWN and goes_on(text) else own
        trace_id = access.trace_id if access is not None else trace_id_in(text)
        yield Line(at, pod, container, is_proxy, text, left_out, level, access, trace_id)


def in_time_order(streams: Iterable[Iterable[Line]]) -> list[Line]:
    """Lines of several containers in one order: by time, and within a container as it wrote them.

    A line without an instant stays with the one before it; at the beginning it comes first. Where a
    container's instants go back, as clocks may, they count as the latest before.
    """
    return [line for _, _, _, line in merge(*(_placed(n, lines) for n, lines in enumerate(streams)))]


def _placed(stream: int, lines: Iterable[Line]) -> Iterator[tuple[float, int, int, Line]]:
    latest = float("-inf")
    for number, line in enumerate(lines):
        latest = latest if line.at is None else line.at
        yield latest, stream, number, line
