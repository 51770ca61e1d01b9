"""The JSON twin over a mesh by hand."""

import pytest

from mesh_graph.api.context import Context
from mesh_graph.application import create_app
from mesh_graph.diagnosis.report import Finding
from mesh_graph.errors import SourceUnreachable
from mesh_graph.model import GraphType, View
from mesh_graph.topology.attributes import Gap, GraphAttr
from tests.hand_mesh import HandMesh
from tests.views.graphs import app_key

ADDRESS = "/api/pages/topology"


@pytest.fixture
def mesh():
    return HandMesh()


@pytest.fixture
def client(mesh):
    return create_app(Context(mesh, defaults=View(window_s=120))).server.test_client()


def test_the_query_string_is_the_view(client, mesh):
    answer = client.get(f"{ADDRESS}?graph_type=workload&namespaces=b,a&labels=rate&selected=x")
    assert answer.status_code == 200
    (view,) = set(mesh.asked)
    assert (view.graph_type, view.namespaces, view.window_s) == (GraphType.WORKLOAD, ("a", "b"), 120)
    assert answer.json["query"]["namespaces"] == "a,b"


def test_fresh_is_of_this_very_moment_unless_an_instant_is_named(client, mesh):
    assert client.get(f"{ADDRESS}?fresh=1").json["at"] == mesh.now()
    assert client.get(f"{ADDRESS}?fresh=1&at=1795000000").json["at"] == 1795000000


def test_an_empty_graph_comes_with_its_reason(client, mesh):
    mesh.is_empty = True
    assert client.get(ADDRESS).json["empty"][0]["kind"] == "title"


def test_doubts_come_with_the_picture(client, mesh):
    mesh.findings = (Finding.of("no-istio-series"),)
    (doubt,) = client.get(ADDRESS).json["trust"]
    assert doubt.startswith("The source holds no Istio metrics")


def test_an_unchanged_picture_is_not_sent_again(client, mesh):
    first = client.get(ADDRESS)
    again = client.get(ADDRESS, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    mesh.advance(wave=2.0)
    assert client.get(ADDRESS, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_one_view_is_rendered_once_for_all_viewers(client):
    context = client.application.extensions["meshgraph"]
    client.get(ADDRESS)
    (graph,) = context.encoded
    (body,) = context.encoded[graph].values()
    client.get(ADDRESS)
    assert next(iter(context.encoded[graph].values())) is body


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_the_picture_is_compressed(client, encoding):
    whole = len(client.get(ADDRESS).data)
    answer = client.get(ADDRESS, headers={"Accept-Encoding": encoding})
    assert answer.headers["Content-Encoding"] == encoding
    assert len(answer.data) < whole / 3


def test_a_compressed_picture_can_be_revalidated(client):
    headers = {"Accept-Encoding": "br"}
    tag = client.get(ADDRESS, headers=headers).headers["ETag"]
    assert client.get(ADDRESS, headers={**headers, "If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("query", ["graph_type=foo", "window=soon", "boxes=planet", "at=yesterday"])
def test_a_wrong_parameter_is_a_clear_message(client, query):
    answer = client.get(f"{ADDRESS}?{query}")
    assert answer.status_code == 400
    assert answer.json["parameter"] == query.split("=")[0]
    assert answer.json["advice"].startswith("It takes")


def test_a_failing_source_is_told(client, mesh):
    mesh.error = SourceUnreachable(
        "http://prometheus:9090", "up", "The connection was refused.", "Is it running?"
    )
    answer = client.get(ADDRESS)
    assert answer.status_code == 502
    assert answer.mimetype == "application/problem+json"
    assert answer.json["source"] == "http://prometheus:9090"


def test_an_accident_is_a_problem_too(client, mesh):
    mesh.error = ZeroDivisionError("secret")
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer.json["type"]) == (500, "internal")


def test_namespaces_are_listed(client):
    assert client.get("/api/pages/namespaces").json == ["bookinfo", "istio-system"]


def test_a_replay_answers_with_the_totals_of_its_frames(client, mesh):
    answer = client.get(f"{ADDRESS}/replay?namespaces=a&start=1795230000&end=1795230060&step=30s")
    assert [frame["at"] for frame in answer.json] == [1795230000, 1795230030, 1795230060]
    assert [frame["level"] for frame in answer.json] == ["ok", "ok", "err"]
    assert mesh.replayed[0][0].namespaces == ("a",)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("start=soon&end=1795230060&step=30s", "start"),
        ("start=1795230000&step=30s", "end"),
        ("start=1795230000&end=1795230060&step=half", "step"),
        ("start=1795230000&end=1795230060&step=0s", "step"),
        ("start=1795230060&end=1795230000&step=30s", "start"),
        ("start=0&end=1795230000&step=30s", "start"),
    ],
)
def test_a_replay_that_cannot_be_names_its_parameter(client, query, parameter):
    answer = client.get(f"{ADDRESS}/replay?{query}")
    assert (answer.status_code, answer.json["parameter"]) == (400, parameter)


def test_frames_may_carry_the_doubts_of_another_instant(client, mesh):
    client.get(f"{ADDRESS}?at=1795230000&doubts_at=1795233600")
    assert [view.at for view in mesh.doubted] == [1795233600]
    assert client.get(f"{ADDRESS}?at=1795230000&doubts_at=soon").status_code == 400


def test_what_the_picture_says_itself_is_no_doubt_beside_it(client, mesh):
    """The graph of a coarse window names it as a gap, and a trust check finds the same."""
    view = View(window_s=120)
    mesh.graph(view).graph[GraphAttr.GAPS] = (Gap("coarse-window", (("window", "2m"), ("interval", "1m"))),)
    mesh.findings = (Finding.of("coarse-window", window="2m", interval="1m"),)
    picture = client.get(ADDRESS).json
    assert (len(picture["gaps"]), picture["trust"]) == (1, [])


def test_a_search_lists_elements_by_name_and_host(client):
    assert client.get(f"{ADDRESS}/search?text=reviews+v3").json[0] == app_key("bookinfo", "reviews", "v3")
    found = client.get(f"{ADDRESS}/search?text=host+ratings").json
    assert found
    assert all(len(element.split("\t")) == 3 for element in found)
    assert client.get(f"{ADDRESS}/search").json == []
    assert client.get(f"{ADDRESS}/search?text={'x' * 5000}").json == []
