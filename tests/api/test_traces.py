"""JSON twins about traces, over the demo mesh at a fixed instant."""

import pytest

from mesh_graph.api.context import Context
from mesh_graph.application import create_app
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.story import story
from mesh_graph.demo.tracer import Tracer
from mesh_graph.mesh import Mesh
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_traces import DemoTraces
from mesh_graph.sources.trace_file import FileTraces
from mesh_graph.traces.model import Event, SpanKind, Trace
from tests.traces.hand import TRACE_ID, span

AT = 1_795_263_000
MESH = story()
HALF_HOUR = f"at={AT}&span=30m"


@pytest.fixture(scope="module")
def client():
    source = DemoSource(Simulator(MESH), clock=lambda: float(AT))
    with Mesh(source, traces=DemoTraces(Tracer(MESH), clock=lambda: float(AT))) as mesh:
        yield create_app(Context(mesh)).server.test_client()


@pytest.fixture(scope="module")
def found(client):
    return client.get(f"/api/traces?{HALF_HOUR}&service=reviews.bookinfo&limit=50").get_json()


def test_list_says_what_it_is_of(found):
    assert (found["at"], found["at_text"], found["span_s"]) == (AT, "2026-11-21T12:10:00Z", 1800)
    assert found["is_complete"] is False
    assert found["complete_since"] == min(row["start_us"] for row in found["traces"]) / 1e6
    assert found["gaps"] == []


def test_list_has_a_row_for_each_trace(found):
    assert len(found["traces"]) == sum(one["traces"] for one in found["histogram"]) == 50
    for row in found["traces"]:
        assert "reviews.bookinfo" in [one["service"] for one in row["services"]]
        assert sum(one["spans"] for one in row["services"]) == row["spans"]


def test_one_request_in_a_hundred_is_sampled(found):
    """The demo's own rate of sampling lies in the interval of the estimate."""
    assert found["sampled"]["interval"]["low"] < 0.01 < found["sampled"]["interval"]["high"]


def test_sampling_is_not_told_of_a_choice_of_traces(client):
    chosen = client.get(f"/api/traces?{HALF_HOUR}&service=reviews.bookinfo&min=10ms").get_json()
    assert chosen["traces"]
    assert chosen["sampled"] is None


def test_trace_has_its_rows_in_the_order_of_its_tree(client, found):
    wanted = max(found["traces"], key=lambda row: row["spans"])
    trace = client.get(f"/api/traces/{wanted['trace_id']}").get_json()
    rows = trace["rows"]
    assert len(rows) == trace["spans"] == wanted["spans"]
    assert all(row["parent"] < number for number, row in enumerate(rows))
    assert [row["depth"] for row in rows[1:]] == [rows[row["parent"]]["depth"] + 1 for row in rows[1:]]
    path = trace["critical_path"]
    assert sum(part["end_us"] - part["start_us"] for part in path) == rows[0]["duration_us"]
    assert sum(row["critical_us"] for row in rows) == rows[0]["duration_us"]


def test_span_is_told_beside_what_the_mesh_measured_on_its_edge(client, found):
    trace = client.get(f"/api/traces/{found['traces'][0]['trace_id']}").get_json()
    (row,) = (one for one in trace["rows"] if (one["service"], one["kind"]) == ("reviews.bookinfo", "server"))
    assert 0 < row["measured"]["p50_ms"] < row["measured"]["p99_ms"]
    client_row = trace["rows"][row["parent"]]
    assert client_row["network_us"] == client_row["duration_us"] - row["duration_us"]


def test_shares_of_the_critical_paths_add_up(client):
    told = client.get(f"/api/traces/critical-path?{HALF_HOUR}&service=productpage.bookinfo&limit=300")
    body = told.get_json()
    assert [one["quantile"] for one in body["quantiles"]] == [0.5, 0.95, 0.99]
    assert body["traces"] == 300
    for place in range(3):
        shares = [owner["quantiles"][place]["share"] for owner in body["owners"]]
        assert sum(shares) == pytest.approx(1)
    assert body["owners"][0]["quantiles"][2]["saved_us_if_half"] > 0


