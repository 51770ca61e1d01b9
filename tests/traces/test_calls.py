"""Both ends of a call, and the time between them."""

import pytest

from mesh_graph.traces.calls import Call, calls_of, network_us
from mesh_graph.traces.model import SpanKind
from mesh_graph.traces.tree import span_tree
from tests.traces.hand import span, trace


def ends(client, *servers):
    spans = [span("out", *client, kind=SpanKind.CLIENT)]
    spans += [span(f"in{n}", *times, "out", kind=SpanKind.SERVER) for n, times in enumerate(servers)]
    tree = span_tree(trace(*spans))
    return tree, calls_of(tree)


def test_server_below_its_client_is_a_call():
    tree, calls = ends((0, 100), (10, 90))
    assert calls == (Call(0, 1),)
    assert network_us(tree, calls) == {0: 20}


@pytest.mark.parametrize(
    ("client", "servers"),
    [((0, 100), [(10, 40), (50, 90)]), ((0, 50), [(10, 90)]), ((0, 50), [(10, 5)]), ((0, 50), [])],
    ids=["retries", "gave up", "negative", "no server"],
)
def test_network_time_is_unknown(client, servers):
    assert network_us(*ends(client, *servers)) == {}


def test_clock_does_not_matter_to_network_time():
    assert network_us(*ends((0, 100), (5_000, 5_080))) == {0: 20}
