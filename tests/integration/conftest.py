"""One hand-written past behind each kind of source."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mesh_graph.sources.base import MetricsSource
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
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


@pytest.fixture(
    params=[
        "demo",
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
    source = PrometheusSource(PrometheusOptions(url=server.url))
    yield source
    source.close()


@pytest.fixture
def faults(prometheus: Prometheus) -> Iterator[FaultProxy]:
    """A proxy before a real Prometheus that does to its answers what a test wants."""
    with FaultProxy(prometheus.url) as proxy:
        yield proxy
