"""A mesh as somebody may see it, beside the whole one: the same numbers, no others, and nothing shared."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.story import story
from mesh_graph.kiali.options import Options
from mesh_graph.mesh import MOST_SCOPES, Mesh
from mesh_graph.model import GraphType, NodeKey, NodeKind, View
from mesh_graph.scope import EVERYTHING, NOTHING, Grant, Right, Scope
from mesh_graph.sources.demo import DemoSource
from mesh_graph.topology.attributes import EdgeAttr, GraphAttr, NodeAttr

AT = 1_795_263_000
SOURCE = DemoSource(Simulator(story()), clock=lambda: float(AT))
WHOLE = Mesh(SOURCE)
NAMES = (
    "shop",
    "payments",
    "logistics",
    "media",
    "legacy",
    "bookinfo",
    "istio-system",
    "batch",
    "s*",
    "nowhere",
)
NAMESPACES = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True).map(tuple)
GRANTS = st.builds(Grant, NAMESPACES, st.sampled_from([("*",), ("east",), ("west",)]))
SCOPES = st.lists(GRANTS, min_size=1, max_size=3).map(lambda grants: Scope(tuple(grants)))
OF_ALL_CLUSTERS = NAMESPACES.map(Scope.of)
VIEW = View(at=AT, budget=100_000, throughput=True)
SHOP, PAY = Scope.of(("shop",)), Scope.of(("payments",))
COUNTED = (EdgeAttr.RATE, EdgeAttr.ERROR_RATE, EdgeAttr.ERROR_RATIO, EdgeAttr.MTLS_SHARE)


def is_allowed(key: str, scope: Scope) -> bool:
    node = NodeKey.parse(key)
    return scope.allows(node.namespace, node.cluster)


def bare(key: str, scope: Scope) -> str:
    """The key as whoever looks is told it: of a foreign node no version."""
    return key if is_allowed(key, scope) else replace(NodeKey.parse(key), version="").text


def edges(graph: nx.MultiDiGraph) -> dict:
    return {edge[:3]: edge[3] for edge in graph.edges(keys=True, data=True)}


@pytest.mark.parametrize("graph_type", [one for one in GraphType if one is not GraphType.SERVICE])
@given(scope=OF_ALL_CLUSTERS)
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_edge_that_is_seen_is_one_of_the_mesh_with_its_numbers(graph_type, scope):
    """Of services too, but for their foreign callers: which services those are is not to be seen."""
    view = replace(VIEW, graph_type=graph_type)
    whole, seen = edges(WHOLE.graph(view)), edges(WHOLE.seen_by(scope).graph(view))
    named = {(bare(u, scope), bare(v, scope), protocol): row for (u, v, protocol), row in whole.items()}
    assert seen.keys() <= named.keys()
    touching = {edge for edge in named if is_allowed(edge[0], scope) or is_allowed(edge[1], scope)}
    assert touching <= seen.keys()
    for edge in touching:
        found, expected = ({name: row[edge].get(name) for name in COUNTED} for row in (seen, named))
        assert found == {name: value and pytest.approx(value) for name, value in expected.items()}, edge


@given(scope=SCOPES)
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_totals_are_the_sums_of_what_is_seen(scope):
    graph = WHOLE.seen_by(scope).graph(replace(VIEW, graph_type=GraphType.WORKLOAD))
    requests = [
        row[EdgeAttr.RATE]
        for source, _, protocol, row in graph.edges(keys=True, data=True)
        if protocol != "tcp" and not graph.nodes[source].get(NodeAttr.IS_INJECTED)
    ]
    assert graph.graph[GraphAttr.REQUEST_RATE] == pytest.approx(sum(requests))
    overview = WHOLE.seen_by(scope).overview(VIEW)
    assert overview.totals.request_rate == pytest.approx(sum(requests))
    shown = [row.key for row in overview.namespaces]
    assert all(scope.allows(key.namespace, key.cluster) for key in shown)
    assert sum(overview.totals.statuses.values()) == len(shown)


@pytest.mark.parametrize("cluster", ["east", "west"])
def test_of_a_cluster_no_more_is_told_than_is_known_to_be_of_it(cluster):
    """What others sent and reached nobody is of no cluster: it is not told of either."""
    scope = Scope.of(("payments", "logistics"), (cluster,))
    whole = {row.key: row for row in WHOLE.inventory(VIEW, NodeKind.SERVICE).rows}
    rows = WHOLE.seen_by(scope).inventory(VIEW, NodeKind.SERVICE).rows
    assert rows
    for row in rows:
        assert scope.allows(row.key.namespace, row.key.cluster)
        assert row.figures.in_rate <= whole[row.key].figures.in_rate * (1 + 1e-9)


@given(scope=OF_ALL_CLUSTERS)
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_ones_own_is_told_as_to_those_who_see_all(scope):
    seen = WHOLE.seen_by(scope)
    assert set(seen.namespaces()) <= set(filter(scope.allows, WHOLE.namespaces()))
    for kind in (NodeKind.APP, NodeKind.SERVICE):
        whole = {
            row.key: row
            for row in WHOLE.inventory(VIEW, kind).rows
            if scope.allows(row.key.namespace, row.key.cluster)
        }
        rows = {row.key: row for row in seen.inventory(VIEW, kind).rows}
        assert rows.keys() == whole.keys()
        for key, row in rows.items():
            assert row.assessment.status is whole[key].assessment.status, key
            assert row.figures.in_rate == pytest.approx(whole[key].figures.in_rate, nan_ok=True)
            assert row.figures.out_rate == pytest.approx(whole[key].figures.out_rate, nan_ok=True)
            assert row.p95_ms == (row.p95_ms and pytest.approx(whole[key].p95_ms))


def answers(mesh: Mesh) -> tuple:
    """What several answers say, to be compared."""
    view = replace(VIEW, graph_type=GraphType.WORKLOAD)
    return (
        edges(mesh.graph(view)),
        [row.key for row in mesh.overview(VIEW).namespaces],
        [row.key for row in mesh.inventory(VIEW, NodeKind.SERVICE).rows],
        mesh.namespaces(),
        mesh.unknown_namespaces(["shop", "payments"], AT),
        mesh.kiali_graph(Options(namespaces=("shop", "payments"), at=AT)).document["elements"],
    )


def test_two_who_look_in_turns_see_what_each_would_see_alone():
    together = Mesh(SOURCE)
    alone = {scope: answers(Mesh(SOURCE).seen_by(scope)) for scope in (SHOP, PAY)}
    for scope in (SHOP, PAY, SHOP, PAY):
        assert answers(together.seen_by(scope)) == alone[scope]
    assert together.seen_by(SHOP).graph(VIEW) is not together.seen_by(PAY).graph(VIEW)
    assert alone[SHOP] != alone[PAY]


def test_the_whole_mesh_shares_nothing_with_its_parts():
    mesh = Mesh(SOURCE)
    whole, part = mesh.graph(VIEW), mesh.seen_by(SHOP).graph(VIEW)
    assert whole is mesh.graph(VIEW)
    assert part is mesh.seen_by(SHOP).graph(VIEW)
    assert len(part) < len(whole)
    assert mesh.cache_stats()["replies"].misses > 0
    assert mesh.seen_by(SHOP).cache_stats()["replies"].misses > 0


def test_who_may_see_everything_looks_at_the_mesh_itself():
    mesh = Mesh(SOURCE)
    assert mesh.seen_by(EVERYTHING) is mesh
    assert mesh.seen_by(Scope.of(rights=frozenset({Right.LOGS}))) is not mesh


def test_scopes_that_mean_the_same_share_one_mesh():
    mesh = Mesh(SOURCE)
    assert mesh.seen_by(Scope.of(("b", "a"))) is mesh.seen_by(Scope.of(("a", "b", "a")))


def test_no_more_scopes_are_held_than_there_is_room_for():
    mesh = Mesh(SOURCE)
    first = mesh.seen_by(Scope.of(("team-0",)))
    assert mesh.seen_by(Scope.of(("team-0",))) is first
    for number in range(1, MOST_SCOPES + 1):
        mesh.seen_by(Scope.of((f"team-{number}",)))
    assert mesh.seen_by(Scope.of(("team-0",))) is not first


def test_who_was_not_let_in_sees_an_empty_mesh():
    seen = Mesh(SOURCE).seen_by(NOTHING)
    assert (len(seen.graph(VIEW)), seen.namespaces(), seen.overview(VIEW).namespaces) == (0, (), ())


def test_foreign_nodes_say_who_they_are_and_what_is_exchanged_with_them():
    graph = WHOLE.seen_by(SHOP).graph(replace(VIEW, graph_type=GraphType.VERSIONED_APP))
    node = next(
        row for row in graph.nodes.values() if row.get(NodeAttr.APP) == "payment" and NodeAttr.BOX not in row
    )
    assert node[NodeAttr.NAMESPACE] == "payments"
    assert node[NodeAttr.IS_OUTSIDE]
    assert node[NodeAttr.IN_RATE] > 0
    assert (
        not {NodeAttr.VERSION, NodeAttr.IS_ROOT, NodeAttr.HAS_NO_SIDECAR, NodeAttr.ENDED_HERE} & node.keys()
    )
    foreign = [row for row in graph.nodes.values() if row.get(NodeAttr.NAMESPACE) not in ("shop", None)]
    assert all(row[NodeAttr.IS_OUTSIDE] for row in foreign)


def test_a_part_is_closed_with_the_mesh_and_not_by_itself():
    mesh = Mesh(SOURCE)
    mesh.seen_by(SHOP).close()
    assert len(mesh.seen_by(SHOP).graph(VIEW)) > 0
