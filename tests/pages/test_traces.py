"""The callbacks of the trace pages, over the demo mesh."""

import json
from dataclasses import replace

import pytest
from dash import no_update
from plotly.utils import PlotlyJSONEncoder

from mesh_graph.api.context import Context
from mesh_graph.application import create_app
from mesh_graph.mesh import Mesh
from mesh_graph.pages import trace, traces
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_traces import DemoTraces

AT = 1_795_263_000.0


@pytest.fixture(scope="module")
def context():
    with Mesh(DemoSource(clock=lambda: AT), traces=DemoTraces(clock=lambda: AT)) as mesh:
        yield Context(mesh)


@pytest.fixture
def served(context):
    app = create_app(context)
    app.server.test_client().get("/")
    with app.server.test_request_context("/"):
        yield app


@pytest.fixture
def without_backend():
    with Mesh(DemoSource(clock=lambda: AT)) as mesh:
        app = create_app(Context(mesh))
        app.server.test_client().get("/")
        with app.server.test_request_context("/"):
            yield app


def asked(query="", number=1):
    return {"number": number, "path": "/traces", "query": f"?at={AT:.0f}{query}", "fresh": False}


def text(parts) -> str:
    return json.dumps(parts, cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_list_is_of_what_the_address_asks_for(served):
    answer = traces.on_found(asked("&service=ratings.bookinfo&limit=5"))
    assert len(answer["rows"]) == 5
    assert all("ratings.bookinfo" in dict(map(tuple, row["service_counts"])) for row in answer["rows"])
    assert (answer["notice"], answer["empty"]) == ([], [])
    assert answer["shown"]["at"] == AT
    drawn = sum(len(one["customdata"]) for one in answer["figure"]["data"] if one["type"] == "scatter")
    assert drawn == 5
    assert "service=ratings.bookinfo" in text(answer["words"])


def test_wrong_field_is_told_and_what_is_shown_stays(served):
    answer = traces.on_found(asked("&min=soon"))
    assert "It takes a length of time" in text(answer["notice"])
    assert answer["shown"]["is_failing"]
    assert answer["rows"] is no_update


def test_nothing_found_is_not_a_failure(served):
    answer = traces.on_found(asked("&tags=no.such%3Dtag"))
    assert answer["rows"] == []
    assert "No traces answer" in text(answer["empty"])
    assert not answer["shown"]["is_failing"]


def test_nobody_to_ask_is_said(without_backend):
    answer = traces.on_found(asked())
    assert "Nobody is asked for traces" in text(answer["empty"])
    assert traces.on_names(asked()) == (no_update, no_update, no_update)


def test_fields_offer_what_there_is_and_keep_what_is_chosen(served):
    services, callers, operations = traces.on_names(asked("&service=reviews.bookinfo&operation=gone"))
    assert {"value": "reviews.bookinfo", "label": "reviews.bookinfo"} in services
    assert callers == services
    assert {"value": "gone", "label": "gone"} in operations
    assert len(operations) > 1


def test_head_names_the_root_and_counts(served):
    row = traces.on_found(asked("&service=ratings.bookinfo&limit=1"))["rows"][0]
    head = trace.on_head({"trace": row["trace_id"], "query": ""})
    said = text(head["head"])
    assert row["root_service"] in said
    assert f'"{row["spans"]}"' in said
    assert head["notice"] == []


def test_chosen_span_says_everything_it_was_reported_with(served, context):
    trace_id = traces.on_found(asked("&service=ratings.bookinfo&limit=1"))["rows"][0]["trace_id"]
    span = context.mesh.tracing.trace(trace_id).rows[-1].span
    said = text(trace.on_chosen({"trace": trace_id, "span": span.span_id, "query": f"?at={AT:.0f}"}))
    assert all(key in said for key in span.attributes)
    assert "Its own time" in said
    assert trace.on_chosen({"trace": trace_id, "span": None, "query": ""}) == []


def test_unknown_trace_is_told(served):
    answer = trace.on_head({"trace": f"{1:032x}", "query": ""})
    assert "No such trace" in text(answer["notice"])


def test_pages_take_any_address(served):
    """Parameters of the address are hostile text, too."""
    evil = {"service": "<b>", "limit": "9" * 5000, "span": "\x00", "tab": "x", "errors": "<", "at": "soon"}
    assert "mgt-find-page" in text(traces.render_page(**evil))
    assert "mgt-page" in text(trace.render_page(trace_id="%3Cscript%3E", **evil))


@pytest.mark.parametrize(
    ("callback", "words"),
    [
        (traces.on_paths, "What reviews.bookinfo waited for"),
        (traces.on_dependencies, "productpage.bookinfo"),
        (traces.on_propagation, "shipping.logistics drops the trace headers"),
    ],
)
def test_each_tab_answers_what_the_address_asks_for(served, callback, words):
    answer = callback(asked("&service=reviews.bookinfo&limit=50"))
    assert words in text(answer["pane"])
    assert (answer["notice"], answer["lines"], answer["shown"]["at"]) == ([], [], AT)


@pytest.mark.parametrize("callback", [traces.on_paths, traces.on_dependencies])
def test_failing_tab_keeps_what_it_shows(served, callback):
    answer = callback(asked("&limit=none"))
    assert answer["pane"] is no_update
    assert "It takes a number" in text(answer["notice"])
    assert answer["shown"]["is_failing"]


@pytest.mark.parametrize("callback", [traces.on_paths, traces.on_dependencies, traces.on_propagation])
def test_tabs_say_that_nobody_is_asked(without_backend, callback):
    assert "--jaeger-url" in text(callback(asked())["pane"])


def test_operations_are_asked_for_when_they_are_shown(served):
    assert trace.on_operations(None) is no_update
    trace_id = traces.on_found(asked("&service=ratings.bookinfo&limit=1"))["rows"][0]["trace_id"]
    said = text(trace.on_operations({"trace": trace_id, "query": f"?at={AT:.0f}"}))
    assert "ratings.bookinfo" in said
    assert "No such trace" in text(trace.on_operations({"trace": f"{1:032x}", "query": ""}))


def test_what_could_not_be_had_is_said_beside_what_was_found():
    class Partial(DemoTraces):
        def find(self, question):
            return replace(super().find(question), warnings=("One store did not answer.",))

    with Mesh(DemoSource(clock=lambda: AT), traces=Partial(clock=lambda: AT)) as mesh:
        app = create_app(Context(mesh))
        app.server.test_client().get("/")
        with app.server.test_request_context("/"):
            answers = [traces.on_found(asked("&limit=5")), traces.on_paths(asked("&limit=5"))]
    assert all("One store did not answer." in text(answer["lines"]) for answer in answers)
    assert [answer["notice"] for answer in answers] == [[], []]
