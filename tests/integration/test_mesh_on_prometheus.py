"""The whole way, from a real Prometheus to the graph: the same picture as the demo's twin draws."""

import itertools
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from mesh_graph.answers.replay import Frames
from mesh_graph.demo.exposition import LEAN_LABELS, openmetrics
from mesh_graph.demo.simulator import FAMILIES, Simulator
from mesh_graph.demo.story import story
from mesh_graph.errors import SourceUnreachable
from mesh_graph.mesh import Mesh
from mesh_graph.model import GraphType, NodeKind, Status, View
from mesh_graph.scope import Grant, Scope
from mesh_graph.sources.demo import SCRAPE_S, DemoSource
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.sources.promql import ISTIO_NAMES
from mesh_graph.topology.attributes import EdgeAttr, GraphAttr, NodeAttr
from tests.integration.faults import FaultProxy

pytestmark = pytest.mark.peer("prometheus")

AT = 1_795_262_700.0
"""2026-11-21T12:05:00Z, when the incident of that hour begins."""
FAULT = AT + 300
START = AT - 300
EDGE_NUMBERS = (
    EdgeAttr.RATE,
    EdgeAttr.ERROR_RATE,
    EdgeAttr.ERROR_RATIO,
    EdgeAttr.LATENCY_MS,
    EdgeAttr.MTLS_SHARE,
    EdgeAttr.SOURCE_RATE,
    EdgeAttr.DESTINATION_RATE,
)


@pytest.fixture(scope="module")
def simulator():
    return Simulator(story())


@pytest.fixture(scope="module")
def server(simulator, prometheus_factory, tmp_path_factory):
    times = np.arange(START, FAULT + 1, SCRAPE_S)
    path = tmp_path_factory.mktemp("history") / "story.om"
    with path.open("w") as file:
        file.writelines(openmetrics(simulator, times, list(FAMILIES), LEAN_LABELS))
    return prometheus_factory(openmetrics=path)


@pytest.fixture
def real(server):
    mesh = Mesh(PrometheusSource(PrometheusOptions(url=server.url)))
    yield mesh
    mesh.close()


@pytest.fixture
def twin(simulator):
    return Mesh(DemoSource(simulator, clock=lambda: FAULT))


@pytest.mark.parametrize(
    "view",
    [
        View(at=AT, compare_s=0),
        View(at=AT, compare_s=0, namespaces=("bookinfo",)),
        View(at=AT, compare_s=0, graph_type=GraphType.WORKLOAD, services=False),
        View(at=AT, compare_s=0, graph_type=GraphType.NAMESPACE),
    ],
    ids=["everything", "one namespace", "workloads", "namespace map"],
)
def test_the_picture_of_a_real_prometheus_is_the_twins(view, real, twin):
    graph, expected = real.graph(view), twin.graph(view)
    assert set(graph) == set(expected)
    assert set(graph.edges(keys=True)) == set(expected.edges(keys=True))
    assert len(graph) > 5
    for edge, name in itertools.product(graph.edges(keys=True), EDGE_NUMBERS):
        wanted = expected.edges[edge].get(name)
        assert graph.edges[edge].get(name) == (wanted if wanted is None else pytest.approx(wanted, rel=1e-6))


@pytest.mark.parametrize(
    "scope",
    [
        Scope.of(("shop",)),
        Scope.of(("pay*", "[l-m]*")),
        Scope.of(("*",), ("west",)),
        Scope.of(("payments",), ("e*",)),
        Scope((Grant(("shop",), ("east",)), Grant(("payments",), ("west",)), Grant(("media",)))),
    ],
    ids=["a namespace", "globs", "a cluster", "both", "several grants"],
)
def test_what_somebody_sees_of_a_real_prometheus_is_what_they_see_of_the_twin(scope, real, twin):
    view = View(at=AT, compare_s=0, graph_type=GraphType.VERSIONED_APP)
    graph, expected = real.seen_by(scope).graph(view), twin.seen_by(scope).graph(view)
    assert set(graph.edges(keys=True)) == set(expected.edges(keys=True))
    assert 5 < len(graph) < len(real.graph(view))
    for edge, name in itertools.product(graph.edges(keys=True), EDGE_NUMBERS):
        wanted = expected.edges[edge].get(name)
        assert graph.edges[edge].get(name) == (wanted if wanted is None else pytest.approx(wanted, rel=1e-6))


def test_an_incident_turns_its_edge_and_says_the_flag(real):
    view = View(at=FAULT, window_s=120, compare_s=300, namespaces=("bookinfo",))
    graph = real.graph(view)
    ratings = next(n for n, d in graph.nodes(data=True) if n.endswith("||||ratings|"))
    (edge,) = [
        d for a, _, d in graph.in_edges(ratings, data=True) if graph.nodes[a][NodeAttr.VERSION] == "v3"
    ]
    assert edge[EdgeAttr.ERROR_RATIO] > 0.4
    assert "UF" in {response.flags for response in edge[EdgeAttr.RESPONSES] if response.outcome == "error"}
    assert "UF" in {response.flags for response in graph.nodes[ratings][NodeAttr.ENDED_HERE]}


