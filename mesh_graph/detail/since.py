"""States at the instants of a range, the last of them present ─► since when the present state holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Since", "began"]


@dataclass(frozen=True, slots=True)
class Since:
    """Since when the present state holds.

    Attributes
    ----------
    state : str
        The present one.
    at : float
        First instant (Unix seconds) from which on every instant looked at had that state.
    is_bound : bool
        Whether that is the first instant looked at: it has held at least since then.
    step_s : float
        How far the instants are apart: the state began at most this long before ``at``.
    before : str
        The state before; empty where ``is_bound``.
    """

    state: str
    at: float
    is_bound: bool
    step_s: float
    before: str = ""


def began(times: Sequence[float], states: Sequence[str], step_s: float) -> Since | None:
    """Since when the last state holds, searched backwards from it; None without instants.

    Parameters
    ----------
    times : sequence of float
        Unix seconds, ascending.
    states : sequence of str
        One per instant.
    step_s : float
        Distance of two instants, seconds.

    Examples
    --------
    >>> began([0.0, 60.0, 120.0], ["healthy", "failure", "failure"], 60.0)
    Since(state='failure', at=60.0, is_bound=False, step_s=60.0, before='healthy')
    """
    if not times:
        return None
    first = len(states) - 1
    while first > 0 and states[first - 1] == states[-1]:
        first -= 1
    before = states[first - 1] if first else ""
    return Since(states[-1], times[first], first == 0, step_s, before)
