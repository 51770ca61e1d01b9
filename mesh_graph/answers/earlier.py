"""The view that a view is compared with: its traffic, and when what vanished was last seen."""

from __future__ import annotations

import math
import re

import pandas as pd

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.observe import Plan, observe
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answers, instants
from mesh_graph.model import View
from mesh_graph.plan import bundles, traffic_queries
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.traffic import Traffic

__all__ = [
    "EARLIER_FAILED",
    "ask_earlier",
    "earlier_instant",
    "earlier_span",
    "earlier_traffic",
    "last_seen",
]

EARLIER_FAILED = "earlier-failed"
MAX_VANISHED = 100
LAST_SEEN_STEPS = 30
_SEEN_BY = (*fields.BASE_LABELS, fields.REQUEST_PROTOCOL)


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
    if not view.compare_s or view.compare_s > LAST_SEEN_STEPS * view.window_s:
        return None
    return earlier_instant(view), _whole_windows(end, view), float(view.window_s)


def _whole_windows(instant: float, view: View) -> float:
    return math.floor(instant / view.window_s) * float(view.window_s)


def last_seen(desk: Desk, view: View, now: Traffic, earlier: Traffic) -> pd.DataFrame | None:
    """Steps at which hosts that vanished still had requests: ``BASE_LABELS``, ``protocol``, ``time``.

    None where no host vanished, or the source did not tell.
    """
    hosts = sorted(
        set(earlier.flows[fields.DESTINATION_SERVICE]) - set(now.flows[fields.DESTINATION_SERVICE])
    )[:MAX_VANISHED]
    if not hosts or view.at is None:
        return None
    table = _held_sightings(desk, view, hosts)
    if table is None:
        which = Matcher(fields.DESTINATION_SERVICE, "=~", "|".join(map(re.escape, hosts)))
        query = MetricQuery(Family.REQUESTS, Function.RATE, _SEEN_BY, (which,), view.window_s)
        step = max(float(view.window_s), view.compare_s / LAST_SEEN_STEPS)
        answer = desk.fetcher.over([query], view.at - view.compare_s, view.at, step)[query]
        if isinstance(answer, SourceError):
            return None
        table = answer.table
    seen = table.rename(columns={fields.REQUEST_PROTOCOL: fields.PROTOCOL})
    return seen[[*fields.BASE_LABELS, fields.PROTOCOL, fields.TIME]]


def _held_sightings(desk: Desk, view: View, hosts: list[str]) -> pd.DataFrame | None:
    """Rows of these hosts at every whole window since the earlier view; None if a window is not held."""
    span = earlier_span(view, view.at or 0.0)
    if span is None:
        return None
    queries = traffic_queries(desk.scopes(view), view.window_s, idle=view.idle)[Family.REQUESTS]
    found = []
    for at in instants(*span):
        replies = desk.fetcher.held(queries, at)
        if replies is None:
            return None
        for table in (reply.table for reply in replies):
            rows = table[table[fields.DESTINATION_SERVICE].isin(hosts) & (table[fields.VALUE] > 0)]
            found.append(rows[list(_SEEN_BY)].assign(**{fields.TIME: at}))
    return pd.concat(found, ignore_index=True)
