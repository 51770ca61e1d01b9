"""What a trace's page fetches of it."""

import orjson
import pytest

from mesh_graph.answers.trace_list import TraceAsk
from mesh_graph.api.context import Context
from mesh_graph.application import create_app
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_traces import DemoTraces

AT = 1_795_263_000.0


@pytest.fixture(scope="module")
def mesh():
    with Mesh(DemoSource(clock=lambda: AT), traces=DemoTraces(clock=lambda: AT)) as mesh:
        yield mesh


@pytest.fixture(scope="module")
def client(mesh):
    return create_app(Context(mesh)).server.test_client()


@pytest.fixture(scope="module")
def summary(mesh):
    ask = TraceAsk(service="productpage.bookinfo", limit=5)
    return mesh.tracing.find(View(at=AT), ask).rows[0]


def test_trace_comes_with_all_its_rows_and_can_be_kept(client, summary):
    answer = client.get(f"/api/pages/traces/{summary.trace_id}")
    assert len(answer.json["rows"]["span"]) == summary.spans
    again = client.get(
        f"/api/pages/traces/{summary.trace_id}", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_search_names_rows(client, summary):
    answer = client.get(f"/api/pages/traces/{summary.trace_id}/search?q=details.bookinfo")
    services = client.get(f"/api/pages/traces/{summary.trace_id}").json
    names = [services["services"][place] for place in services["rows"]["service"]]
    assert answer.json["rows"]
    assert {names[row] for row in answer.json["rows"]} <= {"details.bookinfo", "productpage.bookinfo"}


@pytest.mark.parametrize(
    ("address", "status", "kind"),
    [
        (f"/api/pages/traces/{1:032x}", 404, "unknown-trace"),
        ("/api/pages/traces/no-such-id", 400, "invalid-request"),
        (f"/api/pages/traces/{1:032x}/search?q={'x' * 501}", 400, "invalid-request"),
    ],
)
def test_what_there_is_not_is_told(client, address, status, kind):
    answer = client.get(address)
    assert (answer.status_code, answer.json["type"]) == (status, kind)


def test_without_a_backend_no_trace_is_known():
    with Mesh(DemoSource(clock=lambda: AT)) as mesh:
        client = create_app(Context(mesh)).server.test_client()
        answers = [client.get(f"/api/pages/{page}") for page in (f"traces/{1:032x}", "traces.csv")]
    assert [(one.status_code, orjson.loads(one.data)["type"]) for one in answers] == [
        (404, "nothing-traced")
    ] * 2


def test_list_can_be_had_as_a_file(client):
    answer = client.get(f"/api/pages/traces.csv?at={AT:.0f}&service=ratings.bookinfo&limit=7")
    assert answer.mimetype == "text/csv"
    assert "traces.csv" in answer.headers["Content-Disposition"]
    assert len(answer.text.splitlines()) == 8
    assert client.get("/api/pages/traces.csv?min=soon").status_code == 400


def test_map_names_elements_of_the_graph_of_that_view(client, summary):
    answer = client.get(f"/api/pages/traces/{summary.trace_id}/map?at={AT:.0f}&namespaces=bookinfo")
    picture = client.get(f"/api/pages/topology?at={AT:.0f}&namespaces=bookinfo").json
    assert set(answer.json["nodes"]) <= {node["id"] for node in picture["nodes"]}
    assert set(answer.json["edges"]) <= {edge["id"] for edge in picture["edges"]}
    assert any("productpage" in node for node in answer.json["nodes"])
    assert answer.json["edges"]
    elsewhere = client.get(f"/api/pages/traces/{summary.trace_id}/map?at={AT:.0f}&namespaces=legacy").json
    assert "productpage.bookinfo" in elsewhere["missing"]
