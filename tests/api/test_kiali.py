"""Kiali's graph API over the demo mesh."""

import pytest

from mesh_graph.api.context import Context
from mesh_graph.application import create_app
from mesh_graph.errors import SourceTimeout, SourceUnreachable
from mesh_graph.mesh import Mesh
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_cluster import DemoCluster
from mesh_graph.sources.query import Family

NOON = 1_795_262_400
ADDRESS = "/api/namespaces/graph?namespaces=bookinfo&duration=300s"
AT = f"{ADDRESS}&queryTime={NOON}"


class Troubled(DemoSource):
    """The demo mesh, of which some families cannot be had."""

    def __init__(self):
        super().__init__(clock=lambda: NOON + 60.0)
        self.failing: dict[Family, Exception] = {}

    def instant(self, query, at):
        if query.family in self.failing:
            raise self.failing[query.family]
        return super().instant(query, at)


@pytest.fixture
def source():
    return Troubled()


@pytest.fixture
def client(source):
    mesh = Mesh(source)
    yield create_app(Context(mesh)).server.test_client()
    mesh.close()


def elements(answer, kind):
    assert answer.status_code == 200, answer.text
    return [element["data"] for element in answer.json["elements"][kind]]


def workloads(answer):
    return {data["workload"] for data in elements(answer, "nodes") if "workload" in data}


def test_namespace_graph_is_of_its_instant(client):
    answer = client.get(AT)
    assert {name: answer.json[name] for name in ("timestamp", "duration", "graphType")} == {
        "timestamp": NOON,
        "duration": 300,
        "graphType": "workload",
    }
    assert {"productpage-v1", "reviews-v1", "ratings-v1"} <= workloads(answer)


def test_live_is_rounded_and_replays_as_itself(client):
    live = client.get(ADDRESS)
    again = client.get(f"{ADDRESS}&queryTime={live.json['timestamp']}")
    assert again.json == live.json


def test_what_came_from_outside_is_marked(client):
    outside = {data["namespace"] for data in elements(client.get(AT), "nodes") if data.get("isOutside")}
    assert outside
    assert "bookinfo" not in outside


def test_additions_come_by_name(client):
    edges = elements(client.get(f"{AT}&appenders=responseTime,throughput,securityPolicy,health"), "edges")
    http = [edge for edge in edges if edge["traffic"]["protocol"] == "http"]
    for name in ("responseTime", "throughput", "isMTLS", "healthStatus", "sourcePrincipal"):
        assert any(name in edge for edge in http), name
    bare = elements(client.get(f"{AT}&appenders="), "edges")
    assert {name for edge in bare for name in edge} == {"id", "source", "target", "traffic"}


def test_addition_that_failed_is_told_and_the_graph_still_drawn(client, source):
    source.failing = {Family.REQUEST_DURATION: SourceTimeout("demo", "q", "It took too long.")}
    answer = client.get(f"{AT}&appenders=responseTime,istio")
    assert elements(answer, "edges")
    reasons = {entry["appender"]: entry["reason"] for entry in answer.json["unavailable"]}
    assert set(reasons) == {"responseTime", "istio"}
    assert "took too long" in reasons["responseTime"]


NEED_A_CLUSTER = "deadNode,idleNode,istio,labeler,meshCheck,serviceEntry,workloadEntry"


def test_what_needs_a_cluster_is_told_where_there_is_none(client):
    answer = client.get(f"{AT}&appenders={NEED_A_CLUSTER}")
    told = {entry["appender"]: entry["reason"] for entry in answer.json["unavailable"]}
    assert ",".join(sorted(told)) == NEED_A_CLUSTER
    assert all("cluster" in reason for reason in told.values())


def test_what_needs_a_cluster_is_answered_where_there_is_one():
    mesh = Mesh(DemoSource(clock=lambda: NOON + 60.0), cluster=DemoCluster(clock=lambda: NOON + 60.0))
    with_cluster = create_app(Context(mesh)).server.test_client()
    names = "bookinfo,istio-system,payments"
    path = f"/api/namespaces/graph?namespaces={names}&injectServiceNodes=true&appenders={NEED_A_CLUSTER}"
    answer = with_cluster.get(f"{path}&queryTime={NOON}")
    nodes = elements(answer, "nodes")
    assert "unavailable" not in answer.json
    reviews = next(node for node in nodes if node.get("service") == "reviews")
    assert (reviews["hasTrafficShifting"], reviews["hasVS"]["hostnames"]) == (
        True,
        ["reviews.bookinfo.svc.cluster.local"],
    )
    assert any(node.get("isGateway") for node in nodes)
    assert any(node.get("isServiceEntry", {}).get("location") == "MESH_EXTERNAL" for node in nodes)
    past = with_cluster.get(f"{path}&queryTime={NOON - 7200}").json["unavailable"]
    assert {entry["appender"] for entry in past} == {"deadNode", "idleNode", "labeler", "meshCheck"}


