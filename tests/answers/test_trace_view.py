"""One trace as rows: what each says, and what a narrower scope leaves of it."""

import pytest

from mesh_graph.answers.trace_view import EdgeTimes, trace_view
from mesh_graph.scope import Scope
from mesh_graph.traces.model import SpanKind, SpanProblem, Trace
from mesh_graph.traces.tree import PARENT_MISSING, SEVERAL_ROOTS
from tests.traces.hand import TRACE_ID, span, trace

CLIENT, SERVER = SpanKind.CLIENT, SpanKind.SERVER
SPANS = (
    span("get", 0, 100, service="web.shop", kind=SERVER),
    span("out", 10, 90, "get", service="web.shop", kind=CLIENT),
    span("in", 20, 80, "out", service="db.vault", kind=SERVER, attributes={"sql": "x"}, is_error=True),
    span("log", 92, 95, "get", service="web.shop"),
)
ENDS = ("web.shop", "db.vault")
MEASURED = {
    (ENDS, CLIENT): EdgeTimes(12.0, 40.0),
    (ENDS, SERVER): EdgeTimes(10.0, None),
}


@pytest.fixture
def rows():
    return {row.span.name: row for row in trace_view(trace(*SPANS), MEASURED).rows}


def test_rows_are_the_tree_depth_first():
    view = trace_view(trace(*SPANS))
    assert [(row.span.name, row.parent, row.depth, row.children, row.below) for row in view.rows] == [
        ("get", -1, 0, 2, 3),
        ("out", 0, 1, 1, 1),
        ("in", 1, 2, 0, 0),
        ("log", 0, 1, 0, 0),
    ]


def test_row_says_when_its_span_ran_and_worked(rows):
    assert [(row.offset_us, row.self_us) for row in rows.values()] == [(0, 17), (10, 20), (20, 60), (92, 3)]


def test_path_is_told_by_row_and_in_order(rows):
    assert rows["get"].critical == ((0, 10), (90, 92), (95, 100))
    assert rows["out"].critical_us == 20
    view = trace_view(trace(*SPANS))
    assert [(part.row, part.start_us, part.end_us) for part in view.critical][:3] == [
        (0, 0, 10),
        (1, 10, 20),
        (2, 20, 80),
    ]


def test_error_is_told_to_all_above_it(rows):
    assert [rows[name].errors_below for name in ("get", "out", "in", "log")] == [1, 1, 0, 0]


def test_network_is_what_the_client_waited_longer(rows):
    assert [rows[name].network_us for name in ("get", "out", "in")] == [None, 20, None]


def test_each_end_is_held_against_what_it_measured(rows):
    assert rows["out"].measured == EdgeTimes(12.0, 40.0)
    assert rows["in"].measured == EdgeTimes(10.0, None)
    assert (rows["get"].measured, rows["log"].measured) == (None, None)


def test_client_without_a_server_is_held_against_whom_it_names():
    told = {"upstream_cluster": "outbound|80||db.vault.svc.cluster.local"}
    alone = span("out", 0, 9, service="web.shop", kind=CLIENT, attributes=told)
    assert trace_view(trace(alone), MEASURED).rows[0].measured == EdgeTimes(12.0, 40.0)


def test_trace_without_spans_has_no_view():
    assert trace_view(trace()) is None


def test_problems_are_told_once_each():
    told = SpanProblem(PARENT_MISSING, "lost")
    found = trace_view(Trace(TRACE_ID, (*SPANS, span("lost", 5, 6, "nobody")), (told,)))
    assert [(one.id, one.span_id) for one in found.problems] == [
        (PARENT_MISSING, "lost"),
        (SEVERAL_ROOTS, ""),
    ]
    assert [row.is_orphan for row in found.rows] == [False] * 4 + [True]


def test_skewed_span_says_what_was_added():
    skewed = (SPANS[0], SPANS[1], span("in", 50_000, 50_060, "out", service="db.vault", kind=SERVER))
    view = trace_view(trace(*skewed))
    assert (view.rows[2].offset_us, view.rows[2].skew_us, view.rows[2].is_skewed) == (20, -49_980, True)
    assert view.duration_us == 100


def test_foreign_rows_keep_their_place_without_what_they_say():
    view = trace_view(trace(*SPANS), MEASURED, Scope.of(namespaces=("shop",)))
    foreign = view.rows[2]
    assert (foreign.is_foreign, foreign.span.name, dict(foreign.span.attributes)) == (True, "", {})
    assert (foreign.span.service, foreign.offset_us, foreign.measured) == ("db.vault", 20, None)
    assert [row.is_foreign for row in view.rows] == [False, False, True, False]
    assert sum(row.critical_us for row in view.rows) == 100


def test_trace_of_others_alone_has_no_view():
    assert trace_view(trace(*SPANS), scope=Scope.of(namespaces=("bank",))) is None


def test_span_is_foreign_by_where_it_ran_not_by_its_name():
    node = {"node_id": "sidecar~10.0.0.7~spy-1.bank~bank.svc.cluster.local"}
    spy = span("spy", 10, 20, "get", service="spy.shop", attributes=node)
    view = trace_view(trace(SPANS[0], spy), scope=Scope.of(namespaces=("shop",)))
    assert [row.is_foreign for row in view.rows] == [False, True]


def test_chain_of_ten_thousand_spans_has_its_rows():
    spans = [span("0", 0, 20_000)]
    spans += [span(str(n), n, 20_000 - n, str(n - 1), is_error=n == 9_999) for n in range(1, 10_000)]
    view = trace_view(trace(*spans))
    assert [view.rows[at].depth for at in (0, 5_000, 9_999)] == [0, 5_000, 9_999]
    assert (view.rows[0].below, view.rows[0].errors_below) == (9_999, 1)
