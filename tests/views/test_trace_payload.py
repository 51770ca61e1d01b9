"""A trace as the browser gets it: columns in the order of the tree, flags, and what a search finds."""

from dataclasses import replace

import pytest

from mesh_graph.answers.trace_view import trace_view
from mesh_graph.traces.model import Event, SpanKind
from mesh_graph.views.trace_payload import (
    CALLS,
    ERROR,
    ERROR_INSIDE,
    ORPHAN,
    PROBLEM,
    found_rows,
    trace_payload,
)
from tests.traces.hand import span, trace


def says(name, of):
    """The span with another operation."""
    return replace(of, name=name)


PAGE = (
    says("GET /", span("page", 0, 100, service="page.shop")),
    says("GET /late", span("late", 60, 90, "page", service="page.shop", kind=SpanKind.CLIENT)),
    says("GET /early", span("early", 10, 40, "page", service="page.shop", kind=SpanKind.CLIENT)),
    says(
        "GET /early",
        span(
            "work", 15, 35, "early", service="early.shop", kind=SpanKind.SERVER, is_error=True,
            attributes={"http.status_code": 503, "note": "Out of STOCK"}, resource={"pod": "early-7"},
            events=(Event(0, "exception", {"message": "no stock"}),),
        ),
    ),
    says("run", span("lost", 20, 30, "nobody", service="batch")),
)  # fmt: skip


@pytest.fixture
def view():
    return trace_view(trace(*PAGE))


def test_rows_are_in_the_order_of_the_tree_and_know_where_they_end(view):
    rows = trace_payload(view)["rows"]
    assert rows["span"] == ["page", "early", "work", "late", "lost"]
    assert rows["parent"] == [-1, 0, 1, 0, -1]
    assert rows["depth"] == [0, 1, 2, 1, 0]
    assert rows["end"] == [4, 3, 3, 4, 5]


def test_times_are_from_the_start_of_the_trace_in_microseconds(view):
    payload = trace_payload(view)
    assert payload["duration"] == 100
    assert payload["rows"]["start"] == [0, 10, 15, 60, 20]
    assert payload["rows"]["duration"] == [100, 30, 20, 30, 10]
    # Of the page's 100 its two calls have 30 each; of the early call 20 are its server's.
    assert payload["rows"]["self"] == [40, 10, 20, 30, 10]


def test_names_are_sent_once(view):
    payload = trace_payload(view)
    assert payload["services"] == ["page.shop", "early.shop", "batch"]
    assert payload["rows"]["service"] == [0, 0, 1, 0, 2]
    assert payload["names"] == ["GET /", "GET /early", "GET /late", "run"]
    assert payload["rows"]["name"] == [0, 1, 1, 2, 3]


def test_flags_say_what_is_odd_and_bubble_errors_up(view):
    flags = trace_payload(view)["rows"]["flags"]
    assert flags == [ERROR_INSIDE, ERROR_INSIDE | CALLS, ERROR, CALLS, ORPHAN | PROBLEM]


def test_path_is_by_row_and_adds_up_to_the_root(view):
    path = trace_payload(view)["path"]
    assert {row: [list(piece) for piece in pieces] for row, pieces in path.items()} == {
        "0": [[0, 10], [40, 60], [90, 100]],
        "1": [[10, 15], [35, 40]],
        "2": [[15, 35]],
        "3": [[60, 90]],
    }
    assert sum(to - start for pieces in path.values() for start, to in pieces) == 100


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("early", [1, 2]),
        ("EARLY.shop", [2]),
        ("http.status_code=503", [2]),
        ("stock early", [2]),
        ("no stock", [2]),
        ("pod=early-7", [2]),
        ("client", [1, 3]),
        ("error", [2]),
        ("lost", [4]),
        ("GET page.shop", [0, 1, 3]),
        ("nothing like it", []),
        ("  ", []),
    ],
)
def test_search_wants_every_word_somewhere_in_a_span(view, text, rows):
    assert found_rows(view, text) == rows


def test_names_of_any_length_are_cut_to_what_can_be_shown():
    payload = trace_payload(trace_view(trace(says("<b>" * 1_000, span("a", 0, 1, service="s" * 10_000)))))
    assert len(payload["services"][0]) == 300
    assert payload["names"][0].startswith("<b><b>")
