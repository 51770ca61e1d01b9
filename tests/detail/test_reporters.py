"""In what both ends' reports differ, and why."""

import pandas as pd
import pytest

from mesh_graph.detail.reporters import differences


def told(*reports):
    columns = ("reporter", "response_flags", "outcome", "value")
    gaps = differences(pd.DataFrame([dict(zip(columns, report, strict=True)) for report in reports]))
    return {gap.message: dict(gap.parameters) for gap in gaps}


def test_alike_reports_need_no_words():
    assert told(("source", "-", "ok", 2.0), ("destination", "-", "ok", 1.995)) == {}


def test_what_ended_at_the_caller_is_lost_on_the_way():
    found = told(
        ("source", "-", "ok", 1.5),
        ("source", "UF,URX", "error", 0.4),
        ("source", "UH", "error", 0.1),
        ("destination", "-", "ok", 1.5),
    )
    assert found["report-lost"]["flags"] == "UF"
    assert float(found["report-lost"]["share"]) == pytest.approx(0.25)
    assert float(found["report-added"]["source"]) == pytest.approx(0.25)


def test_retries_mask_errors_and_multiply_requests():
    found = told(
        ("source", "-", "ok", 2.0),
        ("destination", "-", "ok", 2.0),
        ("destination", "-", "error", 0.5),
    )
    assert float(found["report-more"]["share"]) == pytest.approx(0.25)
    assert float(found["report-masked"]["server"]) == pytest.approx(0.2)
    assert float(found["report-masked"]["source"]) == 0.0


@pytest.mark.parametrize(
    ("reporter", "message"), [("source", "report-source-only"), ("destination", "report-server-only")]
)
def test_a_single_report_says_who_is_silent(reporter, message):
    assert set(told((reporter, "-", "ok", 1.0))) == {message}
