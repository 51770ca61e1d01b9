"""What the clusters say of the ambient layer, as a Kiali-shaped graph takes it."""

import pytest

from mesh_graph.answers.desk import Desk
from mesh_graph.answers.kiali import surroundings
from mesh_graph.fetch import Fetcher
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.manifests import ManifestSource

MANIFESTS = """
apiVersion: v1
kind: Namespace
metadata: {name: mesh, labels: {istio.io/dataplane-mode: ambient}}
---
apiVersion: v1
kind: Namespace
metadata: {name: plain, labels: {istio-injection: enabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: waypoint, namespace: mesh, labels: {gateway.istio.io/managed: istio.io-mesh-controller}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress, namespace: mesh, labels: {gateway.istio.io/managed: istio.io-gateway-controller}}
"""


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "mesh.yaml").write_text(MANIFESTS)
    source = DemoSource()
    fetcher = Fetcher(source, 2**20, 1)
    yield Desk(
        source,
        fetcher,
        refresh_s=15,
        settle_s=0.0,
        scrape_interval_s=15.0,
        cluster=ManifestSource(tmp_path),
    )
    fetcher.close()


def test_waypoints_and_captured_namespaces_are_what_their_labels_say(desk):
    around = surroundings(desk)
    assert {(namespace, name) for _, namespace, name in around.waypoints} == {("mesh", "waypoint")}
    assert around.captured == {"mesh"}
    assert around.tolerances


def test_without_a_cluster_nothing_is_known_of_it(desk):
    desk.cluster = None
    around = surroundings(desk)
    assert (around.waypoints, around.captured) == (frozenset(), ())
