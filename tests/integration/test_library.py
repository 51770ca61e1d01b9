"""The library on a real Prometheus."""

import pytest

from mesh_graph import Mesh, View, edges_frame
from tests.integration import past

pytestmark = pytest.mark.peer("prometheus")


def test_mesh_of_a_prometheus_is_a_graph_of_its_series(prometheus):
    with Mesh.from_prometheus(prometheus.url) as mesh:
        edges = edges_frame(mesh.graph(View(at=past.END, compare_s=0)))
    assert not mesh.is_demo
    assert edges["rate"].gt(0).any()
