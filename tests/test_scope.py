"""What a scope allows: grants add up to exactly what each of them says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.scope import EVERYTHING, NOTHING, Grant, Right, Scope

NAMES = st.sampled_from(("shop", "shop-a", "shop-b", "pay", "pay-a", "mail"))
CLUSTERS = st.sampled_from(("east", "west", "west-2", ""))
GLOBS = st.sampled_from(("*", "shop*", "shop-*", "shop", "shop-a", "pay", "p*y", "pay-?", "[ms]*", "mail"))
GRANTS = st.builds(
    Grant,
    st.lists(GLOBS, max_size=3).map(tuple),
    st.lists(st.sampled_from(("*", "east", "west", "west*")), max_size=2).map(tuple),
    st.frozensets(st.sampled_from(Right)),
)
MANY = st.lists(GRANTS, max_size=5).map(tuple)
PLACES = st.tuples(NAMES, CLUSTERS, st.sampled_from((None, *Right)))


def says(grants, namespace: str, cluster: str | None, right: Right | None) -> bool:
    """Whether one of the grants, each by itself, allows it."""
    return any(
        Scope.of(one.namespaces, one.clusters).allows(namespace, cluster)
        and (right is None or right in one.rights)
        for one in grants
    )


@pytest.mark.parametrize(
    ("globs", "namespace", "allowed"),
    [
        (("*",), "shop", True),
        (("shop",), "shop", True),
        (("shop",), "shop-eu", False),
        (("shop-*",), "shop-eu", True),
        (("shop-*",), "shop", False),
        (("bank", "shop"), "shop", True),
        (("Shop",), "shop", False),
        ((), "shop", False),
    ],
)
def test_a_namespace_is_seen_where_one_of_the_globs_fits(globs, namespace, allowed):
    assert Scope.of(namespaces=globs).allows(namespace) is allowed


@pytest.mark.parametrize(("cluster", "allowed"), [(None, True), ("east", True), ("west", False)])
def test_a_cluster_counts_where_one_is_given(cluster, allowed):
    assert Scope.of(clusters=("east",)).allows("shop", cluster) is allowed


TWO = Scope((Grant(("shop",), ("east",), {Right.LOGS}), Grant(("pay",), ("west",), {Right.CONFIG})))


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        (("shop", "east"), True),
        (("shop", "west"), False),
        (("pay", "east"), False),
        (("pay", "west"), True),
        (("shop", None, Right.LOGS), True),
        (("shop", "east", Right.CONFIG), False),
        (("pay", None, Right.LOGS), False),
        (("shop", ""), False),
    ],
)
def test_one_grant_gives_nothing_of_another(asked, allowed):
    assert TWO.allows(*asked) is allowed


def test_a_cluster_is_seen_where_any_grant_names_it():
    assert [name for name in ("east", "west", "north") if TWO.allows_cluster(name)] == ["east", "west"]


@given(MANY, PLACES)
def test_the_whole_allows_exactly_what_some_grant_allows(grants, place):
    assert Scope(grants).allows(*place) is says(grants, *place)


@given(MANY, PLACES)
def test_what_may_be_looked_at_does_not_depend_on_rights(grants, place):
    namespace, cluster, _ = place
    assert Scope(Scope(grants).places).allows(namespace, cluster) is says(grants, namespace, cluster, None)


@given(MANY, PLACES, st.sampled_from(Right))
def test_the_part_with_a_right_is_where_it_is_given(grants, place, right):
    namespace, cluster, _ = place
    assert Scope(grants).having(right).allows(namespace, cluster) is says(grants, namespace, cluster, right)


@given(MANY, NAMES, st.sampled_from((None, *Right)))
def test_everywhere_is_in_every_cluster_and_in_one_without_a_name(grants, namespace, right):
    found = Scope(grants).allows_everywhere(namespace, right)
    named = any("*" in one.clusters for one in grants)
    assert found is (named and says([one for one in grants if "*" in one.clusters], namespace, "", right))


@given(MANY, NAMES)
def test_a_right_of_the_whole_holds_wherever_something_is_seen(grants, namespace):
    scope = Scope(grants)
    for right in scope.rights:
        assert scope.allows(namespace, right=right) is scope.allows(namespace)


@given(MANY, MANY, st.randoms())
def test_the_order_and_repetition_of_grants_make_no_other_scope(grants, others, random):
    mixed = [*grants, *others, *grants]
    random.shuffle(mixed)
    assert Scope(tuple(mixed)) == Scope((*others, *grants))
    assert hash(Scope(tuple(mixed))) == hash(Scope((*others, *grants)))


@given(MANY)
def test_no_grant_is_said_twice(grants):
    kept = Scope(grants).grants
    assert not any(one != other and one.contains(other) for one in kept for other in kept)
    assert Scope(kept).grants == kept


@pytest.mark.parametrize(
    ("grants", "rights"),
    [
        ((), ""),
        ((("shop", "logs"), ("pay", "logs config")), "logs"),
        ((("*", "config"), ("shop", "logs")), "config"),
        ((("shop-*", "logs"), ("shop-a", ""), ("pay", "")), ""),
        ((("shop-*", "logs"), ("shop-a", "config")), "logs"),
    ],
)
def test_a_right_is_the_wholes_where_all_of_it_has_it(grants, rights):
    scope = Scope(tuple(grant(name, rights=given) for name, given in grants))
    assert scope.rights == frozenset(map(Right, rights.split()))


def grant(*namespaces: str, clusters: tuple[str, ...] = ("*",), rights: str = "") -> Grant:
    return Grant(namespaces, clusters, frozenset(map(Right, rights.split())))


@pytest.mark.parametrize(
    ("grants", "normal"),
    [
        ([], []),
        ([grant("a"), grant("b")], [grant("a", "b")]),
        ([grant("a", rights="logs"), grant("b")], [grant("a", rights="logs"), grant("b")]),
        ([grant("a", rights="logs"), grant("*")], [grant("*"), grant("a", rights="logs")]),
        ([grant("shop-*"), grant("shop-a", clusters=("east",))], [grant("shop-*")]),
        (
            [grant("a", clusters=("east",)), grant("a", clusters=("west",))],
            [grant("a", clusters=("east", "west"))],
        ),
        ([grant("a", rights="logs"), grant("a", rights="config")], [grant("a", rights="config logs")]),
        ([grant("a"), grant()], [grant("a")]),
        ([grant("*", rights="logs"), grant("a", rights="logs")], [grant("*", rights="logs")]),
    ],
    ids=[
        "none",
        "namespaces",
        "rights-apart",
        "a-right-in-part",
        "contained",
        "clusters",
        "rights",
        "empty",
        "all",
    ],
)
def test_grants_add_up(grants, normal):
    assert Scope(tuple(grants)).grants == tuple(normal)


@pytest.mark.parametrize(
    ("scope", "whole"),
    [
        (EVERYTHING, True),
        (Scope.of(("*", "shop")), True),
        (Scope((grant("*"), grant("shop", rights="logs"))), True),
        (Scope.of(("shop",)), False),
        (Scope.of(clusters=("east",)), False),
        (Scope((grant("*", clusters=("east",)), grant("shop"))), False),
        (NOTHING, False),
    ],
)
def test_only_a_scope_of_all_names_in_all_clusters_is_whole(scope, whole):
    assert scope.is_whole is whole


def test_everything_is_the_whole_with_all_rights():
    assert Scope(tuple(grant("*", rights=right) for right in Right)).is_everything
    assert not Scope((grant("*"), grant("shop", rights="logs config queries"))).is_everything


@pytest.mark.parametrize(
    ("scope", "by", "left"),
    [
        (("*",), ("shop",), ("shop",)),
        (("shop-*",), ("*",), ("shop-*",)),
        (("shop-*",), ("shop-a*",), ("shop-a*",)),
        (("shop-*",), ("shop-a", "pay"), ("shop-a",)),
        (("s*p",), ("sh*",), None),
        (("shop",), (), None),
    ],
)
def test_what_both_allow_is_left(scope, by, left):
    assert Scope.of(scope).narrowed(Scope.of(by)) == (NOTHING if left is None else Scope.of(left))


@given(MANY, MANY, PLACES)
def test_nothing_is_left_that_one_of_both_forbids(grants, by, place):
    if Scope(grants).narrowed(Scope(by)).allows(*place):
        assert Scope(grants).allows(*place)
        assert Scope(by).allows(*place)


@given(MANY)
def test_what_is_narrowed_by_everything_is_the_same(grants):
    assert Scope(grants).narrowed(EVERYTHING) == EVERYTHING.narrowed(Scope(grants)) == Scope(grants)
