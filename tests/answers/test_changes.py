"""What came, went and turned between two moments written by hand."""

import pytest

from mesh_graph.answers.changes import Moment, changes_between
from mesh_graph.answers.figures import versions_of
from mesh_graph.health.assess import assess_facts
from mesh_graph.health.facts import read_facts
from mesh_graph.topology.traffic import Traffic
from tests.health.rows import app, line_row, service
from tests.topology.traffic_table import destination, source, traffic

CART = destination("cart-v1", "cart")


def moment(*flows) -> Moment:
    seen = traffic(*flows)
    facts = read_facts(seen)
    return Moment(facts, assess_facts(facts, 300), versions_of(seen))


def told(before, after):
    found = changes_between(moment(*before), moment(*after))
    return [(c.message.removeprefix("change-"), c.subject, c.peer, c.version) for c in found]


GOOD = [line_row("200 10")]


def test_nothing_changes_between_equal_moments():
    assert told(GOOD, GOOD) == []


def test_status_that_got_worse_is_told_before_one_that_got_better():
    bad = [line_row("500 10")]
    assert [message for message, *_ in told(GOOD, bad)] == ["worse", "worse"]
    assert told(GOOD, bad)[0][1] == app("page")
    found = changes_between(moment(*bad), moment(*GOOD))
    assert {(c.message, c.before, c.after) for c in found} == {("change-better", "failure", "healthy")}


@pytest.mark.parametrize(
    "turned", [[line_row("200 10"), line_row("500 0.01")], [line_row("200 10"), line_row("500 0.0133")]]
)
def test_few_errors_are_no_news(turned):
    """Three or four errors are tentative, whether they come or go."""
    assert told(GOOD, turned) == told(turned, GOOD) == []


def test_new_version_is_told():
    canary = [*GOOD, line_row("200 1", server=destination("shop-v2", "shop", "v2"))]
    assert told(GOOD, canary) == [("version-new", app("shop"), None, "v2")]
    assert told(canary, GOOD) == [("version-vanished", app("shop"), None, "v2")]


def test_application_that_came_brings_no_edges_and_versions_of_its_own():
    more = [*GOOD, line_row("200 1", server=CART)]
    assert told(GOOD, more) == [("app-new", app("cart"), None, "")]
    assert told(more, GOOD) == [("app-vanished", app("cart"), None, "")]


def test_edge_between_what_was_there_before_is_told_with_its_rate():
    both = [*GOOD, line_row("200 1", server=CART)]
    more = [*both, line_row("200 4", caller=source("cart-v1", "cart"))]
    assert told(both, more) == [("edge-new", app("cart"), service("shop"), "")]
    assert changes_between(moment(*more), moment(*both))[0].rate == 4.0


def test_everything_is_new_after_nothing():
    found = told([], GOOD)
    assert {message for message, *_ in found} == {"app-new"}
    assert moment().health.assessments == {} == assess_facts(read_facts(Traffic.empty()), 300).assessments
