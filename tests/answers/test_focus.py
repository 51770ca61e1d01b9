"""Which graph is narrowed: the whole one, or an open one where the whole one is folded."""

from __future__ import annotations

import pytest

from mesh_graph.answers.focus import focused_graph
from mesh_graph.model import View
from mesh_graph.topology.attributes import GraphAttr
from mesh_graph.topology.build import build_graph
from tests.topology.traffic_table import call, destination, source, traffic

GATEWAY = source("gateway", namespace="edge")
ROWS = [
    row
    for n in range(20)
    for row in (
        call(GATEWAY, destination("page", namespace=f"team-{n}")),
        call(source("page", namespace=f"team-{n}"), destination("books", namespace=f"team-{n}")),
    )
]
BOOKS = "app|east|team-7|books|books|v1||"
FOLDED = "namespace|east|team-7|||||"


@pytest.fixture
def asked():
    return []


def graph_of(asked, **options):
    def whole(view):
        asked.append(view)
        return build_graph(traffic(*ROWS), view)

    return focused_graph(whole, View(services=False, boxes=(), **options))


def test_a_graph_that_is_whole_is_narrowed_and_no_other_asked_for(asked):
    left = graph_of(asked, focus=BOOKS)
    assert sorted(left) == [BOOKS, "app|east|team-7|page|page|v1||"]
    [view] = asked
    assert (view.focus, view.hops) == ("", 1)


@pytest.mark.parametrize("focus", [BOOKS, FOLDED])
def test_around_one_node_nothing_is_folded_as_long_as_there_is_room(asked, focus):
    left = graph_of(asked, focus=focus, budget=10)
    assert not left.graph[GraphAttr.FOLDED]
    assert {BOOKS, "app|east|team-7|page|page|v1||"} <= set(left)
    assert left.graph[GraphAttr.FOCUS].whole == 41


def test_neighbours_above_the_budget_are_folded(asked):
    """The gateway calls twenty pages."""
    gateway = "app|east|edge|gateway|gateway|v1||"
    left = graph_of(asked, focus=gateway, budget=21)
    assert len(left) == 21
    assert not left.graph[GraphAttr.FOLDED]
    left = graph_of(asked, focus=gateway, budget=20)
    assert left.graph[GraphAttr.FOLDED]
    assert any(node.startswith("namespace|") for node in left)
