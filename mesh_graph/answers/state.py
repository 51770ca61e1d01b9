"""Everything that the traffic of a view says at one instant: what overview and lists are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mesh_graph.answers.desk import Desk
from mesh_graph.answers.figures import Figures, figures_of, versions_of
from mesh_graph.answers.observe import observe
from mesh_graph.health import Health
from mesh_graph.health.assess import assess_facts
from mesh_graph.health.facts import Facts, read_facts
from mesh_graph.model import NodeKey, View
from mesh_graph.plan import bundles, traffic_queries
from mesh_graph.sources.query import Family
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.traffic import Traffic

__all__ = ["MeshState", "state_of"]


@dataclass(frozen=True, slots=True, eq=False)
class MeshState:
    """A mesh at one instant.

    Attributes
    ----------
    view : View
        With its instant.
    traffic : Traffic
    facts : Facts
    health : Health
    figures : mapping of NodeKey to Figures
    versions : mapping of NodeKey to tuple of str
    gaps : tuple of Gap
        What could not be had.
    queries : tuple of str
        The PromQL behind the request rates.
    """

    view: View
    traffic: Traffic
    facts: Facts
    health: Health
    figures: Mapping[NodeKey, Figures]
    versions: Mapping[NodeKey, tuple[str, ...]]
    gaps: tuple[Gap, ...]
    queries: tuple[str, ...]

    def shows(self, key: NodeKey) -> bool:
        """Whether the view is of the object's namespace: of others it holds only one end of their traffic."""
        return not self.view.namespaces or key.namespace in self.view.namespaces


def state_of(desk: Desk, view: View) -> MeshState:
    """State of a view with its instant.

    Raises
    ------
    SourceError
        If the source did not answer for the requests.
    """
    at = view.at or 0.0
    scoped = desk.scopes(view)
    plan = traffic_queries(scoped, view.window_s)
    answers = desk.fetcher.ask(bundles(plan), at)
    scrapes = desk.scrapes_per_window(view.window_s, scoped[0], at)
    seen = observe(plan, answers, view.namespaces, scrapes_per_window=scrapes)
    facts = read_facts(seen.traffic)
    return MeshState(
        view,
        seen.traffic,
        facts,
        assess_facts(facts, view.window_s, desk.profile),
        figures_of(facts),
        versions_of(seen.traffic),
        (*seen.traffic.gaps, *seen.gaps),
        tuple(map(desk.source.promql, plan[Family.REQUESTS])),
    )
