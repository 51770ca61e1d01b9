"""What is said of one span."""

import json
from dataclasses import replace

import dash
import pytest
from plotly.utils import PlotlyJSONEncoder

from mesh_graph.answers.trace_view import EdgeTimes, trace_view
from mesh_graph.scope import Scope
from mesh_graph.traces.model import Event, SpanKind
from mesh_graph.views.addresses import Links
from mesh_graph.views.trace_head import render_head, render_problems
from mesh_graph.views.trace_span import render_span, row_of
from tests.traces.hand import BEGIN_US, span, trace

INF = float("inf")


@pytest.fixture(scope="module", autouse=True)
def application():
    """Addresses are made by the Dash application that there is."""
    return dash.Dash("span", use_pages=False)


def text(parts) -> str:
    return json.dumps(parts, cls=PlotlyJSONEncoder, ensure_ascii=False)


def said(view, span_id, **changes):
    return text(render_span(view, replace(row_of(view, span_id), **changes), Links({"at": "live"})))


@pytest.fixture
def view():
    return trace_view(
        trace(
            span("page", 0, 100_000, service="page.shop"),
            span("call", 10_000, 60_000, "page", service="page.shop", kind=SpanKind.CLIENT),
            span(
                "work", 20_000, 55_000, "call", service="cart.shop", kind=SpanKind.SERVER, is_error=True,
                attributes={"http.status_code": 503, "empty": "", "on": True}, resource={"pod": "cart-7"},
                events=(Event(BEGIN_US + 30_000, "exception", {"message": "<script>"}),), links=("f" * 32,),
            ),
        )
    )  # fmt: skip


def test_times_are_its_own_its_network_s_and_on_the_critical_path(view):
    call = said(view, "call")
    assert '"50 ms"' in call
    assert "Network and queues" in call
    assert '"15 ms"' in call, "50 ms of the client less 35 ms of the server: its own time and the network's"
    assert "15 ms, 15% of the trace" in call
    assert "10 ms after the trace's" in call


def test_tags_process_events_and_links_are_all_there(view):
    work = said(view, "work")
    assert all(
        one in work for one in ("http.status_code", '"503"', '"true"', "cart-7", "exception", "<script>")
    )
    assert '" 10 ms"' in work, "the event was 10 ms after the span's start"
    assert f"/traces/{'f' * 32}?at=live" in work
    assert "This span failed." in work
    assert "/traces?at=live&service=cart.shop&operation=work" in work


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        (EdgeTimes(20.0, 40.0), ["20 ms: this one 15 ms more", "40 ms: this one 5 ms less"]),
        (EdgeTimes(20.0, 30.0), ["30 ms: this one 5 ms more", '"data-tone": "slower"']),
        (EdgeTimes(None, INF), ["> top bucket"]),
        (EdgeTimes(None, None), ["measured nothing"]),
        (None, ["measured nothing"]),
    ],
)
def test_span_is_held_against_what_the_mesh_measured(view, measured, words):
    work = said(view, "work", measured=measured)
    assert [one for one in words if one not in work] == []


def test_internal_spans_are_held_against_nothing(view):
    assert "Beside the hour" not in said(view, "page")


def test_huge_values_are_cut_and_say_so():
    huge = trace_view(
        trace(span("a", 0, 1, attributes={"body": "x" * 5_000, **{f"t{n}": n for n in range(400)}}))
    )
    shown = said(huge, "a")
    assert "x" * 2_000 + "… (5,000 characters in all)" in shown
    assert "x" * 2_001 not in shown
    assert "and 101 more" in shown


def test_foreign_span_says_only_that_it_is_foreign():
    foreign = trace_view(
        trace(
            span("a", 0, 10, service="cart.shop"),
            span("b", 1, 9, "a", service="bank.vault", attributes={"card": "1"}),
        ),
        scope=Scope.of(namespaces=("shop",)),
    )
    shown = said(foreign, "b")
    assert "may not be seen by you" in shown
    assert "card" not in shown


def test_head_counts_and_problems_lead_to_their_spans():
    odd = trace_view(
        trace(span("a", 0, 10), span("b", 2, 8, "lost"), span("c", 3, 9, "lost"), span("d", 4, 9, "gone"))
    )
    head = text(render_head(odd, Links(), BEGIN_US / 1e6))
    assert all(number in head for number in ('"4"', '"10 µs"'))
    lines = render_problems(odd.problems)
    shown = text(lines)
    assert "Its parent lost was not reported" in shown
    assert " (2 spans)" in shown
    assert "Its parent gone" in shown
    assert "The trace has 4 beginnings" in shown
    assert '"data-span": "b"' in shown


@pytest.mark.parametrize(("age_s", "when"), [(30, ""), (3600, "&at=2026-11-21T03%3A01%3A01Z")])
def test_map_is_of_the_trace_s_time_and_namespaces(age_s, when):
    view = trace_view(
        trace(span("a", 0, 10, service="cart.shop"), span("b", 1, 9, "a", service="bank.vault"))
    )
    said = text(render_head(view, Links(), BEGIN_US / 1e6 + age_s))
    assert f"/topology?trace={view.trace_id}{when}&namespaces=shop%2Cvault" in said


def test_problems_without_end_are_counted():
    spans = [span("root", 0, 10), *(span(f"s{n}", 1, 2, f"lost{n}") for n in range(100))]
    shown = text(render_problems(trace_view(trace(*spans)).problems))
    assert "and 70 more of this kind" in shown


def test_no_such_span_is_no_row(view):
    assert row_of(view, "nothing") is None
