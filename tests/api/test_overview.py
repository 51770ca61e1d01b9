"""JSON twins of overview and lists, over the demo mesh at a fixed instant."""

import pytest

from mesh_graph.api.context import Context
from mesh_graph.application import create_app
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.story import story
from mesh_graph.mesh import Mesh
from mesh_graph.sources.demo import DemoSource

AT = 1_795_263_000
SOURCE = DemoSource(Simulator(story()), clock=lambda: float(AT))


@pytest.fixture(scope="module")
def client():
    return create_app(Context(Mesh(SOURCE))).server.test_client()


def test_overview_has_what_the_page_shows(client):
    found = client.get(f"/api/overview?at={AT}").get_json()
    assert found["at"] == AT
    assert found["at_text"] == "2026-11-21T12:10:00Z"
    first = found["namespaces"][0]
    assert (first["namespace"], first["status"]) == ("bookinfo", "failure")
    assert first["reason"].startswith("ratings: ")
    assert sum(found["totals"]["namespaces"].values()) == len(found["namespaces"]) == 9
    assert len(first["came_in"]) == len(found["steps"])
    assert {"error_ratio", "p95_ms", "request_rate"} == found["top"].keys()
    assert all(change["text"] for change in found["changes"])
    assert found["compared_with"].startswith("2026-11-21T11:")


@pytest.mark.parametrize(
    ("path", "name"), [("applications", "reviews"), ("workloads", "reviews-v3"), ("services", "reviews")]
)
def test_list_has_a_row_for_each(client, path, name):
    rows = client.get(f"/api/{path}?at={AT}").get_json()[path]
    row = next(row for row in rows if row["name"] == name)
    assert row["href"].startswith(f"/{path}/bookinfo/{name}")
    assert row["p50_ms"] < row["p95_ms"]
    assert rows[0]["status"] == "failure"


def test_namespaces_narrow_an_answer(client):
    rows = client.get(f"/api/applications?at={AT}&namespaces=shop").get_json()["applications"]
    assert {row["namespace"] for row in rows} == {"shop"}


def test_unchanged_answer_is_not_sent_again(client):
    tag = client.get(f"/api/overview?at={AT}").headers["ETag"]
    assert client.get(f"/api/overview?at={AT}", headers={"If-None-Match": tag}).status_code == 304


def test_wrong_parameter_is_named(client):
    answer = client.get("/api/services?window=soon")
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, "window")