def test_answer_to_which_nothing_is_missing_says_nothing_of_it(client):
    assert "unavailable" not in client.get(f"{AT}&appenders=health").json


@pytest.mark.parametrize(
    ("error", "status"),
    [(SourceUnreachable("demo", "q", "No connection."), 503), (SourceTimeout("demo", "q", "Too slow."), 504)],
)
def test_failing_source_is_an_error_in_kiali_s_shape(client, source, error, status):
    source.failing = {Family.REQUESTS: error}
    answer = client.get(AT)
    assert (answer.status_code, answer.json["error"]) == (status, error.problem)


def test_accident_tells_nothing_of_itself(client, source):
    source.failing = {Family.REQUESTS: RuntimeError("secret")}
    answer = client.get(AT)
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_unknown_namespace_is_refused_as_kiali_does(client):
    answer = client.get("/api/namespaces/graph?namespaces=bookinfo,nowhere")
    assert answer.status_code == 403
    assert answer.json == {"error": "Requested namespace [nowhere] is not accessible."}
    assert client.get("/api/namespaces/nowhere/workloads/w/graph").status_code == 403


def test_wrong_parameter_is_refused_as_kiali_does(client):
    answer = client.get(f"{ADDRESS}&graphType=pods")
    assert (answer.status_code, answer.json["error"]) == (400, "Invalid graphType [pods].")


def test_unchanged_answer_is_not_sent_again(client):
    tag = client.get(AT).headers["ETag"]
    again = client.get(AT, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("workloads/details-v1", {"productpage-v1", "details-v1"}),
        ("services/details", {"productpage-v1", "details-v1"}),
    ],
)
def test_node_graph_holds_the_node_and_its_neighbours(client, path, expected):
    assert workloads(client.get(f"/api/namespaces/bookinfo/{path}/graph?queryTime={NOON}")) == expected


def test_node_graph_of_an_app_or_one_version(client):
    base = "/api/namespaces/bookinfo/applications/reviews"
    query = f"graph?graphType=versionedApp&queryTime={NOON}"
    versions = {
        data["version"]
        for data in elements(client.get(f"{base}/{query}"), "nodes")
        if data.get("app") == "reviews" and "version" in data
    }
    one = {
        data["version"]
        for data in elements(client.get(f"{base}/versions/v1/{query}"), "nodes")
        if data.get("app") == "reviews" and "version" in data
    }
    assert versions > {"v1"}
    assert one == {"v1"}


def test_node_graph_equals_the_node_s_part_of_the_namespace_graph(client):
    whole = client.get(f"{AT}&appenders=")
    part = client.get(
        f"/api/namespaces/bookinfo/workloads/details-v1/graph?duration=300s&queryTime={NOON}&appenders="
    )
    ids = {data["id"] for data in elements(whole, "nodes") if data.get("workload") == "details-v1"}
    touching = [edge for edge in elements(whole, "edges") if {edge["source"], edge["target"]} & ids]
    rates = {edge["id"]: edge["traffic"]["rates"]["http"] for edge in touching}
    assert rates
    assert {edge["id"]: edge["traffic"]["rates"]["http"] for edge in elements(part, "edges")} == rates


def test_hostile_names_find_nothing_and_break_nothing(client):
    answer = client.get('/api/namespaces/bookinfo/services/x".*|a{/graph?appenders=')
    assert elements(answer, "nodes") == []


def test_silent_namespace_is_an_empty_graph(source):
    """Known by its series of last week, though none is left."""

    class Silent(Troubled):
        def label_values(self, label, matchers, start, end):
            values = super().label_values(label, matchers, start, end)
            return (*values, "gone") if end - start > 86400 else values

    mesh = Mesh(Silent())
    answer = create_app(Context(mesh)).server.test_client().get("/api/namespaces/graph?namespaces=gone")
    assert elements(answer, "nodes") == []
    mesh.close()
