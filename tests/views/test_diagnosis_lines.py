from mesh_graph.diagnosis.report import Evidence, Finding, Report, Step, Verdict
from mesh_graph.views.diagnosis_lines import doubt_lines, report_lines

ASKED = Evidence("count(istio_requests_total)", 0, 0.0)
SHORT = Finding("window-too-short", (("window", "20s"), ("interval", "15s"), ("shortest", "30s")), (ASKED,))
HIDDEN = Finding("hidden-by-expression", (("expression", "rate > 0"),))


def report(*steps):
    return Report("http://prometheus", 1_700_000_000.0, 300, steps)


def test_cause_and_fix_come_first_then_the_rungs_with_what_was_asked():
    lines = report_lines(
        report(
            Step("series", Verdict.PASSED, None, (ASKED,)),
            Step("namespaces", Verdict.SKIPPED),
            Step("window", Verdict.FAILED, SHORT, (ASKED,)),
            Step("traffic", Verdict.NOT_REACHED),
        )
    )
    assert [(line["kind"], line["text"]) for line in lines] == [
        ("title", "A rate takes two scrapes, and 20s may hold only one: they come every 15s."),
        ("plain", "Choose a window of 30s or more, or let Prometheus scrape more often."),
        ("step", "✓ Are there Istio metrics at this instant?"),
        ("step", "✗ Does the window hold two scrapes?"),
        ("query", "count(istio_requests_total) → nothing"),
    ]


def test_remark_is_the_headline_where_no_rung_failed():
    lines = report_lines(report(Step("hide", Verdict.REMARK, HIDDEN)))
    assert [line["text"] for line in lines] == [
        "The view hides what matches rate > 0.",
        "Clear the hide expression.",
        "• Does the view hide what there is?",
    ]


def test_ladder_that_holds_says_that_no_reason_was_found():
    first, *_ = report_lines(report(Step("series", Verdict.PASSED)))
    assert first["kind"] == "title"
    assert "no reason was found" in first["text"]


def test_doubt_is_one_text_with_its_fix():
    assert doubt_lines([Finding("clocks-differ", (("offset", "1h"), ("direction", "behind")))]) == (
        "The source's clock is 1h behind ours. Synchronise the clocks (NTP).",
    )
