"""Recording rules on a real Prometheus: the same graph, from fewer series."""

import subprocess

import numpy as np
import pytest
import requests

from mesh_graph.demo.bookinfo import namespaces
from mesh_graph.demo.exposition import LEAN_LABELS, openmetrics
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.spec import MeshSpec
from mesh_graph.export.rules import metric_names, render_rules
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.sources.options import LabelNaming, PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.sources.query import Family
from mesh_graph.topology.attributes import EdgeAttr
from tests.peers import Prometheus

pytestmark = pytest.mark.peer("prometheus")

AT = 1_795_262_400
WINDOW_S = 300
REPLICAS = 3
NUMBERS = (EdgeAttr.RATE, EdgeAttr.ERROR_RATE, EdgeAttr.LATENCY_MS, EdgeAttr.SOURCE_RATE)


@pytest.fixture(scope="module")
def raw(prometheus_factory, tmp_path_factory):
    """Bookinfo's counters, three pods a workload."""
    times = np.arange(AT - WINDOW_S - 60, AT + 1, 15, dtype=np.float64)
    path = tmp_path_factory.mktemp("history") / "bookinfo.om"
    simulator = Simulator(MeshSpec.of(namespaces(1, REPLICAS, None)))
    families = [Family.REQUESTS, Family.REQUEST_DURATION]
    with path.open("w") as file:
        file.writelines(openmetrics(simulator, times, families, LEAN_LABELS))
    return prometheus_factory(openmetrics=path)


@pytest.fixture(scope="module")
def recorded(raw, tmp_path_factory):
    """What the rules record of it, and nothing else."""
    folder = tmp_path_factory.mktemp("recorded")
    rules = folder / "rules.yaml"
    rules.write_bytes(render_rules(WINDOW_S, 30, resource=False))
    command = ["promtool", "tsdb", "create-blocks-from", "rules", f"--start={AT - 60}", f"--end={AT}"]
    options = [f"--url={raw.url}", f"--output-dir={folder / 'data'}", "--eval-interval=30s", str(rules)]
    done = subprocess.run([*command, *options], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    server = Prometheus(folder)
    server.start()
    yield server
    server.stop()


def number(server, query):
    form = {"query": query, "time": AT}
    (row,) = requests.post(f"{server.url}/api/v1/query", form, timeout=10).json()["data"]["result"]
    return float(row["value"][1])


def series(server):
    """Number of series of requests and their times at the instant."""
    return number(
        server, 'count({__name__=~"(meshgraph:)?istio_request(s|_duration_milliseconds_bucket).*"})'
    )


def test_graph_from_recorded_rates_is_the_graph_from_counters_at_fewer_series(raw, recorded):
    # Rules are evaluated at instants of their own, which differ by group.
    evaluated = number(recorded, "max(timestamp(meshgraph:istio_requests:rate5m))")
    view = View(at=evaluated, window_s=WINDOW_S, compare_s=0)
    options = {"labels": LabelNaming.CANONICAL}
    from_rules = PrometheusOptions(url=recorded.url, names=metric_names(WINDOW_S), **options)
    with (
        Mesh(PrometheusSource(from_rules), scrape_interval_s=15.0) as ours,
        Mesh(PrometheusSource(PrometheusOptions(url=raw.url, **options)), scrape_interval_s=15.0) as theirs,
    ):
        graph, expected = ours.graph(view), theirs.graph(view)
    assert set(graph) == set(expected)
    assert set(graph.edges(keys=True)) == set(expected.edges(keys=True))
    assert graph.number_of_edges() > 10
    for edge in expected.edges(keys=True):
        for name in NUMBERS:
            wanted = expected.edges[edge].get(name)
            assert graph.edges[edge].get(name) == (
                wanted if wanted is None else pytest.approx(wanted, rel=1e-6)
            )
    assert series(recorded) * 2 < series(raw)
