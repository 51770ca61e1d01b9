"""The JSON twins of the detail pages, over the demo mesh at one instant."""

import json

import pytest

from mesh_graph.api.context import Context
from mesh_graph.application import create_app
from mesh_graph.mesh import Mesh
from mesh_graph.sources.demo import DemoSource

AT = 1_795_263_000.0


@pytest.fixture(scope="module")
def client():
    mesh = Mesh(DemoSource(clock=lambda: AT))
    yield create_app(Context(mesh)).server.test_client()
    mesh.close()


def get(client, path, **query):
    return client.get(f"/api{path}", query_string={"at": AT, **query})


def test_an_application_tells_how_it_fares_and_with_whom(client):
    body = get(client, "/applications/bookinfo/ratings").get_json()
    assert (body["kind"], body["namespace"], body["name"]) == ("app", "bookinfo", "ratings")
    assert body["health"]["status"] == "failure"
    assert "could not connect" in body["health"]["words"]
    assert [peer["name"] for peer in body["inbound"]] == ["reviews"]
    assert [(peer["name"], peer["protocol"]) for peer in body["outbound"]] == [("mongodb", "tcp")]
    assert body["totals"]["inbound"]["error_ratio"] > 0.1
    assert all(text.startswith("sum") for text in body["queries"]["requests"])


@pytest.mark.parametrize(
    ("path", "outbound"),
    [
        ("/workloads/bookinfo/reviews-v3", {"ratings"}),
        ("/services/bookinfo/reviews", {"reviews-v1", "reviews-v2", "reviews-v3"}),
        ("/services/unknown/objects.storage.example", {"objects.storage.example"}),
    ],
)
def test_workloads_and_services_have_twins_too(client, path, outbound):
    body = get(client, path).get_json()
    assert {peer["name"] for peer in body["outbound"]} == outbound


def test_an_unknown_name_is_not_found(client):
    response = get(client, "/applications/bookinfo/nobody")
    assert (response.status_code, response.get_json()["type"]) == (404, "unknown-node")


def test_a_hostile_name_is_only_a_name(client):
    response = get(client, '/services/a"b/c%22%7D%20or%20vector(1)%0A')
    assert response.status_code == 404


def test_metrics_have_a_value_or_null_for_every_instant(client):
    body = get(
        client, "/applications/bookinfo/ratings/metrics", span="15m", direction="inbound", group="code"
    ).get_json()
    requests = body["panels"]["requests"]["lines"]
    assert {line["line"] for line in requests} == {"200", "503"}
    assert all(len(line["values"]) == len(body["times"]) for line in requests)
    assert body["panels"]["errors"]["promql"][0].startswith("sum by")
    assert "tcp_bytes" in body["absent"]


def test_every_number_is_one_that_json_knows(client):
    text = get(client, "/applications/bookinfo/ratings/metrics", span="15m").get_data(as_text=True)

    def refuse(name):
        raise AssertionError(name)

    body = json.loads(text, parse_constant=refuse)
    assert body["panels"]["duration"]["buckets"]["edges"]


def test_the_timeline_ends_at_the_view_s_instant(client):
    body = get(client, "/services/bookinfo/ratings/timeline").get_json()
    assert (body["times"][-1], body["statuses"][-1]) == (AT, "failure")
    assert body["since"]["status"] == "failure"


@pytest.mark.parametrize(
    ("name", "value"),
    [("direction", "up"), ("group", "colour"), ("told", "me"), ("quantile", "p12"), ("span", "1s")],
)
def test_a_wrong_choice_is_named(client, name, value):
    response = get(client, "/applications/bookinfo/ratings/metrics", **{name: value})
    assert (response.status_code, response.get_json()["parameter"]) == (400, name)


def test_pods_are_told_with_what_they_use(client):
    body = get(client, "/workloads/shop/recommendation-v7/pods").get_json()
    assert (body["kind"], body["name"], body["window_s"]) == ("workload", "recommendation-v7", 300)
    (pod,) = body["pods"]
    app = next(one for one in pod["containers"] if one["name"] == "recommendation")
    assert (app["cpu_limit_cores"], app["memory_limit_bytes"]) == (0.4, 512 * 2**20)
    assert 0 < app["cpu_cores"] < 0.4
    assert app["throttled_share"] == pytest.approx(0.01, abs=0.005)
    # Nobody reads a cluster here.
    assert (app["image"], pod["node"], body["workloads"]) == (None, None, None)
    assert all("container_" in text for text in body["queries"]["memory"])


def test_pods_of_something_unknown_are_none(client):
    body = get(client, "/services/bookinfo/nobody/pods").get_json()
    assert (body["pods"], body["notes"], body["gaps"]) == ([], [], [])
