"""Scopes as sets of matchers: who is in which, and that nobody is in two."""

from fnmatch import fnmatchcase

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mesh_graph import fields
from mesh_graph.scope import EVERYTHING, NOTHING, Grant, Right, Scope
from mesh_graph.sources.matching import admits
from mesh_graph.sources.query import Matcher
from mesh_graph.sources.scope_sets import DESTINATION, SOURCE, Relation, relations

NAMES = st.sampled_from(["shop", "shop-eu", "pay", "unknown", "", "a.b", "x\ny"])
GLOBS = st.lists(st.sampled_from(["*", "shop", "shop-*", "p?y", "[a-s]*", "[!s]*", "["]), max_size=3)
CLUSTERS = st.sampled_from(["east", "west", "unknown", ""])
CLUSTER_GLOBS = st.lists(st.sampled_from(["*", "east", "w*"]), max_size=2)
SCOPES = st.lists(st.builds(Grant, GLOBS.map(tuple), CLUSTER_GLOBS.map(tuple)), max_size=3).map(
    lambda grants: Scope(tuple(grants))
)
ENDS = (SOURCE, DESTINATION)
LABELS = (
    fields.SOURCE_WORKLOAD_NAMESPACE,
    fields.SOURCE_CLUSTER,
    fields.DESTINATION_WORKLOAD_NAMESPACE,
    fields.DESTINATION_CLUSTER,
    fields.DESTINATION_WORKLOAD,
    fields.DESTINATION_SERVICE_NAMESPACE,
    fields.DESTINATION_SERVICE,
)
SERIES = st.tuples(
    NAMES,
    CLUSTERS,
    NAMES,
    CLUSTERS,
    st.sampled_from(["cart", "unknown"]),
    NAMES,
    st.sampled_from(["cart.shop.svc.cluster.local", "cart.shop.example.com", "cart.pay.svc", "unknown"]),
).map(lambda values: dict(zip(LABELS, values, strict=True)))


def holds(chosen: tuple[Matcher, ...], series: dict[str, str]) -> bool:
    return all(admits(matcher, series[matcher.label]) for matcher in chosen)


def fitting(scope: Scope, series: dict[str, str]) -> list[Relation]:
    """The relation of every set that the series satisfies."""
    return [relation for relation, sets in relations(scope).items() for one in sets if holds(one, series)]


@given(SCOPES, SERIES)
def test_a_series_with_an_allowed_end_is_in_exactly_one_set(scope, series):
    source = scope.allows(series[SOURCE.namespace], series[SOURCE.cluster])
    destination = scope.allows(series[DESTINATION.namespace], series[DESTINATION.cluster])
    found = fitting(scope, series)
    if source or destination:
        expected = Relation.BOTH if source and destination else Relation.OUT if source else Relation.INTO
        assert found == [expected]
    else:
        assert found in ([], [Relation.LOST])


@given(SCOPES, SERIES)
def test_what_reached_nobody_is_seen_by_those_it_was_meant_for(scope, series):
    lost = series[fields.DESTINATION_WORKLOAD] == fields.UNKNOWN
    _, namespace, *more = (*series[fields.DESTINATION_SERVICE].split("."), "")[:3]
    service = series[fields.DESTINATION_SERVICE_NAMESPACE]
    meant = scope.allows_everywhere(service) or (more == ["svc"] and scope.allows_everywhere(namespace))
    foreign = not any(scope.allows(series[end.namespace], series[end.cluster]) for end in ENDS)
    every_name = any("*" in grant.namespaces and "*" in grant.clusters for grant in scope.grants)
    seen = lost and meant and foreign and not every_name
    assert (fitting(scope, series) == [Relation.LOST]) is seen


@given(st.text(alphabet="ab-[]!^\\?*.", max_size=6), st.text(alphabet="ab-.!^", max_size=4))
@example("[!a-]b", "bb")
@example("[]a]", "a")
@example("[a^]", "^")
@example("[a", "[a")
def test_globs_mean_what_they_mean_to_a_scope(glob, name):
    (allowed,) = relations(Scope.of((glob,)))[Relation.BOTH] or ((Matcher(SOURCE.namespace, "=~", "a^"),),)
    fits = all(admits(matcher, name) for matcher in allowed if matcher.label == SOURCE.namespace)
    assert fits is fnmatchcase(name, glob)


def test_everything_needs_no_matcher():
    assert relations(EVERYTHING)[Relation.BOTH] == ((),)
    assert not any(relations(EVERYTHING)[relation] for relation in Relation if relation is not Relation.BOTH)


@pytest.mark.parametrize("scope", [NOTHING, Scope.of(namespaces=()), Scope.of(clusters=())])
def test_nothing_is_no_set_at_all(scope):
    assert not any(relations(scope).values())


def test_a_plain_name_is_no_expression():
    (own,) = relations(Scope.of(("a.b",)))[Relation.BOTH]
    assert own == (
        Matcher(SOURCE.namespace, "=", "a.b"),
        Matcher(DESTINATION.namespace, "=", "a.b"),
    )


EAST_SHOP, WEST_PAY = Grant(("shop",), ("east",)), Grant(("pay",), ("west",))


def test_grants_of_different_places_are_asked_one_beside_the_other():
    """Two allowed places by two; of the foreign: no name of theirs, or such a name in another cluster."""
    name, cluster = SOURCE.namespace, SOURCE.cluster
    found = relations(Scope((EAST_SHOP, WEST_PAY)))
    sources = {tuple(one for one in chosen if one.label in SOURCE.place) for chosen in found[Relation.INTO]}
    assert sources == {
        (Matcher(name, "!~", "pay|shop"),),
        (Matcher(name, "=", "pay"), Matcher(cluster, "!=", "west")),
        (Matcher(name, "=", "shop"), Matcher(cluster, "!=", "east")),
    }
    sizes = {relation: len(sets) for relation, sets in found.items()}
    assert sizes == {Relation.BOTH: 4, Relation.INTO: 6, Relation.OUT: 6, Relation.LOST: 0}


def test_rights_change_nothing_about_what_is_asked():
    shop, pay = Grant(("shop",), rights={Right.LOGS}), Grant(("pay",), rights=())
    assert relations(Scope((shop, pay))) == relations(Scope.of(("shop", "pay")))


def test_of_a_foreign_end_the_secrets_are_hidden():
    assert [relation for relation in Relation if relation.hides(SOURCE)] == [Relation.INTO, Relation.LOST]
    assert [relation for relation in Relation if relation.hides(DESTINATION)] == [Relation.OUT, Relation.LOST]
    assert fields.SOURCE_CANONICAL_REVISION in SOURCE.secrets
