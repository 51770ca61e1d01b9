import numpy as np
import pytest

from mesh_graph.model import GraphType, View
from mesh_graph.topology.build import build_graph
from tests.topology.traffic_table import call, destination, lost, source, traffic


def reviews(namespace, rate=10.0, errors=0.0):
    """Two versions called by a page: 3 nodes (4 with the service), 2 apps."""
    rows = [
        call(
            source("page", namespace=namespace),
            destination(f"reviews-{v}", "reviews", v, namespace=namespace),
            r,
        )
        for v, r in (("v1", rate), ("v2", 1.0))
    ]
    if errors:
        rows.append({**rows[0], "code": "500", "outcome": "error", "rate": errors})
    return rows


def key(namespace, *, app=""):
    return f"app|east|{namespace}||{app}|||" if app else f"namespace|east|{namespace}|||||"


def graph_of(rows, *, budget, **options):
    return build_graph(traffic(*rows), View(boxes=(), services=False, budget=budget, **options))


CALM = reviews("calm")
LARGE = [*reviews("large"), call(source("page", namespace="large"), destination("cart", namespace="large"))]
BROKEN = reviews("broken", errors=5.0)
SHAKY = reviews("shaky", rate=100.0, errors=0.2)


def folded(graph):
    return dict(graph.graph["folded"])


def test_graph_within_the_budget_is_whole():
    graph = graph_of(CALM, budget=3)
    assert folded(graph) == {}
    assert len(graph) == 3


def test_versions_are_folded_into_their_app_first():
    graph = graph_of(CALM, budget=2)
    app = key("calm", app="reviews")
    assert folded(graph) == {app: 2}
    assert graph.nodes[app]["folded"] == 2
    (edge,) = (row for _, _, row in graph.edges(data=True))
    assert (edge["rate"], edge["folded"]) == (11.0, 2)


def test_then_namespaces_calm_ones_first():
    graph = graph_of([*BROKEN, *CALM], budget=3)
    assert folded(graph) == {key("calm"): 3, key("broken", app="reviews"): 2}
    assert len(graph) == 3


def test_versions_of_what_is_broken_are_shown_where_room_is_left():
    graph = graph_of([*BROKEN, *CALM, *SHAKY], budget=7)
    assert folded(graph) == {key(name, app="reviews"): 2 for name in ("calm", "shaky")}


def test_order_of_folding():
    """Unwanted, idle, calm and large, calm, some errors, many errors."""
    idle = [{**row, "rate": 0.0} for row in reviews("idle")]
    rows = [*BROKEN, *CALM, *LARGE, *SHAKY, *idle, *reviews("unwanted", errors=9.0)]
    wanted = ("broken", "calm", "idle", "large", "shaky")
    order: list[str] = []
    for budget in range(19, 5, -1):
        graph = graph_of(rows, budget=budget, namespaces=wanted, idle=True)
        order += [name for name in folded(graph) if name.startswith("namespace") and name not in order]
    assert order == [key(name) for name in ("unwanted", "idle", "large", "calm", "shaky", "broken")]


@pytest.mark.parametrize(
    ("alarms", "closed"),
    [({}, "calm"), ({("east", "calm"): 2}, "other"), ({("east", "calm"): 2, ("east", "other"): 3}, "calm")],
)
def test_what_was_broken_of_late_stays_open_before_what_was_not(alarms, closed):
    rows = traffic(*CALM, *reviews("other"))
    view = View(boxes=(), services=False, budget=3)
    graph = build_graph(rows, view, alarms=lambda: alarms)
    assert [name for name in folded(graph) if name.startswith("namespace")] == [key(closed)]


def test_nobody_asks_what_was_broken_where_nothing_has_to_be_folded():
    asked = []
    build_graph(
        traffic(*CALM), View(boxes=(), services=False, budget=3), alarms=lambda: asked.append(1) or {}
    )
    assert asked == []


def test_namespaces_are_the_coarsest_fold():
    graph = graph_of([*BROKEN, *CALM], budget=0)
    assert set(graph) == {key("broken"), key("calm")}


