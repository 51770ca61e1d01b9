"""Overview and lists of the demo mesh, against the graph of the same view and the source's own numbers."""

import math
from collections import Counter

import pytest

from mesh_graph.answers.sparklines import SPAN_S, STEP_S, STEPS, grid_end
from mesh_graph.demo.bookinfo import namespaces
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.spec import MeshSpec
from mesh_graph.demo.story import story
from mesh_graph.errors import SourceTimeout
from mesh_graph.mesh import Mesh
from mesh_graph.model import GraphType, NodeKey, NodeKind, Status, View
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from mesh_graph.topology.attributes import GraphAttr, NodeAttr

INCIDENT = 1_795_263_000.0
"""2026-11-21T12:10:00Z: five minutes into the fault between reviews-v3 and ratings."""
VIEW = View(at=INCIDENT)
STORY = Simulator(story())


class Counted(DemoSource):
    """The demo mesh; counts questions, and times out for families in ``failing``."""

    def __init__(self, simulator=STORY, failing=()):
        super().__init__(simulator, clock=lambda: INCIDENT)
        self.failing, self.asked = failing, Counter()

    def instant(self, query, at):
        self.asked["instant"] += 1
        if query.family in self.failing:
            raise SourceTimeout(self.name, query.family, "took longer than 15 s.")
        return super().instant(query, at)

    def range(self, query, start, end, step_s):
        self.asked["range"] += 1
        return super().range(query, start, end, step_s)


@pytest.fixture(scope="module")
def mesh():
    return Mesh(Counted())


@pytest.fixture(scope="module")
def overview(mesh):
    return mesh.overview(VIEW)


def row_of(overview, name, cluster="east"):
    return next(row for row in overview.namespaces if row.key == NodeKey(NodeKind.NAMESPACE, cluster, name))


def test_worst_namespace_comes_first_and_says_why(overview):
    severities = [row.assessment.status.severity for row in overview.namespaces]
    assert severities == sorted(severities, reverse=True)
    bookinfo = row_of(overview, "bookinfo")
    assert bookinfo.assessment.status is Status.FAILURE
    reason = bookinfo.assessment.reasons[0]
    assert (reason.subject.app, reason.code, reason.flags) == ("ratings", "503", "UF")
    assert reason.peer.app == "reviews"


def test_totals_are_those_of_the_graph(mesh, overview):
    graph = mesh.graph(VIEW).graph
    assert overview.totals.request_rate == pytest.approx(graph[GraphAttr.REQUEST_RATE])
    assert overview.totals.error_rate == pytest.approx(graph[GraphAttr.ERROR_RATE])
    assert overview.totals.tcp_rate == pytest.approx(graph[GraphAttr.TCP_BYTES_RATE])


@pytest.mark.parametrize("kind", [NodeKind.APP, NodeKind.WORKLOAD])
def test_what_arrives_is_what_the_graph_draws_into_the_node(mesh, kind):
    """Or more: requests that never arrived count in the list against what they were meant for."""
    graph = mesh.graph(
        View(at=INCIDENT, graph_type=GraphType(kind.value), services=False, compare_s=0, boxes=())
    )
    rows = {row.key.text: row.figures for row in mesh.inventory(VIEW, kind).rows}
    nodes = {key: data for key, data in graph.nodes(data=True) if data[NodeAttr.KIND] == kind}
    assert rows.keys() == nodes.keys()
    for key, node in nodes.items():
        assert rows[key].out_rate == pytest.approx(node.get(NodeAttr.OUT_RATE, 0.0))
        assert rows[key].out_error_rate == pytest.approx(node.get(NodeAttr.OUT_ERROR_RATE, 0.0))
        assert rows[key].in_rate >= node.get(NodeAttr.IN_RATE, 0.0) - 1e-9


def test_what_comes_into_a_service_is_what_the_graph_draws_into_it(mesh):
    graph = mesh.graph(View(at=INCIDENT, graph_type=GraphType.WORKLOAD, compare_s=0, boxes=()))
    rows = {row.key.text: row.figures for row in mesh.inventory(VIEW, NodeKind.SERVICE).rows}
    outside = ("BlackHoleCluster", "PassthroughCluster", "unknown")
    for key, node in graph.nodes(data=True):
        if node[NodeAttr.KIND] == NodeKind.SERVICE and node[NodeAttr.SERVICE] not in outside:
            found = rows.pop(key)
            assert found.in_rate == pytest.approx(node.get(NodeAttr.IN_RATE, 0.0))
            assert found.in_error_rate == pytest.approx(node.get(NodeAttr.IN_ERROR_RATE, 0.0))
    assert rows == {}


