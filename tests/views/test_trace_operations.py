"""Operations as boxes with lines between them."""

import json
from itertools import combinations
from urllib.parse import unquote

import dash
import pytest
from plotly.utils import PlotlyJSONEncoder

from mesh_graph.answers.trace_view import trace_view
from mesh_graph.traces.operations import Step, operation_graph
from mesh_graph.views.addresses import Links
from mesh_graph.views.trace_operations import HEIGHT, WIDTH, placed, render_operations
from tests.traces.hand import span, trace


@pytest.fixture(scope="module", autouse=True)
def application():
    """Addresses are made by the Dash application that there is."""
    return dash.Dash("operations", use_pages=False)


def graph(*parents):
    """Operations named by their number; each the child of the one in its place."""
    return operation_graph(Step((str(n), "x"), parent, 10, 0, False) for n, parent in enumerate(parents))


@pytest.mark.parametrize(
    "parents", [(-1,), (-1, 0, 0, 0), (-1, 0, 1, 2), (-1, 0, 0, 1, 1, 2, 2, 5), (-1, -1, 0, 1)]
)
def test_boxes_stand_apart_and_children_to_the_right(parents):
    boxes, routes = placed(graph(*parents))
    for (a, b), (c, d) in combinations(boxes, 2):
        assert abs(a - c) >= WIDTH or abs(b - d) >= HEIGHT
    for source, destination in routes:
        assert boxes[source][0] + WIDTH <= boxes[destination][0]


def test_lines_go_from_the_right_side_of_one_box_to_the_left_of_the_other():
    boxes, routes = placed(graph(-1, 0))
    assert routes[0, 1] == [
        (boxes[0][0] + WIDTH, boxes[0][1] + HEIGHT / 2),
        (boxes[1][0], boxes[1][1] + HEIGHT / 2),
    ]


def test_calls_back_have_a_line_and_calls_to_itself_have_none():
    found = operation_graph(
        [
            Step(("a", "x"), -1, 1, 0, False),
            Step(("b", "x"), 0, 1, 0, False),
            Step(("a", "x"), 1, 1, 0, False),
            Step(("a", "x"), 2, 1, 0, False),
        ]
    )
    boxes, routes = placed(found)
    assert set(routes) == {(0, 1), (1, 0)}
    assert len(boxes) == 2


def test_picture_says_time_of_its_own_and_errors():
    view = trace_view(
        trace(
            span("page", 0, 100), span("<cart>", 10, 80, "page", is_error=True), span("late", 85, 95, "page")
        )
    )
    parts = render_operations(view, Links({"at": "live"}))
    said = json.dumps(parts, cls=PlotlyJSONEncoder, ensure_ascii=False)
    assert all(
        words in said for words in ("20 µs own, 20%", "70 µs own, 70%", "10 µs own, 10%", "mgt-mark-error")
    )
    assert "/traces?at=live&service=%3Ccart%3E&operation=%3Ccart%3E" in said
    picture = parts[1].children.children[0].src
    assert unquote(picture).count("<path") == 2


def test_operations_beyond_what_can_be_read_are_counted():
    spans = [span("root", 0, 1000), *(span(f"s{n}", n, n + 1, "root") for n in range(200))]
    said = json.dumps(render_operations(trace_view(trace(*spans)), Links()), cls=PlotlyJSONEncoder)
    assert "51 operations with the least time" in said
