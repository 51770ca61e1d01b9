"""The past of many small meshes behind a real Prometheus."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from mesh_graph.sources.options import LabelNaming, PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.sources.query import Matcher
from tests.diagnosis import past


@pytest.fixture(scope="session")
def present() -> int:
    """The instant at which the past ends, Unix seconds."""
    return int(time.time()) // past.STEP_S * past.STEP_S


@pytest.fixture(scope="session")
def url(prometheus_factory, present: int) -> str:
    """Address of the Prometheus that holds the past."""
    return prometheus_factory(openmetrics=past.openmetrics(present)).url


@pytest.fixture
def mesh(url: str) -> Iterator[Callable[..., PrometheusSource]]:
    """Open one of the meshes by its name, or all of them by none."""
    opened: list[PrometheusSource] = []

    def open_mesh(name: str = "", **options) -> PrometheusSource:
        scope = (Matcher("mesh", "=", name),) if name else ()
        naming = LabelNaming.CANONICAL if name == "app-labels" else LabelNaming.AUTO
        opened.append(PrometheusSource(PrometheusOptions(url=url, scope=scope, labels=naming), **options))
        return opened[-1]

    yield open_mesh
    for source in opened:
        source.close()
