"""Spans counted by operation."""

from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.traces.operations import Operation, Step, operation_graph

PAGE, CART, STORE = ("page", "GET /"), ("cart", "GET /cart"), ("store", "get")


def step(name, parent, self_us=10, critical_us=0, is_error=False):
    return Step(name, parent, self_us, critical_us, is_error)


def test_spans_of_an_operation_are_added_up():
    graph = operation_graph(
        [step(PAGE, -1, 5, 5), step(CART, 0, 7, 3), step(CART, 0, 8, 0, is_error=True), step(STORE, 2, 1)]
    )
    assert graph.operations == (
        Operation(*PAGE, spans=1, errors=0, self_us=5, critical_us=5),
        Operation(*CART, spans=2, errors=1, self_us=15, critical_us=3),
        Operation(*STORE, spans=1, errors=0, self_us=1, critical_us=0),
    )
    assert graph.calls == {(0, 1): 2, (1, 2): 1}
    assert (graph.self_us, graph.left_out) == (21, 0)


def test_an_operation_may_call_itself():
    graph = operation_graph([step(CART, -1), step(CART, 0), step(CART, 1)])
    assert graph.calls == {(0, 0): 2}


def test_those_with_the_least_time_of_their_own_are_left_out():
    graph = operation_graph([step(PAGE, -1, 5), step(CART, 0, 1), step(STORE, 1, 9)], most=2)
    assert [operation.service for operation in graph.operations] == ["page", "store"]
    assert (graph.calls, graph.left_out, graph.self_us) == ({}, 1, 15)


def test_no_spans_are_no_operations():
    assert operation_graph([]).operations == ()


NAMES = st.sampled_from([PAGE, CART, STORE, ("cart", "PUT /cart")])


@given(st.lists(st.tuples(NAMES, st.integers(0, 50), st.integers(0, 1000)), max_size=30))
def test_every_span_and_every_call_is_counted_once(rows):
    steps = [
        step(name, min(parent, number - 1) if number else -1, self_us)
        for number, (name, parent, self_us) in enumerate(rows)
    ]
    graph = operation_graph(steps)
    assert sum(operation.spans for operation in graph.operations) == len(steps)
    assert sum(graph.calls.values()) == sum(one.parent >= 0 for one in steps)
    assert sum(operation.self_us for operation in graph.operations) == graph.self_us
