"""Many traces at once, from a file's by hand: dependencies beside metrics, audits, and what fails."""

import pytest

from mesh_graph.answers.trace_list import TraceAsk
from mesh_graph.answers.trace_many import (
    AUDITED,
    METRICS_FAILED,
    SERVICE_FAILED,
    known_edges,
    trace_audit,
    trace_dependencies,
    trace_paths,
)
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.story import story
from mesh_graph.errors import SourceTimeout
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.scope import Scope
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.trace_file import FileTraces
from mesh_graph.traces.audit import Propagation
from mesh_graph.traces.model import SpanKind, Trace
from tests.traces.hand import BEGIN_US, span

AT = BEGIN_US / 1e6 + 3000
VIEW = View(at=AT, span_s=3600)
CLIENT, SERVER = SpanKind.CLIENT, SpanKind.SERVER
BOOKS = Scope(namespaces=("bookinfo",))


def numbered(number, *spans):
    return Trace(f"{(number + 1) << 64:0>32x}", spans)


def page(number):
    """The product page is asked, and asks for details."""
    at = number * 1000
    return numbered(
        number,
        span("get", at, at + 100, service="productpage.bookinfo", kind=SERVER),
        span("out", at + 10, at + 90, "get", service="productpage.bookinfo", kind=CLIENT),
        span("in", at + 20, at + 80, "out", service="details.bookinfo", kind=SERVER),
    )


def rare(number):
    """A job that seldom runs."""
    return numbered(number, span("run", -number, -number + 5, service="job.batch", kind=CLIENT))


PAGES = tuple(page(number) for number in reversed(range(AUDITED + 100)))
RARE = tuple(rare(number) for number in range(AUDITED + 100, AUDITED + 110))
SOURCE = FileTraces("hand", (*PAGES, *RARE))


class WithoutJobs(FileTraces):
    """A backend that times out for one service."""

    def find(self, question):
        if question.service == "job.batch":
            raise SourceTimeout(self.name, "traces", "took longer than 15 s.")
        return super().find(question)


@pytest.fixture(scope="module")
def state():
    """What the demo mesh counts."""
    with Mesh(DemoSource(Simulator(story()), clock=lambda: AT)) as mesh:
        yield mesh._state


def broken_state(_view):
    raise SourceTimeout("prometheus", "istio_requests_total", "took longer than 15 s.")


def test_paths_are_of_the_route_asked_for():
    told = trace_paths(SOURCE, VIEW, TraceAsk(service="productpage.bookinfo", operation="out", limit=50))
    assert (told.aggregate.traces, told.was_cut) == (50, True)
    assert [one.duration_us for one in told.aggregate.around] == [80] * 3
    assert told.from_s == pytest.approx(BEGIN_US / 1e6 + (AUDITED + 50) / 1000)


def test_edges_are_the_mesh_s(state):
    edges, gaps = known_edges(state, VIEW, ())
    ends = {(edge.source, edge.destination): edge.rate for edge in edges}
    assert ends["productpage.bookinfo", "details.bookinfo"] > 0
    assert ends["catalog.shop", "erp.legacy"] > 0
    assert ends["payment.payments", "api.cardnetwork.example"] > 0
    assert gaps == ()


def test_dependencies_stand_beside_what_the_mesh_counts(state):
    found = trace_dependencies(SOURCE, state, VIEW, TraceAsk(limit=50))
    rows = {(row.source, row.destination): row for row in found.rows}
    both = rows["productpage.bookinfo", "details.bookinfo"]
    assert both.traced.calls == 50
    assert both.counted.rate > 0
    counted_only = rows["frontend.shop", "catalog.shop"]
    assert counted_only.traced is None
    assert found.rows[0] == both


def test_dependencies_of_a_service_have_it_at_one_end(state):
    found = trace_dependencies(SOURCE, state, VIEW, TraceAsk(service="details.bookinfo"))
    assert [(row.source, row.destination) for row in found.rows] == [
        ("productpage.bookinfo", "details.bookinfo")
    ]


def test_dependencies_are_told_without_metrics():
    found = trace_dependencies(SOURCE, broken_state, VIEW, TraceAsk(limit=50))
    assert [(row.traced.calls, row.counted) for row in found.rows] == [(50, None)]
    assert [gap.message for gap in found.gaps] == [METRICS_FAILED]


def test_audit_asks_for_services_that_the_newest_traces_lack(state):
    told = trace_audit(SOURCE, state, VIEW, None)
    rows = {row.service: row for row in told.audit.services}
    assert told.was_cut
    assert rows["job.batch"].traces == len(RARE)
    assert told.audit.traces == AUDITED + len(RARE)


def test_audit_goes_on_without_one_service(state):
    told = trace_audit(WithoutJobs("hand", (*PAGES, *RARE)), state, VIEW, None)
    assert [gap.message for gap in told.gaps] == [SERVICE_FAILED]
    assert dict(told.gaps[0].parameters)["service"] == "job.batch"
    assert told.audit.traces == AUDITED


def test_audit_goes_on_without_metrics():
    told = trace_audit(SOURCE, broken_state, VIEW, None)
    assert [gap.message for gap in told.gaps] == [METRICS_FAILED]
    assert (told.sampled, told.declared) == (None, ())
    verdicts = {row.service: row.propagation for row in told.audit.services}
    assert verdicts["productpage.bookinfo"] is Propagation.FORWARDS


def test_audit_of_a_narrower_scope_is_of_its_services(state):
    told = trace_audit(SOURCE, state, VIEW, None, scope=BOOKS)
    assert {row.service for row in told.audit.services} == {"productpage.bookinfo", "details.bookinfo"}
