"""JSON twins of the configuration's pages, over the demo's clusters and over declarations by hand."""

import pytest

from mesh_graph.api.context import Context
from mesh_graph.application import create_app
from mesh_graph.mesh import Mesh
from mesh_graph.sources.cluster import Snapshot
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_cluster import DemoCluster
from mesh_graph.sources.log_source import NoLogs, WhyOff
from tests.istio.declare import service, snapshot

AT = 1_795_263_000
PLACE = "/api/istio/legacy/VirtualService/prices"


class HandCluster:
    """Declares what a test says."""

    name, is_demo = "by hand", False
    logs = NoLogs(WhyOff.NO_CLUSTER)

    def __init__(self, declared: Snapshot) -> None:
        self.declared = declared

    def wait(self, timeout_s: float) -> bool:
        return True

    def snapshot(self) -> Snapshot:
        return self.declared

    def close(self) -> None:
        """Nothing to release."""


def client_over(cluster):
    return create_app(Context(Mesh(DemoSource(clock=lambda: AT), cluster=cluster))).server.test_client()


@pytest.fixture(scope="module")
def client():
    return client_over(DemoCluster(clock=lambda: AT))


def test_objects_are_listed_worst_first_with_what_is_wrong(client):
    found = client.get(f"/api/istio?at={AT}").get_json()
    assert found["objects"][0]["status"] == "error"
    first = next(one for one in found["objects"] if one["name"] == "prices")
    assert (first["kind"], first["status"]) == ("VirtualService", "error")
    assert first["href"] == "/istio/legacy/VirtualService/prices?cluster=east"
    finding = next(one for one in first["findings"] if one["code"] == "KIA1102")
    assert (finding["path"], finding["message"]) == (
        "spec/gateways[0]",
        "There is no Gateway legacy/legacy-gateway.",
    )
    assert sum(found["counts"].values()) == len(found["objects"])


def test_namespaces_narrow_the_list(client):
    found = client.get(f"/api/istio?at={AT}&namespaces=shop").get_json()["objects"]
    assert {one["namespace"] for one in found} == {"shop"}


def test_object_tells_the_line_of_its_mistake_and_what_it_names(client):
    found = client.get(f"{PLACE}?at={AT}").get_json()
    finding = next(one for one in found["findings"] if one["code"] == "KIA1102")
    assert found["yaml"].splitlines()[finding["yaml_line"] - 1].strip() == "- legacy-gateway"
    missing = [one["name"] for one in found["refers_to"] if not one["exists"]]
    assert missing == ["legacy-gateway"]


@pytest.mark.parametrize(
    "path", ["/api/istio/legacy/VirtualService/no", "/api/istio/no/Gateway/prices", f"{PLACE}?cluster=north"]
)
def test_object_that_nobody_declares_is_not_found(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.get_json()["type"]) == (404, "unknown-object")


@pytest.mark.parametrize("path", ["/api/istio", PLACE, "/api/mtls"])
def test_without_a_cluster_the_answer_says_how_to_connect_one(path):
    answer = client_over(None).get(path)
    body = answer.get_json()
    assert (answer.status_code, body["type"]) == (404, "nothing-declared")
    assert "--kubeconfig" in body["detail"]


def test_wrong_parameter_is_named(client):
    answer = client.get("/api/mtls?window=soon")
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, "window")


def test_mutual_tls_is_declared_beside_what_was_seen(client):
    found = client.get(f"/api/mtls?at={AT}").get_json()
    assert found["mesh"]["east"]["mode"] == "PERMISSIVE"
    rows = {(row["cluster"], row["namespace"]): row for row in found["namespaces"]}
    assert rows["east", "istio-system"]["requests"]["mtls_share"] is None
    assert 0 < rows["east", "bookinfo"]["requests"]["mtls_share"] <= 1
    assert all(edge["plain_rate"] > 0 for edge in found["plain"])


SECRET = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews}
spec:
  hosts: [reviews]
  gateways: [bookinfo/publik]
  http:
  - headers: {request: {set: {authorization: "Bearer abcdefgh123456"}}}
    route: [{destination: {host: reviews}}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public}
spec: {servers: []}
"""


def test_secret_is_nowhere_in_the_answer_nor_in_the_patch():
    answer = client_over(HandCluster(snapshot(SECRET, service("reviews")))).get(
        "/api/istio/bookinfo/VirtualService/reviews"
    )
    body = answer.get_json()
    finding = next(one for one in body["findings"] if one["code"] == "KIA1102")
    assert (body["is_masked"], finding["patch"]["yaml"]) == (True, None)
    assert "bookinfo/public" in finding["patch"]["kubectl"]
    assert "abcdefgh123456" not in answer.get_data(as_text=True)
