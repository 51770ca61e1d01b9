"""A view as a few disjoint queries."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph import fields
from mesh_graph.plan import belongs, bundles, scopes, traffic_queries
from mesh_graph.sources.query import Family, Matcher

NAMESPACES = ["a", "b", "b.c", "unknown", ""]


def holds(matcher: Matcher, row: dict[str, str]) -> bool:
    value = row[matcher.label]
    if matcher.op in ("=", "!="):
        return (value == matcher.value) == (matcher.op == "=")
    return bool(re.fullmatch(matcher.value, value)) == (matcher.op == "=~")


rows = st.fixed_dictionaries(
    {
        fields.REPORTER: st.sampled_from(["source", "destination", "waypoint"]),
        fields.SOURCE_WORKLOAD_NAMESPACE: st.sampled_from(NAMESPACES),
        fields.DESTINATION_WORKLOAD_NAMESPACE: st.sampled_from(NAMESPACES),
        fields.DESTINATION_WORKLOAD: st.sampled_from(["w", "unknown"]),
    }
)


@given(rows, st.sets(st.sampled_from(["a", "b", "b.c", "x-1"]), min_size=1))
def test_a_row_is_in_at_most_one_query_and_every_row_that_touches_the_namespaces_is_in_one(row, namespaces):
    found = sum(all(holds(m, row) for m in scope) for scope in scopes(namespaces))
    touches = {row[fields.SOURCE_WORKLOAD_NAMESPACE], row[fields.DESTINATION_WORKLOAD_NAMESPACE]} & namespaces
    assert found <= 1
    assert found == 1 or not touches


def test_a_dot_in_a_name_is_not_a_wildcard():
    (scope, *_) = scopes({"b.c", "b"})
    assert not holds(scope[0], {fields.DESTINATION_WORKLOAD_NAMESPACE: "bxc"})


@pytest.mark.parametrize(
    ("namespaces", "known", "queries"),
    [
        ((), (), 1),
        (("a",), (), 3),
        (("a",), ("a",), 1),
        (("a", "b"), ("a", "b", "c", "d"), 1),
        (("a",), ("a", "b", "c", "d"), 3),
        ([f"n{i}" for i in range(150)], [f"n{i}" for i in range(1000)], 5),
    ],
)
def test_the_number_of_queries_is_small_and_fixed(namespaces, known, queries):
    assert len(scopes(namespaces, known)) == queries


def test_every_family_of_the_graph_is_asked():
    plan = traffic_queries(scopes(("a",)), 300, idle=True)
    assert set(plan) == set(Family) - {Family.REQUEST_DURATION, Family.REQUEST_BYTES, Family.RESPONSE_BYTES}
    assert all(query.idle and query.window_s == 300 for queries in plan.values() for query in queries)


def frame(*ends):
    """Rows (source namespace, destination namespace, destination workload, service namespace, host)."""
    columns = (
        fields.SOURCE_WORKLOAD_NAMESPACE,
        fields.DESTINATION_WORKLOAD_NAMESPACE,
        fields.DESTINATION_WORKLOAD,
        fields.DESTINATION_SERVICE_NAMESPACE,
        fields.DESTINATION_SERVICE,
    )
    return pd.DataFrame(list(ends), columns=list(columns))


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        (("a", "x", "w", "x", "w.x.svc.cluster.local"), True),
        (("x", "a", "w", "a", "w.a.svc.cluster.local"), True),
        (("x", "y", "w", "y", "w.y.svc.cluster.local"), False),
        (("x", "unknown", "unknown", "a", "w.a.svc.cluster.local"), True),
        (("x", "unknown", "unknown", "unknown", "w.a.svc.cluster.local"), True),
        (("x", "unknown", "unknown", "unknown", "a.example.com"), False),
        (("x", "unknown", "unknown", "unknown", "unknown"), False),
        (("x", "y", "w", "a", "w.a.svc.cluster.local"), False),
    ],
)
def test_a_row_belongs_to_where_it_runs_or_was_meant_to_go(row, kept):
    assert len(belongs(frame(row), ("a",))) == int(kept)


def test_everything_belongs_to_the_whole_mesh():
    rows = frame(("a", "x", "w", "x", "h"), ("y", "x", "w", "x", "h"))
    assert belongs(rows, ()) is rows
    assert list(belongs(frame(), ("a",)).columns) == list(frame().columns)


def test_requests_are_asked_by_themselves_and_all_the_others_together():
    plan = traffic_queries(scopes(("shop",)), 300)
    requests, others = bundles(plan)
    assert requests == plan[Family.REQUESTS]
    assert len(requests) == 3
    assert set(others) == {query for queries in plan.values() for query in queries} - set(requests)
    assert len(others) == 18
