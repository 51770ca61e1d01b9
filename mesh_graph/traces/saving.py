"""How long a trace would have lasted had some of its work been quicker: its spans laid out anew.

Nothing is scaled by guess. A span is its own work with its children between. What of its own work belongs to
the part that becomes quicker is shortened; everything else keeps its length and its place after what came
before it.

What is assumed: whatever in a span had ended when something began in it was waited for; work takes as long
whenever it begins; and nothing else becomes quicker or slower for it.
"""

from __future__ import annotations

from collections.abc import Collection
from heapq import heappop, heappush

from mesh_graph.traces.waits import Windows

__all__ = ["duration_if_us"]


def duration_if_us(windows: Windows, root: int, quicker: Collection[int], factor: float) -> float:
    """Duration of a root, microseconds, had the own work of some spans taken ``factor`` of its time.

    Parameters
    ----------
    windows : Windows
    root : int
    quicker : collection of int
        Places of those spans.
    factor : float
        0..1; 1 gives the root's duration exactly.

    Notes
    -----
    Of ``t`` within a span, let E be the latest end of its children that had ended by then, and E' the latest
    new end of those. Then ``t`` moves to ``E' + (t - E) × f``, with f the factor of the span's own work;
    without such children E and E' are the span's start. A child begins where its start moves to, and the span
    ends where its end does. So a child that was not waited for because a parallel one took longer is waited
    for if that one becomes quicker.
    """
    lengths: dict[int, float] = {}
    waiting = [root]
    below: list[int] = []
    while waiting:
        place = waiting.pop()
        below.append(place)
        waiting.extend(windows.children[place])
    for place in reversed(below):
        lengths[place] = _length(windows, place, lengths, factor if place in quicker else 1.0)
    return lengths[root]


def _length(windows: Windows, place: int, lengths: dict[int, float], factor: float) -> float:
    """New length of a span whose children's are known."""
    reached = windows.starts_us[place]
    moved = 0.0
    running: list[tuple[int, float]] = []
    for child in windows.children[place]:
        start = windows.starts_us[child]
        while running and running[0][0] <= start:
            reached, end = heappop(running)
            moved = max(moved, end)
        begin = moved + (start - reached) * factor
        heappush(running, (windows.ends_us[child], begin + lengths[child]))
    if running:
        # Of these the last to begin began when all that had ended before were waited for.
        reached, moved = (max(ends) for ends in zip(*running, strict=True))
    return moved + (windows.ends_us[place] - reached) * factor
