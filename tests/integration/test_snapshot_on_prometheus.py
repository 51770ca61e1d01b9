"""A real Prometheus recorded, and the pictures of both, edge by edge."""

from __future__ import annotations

import numpy as np
import pytest

from mesh_graph.cli import main
from mesh_graph.demo.exposition import LEAN_LABELS, openmetrics
from mesh_graph.demo.simulator import FAMILIES, Simulator
from mesh_graph.demo.story import story
from mesh_graph.mesh import Mesh
from mesh_graph.model import GraphType, View
from mesh_graph.sources.demo import SCRAPE_S
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.sources.snapshot import open_snapshot

pytestmark = pytest.mark.peer("prometheus")

END = 1_795_263_000.0
"""2026-11-21T12:10:00Z, when the incident of that hour begins."""


@pytest.fixture(scope="module")
def server(prometheus_factory, tmp_path_factory):
    times = np.arange(END - 720, END + 1, SCRAPE_S)
    path = tmp_path_factory.mktemp("history") / "story.om"
    with path.open("w") as file:
        file.writelines(openmetrics(Simulator(story()), times, list(FAMILIES), LEAN_LABELS))
    return prometheus_factory(openmetrics=path)


@pytest.fixture(scope="module")
def path(server, tmp_path_factory):
    path = tmp_path_factory.mktemp("recorded") / "shop.zip"
    argv = ["record", str(path), "--prometheus-url", server.url, "--last", "5m"]
    assert main([*argv, "--until", "2026-11-21T12:10:00Z", "--namespace", "bookinfo"]) == 0
    return path


@pytest.mark.parametrize("graph_type", [GraphType.VERSIONED_APP, GraphType.SERVICE])
@pytest.mark.parametrize("at", [END - 300, END - 67.5, END])
def test_the_graph_of_a_snapshot_is_that_of_the_prometheus(server, path, at, graph_type):
    view = View(namespaces=("bookinfo",), at=at, graph_type=graph_type, compare_s=0)
    real = Mesh(PrometheusSource(PrometheusOptions(url=server.url)))
    with real, Mesh(open_snapshot(path)) as snapshot:
        expected, found = (numbers(mesh.graph(view)) for mesh in (real, snapshot))
    assert len(expected) > 5
    assert found.keys() == expected.keys()
    for edge, attributes in expected.items():
        for name, value in attributes.items():
            if isinstance(value, float):
                assert found[edge][name] == pytest.approx(value, rel=1e-6, nan_ok=True), (edge, name)
            else:
                assert found[edge][name] == value, (edge, name)


def numbers(graph) -> dict:
    return {edge[:3]: edge[3] for edge in graph.edges(keys=True, data=True)}