def test_inner_traffic_stays_on_the_folded_node():
    graph = graph_of([*BROKEN, call(source("page", namespace="broken"), destination("page"), 3.0)], budget=0)
    node = graph.nodes[key("broken")]
    assert (node["inner_rate"], node["inner_error_rate"]) == (16.0, 5.0)
    assert node["out_rate"] == 3.0
    assert node["folded"] == 3


def test_namespace_of_one_node_is_not_folded():
    rows = [*CALM, call(source("page", namespace="calm"), destination("stock", namespace="depot"))]
    assert set(graph_of(rows, budget=0)) == {key("calm"), "app|east|depot|stock|stock|v1||"}


def test_hosts_outside_every_namespace_stay():
    host = lost("api.example.org", namespace="unknown", cluster="unknown", host="api.example.org")
    graph = graph_of([*CALM, call(source("page", namespace="calm"), host, arrived=False)], budget=0)
    assert set(graph) == {key("calm"), "service||||||api.example.org|"}


def test_unfolded_namespace_is_whole_in_its_place():
    graph = graph_of([*BROKEN, *CALM], budget=0, unfolded=(key("calm"),))
    assert folded(graph) == {key("broken"): 3}
    assert len(graph) == 4


def test_unfolded_app_shows_its_versions():
    graph = graph_of(CALM, budget=2, unfolded=(key("calm", app="reviews"),))
    assert folded(graph) == {key("calm"): 3}
    two = [*CALM, *LARGE, *reviews("other")]
    open_app = key("calm", app="reviews")
    graph = graph_of(two, budget=8, unfolded=(open_app,))
    assert open_app not in folded(graph)
    assert "app|east|calm|reviews-v2|reviews|v2||" in graph


def test_folding_joins_source_and_destination_past_a_folded_service():
    rows = [*BROKEN, call(source("page", namespace="shop"), destination("page", namespace="broken"), 3.0)]
    graph = build_graph(traffic(*rows), View(boxes=(), budget=0))
    assert {(s, d): row["rate"] for s, d, row in graph.edges(data=True)} == {
        ("app|east|shop|page|page|v1||", key("broken")): 3.0
    }
    assert graph.nodes[key("broken")]["inner_rate"] == 16.0
    assert graph.nodes[key("broken")]["folded"] == 5


def test_graph_says_where_folded_nodes_went():
    graph = graph_of(CALM, budget=2)
    assert graph.graph["drawn_as"] == {
        f"app|east|calm|reviews-{v}|reviews|{v}||": key("calm", app="reviews") for v in ("v1", "v2")
    }


@pytest.mark.parametrize("seed", range(5))
def test_folding_does_not_depend_on_the_order_of_rows(seed):
    rows = [*BROKEN, *CALM, *LARGE, *SHAKY]
    shuffled = [rows[at] for at in np.random.default_rng(seed).permutation(len(rows))]
    for budget in range(4, 14):
        assert folded(graph_of(shuffled, budget=budget)) == folded(graph_of(rows, budget=budget))


def test_namespace_map_is_a_node_a_namespace():
    rows = [
        *BROKEN,
        *CALM,
        call(source("page", namespace="calm"), destination("page", namespace="broken"), 3.0),
    ]
    graph = graph_of(rows, budget=400, graph_type=GraphType.NAMESPACE)
    assert {(s, d): row["rate"] for s, d, row in graph.edges(data=True)} == {
        (key("calm"), key("broken")): 3.0
    }
    assert graph.nodes[key("broken")] == {
        "kind": "namespace",
        "cluster": "east",
        "namespace": "broken",
        "folded": 3,
        "inner_rate": 16.0,
        "inner_error_rate": 5.0,
        "in_rate": 3.0,
        "in_error_ratio": 0.0,
    }
    assert folded(graph) == {}


def test_namespace_map_opens_a_namespace_in_place():
    rows = [*BROKEN, *CALM]
    graph = graph_of(rows, budget=400, graph_type=GraphType.NAMESPACE, unfolded=(key("broken"),))
    assert key("calm") in graph
    assert "app|east|broken|reviews-v2|reviews|v2||" in graph