def test_dependencies_are_told_by_traces_and_metrics(client):
    body = client.get(f"/api/traces/dependencies?{HALF_HOUR}&service=reviews.bookinfo").get_json()
    rows = {(row["source"], row["destination"]): row for row in body["dependencies"]}
    ratings = rows["reviews.bookinfo", "ratings.bookinfo"]
    assert ratings["calls"] > 0
    assert ratings["rate"] > 0
    assert all("reviews.bookinfo" in ends for ends in rows)


def test_audit_accuses_the_one_service_that_drops_headers(client):
    body = client.get(f"/api/traces/audit?{HALF_HOUR}").get_json()
    accused = [row for row in body["services"] if row["propagation"] == "drops-headers"]
    assert [row["service"] for row in accused] == ["shipping.logistics"]
    assert {path["source"] for path in accused[0]["broken"]} == set(accused[0]["callers"])
    assert accused[0]["joined"] == 0
    assert body["short_ids"] > 0
    # Over half an hour in which traffic changes the interval, which is of chance alone, is too narrow.
    assert body["sampled"]["share"] == pytest.approx(0.01, rel=0.2)


def test_names_are_told(client):
    names = client.get("/api/traces/services?service=reviews.bookinfo").get_json()
    assert "reviews.bookinfo" in names["services"]
    assert names["operations"]
    assert client.get("/api/traces/services").get_json()["operations"] == []


@pytest.mark.parametrize(
    ("address", "status", "about"),
    [
        ("/api/traces?limit=0", 400, {"parameter": "limit"}),
        ("/api/traces?span=soon", 400, {"parameter": "span"}),
        ("/api/traces/critical-path?min=2s&max=1s", 400, {"parameter": "min"}),
        ("/api/traces/dependencies?tags=novalue", 400, {"parameter": "tags"}),
        ("/api/traces/audit?at=never", 400, {"parameter": "at"}),
        ("/api/traces/no-such-id", 400, {"type": "invalid-request"}),
        ("/api/traces/00000000000000000000000000000001", 404, {"type": "unknown-trace"}),
    ],
)
def test_what_is_wrong_is_told_as_a_problem(client, address, status, about):
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert about.items() <= answer.get_json().items()


def test_hostile_trace_is_told_all_the_same():
    """Ids that repeat, a circle, times that run backwards, numbers beyond 64 bits, texts from afar."""
    odd = {"huge": 10**40, "not": float("nan"), "\x00": "<script>", "\U0001f4a5": True}
    spans = (
        span("a", 0, 50, "b", attributes=odd),
        span("b", 10, -90, "a", kind=SpanKind.SERVER),
        span("b", 20, 10**15, "b", service="", resource=odd),
        span("c", 5, 6, "lost", events=(Event(0, "", odd),), links=("x",)),
    )
    source = DemoSource(Simulator(MESH), clock=lambda: float(AT))
    with Mesh(source, traces=FileTraces("odd.json", (Trace(TRACE_ID, spans),))) as mesh:
        client = create_app(Context(mesh)).server.test_client()
        answers = [client.get(f"/api/traces/{TRACE_ID}")]
        answers += [
            client.get(f"/api/traces{what}?at={AT}&span=30d")
            for what in ("", "/critical-path", "/dependencies", "/audit")
        ]
    assert [answer.status_code for answer in answers] == [200] * 5
    told = answers[0].get_json()
    assert {problem["message"] for problem in told["problems"]} >= {
        "parent-cycle",
        "duplicate-span-id",
        "parent-missing",
        "several-roots",
    }
    assert told["rows"][0]["attributes"]["huge"] == str(10**40)
    assert told["rows"][0]["attributes"]["not"] is None
    assert [answer.get_json()["traces"] for answer in answers[2:]] == [1, 1, 1]


def test_mesh_without_a_backend_says_so():
    with Mesh(DemoSource(Simulator(MESH), clock=lambda: float(AT))) as mesh:
        answer = create_app(Context(mesh)).server.test_client().get("/api/traces")
    assert (answer.status_code, answer.get_json()["type"]) == (404, "nothing-traced")
