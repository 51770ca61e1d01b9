"""What is said of traces is the same whoever holds them: the demo, a real Jaeger, Zipkin and Tempo."""

from __future__ import annotations

import pytest

from mesh_graph.answers.trace_list import TraceAsk
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.story import DROPS_TRACE_HEADERS, story
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_traces import DemoTraces
from mesh_graph.traces.audit import Propagation
from tests import demo_traces
from tests.integration.trace_asked import open_source

VIEW = View(at=demo_traces.END, span_s=int(demo_traces.END - demo_traces.START))
BOOKS = ("details.bookinfo", "productpage.bookinfo", "ratings.bookinfo", "reviews.bookinfo")


def mesh_over(traces):
    return Mesh(DemoSource(Simulator(story()), clock=lambda: demo_traces.END), traces=traces)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("jaeger", marks=pytest.mark.peer("jaeger")),
        pytest.param("zipkin", marks=pytest.mark.peer("zipkin")),
        pytest.param("tempo", marks=pytest.mark.peer("tempo")),
        "zipkin file",
    ],
)
def tracing(request, tmp_path_factory):
    with mesh_over(open_source(request.param, request, tmp_path_factory.mktemp("traces"))) as mesh:
        yield mesh.tracing


@pytest.fixture(scope="module")
def demo():
    with mesh_over(DemoTraces(demo_traces.tracer())) as mesh:
        yield mesh.tracing


def told(view):
    """What a trace's view says of each span, but for how its backend writes tags."""
    return [
        (row.span.service, row.span.name, row.span.kind, row.depth, row.offset_us, row.self_us, row.critical)
        for row in view.rows
    ]


def test_classic_bookinfo_trace_is_the_demo_s_own(tracing, demo):
    """The product page asks details and reviews, and reviews ratings: both ends of each call."""
    found = demo.find(VIEW, TraceAsk(service="ratings.bookinfo"))
    whole = [row for row in found.rows if {name for name, _ in row.services} >= set(BOOKS)]
    views = tracing.trace(whole[0].trace_id), demo.trace(whole[0].trace_id)
    assert told(views[0]) == told(views[1])
    assert sum(row.critical_us for row in views[0].rows) == views[0].rows[0].span.duration_us
    calls = [row for row in views[0].rows if row.network_us is not None]
    assert len(calls) == 4


def test_time_of_many_traces_is_whose_it_is_in_the_demo(tracing, demo):
    ask = TraceAsk(service="productpage.bookinfo", limit=2_000)
    assert tracing.paths(VIEW, ask).aggregate == demo.paths(VIEW, ask).aggregate


def test_dependencies_are_the_demo_s(tracing, demo):
    ask = TraceAsk(service="reviews.bookinfo", limit=2_000)
    assert tracing.dependencies(VIEW, ask).rows == demo.dependencies(VIEW, ask).rows


def test_the_one_service_that_drops_headers_is_found(tracing):
    audit = tracing.audit(VIEW).audit
    dropping = {f"{app}.{namespace}" for namespace, app in DROPS_TRACE_HEADERS}
    graver = (Propagation.DROPS, Propagation.SOMETIMES)
    assert {row.service for row in audit.services if row.propagation in graver} == dropping
    assert {row.service for row in audit.accused} == dropping
