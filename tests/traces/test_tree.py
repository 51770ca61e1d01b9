"""Who is whose child, whatever the ids claim."""

import pytest

from mesh_graph.traces.model import SpanKind
from mesh_graph.traces.tree import (
    DUPLICATE_ID,
    NO_PARENT,
    PARENT_CYCLE,
    PARENT_MISSING,
    SEVERAL_ROOTS,
    span_tree,
)
from tests.traces.hand import span, trace


def parents(*spans):
    """Name of the parent by place, None for a root."""
    tree = span_tree(trace(*spans))
    return [None if above == NO_PARENT else spans[above].name for above in tree.parents]


def problems(*spans):
    return [(problem.id, problem.span_id) for problem in span_tree(trace(*spans)).problems]


def test_no_spans_have_no_roots():
    tree = span_tree(trace())
    assert (tree.roots, tree.order, tree.problems) == ((), (), ())


def test_children_are_in_order_of_start_then_of_end():
    tree = span_tree(
        trace(span("late", 5, 6, "a"), span("a", 0, 9), span("long", 2, 8, "a"), span("short", 2, 3, "a"))
    )
    assert [tree.spans[child].name for child in tree.children[1]] == ["short", "long", "late"]


def test_order_is_depth_first():
    spans = [span("a", 0, 9), span("b", 1, 2, "a"), span("c", 3, 8, "a"), span("d", 1, 2, "b")]
    tree = span_tree(trace(*spans))
    assert [spans[place].name for place in tree.order] == ["a", "b", "d", "c"]
    assert tree.depths == (0, 1, 1, 2)


def test_span_whose_parent_is_not_here_is_an_orphan():
    spans = [span("a", 0, 9), span("b", 1, 2, "lost")]
    tree = span_tree(trace(*spans))
    assert tree.orphans == {1}
    assert problems(*spans) == [(PARENT_MISSING, "b"), (SEVERAL_ROOTS, "")]


def test_root_that_names_no_parent_comes_before_an_earlier_orphan():
    tree = span_tree(trace(span("b", 0, 2, "lost"), span("a", 5, 9)))
    assert tree.roots == (1, 0)


@pytest.mark.parametrize(
    ("spans", "cut"),
    [
        ([span("a", 0, 9, "a")], ["a"]),
        ([span("a", 3, 9, "b"), span("b", 1, 9, "a")], ["b"]),
        ([span("a", 3, 9, "c"), span("b", 2, 9, "a"), span("c", 4, 9, "b"), span("d", 0, 1, "c")], ["b"]),
        (
            [span("a", 0, 9, "b"), span("b", 1, 9, "a"), span("c", 2, 9, "d"), span("d", 3, 9, "c")],
            ["a", "c"],
        ),
    ],
    ids=["itself", "two", "three with a tail", "two cycles"],
)
def test_cycle_is_cut_above_its_earliest_span(spans, cut):
    tree = span_tree(trace(*spans))
    assert [spans[root].name for root in tree.roots] == cut
    assert len(tree.order) == len(spans)
    assert [found for found in problems(*spans) if found[0] == PARENT_CYCLE] == [
        (PARENT_CYCLE, name) for name in cut
    ]


def test_server_that_shares_its_clients_id_is_its_child():
    shared = {"span_id": "x"}
    spans = [
        span("root", 0, 9, service="a"),
        span("out", 1, 8, "root", service="a", kind=SpanKind.CLIENT, **shared),
        span("in", 2, 7, "root", service="b", kind=SpanKind.SERVER, **shared),
        span("next", 3, 4, "x", service="b", kind=SpanKind.CLIENT),
    ]
    assert parents(*spans) == [None, "root", "out", "in"]
    assert problems(*spans) == []


def test_spans_that_repeat_an_id_are_told():
    spans = [span("a", 0, 9), span("b", 1, 2, "a"), span("b", 3, 4, "a"), span("c", 1, 2, "b")]
    assert problems(*spans) == [(DUPLICATE_ID, "b")]
    assert parents(*spans) == [None, "a", "a", "b"]


@pytest.mark.parametrize(
    ("twins", "parent"),
    [
        ([("web", SpanKind.SERVER), ("api", SpanKind.INTERNAL)], 1),
        ([("api", SpanKind.INTERNAL), ("api", SpanKind.SERVER)], 1),
        ([("web", SpanKind.INTERNAL), ("web", SpanKind.SERVER)], 1),
        ([("web", SpanKind.INTERNAL), ("db", SpanKind.INTERNAL)], 0),
    ],
    ids=["own service first", "then a server", "a server elsewhere", "else the first"],
)
def test_parent_of_several_with_its_id(twins, parent):
    spans = [span("x", n, 9, service=service, kind=kind) for n, (service, kind) in enumerate(twins)]
    tree = span_tree(trace(*spans, span("child", 4, 5, "x", service="api")))
    assert tree.parents[2] == parent


def test_spans_that_all_claim_one_id_and_one_parent_hang_together():
    spans = [span("a", 0, 9, "a"), span("a", 1, 8, "a"), span("a", 2, 7, "a")]
    tree = span_tree(trace(*spans))
    assert len(tree.order) == 3
    assert {found[0] for found in problems(*spans)} >= {DUPLICATE_ID, PARENT_CYCLE}


def test_ten_thousand_spans_of_one_id_are_a_tree():
    spans = [span("a", number, number + 1, "a") for number in range(10_000)]
    assert len(span_tree(trace(*spans)).order) == 10_000
