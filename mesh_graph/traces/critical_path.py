"""The critical path of a trace: at each moment the one span that its root was waiting for.

Walk back from the root's end. Time since the child that finished last belongs to the span itself; then the
path goes into that child, over all of its time; then back, at the child's start, to the child that had
finished last by then, and so on to the span's start. What ran beside the child that was waited for is not on
the path, however long it took.

Source: Zhang et al., CRISP: Critical Path Analysis of Large-Scale Microservice Architectures, USENIX ATC
2022, section 4; Jaeger's trace page does the same. Where they differ, and here: a child that ended in the
very microsecond in which the next began came before it (Jaeger: beside it).
"""

from __future__ import annotations

from dataclasses import dataclass

from mesh_graph.traces.clocks import Timeline
from mesh_graph.traces.waits import Windows, windows_of

__all__ = ["Segment", "critical_path", "critical_us"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of time that the root waited for the own work of one span.

    Attributes
    ----------
    span : int
        Its place in the tree.
    start_us, end_us : int
        Unix microseconds on the root's clock, ``start_us < end_us``.
    """

    span: int
    start_us: int
    end_us: int

    @property
    def duration_us(self) -> int:
        """How long, microseconds."""
        return self.end_us - self.start_us


def critical_path(timeline: Timeline, root: int, windows: Windows | None = None) -> tuple[Segment, ...]:
    """Critical path of a root, in order of time.

    Parameters
    ----------
    timeline : Timeline
    root : int
        Any span may be asked for: its path is that of what is below it.
    windows : Windows or None
        As ``windows_of`` gives them for that root, if at hand.

    Returns
    -------
    tuple of Segment
        Each begins where the one before ends; together exactly the root's duration. Empty if that is 0.

    Notes
    -----
    Each span is looked at once: time goes with the number of spans, but for the sorting of children.
    """
    windows = windows or windows_of(timeline, root)
    segments: list[Segment] = []
    waiting: list[int | Segment] = [root]
    while waiting:
        step = waiting.pop()
        if isinstance(step, Segment):
            segments.append(step)
        else:
            waiting.extend(_forwards(windows, step))
    return tuple(reversed(segments))


def _forwards(windows: Windows, span: int) -> list[int | Segment]:
    """A span's window from its start to its end: its own stretches, and the children it waited for."""
    steps: list[int | Segment] = []
    end = windows.ends_us[span]
    for child in sorted(windows.children[span], key=windows.ends_us.__getitem__, reverse=True):
        if windows.ends_us[child] > end:
            continue
        if windows.ends_us[child] < end:
            steps.append(Segment(span, windows.ends_us[child], end))
        steps.append(child)
        end = windows.starts_us[child]
    if windows.starts_us[span] < end:
        steps.append(Segment(span, windows.starts_us[span], end))
    return steps[::-1]


def critical_us(segments: tuple[Segment, ...]) -> dict[int, int]:
    """Microseconds that each span is on the path with its own work; spans off the path are absent."""
    total: dict[int, int] = {}
    for segment in segments:
        total[segment.span] = total.get(segment.span, 0) + segment.duration_us
    return total
