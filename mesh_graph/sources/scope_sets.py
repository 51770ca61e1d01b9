"""A scope as sets of matchers, by whose ends a series has: which series may be seen, and what of them.

                          destination allowed    destination foreign
    source allowed        both                   out
    source foreign        into                   lost: only what reached nobody and was meant for ours

Of a foreign end the names are told that an edge needs to be drawn, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

from mesh_graph import fields
from mesh_graph.scope import Grant, Scope
from mesh_graph.sources.query import Matcher
from mesh_graph.sources.scope_names import Named, met, named, patterns

__all__ = ["DESTINATION", "SOURCE", "End", "Relation", "pod_relations", "relations"]

MatcherSet = tuple[Matcher, ...]
Conditions = tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class End:
    """Labels of one end of a series.

    Attributes
    ----------
    namespace, cluster : str
    secrets : frozenset of str
        Labels that are told of allowed ends only.
    """

    namespace: str
    cluster: str
    secrets: frozenset[str]

    @property
    def place(self) -> frozenset[str]:
        """The labels that tell where it is."""
        return frozenset({self.namespace, self.cluster})


SOURCE = End(
    fields.SOURCE_WORKLOAD_NAMESPACE,
    fields.SOURCE_CLUSTER,
    frozenset({fields.SOURCE_CANONICAL_REVISION, fields.SOURCE_VERSION, fields.SOURCE_PRINCIPAL}),
)
DESTINATION = End(
    fields.DESTINATION_WORKLOAD_NAMESPACE,
    fields.DESTINATION_CLUSTER,
    frozenset(
        {fields.DESTINATION_CANONICAL_REVISION, fields.DESTINATION_VERSION, fields.DESTINATION_PRINCIPAL}
    ),
)

POD = End(fields.NAMESPACE, fields.CLUSTER, frozenset())
"""Pods' own series are of one place."""


class Relation(StrEnum):
    """Which ends of a series are allowed."""

    BOTH = "both"
    INTO = "into"
    OUT = "out"
    LOST = "lost"

    def hides(self, end: End) -> bool:
        """Whether an end is foreign."""
        return self is Relation.LOST or self is (Relation.INTO if end is SOURCE else Relation.OUT)


def relations(scope: Scope) -> dict[Relation, tuple[MatcherSet, ...]]:
    """Disjoint sets of matchers by relation; every series that may be seen satisfies one of them.

    A series whose cluster is not known is in none of the clusters that a scope names; so is a request of
    others that reached nobody. Without a namespace or cluster there are no sets.
    """
    places = _places(scope)
    ours, strangers = _divided(SOURCE, places)
    theirs, others = _divided(DESTINATION, places)
    everywhere = [glob for place in places if "*" in place.clusters for glob in place.namespaces]
    lost = () if "*" in everywhere else tuple(_lost(patterns(everywhere)))
    return {
        Relation.BOTH: _each(ours, theirs),
        Relation.INTO: _each(strangers, theirs),
        Relation.OUT: _each(ours, others),
        Relation.LOST: _each(_each(strangers, others), lost),
    }


def pod_relations(scope: Scope) -> dict[Relation, tuple[MatcherSet, ...]]:
    """Disjoint sets of matchers of the series of pods that may be seen; as ``relations``.

    A series without a cluster's label is in none of the clusters that a scope names.
    """
    return {Relation.BOTH: tuple(_divided(POD, _places(scope))[0])}


def _places(scope: Scope) -> list[Grant]:
    """Those that have a namespace and a cluster."""
    return [place for place in scope.places if patterns(place.namespaces) and patterns(place.clusters)]


def _each(sets: Iterable[MatcherSet], others: Iterable[MatcherSet]) -> tuple[MatcherSet, ...]:
    return tuple((*one, *other) for one, other in product(sets, others))


def _divided(end: End, places: Iterable[Grant]) -> tuple[list[MatcherSet], list[MatcherSet]]:
    """Disjoint sets of the allowed and of the foreign: each place takes from what was foreign so far."""
    allowed: list[Conditions] = []
    foreign: list[Conditions] = [()]
    for place in places:
        inside, here = named(end.namespace, place.namespaces), named(end.cluster, place.clusters)
        outside = [(replace(one, negate=True),) for one in inside]
        beyond = [(*inside, replace(one, negate=True)) for one in here]
        allowed += _met(foreign, [(*inside, *here)])
        foreign = _met(foreign, [*outside, *beyond])
    return _matchers(allowed), _matchers(foreign)


def _met(sets: Iterable[Conditions], others: Iterable[Conditions]) -> list[Conditions]:
    """What satisfies one of the sets and one of the others."""
    found = (met((*one, *other)) for one, other in product(sets, others))
    return [conditions for conditions in found if conditions is not None]


def _matchers(sets: Iterable[Conditions]) -> list[MatcherSet]:
    return [tuple(one.matcher() for one in conditions) for conditions in sets]


def _lost(names: tuple[str, ...]) -> Iterator[MatcherSet]:
    """What reached no workload and was meant for an allowed service: by label, by host."""
    if not names:
        return
    service, expression = fields.DESTINATION_SERVICE_NAMESPACE, "|".join(names)
    nobody = Matcher(fields.DESTINATION_WORKLOAD, "=", fields.UNKNOWN)
    yield (nobody, Matcher(service, "=~", expression))
    host = rf"[^.]+\.(?:{expression.replace('(?s:.)', '[^.]')})\.svc(?:\..*)?"
    yield (nobody, Matcher(service, "!~", expression), Matcher(fields.DESTINATION_SERVICE, "=~", host))