def test_a_window_of_history_ends_at_the_edges_number(real):
    view = View(at=AT, compare_s=0, namespaces=("bookinfo",))
    graph = real.graph(view)
    source, destination = next((a, b) for a, b in graph.edges() if "|productpage-v1|" in a)
    history = real.edge_history(view, source, destination, "http")
    rate = graph.edges[source, destination, "http"][EdgeAttr.RATE]
    assert history["request_rate"].iloc[-1] == pytest.approx(rate)
    assert history["request_rate"].isna().any()


def test_a_replay_asks_one_range_query_per_family_and_its_frames_ask_nothing(server):
    view = View(compare_s=300, window_s=120, namespaces=("bookinfo",))
    with FaultProxy(server.url) as proxy:
        # Told, since one that is measured is measured again after a while.
        mesh = Mesh(PrometheusSource(PrometheusOptions(url=proxy.url)), scrape_interval_s=15.0)
        totals = mesh.replay(view, Frames(AT, FAULT, 30.0))
        asked = Counter(one.body or one.query for one in proxy.passed if one.path == "/api/v1/query_range")
        families = {name for name in ISTIO_NAMES.values() if any(name.name in text for text in asked)}
        before = len(proxy.passed)
        graphs = [mesh.graph(replace(view, at=AT + 30 * number)).graph for number in range(11)]
        mesh.close()
        assert len(proxy.passed) == before
    assert set(asked.values()) == {1}
    assert len(families) >= 8
    rates = [graph[GraphAttr.REQUEST_RATE] for graph in graphs]
    assert totals["request_rate"].tolist() == pytest.approx(rates)
    assert totals["error_ratio"].max() > 2 * totals["error_ratio"].iloc[0]


def test_it_says_that_the_server_is_away_and_recovers_alone(server):
    mesh = Mesh(PrometheusSource(PrometheusOptions(url=server.url)))
    view = View(at=AT - 15, compare_s=0)
    server.stop()
    with pytest.raises(SourceUnreachable) as caught:
        mesh.graph(view)
    assert caught.value.advice
    server.start()
    assert mesh.graph(view).graph[GraphAttr.REQUEST_RATE] > 10
    mesh.close()


@pytest.mark.parametrize("namespaces", [(), ("bookinfo",)], ids=["everything", "one namespace"])
def test_the_overview_of_a_real_prometheus_is_the_twins(real, twin, namespaces):
    view = View(namespaces, at=FAULT, window_s=120, compare_s=300)
    found, expected = real.overview(view), twin.overview(view)
    assert found.gaps == expected.gaps == ()
    assert found.earlier_at == expected.earlier_at
    assert found.changes
    assert {c.message for c in found.changes} == {c.message for c in expected.changes}
    rows, twins = ({row.key: row for row in one.namespaces} for one in (found, expected))
    assert rows.keys() == twins.keys()
    for key, row in rows.items():
        assert row.assessment.status is twins[key].assessment.status
        assert row.assessment.is_firm is twins[key].assessment.is_firm
        assert row.counts == twins[key].counts
        for name in ("in_rate", "in_error_rate", "out_rate", "inner_rate", "tcp_rate"):
            assert getattr(row.figures, name) == pytest.approx(getattr(twins[key].figures, name))
        assert row.p95_ms == (None if twins[key].p95_ms is None else pytest.approx(twins[key].p95_ms))
        # The server's past is ten minutes long, the twin's is not.
        assert row.came_in[-3:] == pytest.approx(twins[key].came_in[-3:], rel=2e-3)


def test_an_incident_is_the_first_reason_of_its_namespace(real):
    overview = real.overview(View(at=FAULT, window_s=120, compare_s=300))
    bookinfo = next(row for row in overview.namespaces if row.key.namespace == "bookinfo")
    reason = bookinfo.assessment.reasons[0]
    assert (bookinfo.assessment.status, bookinfo.assessment.is_firm) == (Status.FAILURE, True)
    assert reason.code == "503"
    assert "UF" in reason.flags
    assert "ratings" in (reason.subject.app, reason.peer.service)


@pytest.mark.parametrize("kind", [NodeKind.APP, NodeKind.WORKLOAD, NodeKind.SERVICE])
def test_the_lists_of_a_real_prometheus_are_the_twins(real, twin, kind):
    view = View(at=FAULT, window_s=120)
    rows, twins = ({row.key: row for row in mesh.inventory(view, kind).rows} for mesh in (real, twin))
    assert rows.keys() == twins.keys()
    assert len(rows) > 20
    for key, row in rows.items():
        assert (row.assessment.status, row.versions) == (twins[key].assessment.status, twins[key].versions)
        for name in ("p50_ms", "p95_ms"):
            wanted = getattr(twins[key], name)
            assert getattr(row, name) == (None if wanted is None else pytest.approx(wanted))
