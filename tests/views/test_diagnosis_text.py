from dataclasses import replace

from mesh_graph.diagnosis.report import Evidence, Finding, Report, Step, Verdict
from mesh_graph.errors import SourceUnreachable
from mesh_graph.views.diagnosis_text import diagnosis_text

SERIES = Evidence("count(istio_requests_total)", 1, 12.0)
NOTHING = Evidence('count(istio_requests_total{app="x"})', 0, 0.0)
GONE = Finding("no-istio-series", (), (NOTHING,))
REPORT = Report(
    "http://prometheus",
    1_700_000_000.0,
    300,
    (
        Step("scope", Verdict.SKIPPED),
        Step("labels", Verdict.PASSED, evidence=(SERIES,)),
        Step("series", Verdict.FAILED, GONE, GONE.evidence),
        Step("traffic", Verdict.NOT_REACHED),
    ),
)


def test_rungs_show_how_they_held_and_the_failing_one_its_evidence_and_fix():
    lines = diagnosis_text(REPORT, ()).splitlines()
    assert lines[0] == "Asked http://prometheus, 5m up to 2023-11-14T22:13:20Z"
    assert lines[2:5] == [
        "   -  Does the query scope match any of Istio's series?",
        "  ok  Do they carry the labels that the graph is made of?",
        "FAIL  Are there Istio metrics at this instant?",
    ]
    assert lines[6].startswith("      -> Let Prometheus scrape the sidecars")
    assert [line.strip() for line in lines[-4:-2]] == [NOTHING.promql, "= nothing"]
    assert lines[-1] == "No reason found to doubt the picture."


def test_rung_that_was_not_reached_is_not_shown():
    assert "counted within" not in diagnosis_text(REPORT, ())


def test_verbose_shows_what_was_asked_for_rungs_that_held():
    assert "= 1 row, 12 in all" not in diagnosis_text(REPORT, ())
    assert "= 1 row, 12 in all" in diagnosis_text(REPORT, (), verbose=True)


def test_source_that_was_not_asked_is_not_called_right():
    failure = SourceUnreachable("http://prometheus", "up", "No connection: connection refused.")
    assert "No reason found" not in diagnosis_text(replace(REPORT, failure=failure), ())


def test_doubts_follow_with_their_fix():
    doubt = Finding("partial-answer", (("warning", "store west is down"),))
    text = diagnosis_text(REPORT, [doubt])
    assert (
        "Reasons to doubt the picture:\n      The source answered in part only: store west is down\n" in text
    )


def test_control_characters_cannot_move_the_cursor():
    doubt = Finding("partial-answer", (("warning", "\x1b[2J\rfine"),))
    text = diagnosis_text(REPORT, [doubt])
    assert "\x1b" not in text
    assert "\r" not in text
