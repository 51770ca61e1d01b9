"""What the mesh measured on a trace's edges, against the graph of the same window."""

import math

import pytest

from mesh_graph.answers.trace_measured import MEASURED_S
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.story import story
from mesh_graph.errors import SourceTimeout
from mesh_graph.mesh import Mesh
from mesh_graph.model import GraphType, ResponseTime, View
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.query import Family
from mesh_graph.sources.trace_file import FileTraces
from mesh_graph.topology.attributes import EdgeAttr, NodeAttr
from mesh_graph.traces.model import SpanKind, Trace
from tests.traces.hand import TRACE_ID, span

AT = 1_795_263_000.0
SIMULATOR = Simulator(story())
FROM, TO = "productpage.bookinfo", "reviews.bookinfo"


class Failing(DemoSource):
    """The demo mesh, without response times."""

    def instant(self, query, at):
        if query.family is Family.REQUEST_DURATION:
            raise SourceTimeout(self.name, query.family, "took longer than 15 s.")
        return super().instant(query, at)


def opened(source_class):
    begin = -int(1_795_230_000e6) + int((AT - 1) * 1e6)
    calls = (
        span("out", begin, begin + 30_000, service=FROM, kind=SpanKind.CLIENT),
        span("in", begin + 100, begin + 29_000, "out", service=TO, kind=SpanKind.SERVER),
    )
    traces = FileTraces("hand", (Trace(TRACE_ID, calls),))
    with Mesh(source_class(SIMULATOR, clock=lambda: AT + 300), traces=traces) as mesh:
        return mesh.tracing.trace(TRACE_ID), _latencies(mesh) if source_class is DemoSource else {}


def _latencies(mesh):
    """Response time of the edge by quantile, as the graph has it."""
    found = {}
    for time in (ResponseTime.P50, ResponseTime.P99):
        view = View(
            at=AT,
            window_s=MEASURED_S,
            graph_type=GraphType.APP,
            services=False,
            response_time=time,
            compare_s=0,
        )
        graph = mesh.graph(view)
        apps = {
            f"{node.get(NodeAttr.APP)}.{node.get(NodeAttr.NAMESPACE)}": key
            for key, node in graph.nodes(data=True)
            if NodeAttr.APP in node and NodeAttr.BOX not in node
        }
        found[time] = graph.edges[apps[FROM], apps[TO], "http"][EdgeAttr.LATENCY_MS]
    return found


def test_server_is_held_against_what_the_graph_shows():
    view, latencies = opened(DemoSource)
    client, server = view.rows
    assert server.measured.p50_ms == pytest.approx(latencies[ResponseTime.P50])
    assert server.measured.p99_ms == pytest.approx(latencies[ResponseTime.P99])
    assert client.measured.p50_ms > server.measured.p50_ms
    assert math.isfinite(client.measured.p99_ms)
    assert view.gaps == ()


def test_trace_is_shown_without_what_could_not_be_measured():
    view, _ = opened(Failing)
    assert [row.measured for row in view.rows] == [None, None]
    assert {gap.message for gap in view.gaps} == {"family-failed"}
