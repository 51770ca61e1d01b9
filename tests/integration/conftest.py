"""One hand-written past behind each kind of source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mesh_graph.record import LABELS
from mesh_graph.sources.base import MetricsSource
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.sources.recorder import record
from mesh_graph.sources.recording import About
from mesh_graph.sources.snapshot import SnapshotSource, open_snapshot
from mesh_graph.sources.snapshot_file import write_snapshot
from tests.integration import past
from tests.integration.faults import FaultProxy
from tests.peers import Prometheus, VictoriaMetrics


@pytest.fixture(scope="session")
def prometheus(prometheus_factory) -> Prometheus:
    """A Prometheus that holds the hand-written past."""
    return prometheus_factory(openmetrics=past.openmetrics())


@pytest.fixture(scope="session")
def victoriametrics(victoriametrics_factory) -> VictoriaMetrics:
    """A VictoriaMetrics that holds the hand-written past."""
    return victoriametrics_factory(openmetrics=past.openmetrics())


def recorded(source: MetricsSource, path: Path) -> SnapshotSource:
    """The whole past, recorded from a source to a file and opened again."""
    about = About(
        source=source.name,
        is_demo=source.is_demo,
        since=past.START,
        start=past.START,
        end=past.END + 10,
        recorded_at=past.END + 60,
    )
    write_snapshot(path, record(source, about, ((),), LABELS))
    return open_snapshot(path)


@pytest.fixture(scope="session")
def snapshot_of_demo(tmp_path_factory) -> SnapshotSource:
    """The hand-written past, recorded."""
    return recorded(DemoSource(past.Counters()), tmp_path_factory.mktemp("snapshot") / "demo.zip")


@pytest.fixture(scope="session")
def snapshot_of_prometheus(prometheus: Prometheus, tmp_path_factory) -> SnapshotSource:
    """The hand-written past, recorded from a Prometheus."""
    source = PrometheusSource(PrometheusOptions(url=prometheus.url))
    return recorded(source, tmp_path_factory.mktemp("snapshot") / "prometheus.zip")


@pytest.fixture(
    params=[
        "demo",
        "snapshot_of_demo",
        pytest.param("snapshot_of_prometheus", marks=pytest.mark.peer("prometheus")),
        pytest.param("prometheus", marks=pytest.mark.peer("prometheus")),
        pytest.param("victoriametrics", marks=pytest.mark.peer("victoriametrics")),
    ]
)
def source(request: pytest.FixtureRequest) -> Iterator[MetricsSource]:
    """The hand-written past, as each kind of source holds it."""
    if request.param == "demo":
        yield DemoSource(past.Counters())
        return
    server = request.getfixturevalue(request.param)
    if isinstance(server, SnapshotSource):
        yield server
        return
    source = PrometheusSource(PrometheusOptions(url=server.url))
    yield source
    source.close()


@pytest.fixture
def faults(prometheus: Prometheus) -> Iterator[FaultProxy]:
    """A proxy before a real Prometheus that does to its answers what a test wants."""
    with FaultProxy(prometheus.url) as proxy:
        yield proxy
