"""Bookinfo namespaces by number."""

from __future__ import annotations

import numpy as np
import pytest

from mesh_graph.demo.bookinfo import namespaces
from mesh_graph.demo.curves import DAY_S
from mesh_graph.demo.simulator import Part, Simulator
from mesh_graph.demo.spec import MeshSpec

EDGES = {
    ("istio-ingressgateway", "productpage-v1"),
    ("productpage-v1", "details-v1"),
    ("productpage-v1", "reviews-v1"),
    ("productpage-v1", "reviews-v2"),
    ("productpage-v1", "reviews-v3"),
    ("reviews-v2", "ratings-v1"),
    ("reviews-v3", "ratings-v1"),
}


@pytest.mark.parametrize(("count", "replicas"), [(1, 1), (3, 1), (2, 4)])
def test_each_namespace_has_its_seven_edges_behind_one_gateway(count: int, replicas: int):
    mesh = Simulator(MeshSpec.of(namespaces(count, replicas, None)))
    labels = mesh.labels("istio_requests_total")
    for number in range(count):
        namespace = f"bookinfo-{number}" if number else "bookinfo"
        here = labels["destination_service_namespace"] == namespace
        pairs = zip(labels["source_workload"][here], labels["destination_workload"][here], strict=True)
        assert set(pairs) == EDGES
    pods = {workload.name: 0 for workload, _ in mesh.pods}
    assert len(mesh.pods) == 6 * count * replicas + 2
    assert len(pods) == 7


@pytest.mark.parametrize("hour", range(0, 24, 5))
def test_the_weights_of_reviews_add_up_to_one(hour: int):
    (reviews,) = (call for call in namespaces(1, 1, None) if call.host.name == "reviews")
    t = np.array([20_000 * DAY_S + hour * 3600.0])
    assert sum(destination.weight(t) for destination in reviews.destinations) == pytest.approx([1.0])


def test_shares_of_all_answers_add_up_to_one():
    t = 20_000 * DAY_S + 60.0 * np.arange(60)
    for call in namespaces(2, 1, None):
        assert sum(answer.share(t) for answer in call.answers) == pytest.approx(np.ones(60))


def test_the_incident_befalls_the_first_namespace_only():
    mesh = Simulator(MeshSpec.of(namespaces(6, 1, None)))
    labels, _ = mesh.labels("istio_requests_total"), mesh.series("istio_requests_total")
    day = mesh.read("istio_requests_total", Part.COUNT, np.array([20_500.0 * DAY_S]))[:, 0]
    refused = (labels["response_flags"] == "UF") & ~np.isnan(day)
    assert set(labels["destination_service_namespace"][refused]) == {"bookinfo"}
