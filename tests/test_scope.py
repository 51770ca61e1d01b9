"""What a scope allows."""

import pytest

from mesh_graph.scope import EVERYTHING, Scope


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
    assert Scope(namespaces=globs).allows(namespace) is allowed


@pytest.mark.parametrize(("cluster", "allowed"), [(None, True), ("east", True), ("west", False)])
def test_a_cluster_counts_where_one_is_given(cluster, allowed):
    assert Scope(clusters=("east",)).allows("shop", cluster) is allowed


@pytest.mark.parametrize(
    ("scope", "whole"),
    [
        (EVERYTHING, True),
        (Scope(("*", "shop")), True),
        (Scope(("shop",)), False),
        (Scope(clusters=("east",)), False),
    ],
)
def test_only_a_scope_of_all_names_in_all_clusters_is_whole(scope, whole):
    assert scope.is_whole is whole
