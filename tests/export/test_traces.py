"""A list of traces as CSV."""

import csv
import io

from mesh_graph.export.traces import COLUMNS, render_traces
from mesh_graph.traces.model import TraceSummary

AT_US = 1_795_230_000_250_000


def test_a_trace_is_a_line_with_its_services():
    summary = TraceSummary(
        "ab", "page.shop", "GET /", AT_US, 1500, 3, 1, (("page.shop", 2), ("cart.shop", 1))
    )
    header, line = csv.reader(io.StringIO(render_traces([summary]).decode()))
    assert tuple(header) == COLUMNS
    assert line == [
        "ab", "2026-11-21 03:00:00.250", "page.shop", "GET /", "1500", "3", "1", "page.shop=2 cart.shop=1"
    ]  # fmt: skip


def test_no_traces_leave_the_header():
    assert render_traces([]).decode() == ",".join(COLUMNS) + "\r\n"


def test_hostile_names_are_text_in_a_spreadsheet():
    summary = TraceSummary("ab", "=cmd()", '+1,"2"\nx', AT_US, 1, 1, 0, (("@SUM(A1)", 1),))
    _, line = csv.reader(io.StringIO(render_traces([summary]).decode()))
    assert (line[2], line[3], line[7]) == ("'=cmd()", '\'+1,"2"\nx', "'@SUM(A1)=1")
