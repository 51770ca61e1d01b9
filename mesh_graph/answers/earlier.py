"""The view that a view is compared with: its instant and its traffic."""

from __future__ import annotations

import math

from mesh_graph.answers.desk import Desk
from mesh_graph.answers.observe import Plan, observe
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answers
from mesh_graph.model import View
from mesh_graph.plan import bundles
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.traffic import Traffic

__all__ = [
    "EARLIER_FAILED",
    "MOST_WINDOWS",
    "ask_earlier",
    "earlier_instant",
    "earlier_span",
    "earlier_traffic",
]

EARLIER_FAILED = "earlier-failed"
MOST_WINDOWS = 30
"""Windows between a view and the earlier one that are looked into one by one."""


def ask_earlier(desk: Desk, view: View, plan: Plan) -> Answers:
    """Answers for the view that a view is compared with, on their way; none where it is compared with none.

    Parameters
    ----------
    desk : Desk
    view : View
        With its instant.
    plan : mapping of Family to queries
        The view's own.
    """
    if not view.compare_s or view.at is None:
        return desk.fetcher.ask((), 0.0)
    return desk.fetcher.ask(bundles(plan), earlier_instant(view))


def earlier_traffic(
    view: View, plan: Plan, answers: Answers, *, scrapes_per_window: float
) -> tuple[Traffic | None, tuple[Gap, ...]]:
    """Traffic of the view compared with.

    Parameters
    ----------
    view : View
    plan : mapping of Family to queries
        The view's own.
    answers : mapping of MetricQuery to Reply or SourceError
        As ``ask_earlier`` gives them.
    scrapes_per_window : float

    Returns
    -------
    tuple
        The traffic and no gaps; None and the gap where it could not be had; None and no gaps where the view
        is compared with none.
    """
    if not answers:
        return None, ()
    try:
        earlier = observe(plan, answers, view.namespaces, scrapes_per_window=scrapes_per_window)
    except SourceError as error:
        return None, (Gap(EARLIER_FAILED, (("reason", str(error)),)),)
    return earlier.traffic, ()


def earlier_instant(view: View) -> float:
    """Instant that a view is compared with: so much earlier, on a grid of whole windows for all to share."""
    return _whole_windows((view.at or 0.0) - view.compare_s, view)


def earlier_span(view: View, end: float) -> tuple[float, float, float] | None:
    """Start, end and step of all that views from one instant to another compare with and last saw.

    Parameters
    ----------
    view : View
        The first one, with its instant.
    end : float
        Instant of the last one, Unix seconds.

    Returns
    -------
    tuple or None
        None where the view is compared with none, or with one so long ago that whole windows are too many.
    """
    if not view.compare_s or view.compare_s > MOST_WINDOWS * view.window_s:
        return None
    return earlier_instant(view), _whole_windows(end, view), float(view.window_s)


def _whole_windows(instant: float, view: View) -> float:
    return math.floor(instant / view.window_s) * float(view.window_s)
