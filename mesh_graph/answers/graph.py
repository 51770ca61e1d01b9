"""The graph of a view: traffic now and earlier, merged, built, and written over with what the view shows."""

from __future__ import annotations

import math
from itertools import chain

import networkx as nx

from mesh_graph.answers.alarms import recent_alarms
from mesh_graph.answers.declared import add_declared, declared_at, known_waypoints
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.earlier import ask_earlier, earlier_traffic
from mesh_graph.answers.observe import Plan, observe, shortfall
from mesh_graph.answers.overlays import OverlayPlan, Scopes, add_overlays, plan_clients, plan_overlays
from mesh_graph.answers.vanished import sightings
from mesh_graph.codec import format_duration
from mesh_graph.errors import InvalidRequest
from mesh_graph.model import View
from mesh_graph.plan import bundles, traffic_queries
from mesh_graph.sources.query import Family
from mesh_graph.topology.attributes import Gap, GraphAttr
from mesh_graph.topology.build import build_graph
from mesh_graph.topology.find import hide, matches, parse
from mesh_graph.topology.foreign import restrict
from mesh_graph.topology.locate import Hop
from mesh_graph.topology.overlay_last_seen import add_last_seen
from mesh_graph.topology.traffic import Traffic
from mesh_graph.topology.unreported import unreported_hosts

__all__ = ["COARSE_WINDOW", "graph_of"]

COARSE_WINDOW = "coarse-window"
COARSE_SCRAPES = 4
FEWEST_SCRAPES = 2
MEASURED_TO = 0.94
"""The measured scrape interval is up to a sample in twenty off, so a window of exactly two passes."""


def graph_of(desk: Desk, view: View) -> nx.MultiDiGraph[str]:
    """Graph of a view with its instant, attributes as in ``topology.attributes``.

    Raises
    ------
    SourceError
        If the source did not answer for the requests.
    InvalidRequest
        If the window holds fewer than two scrapes, or an expression has a mistake.
    """
    hidden = parse(view.hide, "hide") if view.hide else None
    at = view.at or 0.0
    scoped = desk.scopes(view)
    plan, overlays = traffic_queries(scoped, view.window_s, idle=view.idle), plan_overlays(view, scoped)
    # Traffic first: it is merged while the response times, which are dearer, are still being computed.
    answers, before = desk.fetcher.ask(bundles(plan), at), ask_earlier(desk, view, plan)
    answers |= desk.fetcher.ask(overlays.bundles, at)
    scrapes = desk.scrapes_per_window(view.window_s, scoped[0], at)
    earlier, earlier_gaps = earlier_traffic(view, plan, before, scrapes_per_window=scrapes)
    now = observe(plan, answers, view.namespaces, scrapes_per_window=scrapes)
    window_gaps = _window_gaps(view, scrapes, is_empty=now.traffic.reports.empty)
    clients = _plan_clients(desk, view, scoped, now.traffic)
    overlays, answers = overlays | clients, answers | desk.fetcher.ask(clients.bundles, at)
    declared, declared_gaps = declared_at(desk, at)
    graph = build_graph(
        now.traffic,
        view,
        earlier=earlier,
        waypoints=known_waypoints(desk),
        partial=now.partial,
        declared=declared,
        # Asked only where something is to be folded, while the response times are on their way.
        alarms=lambda: recent_alarms(desk, view),
    )
    add_overlays(graph, overlays, answers)
    add_declared(graph, declared, view)
    seen = None if earlier is None else sightings(desk, view, now.traffic, earlier)
    if seen is not None:
        add_last_seen(graph, seen)
    restrict(graph, desk.scope)
    graph.graph[GraphAttr.AT] = at
    graph.graph[GraphAttr.GAPS] = (
        *graph.graph.get(GraphAttr.GAPS, ()),
        *now.gaps,
        *window_gaps,
        *shortfall(overlays.queries, answers)[0],
        *earlier_gaps,
        *declared_gaps,
    )
    graph.graph[GraphAttr.QUERIES] = _texts(desk, plan, overlays)
    return hide(graph, matches(hidden, graph)) if hidden is not None else graph


def _plan_clients(desk: Desk, view: View, scoped: Scopes, traffic: Traffic) -> OverlayPlan:
    """Queries of the response times that servers do not report; those already held, if they are."""
    everywhere = plan_clients(view, scoped)
    if everywhere.queries and desk.fetcher.held(everywhere.queries, view.at or 0.0) is not None:
        return everywhere
    to_services = Hop.TO_SERVICE in everywhere.latency
    return plan_clients(view, scoped, unreported_hosts(traffic.flows, to_services=to_services))


def _texts(desk: Desk, plan: Plan, overlays: OverlayPlan) -> dict[str, tuple[str, ...]]:
    """The PromQL behind the numbers, by what they are."""
    groups = {
        "requests": plan[Family.REQUESTS],
        "response time": tuple(chain.from_iterable(overlays.latency.values())),
        "throughput": tuple(chain.from_iterable(overlays.sizes.values())),
        "tcp": tuple(
            chain.from_iterable(queries for family, queries in plan.items() if "_tcp_" in family.value)
        ),
        "grpc messages": (*plan[Family.GRPC_REQUEST_MESSAGES], *plan[Family.GRPC_RESPONSE_MESSAGES]),
    }
    return {name: texts for name, queries in groups.items() if (texts := desk.promql(queries))}


def _window_gaps(view: View, scrapes: float, *, is_empty: bool) -> tuple[Gap, ...]:
    """What the window is too short for.

    A rate that is there proves that two samples were: only an empty view can have too short a window.

    Raises
    ------
    InvalidRequest
        If the view is empty and its window holds fewer than two scrapes.
    """
    if is_empty and scrapes < FEWEST_SCRAPES * MEASURED_TO:
        shortest = math.ceil(FEWEST_SCRAPES * view.window_s / scrapes)
        raise InvalidRequest(
            "window",
            f"{format_duration(view.window_s)} holds fewer than two scrapes",
            f"The shortest that works here is {format_duration(shortest)}.",
        )
    if scrapes < COARSE_SCRAPES * MEASURED_TO:
        interval = format_duration(max(1, round(view.window_s / scrapes)))
        return (Gap(COARSE_WINDOW, (("window", format_duration(view.window_s)), ("interval", interval))),)
    return ()
