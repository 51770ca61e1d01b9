"""Everything that the traffic of a view says at one instant: what overview and lists are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from mesh_graph.answers.declared import known_waypoints
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.figures import Figures, figures_of, versions_of
from mesh_graph.answers.observe import observe
from mesh_graph.answers.replicas import replicas_at
from mesh_graph.health import Health, Profile
from mesh_graph.health.assess import assess_facts, statuses_of
from mesh_graph.health.assessment import Replicas
from mesh_graph.health.facts import Facts, read_facts
from mesh_graph.model import NodeKey, View
from mesh_graph.plan import bundles, traffic_queries
from mesh_graph.scope import EVERYTHING, Scope
from mesh_graph.sources.query import Family
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.traffic import Traffic
from mesh_graph.topology.waypoints import without_carriage

__all__ = ["MeshState", "state_of"]


@dataclass(frozen=True, eq=False)
class MeshState:
    """A mesh at one instant; what is said about it is worked out when it is asked for, once.

    Attributes
    ----------
    view : View
        With its instant.
    traffic : Traffic
        All that was reported: evidence.
    counted : Traffic
        The same without what waypoints carry (``topology/waypoints.py``): what numbers are made of.
    facts : Facts
        Of what counts.
    profile : Profile
        Tolerances by which it is assessed.
    gaps : tuple of Gap
        What could not be had.
    queries : tuple of str
        The PromQL behind the request rates.
    scope : Scope
        Who looks.
    replicas : mapping of NodeKey to Replicas
        What the clusters tell of its pods.
    """

    view: View
    traffic: Traffic
    counted: Traffic
    facts: Facts
    profile: Profile
    gaps: tuple[Gap, ...]
    queries: tuple[str, ...]
    scope: Scope = EVERYTHING
    replicas: Mapping[NodeKey, Replicas] = field(default_factory=dict)

    @cached_property
    def health(self) -> Health:
        """How everything fares, and why."""
        return assess_facts(self.facts, self.view.window_s, self.profile, self.replicas)

    @property
    def statuses(self) -> Health:
        """How applications, workloads and services fare by their traffic, which is known of the past, too.

        The why is told only where it was worked out already.
        """
        known: Health | None = None if self.replicas else vars(self).get("health")
        return known or self._statuses_alone

    @cached_property
    def _statuses_alone(self) -> Health:
        return statuses_of(self.facts, self.view.window_s, self.profile)

    @cached_property
    def figures(self) -> Mapping[NodeKey, Figures]:
        """The numbers of every object."""
        return figures_of(self.facts)

    @cached_property
    def versions(self) -> Mapping[NodeKey, tuple[str, ...]]:
        """Versions that carried traffic."""
        return versions_of(self.counted)

    def shows(self, key: NodeKey) -> bool:
        """Whether the view is of the object's namespace: of others it holds only one end of their traffic."""
        is_chosen = not self.view.namespaces or key.namespace in self.view.namespaces
        return is_chosen and (self.scope.is_whole or self.scope.allows(key.namespace, key.cluster))


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
    counted = without_carriage(seen.traffic, known_waypoints(desk))
    facts = read_facts(counted)
    return MeshState(
        view,
        seen.traffic,
        counted,
        facts,
        desk.profile,
        (*seen.traffic.gaps, *seen.gaps),
        desk.promql(plan[Family.REQUESTS]),
        desk.scope,
        replicas_at(desk, at, {key.cluster for key in facts.keys}),
    )
