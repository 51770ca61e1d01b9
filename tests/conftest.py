"""What all tests share: real servers, skipped where they are missing and a failure in CI."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from mesh_graph.mesh import Mesh
from tests import canary_mesh, demo_traces, peers
from tests.kube_peer import KubeApiserver
from tests.trace_peers import Jaeger, Tempo, Zipkin

# A slow or busy machine fails nothing: speed is measured by the bench.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose peer this machine lacks; in CI that is a failure."""
    for mark in item.iter_markers("peer"):
        (peer,) = mark.args
        lacking = peers.missing(peer)
        if not lacking:
            continue
        reason = f"needs {peer}: {', '.join(lacking)} not found on the PATH"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Show the logs of the servers under way beside a failure."""
    report = yield
    if report.failed:
        report.sections += [(f"log of {server}", server.log) for server in peers.running]
    return report


@pytest.fixture(scope="session")
def canaries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mesh]:
    """A mesh of canaries whose true weights and faults are known (``tests/canary_mesh.py``)."""
    mesh = canary_mesh.open_mesh(tmp_path_factory.mktemp("routes"))
    yield mesh
    mesh.close()


@pytest.fixture(scope="session")
def prometheus_factory(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., peers.Prometheus]]:
    """Start a Prometheus: ``prometheus_factory(openmetrics=…)``, options as of ``peers.Prometheus``."""
    started: list[peers.Prometheus] = []

    def start(**options) -> peers.Prometheus:
        server = peers.Prometheus(tmp_path_factory.mktemp("prometheus"), **options)
        server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def victoriametrics_factory(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., peers.VictoriaMetrics]]:
    """Start a VictoriaMetrics, with a past if there is one: ``victoriametrics_factory(openmetrics=…)``."""
    started: list[peers.VictoriaMetrics] = []

    def start(openmetrics=None, **options) -> peers.VictoriaMetrics:
        server = peers.VictoriaMetrics(tmp_path_factory.mktemp("victoriametrics"), **options)
        server.start()
        started.append(server)
        if openmetrics is not None:
            server.fill_in(openmetrics)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def kubernetes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KubeApiserver]:
    """A kube-apiserver with the CRDs; tests make namespaces of their own in it."""
    server = KubeApiserver(tmp_path_factory.mktemp("kubernetes"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def jaeger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jaeger]:
    """A Jaeger with the demo's traces of some minutes (``tests/demo_traces.py``)."""
    server = Jaeger(tmp_path_factory.mktemp("jaeger"))
    server.start()
    server.fill(demo_traces.some())
    yield server
    server.stop()


@pytest.fixture(scope="session")
def zipkin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zipkin]:
    """A Zipkin with the same traces."""
    server = Zipkin(tmp_path_factory.mktemp("zipkin"))
    server.start()
    server.fill(demo_traces.some())
    yield server
    server.stop()


@pytest.fixture(scope="session")
def tempo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tempo]:
    """A Tempo with the same traces."""
    server = Tempo(tmp_path_factory.mktemp("tempo"))
    server.start()
    server.fill(demo_traces.some())
    yield server
    server.stop()


@pytest.fixture
def kubernetes_factory(tmp_path: Path) -> Iterator[Callable[..., KubeApiserver]]:
    """Start a kube-apiserver of one's own, to restart and to fill."""
    started: list[KubeApiserver] = []

    def start(**options) -> KubeApiserver:
        folder = tmp_path / f"kubernetes-{len(started)}"
        folder.mkdir()
        server = KubeApiserver(folder, **options)
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.stop()
