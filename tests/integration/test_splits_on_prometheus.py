"""The whole way from a real Prometheus to a verdict, on a mesh whose true weights and faults are known."""

from __future__ import annotations

import numpy as np
import pytest

from mesh_graph.canary.sample import COUNTS
from mesh_graph.canary.verdict import Quantity, State, Verdict
from mesh_graph.demo.exposition import LEAN_LABELS, openmetrics
from mesh_graph.demo.simulator import Simulator
from mesh_graph.mesh import Mesh
from mesh_graph.sources.demo import SCRAPE_S, DemoSource
from mesh_graph.sources.manifests import ManifestSource
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from tests import canary_mesh
from tests.canary_mesh import AT, NAMESPACE, SPAN_S, VIEW

PAST_S = SPAN_S + 600
FAMILIES = (
    "istio_requests_total",
    "istio_request_duration_milliseconds",
    "istio_tcp_connections_opened_total",
    "istio_tcp_connections_closed_total",
)

pytestmark = pytest.mark.peer("prometheus")


@pytest.fixture(scope="module")
def routes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("manifests")
    (folder / "routes.yaml").write_text(canary_mesh.manifest())
    return ManifestSource(folder)


@pytest.fixture(scope="module")
def simulator():
    return Simulator(canary_mesh.mesh())


@pytest.fixture(scope="module")
def url(simulator, prometheus_factory):
    times = np.arange(AT - PAST_S, AT + 1, SCRAPE_S, dtype=np.float64)
    return prometheus_factory(openmetrics="".join(openmetrics(simulator, times, FAMILIES, LEAN_LABELS))).url


@pytest.fixture(scope="module")
def mesh(routes, url):
    mesh = Mesh(PrometheusSource(PrometheusOptions(url=url)), cluster=routes)
    yield mesh
    mesh.close()


@pytest.fixture(scope="module")
def splits(mesh):
    return {split.service: split for split in mesh.splits(VIEW)}


@pytest.mark.parametrize(
    ("service", "verdict"),
    [
        ("good", Verdict.PROMOTE),
        ("bad", Verdict.ROLL_BACK),
        ("slow", Verdict.ROLL_BACK),
        ("picky", Verdict.ROLL_BACK),
        ("refusing", Verdict.ROLL_BACK),
        ("naked", Verdict.ROLL_BACK),
        ("drifting", Verdict.PROMOTE),
        ("silent", Verdict.WAIT),
        ("dead", Verdict.HOLD),
        ("store", Verdict.PROMOTE),
        ("queue", Verdict.ROLL_BACK),
    ],
)
def test_every_canary_gets_its_verdict(splits, service, verdict):
    assert splits[service].judgement.verdict is verdict


def test_drift_is_told_from_a_split_that_is_kept(splits):
    states = {
        name: {share.version: share.state for share in splits[name].judgement.shares}["v2"]
        for name in ("good", "drifting")
    }
    assert states == {"good": State.AS_DECLARED, "drifting": State.DRIFTING}


def test_the_dead_canarys_requests_are_the_third_line(splits):
    assert splits["dead"].judgement.unattributed.state is State.WORSE


def test_the_objective_is_a_bucket_that_the_baseline_kept_before(splits):
    objective = splits["slow"].objective
    assert objective.chosen
    # Sixty milliseconds, seldom twice that.
    assert objective.edge_ms == 100.0
    (candidate,) = splits["slow"].judgement.candidates
    (latency,) = (g for g in candidate.guardrails if g.quantity is Quantity.LATENCY)
    assert latency.state is State.WORSE


@pytest.mark.parametrize("service", sorted(canary_mesh.TRUE))
def test_what_is_counted_is_what_the_simulated_proxies_counted(splits, simulator, routes, service):
    """The demo source reads the very counters that were written into Prometheus, without a query language."""
    twin = Mesh(DemoSource(simulator), cluster=routes)
    split = twin.split(VIEW, f"{NAMESPACE}/{service}").split
    own, other = splits[service].sample.frame, split.sample.frame
    keys, columns = ["start", "version", "caller"], list(COUNTS)
    assert splits[service].objective == split.objective
    assert (
        own.set_index(keys)[columns].sort_index().to_dict()
        == other.set_index(keys)[columns].sort_index().to_dict()
    )
    twin.close()


class Counting(PrometheusSource):
    """Keeps what it was asked."""

    def __init__(self, options):
        super().__init__(options)
        self.asked = []

    def instant(self, query, at):
        self.asked.append(query)
        return super().instant(query, at)


def test_a_list_costs_as_many_queries_as_one_split(routes, url):
    source = Counting(PrometheusOptions(url=url))
    mesh = Mesh(source, cluster=routes)
    assert len(mesh.splits(VIEW)) == len(canary_mesh.TRUE)
    # Which versions there are (requests and connections, three scopes each), the scrape interval, and of all
    # splits together: requests, connections, the distribution before, and requests above the objectives.
    assert len(source.asked) <= 13
    mesh.close()