def test_p95_is_what_the_source_says_of_the_servers_reports(mesh, overview):
    labels = (
        Matcher("destination_workload_namespace", "=", "bookinfo"),
        Matcher("reporter", "=", "destination"),
    )
    query = MetricQuery(Family.REQUEST_DURATION, Function.QUANTILE, (), labels, 300, quantile=0.95)
    told = Counted().instant(query, INCIDENT).table["value"].item()
    assert row_of(overview, "bookinfo").p95_ms == pytest.approx(told)


def test_sparkline_ends_on_the_grid_with_the_rate_of_that_moment(overview):
    labels = (Matcher("source_workload_namespace", "=", "istio-system"), Matcher("reporter", "=", "source"))
    query = MetricQuery(Family.REQUESTS, Function.RATE, (), labels, 300)
    end = grid_end(INCIDENT)
    told = Counted().instant(query, end).table["value"].item()
    line = row_of(overview, "istio-system").went_out
    assert len(line) == STEPS + 1 == len(overview.steps)
    # The line has what servers report, who deal requests to their pods: some may be one apart.
    assert line[-1] == pytest.approx(told, rel=1e-3)
    assert overview.steps[0] == end - SPAN_S
    assert overview.steps[1] - overview.steps[0] == STEP_S


def test_extremes_are_sorted_and_above_nothing(overview):
    for top in (overview.top_errors, overview.top_latency, overview.top_rate):
        values = [row.value for row in top]
        assert values == sorted(values, reverse=True)
        assert all(value > 0 for value in values)
        assert all(row.key.kind is NodeKind.SERVICE for row in top)
    assert overview.top_rate[0].key.service == "catalog"


def test_changes_are_told_against_the_time_compared_with(overview):
    assert INCIDENT - 3600 - 300 < overview.earlier_at <= INCIDENT - 3600
    assert "change-app-new" in {c.message for c in overview.changes if c.subject.app == "banner"}


def test_number_of_questions_does_not_grow_with_the_mesh():
    counts = []
    for number in (1, 12):
        source = Counted(Simulator(MeshSpec.of(namespaces(number, 1, None))))
        Mesh(source, scrape_interval_s=15).overview(VIEW)
        counts.append(source.asked)
    assert counts[0] == counts[1]
    assert counts[0]["range"] == 2


def test_lists_and_overview_share_what_was_asked():
    source = Counted()
    mesh = Mesh(source, scrape_interval_s=15)
    mesh.overview(VIEW)
    asked = source.asked["instant"]
    mesh.inventory(VIEW, NodeKind.SERVICE)
    mesh.inventory(VIEW, NodeKind.SERVICE)
    # p50 is all that a list of services asks beside the overview.
    assert source.asked["instant"] == asked + 1


def test_what_a_graph_alone_shows_makes_no_other_overview(mesh, overview):
    assert mesh.overview(View(at=INCIDENT, graph_type=GraphType.SERVICE, find="app = reviews")) is overview


def test_view_of_one_namespace_lists_it_alone_with_the_same_numbers(mesh, overview):
    alone = mesh.overview(View(("bookinfo",), at=INCIDENT))
    assert [row.key.namespace for row in alone.namespaces] == ["bookinfo"]
    one, other = alone.namespaces[0], row_of(overview, "bookinfo")
    assert one.figures.in_rate == pytest.approx(other.figures.in_rate)
    assert one.assessment.status is other.assessment.status
    assert one.p95_ms == pytest.approx(other.p95_ms)
    listed = mesh.inventory(View(("bookinfo",), at=INCIDENT), NodeKind.APP).rows
    assert {row.key.namespace for row in listed} == {"bookinfo"}


def test_missing_response_times_are_a_gap_and_no_zero():
    overview = Mesh(Counted(failing=(Family.REQUEST_DURATION,))).overview(VIEW)
    assert {gap.message for gap in overview.gaps} == {"family-failed"}
    assert all(row.p95_ms is None for row in overview.namespaces)
    assert overview.top_latency == ()
    assert overview.top_errors


def test_without_requests_there_is_no_overview():
    with pytest.raises(SourceTimeout):
        Mesh(Counted(failing=(Family.REQUESTS,))).overview(VIEW)


def test_empty_mesh_has_an_empty_overview():
    overview = Mesh(Counted(Simulator(MeshSpec.of(())))).overview(VIEW)
    assert overview.namespaces == overview.changes == overview.top_rate == ()
    assert overview.totals.request_rate == 0.0
    assert not math.isnan(overview.totals.error_rate)


def test_versions_of_the_canary_are_listed(mesh):
    rows = {row.key.text: row for row in mesh.inventory(VIEW, NodeKind.APP).rows}
    assert rows[NodeKey(NodeKind.APP, "east", "bookinfo", app="reviews").text].versions == ("v1", "v2", "v3")
