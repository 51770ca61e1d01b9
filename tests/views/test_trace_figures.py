"""Traces as marks and counted durations."""

import pytest

from mesh_graph.traces.model import TraceSummary
from mesh_graph.traces.summary import spread_of
from mesh_graph.views.trace_figures import scatter_figure, start_text

AT_US = 1_795_230_000_000_000
SPAN = (1_795_229_000.0, 1_795_230_000.0)


def summary(trace_id, duration_us, spans=1, errors=0, start_us=AT_US, service="page.shop", name="GET /"):
    return TraceSummary(trace_id, service, name, start_us, duration_us, spans, errors, ((service, spans),))


def drawn(*summaries):
    return scatter_figure(summaries, spread_of(summaries), SPAN)


def marks(figure):
    return {trace["name"]: trace for trace in figure["data"] if trace["type"].startswith("scatter")}


def test_a_mark_stands_where_its_trace_began_and_as_high_as_it_took():
    (found,) = marks(drawn(summary("a", 1500, start_us=AT_US + 250_000))).values()
    assert (found["x"], found["y"]) == (["2026-11-21 03:00:00.250"], [1.5])
    assert found["customdata"] == ["a"]


def test_errors_differ_in_shape_and_name_as_well_as_in_colour():
    found = marks(drawn(summary("a", 1000), summary("b", 2000, errors=2)))
    assert found["without errors"]["customdata"] == ["a"]
    assert found["with errors"]["customdata"] == ["b"]
    symbols = {trace["marker"]["symbol"] for trace in found.values()}
    colours = {trace["marker"]["color"] for trace in found.values()}
    assert (len(symbols), len(colours)) == (2, 2)


def test_more_spans_make_a_larger_mark_up_to_a_limit():
    (found,) = marks(drawn(*(summary(str(n), 1000, spans=n) for n in (1, 10, 10_000, 20_000)))).values()
    one, ten, many, most = found["marker"]["size"]
    assert one < ten < many == most < 30


def test_every_trace_is_counted_once_beside_the_marks():
    durations = [1000, 1200, 5000, 80_000, 90_000, 1_000_000]
    figure = drawn(*(summary(str(n), us, errors=n % 2) for n, us in enumerate(durations)))
    bars = {trace["name"]: sum(trace["x"]) for trace in figure["data"] if trace["type"] == "bar"}
    assert bars == {"without errors": 3, "with errors": 3}


def test_lines_go_through_the_quantiles_and_are_named_once_where_they_meet():
    figure = drawn(*(summary(str(n), us) for n, us in enumerate([1000] * 9 + [4000])))
    assert [shape["y0"] for shape in figure["layout"]["shapes"]] == [1.0, 4.0, 4.0]
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["p50", "p95 p99"]


def test_markup_in_names_is_shown_as_text():
    (found,) = marks(drawn(summary("a", 1, service="<img src=x>", name="a&b"))).values()
    assert "&lt;img src=x&gt;" in found["text"][0]
    assert "a&amp;b" in found["text"][0]


@pytest.mark.parametrize("duration_us", [0, 10**15])
def test_any_duration_has_a_place_on_the_axis(duration_us):
    (found,) = marks(drawn(summary("a", duration_us))).values()
    assert found["y"][0] > 0


def test_no_traces_leave_the_axes():
    figure = drawn()
    assert figure["data"] == []
    assert figure["layout"]["xaxis"]["range"] == ["2026-11-21 02:43:20", "2026-11-21 03:00:00"]


@pytest.mark.parametrize("start_us", [-5, 2**62])
def test_instants_that_no_calendar_has_stay_at_its_ends(start_us):
    assert start_text(start_us) in ("1970-01-01 00:00:00.000", "9999-12-31 23:59:59.000")
