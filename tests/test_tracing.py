"""The traces of the demo mesh through the facade: found, opened, and as far as one may see."""

import pytest

from mesh_graph.answers.trace_list import TraceAsk
from mesh_graph.errors import InvalidRequest, UnknownTrace
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.scope import Scope
from mesh_graph.sources.demo import DemoSource

AT = 1_795_230_000.0
HOUR = View(at=AT, span_s=3600)


@pytest.fixture(scope="module")
def mesh():
    with Mesh.demo() as demo:
        yield demo


@pytest.fixture(scope="module")
def tracing(mesh):
    return mesh.tracing


@pytest.fixture(scope="module")
def product_page(tracing):
    """Traces through the product page."""
    return tracing.find(HOUR, TraceAsk(service="productpage.bookinfo", limit=20))


def test_mesh_without_a_trace_backend_has_no_traces():
    with Mesh(DemoSource()) as mesh:
        assert mesh.tracing is None


def test_found_traces_are_of_the_time_and_the_service_asked_for(product_page):
    assert len(product_page.rows) == 20
    for row in product_page.rows:
        assert AT - 3660 <= row.start_us / 1e6 <= AT
        assert "productpage.bookinfo" in dict(row.services)
    starts = [row.start_us for row in product_page.rows]
    assert starts == sorted(starts, reverse=True)


def test_list_that_was_cut_is_complete_since_its_oldest_trace(product_page):
    assert product_page.was_cut
    assert product_page.from_s == min(row.start_us for row in product_page.rows) / 1e6


def test_same_question_is_answered_once(tracing, product_page):
    assert tracing.find(HOUR, TraceAsk(service="productpage.bookinfo", limit=20)) is product_page


def test_trace_is_opened_by_its_id(tracing, product_page):
    wanted = product_page.rows[0]
    view = tracing.trace(wanted.trace_id)
    assert len(view.rows) == wanted.spans
    assert sum(part.end_us - part.start_us for part in view.critical) == view.rows[0].span.duration_us


def test_unknown_trace_is_told(tracing):
    with pytest.raises(UnknownTrace):
        tracing.trace("0" * 31 + "1")


def test_text_that_is_no_trace_id_is_refused(tracing):
    with pytest.raises(InvalidRequest):
        tracing.trace("no such id")


def test_whoever_may_see_nothing_of_a_trace_does_not_find_it(tracing, product_page):
    elsewhere = tracing.seen_by(Scope.of(namespaces=("nowhere",)))
    assert elsewhere.find(HOUR, TraceAsk(limit=5)).rows == ()
    with pytest.raises(UnknownTrace):
        elsewhere.trace(product_page.rows[0].trace_id)


def test_names_to_look_for_are_those_that_may_be_seen(tracing):
    assert "productpage.bookinfo" in tracing.services()
    assert tracing.operations("productpage.bookinfo")
    books = tracing.seen_by(Scope.of(namespaces=("bookinfo",)))
    assert "productpage.bookinfo" in books.services()
    assert [name for name in books.services() if not name.endswith(".bookinfo")] == []
    assert books.operations("productpage.bookinfo")
    assert books.operations("frontend.shop") == ()


@pytest.mark.parametrize(("cluster", "is_told"), [("east", True), ("west", False)])
def test_of_a_cluster_those_names_are_told_that_are_counted_in_it(mesh, cluster, is_told):
    part = mesh.seen_by(Scope.of(("bookinfo",), (cluster,))).tracing
    assert ("productpage.bookinfo" in part.services()) is is_told
    assert part.operations("productpage.bookinfo") == ()
