"""What any scope is told of any mesh: the rows of the whole that touch it, each with its own number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph import fields
from mesh_graph.scope import EVERYTHING, Grant, Right, Scope
from mesh_graph.sources.base import Reply
from mesh_graph.sources.matching import matching_rows, select
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from mesh_graph.sources.scoped import scoped

NAMESPACES, CLUSTERS = ("shop", "shop-eu", "pay", "unknown"), ("east", "west", "unknown")
NAMES = (
    fields.SOURCE_CLUSTER,
    fields.SOURCE_WORKLOAD_NAMESPACE,
    fields.DESTINATION_CLUSTER,
    fields.DESTINATION_WORKLOAD_NAMESPACE,
    fields.DESTINATION_WORKLOAD,
    fields.DESTINATION_SERVICE_NAMESPACE,
)
SECRETS = (fields.SOURCE_CANONICAL_REVISION, fields.DESTINATION_CANONICAL_REVISION)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(CLUSTERS),
        st.sampled_from(NAMESPACES),
        st.sampled_from(CLUSTERS),
        st.sampled_from(NAMESPACES),
        st.sampled_from(("cart", "unknown")),
        st.sampled_from(NAMESPACES),
        st.sampled_from(("v1", "v2")),
        st.sampled_from(("v1", "v2")),
    ),
    max_size=12,
)
GLOBS = st.lists(st.sampled_from(("*", "shop", "shop*", "pay", "[p-s]*")), max_size=3).map(tuple)
PLACES = st.lists(st.sampled_from(("*", "east", "w*", "west")), max_size=2).map(tuple)
GRANTS = st.lists(st.builds(Grant, GLOBS, PLACES, st.frozensets(st.sampled_from(Right))), max_size=4)
SCOPES = GRANTS.map(lambda grants: Scope(tuple(grants)))
BY = st.lists(st.sampled_from((*NAMES, *SECRETS)), unique=True).map(tuple)
HELD = st.sampled_from(
    (
        (),
        (Matcher(fields.DESTINATION_WORKLOAD_NAMESPACE, "=", "shop"),),
        (Matcher(fields.SOURCE_WORKLOAD_NAMESPACE, "=~", "pay|shop"),),
    )
)


class Rows:
    """Series by hand, the first of one request a second, each of twice as many as the one before."""

    name, is_demo = "by hand", True

    def __init__(self, rows) -> None:
        columns = zip(*rows, strict=True) if rows else [()] * len((*NAMES, *SECRETS))
        self.labels = {
            label: np.array(column, dtype=object)
            for label, column in zip((*NAMES, *SECRETS), columns, strict=True)
        }

    def label_values(self, label: str, matchers, start: float, end: float) -> tuple[str, ...]:
        return tuple(sorted(set(self.labels[label][matching_rows(self.labels, matchers)])))

    def instant(self, query: MetricQuery, at: float) -> Reply:
        chosen = select(self.labels, query.by, query.matchers, query.either)
        values = chosen.add_up(2.0**chosen.rows)
        return Reply(chosen.groups.assign(**{fields.VALUE: values}), "")


def query_of(by, matchers=()) -> MetricQuery:
    return MetricQuery(Family.REQUESTS, Function.RATE, by, matchers)


def told(rows, scope: Scope, query: MetricQuery) -> dict[tuple, float]:
    table = scoped(Rows(rows), scope).instant(query, 0.0).table
    names = [tuple(row[label] for label in query.by) for row in table.to_dict("records")]
    assert len(set(names)) == len(names)
    return dict(zip(names, table[fields.VALUE], strict=True))


def filtered(rows, scope: Scope, query: MetricQuery) -> dict[tuple, float]:
    """The rows of the whole mesh, one by one, without what touches nobody and versions of others."""
    found: dict[tuple, float] = {}
    whole = Rows(rows)
    for number in select(whole.labels, (), query.matchers).rows:
        row = {label: column[number] for label, column in whole.labels.items()}
        ours = {
            end: scope.allows(row[f"{end}_workload_namespace"], row[f"{end}_cluster"])
            for end in ("source", "destination")
        }
        is_lost = row[fields.DESTINATION_WORKLOAD] == "unknown"
        is_meant = scope.allows_everywhere(row[fields.DESTINATION_SERVICE_NAMESPACE])
        if any(ours.values()) or (is_lost and is_meant):
            hidden = {f"{end}_canonical_revision": "unknown" for end, own in ours.items() if not own}
            key = tuple((row | hidden)[label] for label in query.by)
            found[key] = found.get(key, 0.0) + 2.0**number
    return found


@given(ROWS, SCOPES, BY, HELD)
def test_the_answer_is_the_filter_of_the_whole(rows, scope, by, matchers):
    query = query_of(by, matchers)
    assert told(rows, scope, query) == filtered(rows, scope, query)


@given(ROWS, SCOPES, st.sampled_from(["source", "destination"]))
def test_names_are_looked_up_of_allowed_ends_alone(rows, scope, end):
    label, table = f"{end}_workload_namespace", Rows(rows).labels
    ends = zip(table[label], table[f"{end}_cluster"], strict=True)
    expected = {namespace for namespace, cluster in ends if scope.allows(namespace, cluster)}
    assert set(scoped(Rows(rows), scope).label_values(label, (), 0.0, 1.0)) == expected


@given(ROWS, SCOPES.filter(lambda scope: not scope.is_whole))
def test_inside_a_scope_there_are_rows_with_two_allowed_ends_alone(rows, scope):
    table = scoped(Rows(rows), scope, inner=True).instant(query_of(NAMES), 0.0).table
    ends = ("source", "destination")
    for row in table.to_dict("records"):
        assert all(scope.allows(row[f"{end}_workload_namespace"], row[f"{end}_cluster"]) for end in ends)


@given(ROWS, GRANTS, GRANTS)
def test_two_see_together_what_either_sees_and_no_more(rows, grants, others):
    every, query = Scope((*grants, *others)), query_of(NAMES)
    one, other = (told(rows, Scope(tuple(part)), query) for part in (grants, others))
    assert told(rows, every, query) == one | other


@given(ROWS, SCOPES, SCOPES)
def test_who_is_granted_more_sees_no_less(rows, scope, other):
    whole, less = (told(rows, one, query_of(NAMES)) for one in (scope, scope.narrowed(other)))
    assert less.items() <= whole.items()


@given(ROWS, SCOPES, BY)
def test_rights_change_no_number(rows, scope, by):
    bare = Scope(tuple(Grant(one.namespaces, one.clusters, ()) for one in scope.grants))
    assert told(rows, scope, query_of(by)) == told(rows, bare, query_of(by))


@given(ROWS, BY)
def test_everything_is_the_whole(rows, by):
    whole = Rows(rows).instant(query_of(by), 0.0).table
    pd.testing.assert_frame_equal(scoped(Rows(rows), EVERYTHING).instant(query_of(by), 0.0).table, whole)


MIXED = Scope((Grant(("shop",), ("east",), {Right.QUERIES}), Grant(("pay",), ("west",), ())))
DESTINATION = fields.DESTINATION_WORKLOAD_NAMESPACE


@pytest.mark.parametrize(
    ("matchers", "is_told"),
    [
        ((), False),
        ((Matcher(DESTINATION, "=", "shop"),), True),
        ((Matcher(DESTINATION, "=", "pay"),), False),
        ((Matcher(DESTINATION, "=~", "pay|shop"),), False),
        ((Matcher(DESTINATION, "=~", "shop.*"),), False),
        ((Matcher(DESTINATION, "!=", "shop"),), False),
        ((Matcher(fields.DESTINATION_WORKLOAD, "=", "shop"),), False),
    ],
)
def test_a_query_is_told_where_it_is_held_to_namespaces_with_the_right(matchers, is_told):
    class Texts(Rows):
        def promql(self, query: MetricQuery) -> str:
            return "sum(x)"

    assert (scoped(Texts(()), MIXED).promql(query_of((), matchers)) != "") is is_told
