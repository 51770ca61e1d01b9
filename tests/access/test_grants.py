"""Grants add up to no more than each of them says, and tokens narrow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.access.grants import GrantsDoNotJoin, joined, narrowed
from mesh_graph.scope import Right, Scope

NAMES = ("shop", "shop-a", "shop-b", "pay", "pay-a", "mail")
GLOBS = st.sampled_from(("*", "shop*", "shop-*", "shop", "shop-a", "pay", "p*y", "pay-?", "[ms]*", "mail"))
RIGHTS = st.frozensets(st.sampled_from(Right))
SCOPES = st.builds(
    Scope, st.lists(GLOBS, max_size=3).map(tuple), st.sampled_from([("*",), ("east",)]), RIGHTS
)


def grant(*namespaces: str, clusters: tuple[str, ...] = ("*",), rights: str = "") -> Scope:
    return Scope(namespaces, clusters, frozenset(Right(right) for right in rights.split()))


@pytest.mark.parametrize(
    ("grants", "whole"),
    [
        ([], Scope((), (), frozenset())),
        ([grant("a"), grant("b")], grant("a", "b")),
        ([grant("a", rights="logs"), grant("b", rights="logs config")], grant("a", "b", rights="logs")),
        ([grant("a", rights="logs"), grant("*")], grant("*")),
        ([grant("shop-*"), grant("shop-a", clusters=("east",))], grant("shop-*")),
        ([grant("a"), grant()], grant("a")),
        ([grant("*", rights="logs"), grant("a", rights="logs")], grant("*", rights="logs")),
    ],
    ids=["none", "namespaces", "common-rights", "a-right-in-part", "contained", "empty", "all"],
)
def test_grants_add_up(grants, whole):
    assert joined(grants) == whole


def test_grants_of_different_clusters_are_no_one_scope():
    with pytest.raises(GrantsDoNotJoin):
        joined([grant("shop", clusters=("east",)), grant("pay", clusters=("west",))])


@given(st.lists(SCOPES, max_size=4), st.sampled_from(NAMES), st.sampled_from(["east", "west"]))
def test_the_whole_allows_what_some_grant_allows(grants, namespace, cluster):
    try:
        whole = joined(grants)
    except GrantsDoNotJoin:
        return
    assert whole.allows(namespace, cluster) == any(one.allows(namespace, cluster) for one in grants)


@given(st.lists(SCOPES, min_size=1, max_size=4), st.sampled_from(NAMES))
def test_a_right_of_the_whole_is_granted_wherever_it_holds(grants, namespace):
    try:
        whole = joined(grants)
    except GrantsDoNotJoin:
        return
    for right in whole.rights:
        if whole.allows(namespace):
            assert any(one.allows(namespace) and right in one.rights for one in grants)


@pytest.mark.parametrize(
    ("scope", "by", "left"),
    [
        (("*",), ("shop",), ("shop",)),
        (("shop-*",), ("*",), ("shop-*",)),
        (("shop-*",), ("shop-a*",), ("shop-a*",)),
        (("shop-*",), ("shop-a", "pay"), ("shop-a",)),
        (("s*p",), ("sh*",), ()),
        (("shop",), (), ()),
    ],
)
def test_what_both_allow_is_left(scope, by, left):
    assert narrowed(Scope(scope), Scope(by)).namespaces == left


@given(SCOPES, SCOPES, st.sampled_from(NAMES), st.sampled_from(["east", "west"]))
def test_nothing_is_left_that_one_of_both_forbids(scope, by, namespace, cluster):
    left = narrowed(scope, by)
    if left.allows(namespace, cluster):
        assert scope.allows(namespace, cluster)
        assert by.allows(namespace, cluster)
    assert left.rights == scope.rights & by.rights
