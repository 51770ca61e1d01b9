"""Many traces at once, from a file's by hand: dependencies beside metrics, audits, and what fails."""

import pytest

from mesh_graph.answers.trace_list import TraceAsk
from mesh_graph.answers.trace_many import (
    METRICS_FAILED,
    MOST_SERVICES,
    PER_SERVICE,
    SERVICE_FAILED,
    SERVICES_LEFT_OUT,
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
PAGE_COUNT = 200
BOOKS = Scope.of(namespaces=("bookinfo",))


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


PAGES = tuple(page(number) for number in reversed(range(PAGE_COUNT)))
RARE = tuple(rare(number) for number in range(PAGE_COUNT, PAGE_COUNT + 10))
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
    assert told.from_s == pytest.approx(BEGIN_US / 1e6 + (PAGE_COUNT - 50) / 1000)


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


def test_audit_asks_for_each_service_by_itself(state):
    told = trace_audit(SOURCE, state, VIEW, None)
    rows = {row.service: row for row in told.audit.services}
    assert told.was_cut
    assert (rows["productpage.bookinfo"].traces, rows["job.batch"].traces) == (PER_SERVICE, len(RARE))
    assert told.audit.traces == PER_SERVICE + len(RARE)


def test_audit_goes_on_without_one_service(state):
    told = trace_audit(WithoutJobs("hand", (*PAGES, *RARE)), state, VIEW, None)
    assert [gap.message for gap in told.gaps] == [SERVICE_FAILED]
    assert dict(told.gaps[0].parameters)["service"] == "job.batch"
    assert told.audit.traces == PER_SERVICE


def test_audit_of_too_many_services_looks_at_those_that_call_first(state):
    """The product page calls, as the mesh knows, and comes late in the alphabet."""
    many = [
        numbered(n, span("x", n, n + 1, service=f"a{n:03}.idle")) for n in range(500, 500 + MOST_SERVICES)
    ]
    told = trace_audit(FileTraces("hand", (*PAGES, *many)), state, VIEW, None)
    assert "productpage.bookinfo" in {row.service for row in told.audit.services}
    assert [(gap.message, dict(gap.parameters)) for gap in told.gaps] == [(SERVICES_LEFT_OUT, {"count": "2"})]


def test_sampling_is_estimated_of_what_is_complete(state):
    told = trace_audit(SOURCE, state, VIEW, None)
    covered = AT - (BEGIN_US / 1e6 + (PAGE_COUNT - PER_SERVICE) / 1000)
    own = sum(rate for edge, rate in _rates(state) if edge in ("productpage.bookinfo", "details.bookinfo"))
    assert told.sampled.requests == 2 * PER_SERVICE
    assert told.sampled.expected == pytest.approx(own * covered)


def _rates(state):
    edges, _ = known_edges(state, VIEW, (), window_s=3600)
    return [(edge.destination, edge.rate - edge.lost_rate) for edge in edges]


def test_audit_goes_on_without_metrics():
    told = trace_audit(SOURCE, broken_state, VIEW, None)
    assert [gap.message for gap in told.gaps] == [METRICS_FAILED]
    assert (told.sampled, told.declared) == (None, ())
    verdicts = {row.service: row.propagation for row in told.audit.services}
    assert verdicts["productpage.bookinfo"] is Propagation.FORWARDS


def test_audit_of_a_narrower_scope_is_of_its_services(state):
    told = trace_audit(SOURCE, state, VIEW, None, scope=BOOKS)
    assert {row.service for row in told.audit.services} == {"productpage.bookinfo", "details.bookinfo"}


def test_dependencies_between_others_are_not_told(state):
    found = trace_dependencies(SOURCE, state, VIEW, TraceAsk(limit=50), scope=Scope.of(namespaces=("shop",)))
    assert found.rows
    assert all(".shop" in row.source + row.destination for row in found.rows)
