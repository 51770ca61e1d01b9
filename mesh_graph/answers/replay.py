"""A view over many instants: all that its frames need from one range query per family, and their totals.

The answers are held, so that the graph of each frame asks nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain

import pandas as pd

from mesh_graph import fields
from mesh_graph.answers.declared import known_waypoints
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.earlier import earlier_span
from mesh_graph.answers.observe import observe
from mesh_graph.answers.overlays import plan_clients, plan_overlays
from mesh_graph.errors import InvalidRequest
from mesh_graph.fetch import Answer
from mesh_graph.model import View
from mesh_graph.plan import traffic_queries
from mesh_graph.sources.query import MetricQuery
from mesh_graph.topology.outcome import Outcome
from mesh_graph.topology.traffic import Traffic
from mesh_graph.topology.waypoints import without_carriage

__all__ = ["MOST_FRAMES", "Frames", "replay"]

MOST_FRAMES = 121
_COLUMNS = ["time", "request_rate", "error_ratio", "bytes_rate"]


@dataclass(frozen=True, slots=True)
class Frames:
    """Instants at equal distances, both ends included; Unix seconds.

    Raises
    ------
    InvalidRequest
        If they are none, or more than ``MOST_FRAMES``.
    """

    start: float
    end: float
    step_s: float

    def __post_init__(self) -> None:
        if not self.step_s > 0:
            raise InvalidRequest("step", f"{self.step_s:g} s is no step", "It takes a duration such as 30s.")
        count = (self.end - self.start) / self.step_s + 1
        if not 1 <= count < MOST_FRAMES + 1:
            raise InvalidRequest("start", "no frame, or too many", f"1 to {MOST_FRAMES} can be replayed.")


def replay(desk: Desk, view: View, frames: Frames) -> pd.DataFrame:
    """Totals of a view at every frame; the answers that its graphs need are held.

    Parameters
    ----------
    desk : Desk
    view : View
        Its own instant does not matter.
    frames : Frames

    Returns
    -------
    pandas.DataFrame
        ``time`` (Unix seconds), ``request_rate`` (per second, every request once), ``error_ratio`` (0..1),
        ``bytes_rate`` (TCP, per second); NaN where there was no traffic of that kind.

    Raises
    ------
    SourceError
        If the source did not answer for the requests.
    """
    scoped = desk.scopes(view)
    plan = traffic_queries(scoped, view.window_s, idle=view.idle)
    traffic = list(chain.from_iterable(plan.values()))
    overlays = plan_overlays(view, scoped) | plan_clients(view, scoped)
    wanted = [*traffic, *overlays.queries]
    steps = desk.fetcher.prefetch(wanted, frames.start, frames.end, frames.step_s)
    span = earlier_span(replace(view, at=frames.start), frames.end)
    if span is not None:
        desk.fetcher.prefetch(traffic, *span)

    waypoints = known_waypoints(desk)

    def row(at: float, answers: Mapping[MetricQuery, Answer]) -> dict[str, float]:
        scrapes = desk.scrapes_per_window(view.window_s, scoped[0], at)
        seen = observe(plan, answers, view.namespaces, scrapes_per_window=scrapes)
        return {
            "time": at,
            **_totals(without_carriage(seen.traffic, waypoints)),
        }

    return pd.DataFrame([row(at, answers) for at, answers in steps.items()], columns=_COLUMNS)


def _totals(traffic: Traffic) -> dict[str, float]:
    flows, tcp = traffic.flows, traffic.tcp
    rate = float(flows[fields.RATE].sum())
    errors = float(flows.loc[flows[fields.OUTCOME] == Outcome.ERROR, fields.RATE].sum())
    byte_rates = tcp[[fields.SENT_BYTES_RATE, fields.RECEIVED_BYTES_RATE]]
    return {
        "request_rate": rate if len(flows) else float("nan"),
        "error_ratio": errors / rate if rate > 0 else float("nan"),
        "bytes_rate": float(byte_rates.to_numpy().sum()) if len(tcp) else float("nan"),
    }
