"""Callbacks of overview and lists, without a browser."""

import json

import pytest
from dash import no_update
from plotly.utils import PlotlyJSONEncoder

from mesh_graph.api.context import Context
from mesh_graph.application import create_app
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.story import story
from mesh_graph.errors import SourceUnreachable
from mesh_graph.mesh import Mesh
from mesh_graph.model import NodeKind, Status
from mesh_graph.pages import inventory, overview
from mesh_graph.pages.filters import Filters
from mesh_graph.pages.timebar import render_timebar
from mesh_graph.sources.demo import DemoSource

AT = 1_795_263_000.0
NO_FILTER = {"name": "", "statuses": [], "cluster": None}


class Failing(DemoSource):
    """The demo mesh; unreachable when a test says so."""

    is_down = False

    def instant(self, query, at):
        if self.is_down:
            raise SourceUnreachable(self.name, query.family, "The connection was refused.")
        return super().instant(query, at)


@pytest.fixture(scope="module")
def source():
    return Failing(Simulator(story()), clock=lambda: AT)


@pytest.fixture(scope="module")
def context(source):
    return Context(Mesh(source, scrape_interval_s=15))


@pytest.fixture
def served(context):
    app = create_app(context)
    app.server.test_client().get("/")
    with app.server.test_request_context("/"):
        yield app


def asked(query=f"?at={AT:.0f}", path="/", number=1):
    return {"number": number, "path": path, "query": query, "fresh": False}


def text(parts) -> str:
    return json.dumps(parts, cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_answer_tells_what_is_shown_and_rows_follow_from_it(served):
    answer = overview.on_asked(asked(), None, None)
    assert answer["shown"] == {"number": 1, "at": AT, "at_text": "2026-11-21T12:10:00Z", "is_failing": False}
    assert answer["notice"] == answer["empty"] == []
    assert "Failure 2" in text(answer["statuses"])
    rows = overview.on_filters(answer["picture"], NO_FILTER)
    assert [row["namespace"] for row in rows][:1] == ["bookinfo"]
    assert rows[0]["href"] == "/topology?at=2026-11-21T12%3A10%3A00Z&namespaces=bookinfo"


def test_unchanged_view_changes_nothing_on_the_page(served):
    picture = overview.on_asked(asked(), None, None)["picture"]
    again = overview.on_asked(asked(number=2), picture, None)
    assert again["shown"]["number"] == 2
    assert {name for name, value in again.items() if value is not no_update} == {"notice", "shown"}


def test_question_of_another_page_is_left_to_it(served):
    answer = overview.on_asked(asked(path="/applications"), None, None)
    assert set(answer.values()) == {no_update}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"name": "circuit breaker"}, {"shop"}),
        ({"name": "PAYMENTS", "cluster": "west"}, {"payments"}),
        ({"statuses": ["failure"]}, {"bookinfo", "monitoring"}),
        ({"statuses": ["not_ready"]}, set()),
        ({"cluster": "west"}, {"logistics", "payments"}),
        ({"name": "no such thing"}, set()),
    ],
)
def test_filters_leave_the_rows_that_match(served, filters, expected):
    picture = overview.on_asked(asked(), None, None)["picture"]
    rows = overview.on_filters(picture, {**NO_FILTER, **filters})
    assert {row["namespace"] for row in rows} == expected


def test_failure_is_told_and_what_is_shown_stays(served, source):
    picture = overview.on_asked(asked(), None, None)["picture"]
    source.is_down = True
    try:
        answer = overview.on_asked(asked("?at=1795262000", number=3), picture, None)
    finally:
        source.is_down = False
    assert "cannot be reached" in text(answer["notice"])
    assert "2026-11-21T12:10:00Z" in text(answer["notice"])
    assert answer["shown"]["is_failing"]
    assert answer["picture"] is no_update
    assert answer["totals"] is no_update


def test_wrong_parameter_is_told_on_the_page(served):
    answer = overview.on_asked(asked("?window=soon"), None, None)
    assert "It takes a duration" in text(answer["notice"])


@pytest.mark.parametrize("kind", [NodeKind.APP, NodeKind.WORKLOAD, NodeKind.SERVICE])
def test_lists_answer_at_their_own_addresses(served, kind):
    path = {"app": "/applications", "workload": "/workloads", "service": "/services"}[kind.value]
    answer = inventory.on_asked(asked(path=path), None, kind.value, None)
    found = inventory.on_filters(answer["picture"], NO_FILTER, kind.value)
    assert len(found["rows"]) > 20
    assert found["count"] == f"{len(found['rows'])} {path.strip('/')}"
    narrowed = inventory.on_filters(answer["picture"], {**NO_FILTER, "name": "reviews"}, kind.value)
    assert f"of {len(found['rows'])}" in narrowed["count"]
    assert set(inventory.on_asked(asked(path="/"), None, kind.value, None).values()) == {no_update}


def test_page_takes_any_address(served, context):
    """Parameters of the address are hostile text, too."""
    evil = {
        "kind": "<b>",
        "window": "soon",
        "refresh": "\x00",
        "status": "x,failure",
        "cluster": "a,b",
        "q": "<script>",
        "namespaces": "a,b",
    }
    assert "show all" in text(overview.render_page(**evil))
    assert "show all" in text(inventory.render_page(NodeKind.APP, **evil))
    assert text(render_timebar(context, {"window": "7m"})).count("7 min") == 1


def test_every_word_of_a_search_must_be_there():
    row = {
        "name": "Reviews",
        "namespace": "bookinfo",
        "cluster": "east",
        "reason": "50% failed",
        "status": "failure",
    }
    assert Filters("rev BOOK fail").keep(row)
    assert not Filters("reviews healthy").keep(row)
    assert not Filters(statuses=frozenset({Status.HEALTHY.value})).keep(row)
