"""What is said of a search of Tempo's: which traces, what of it is missing."""

from __future__ import annotations

import pytest

from mesh_graph.errors import SourceReplyInvalid, SourceTimeout
from mesh_graph.sources.tempo_reads import READ_IN_PART, TempoReads, ids_found, partial_words
from mesh_graph.traces.assemble import Reading
from mesh_graph.traces.model import SpanProblem, Trace
from tests.traces.hand import span


def row(trace_id, start) -> dict[str, object]:
    return {"traceID": trace_id, "startTimeUnixNano": start}


def reading(*problems: str) -> Reading:
    trace = Trace("1", (span("a", 0, 1),), tuple(SpanProblem(name) for name in problems))
    return Reading((trace,))


def test_ids_come_newest_first_each_once_and_in_our_spelling():
    answer = {"traces": [row("ab", "5"), row("ff", "90"), row("0AB", "4"), row("cd", None)]}
    assert ids_found(answer) == [text.rjust(32, "0") for text in ("ff", "ab", "cd")]


@pytest.mark.parametrize("traces", [None, [], "many", [None, 7], [{"traceID": "../x"}, {"traceID": 0}, {}]])
def test_what_is_no_trace_is_passed_by(traces):
    assert ids_found({"traces": traces}) == []


@pytest.mark.parametrize(
    ("answer", "is_full", "words"),
    [
        ({}, False, ""),
        ({"metrics": {"completedJobs": 3, "totalJobs": 3}}, False, ""),
        ({"metrics": {"completedJobs": 1_200, "totalJobs": 3_000}}, False, "1,200 of 3,000 parts"),
        # A list that is full ends the search.
        ({"metrics": {"completedJobs": 1, "totalJobs": 3}}, True, ""),
        ({"metrics": {"totalJobs": 3}}, False, "0 of 3 parts"),
        ({"metrics": {"completedJobs": "x", "totalJobs": None}}, False, ""),
        ({"status": "PARTIAL", "message": "too many blocks."}, True, "result: too many blocks."),
        ({"status": 1}, False, "partial result."),
        ({"status": "COMPLETE"}, False, ""),
    ],
)
def test_partial_result_is_said(answer, is_full, words):
    said = partial_words(answer, is_full=is_full)
    assert words in said
    assert bool(said) == bool(words)


def test_whole_answer_has_no_warning():
    reads = TempoReads()
    for trace_id in ("a", "b"):
        reads.take(trace_id, reading())
    assert len(reads.reading(["a", "b"]).traces) == 2
    assert reads.warnings() == ()


def test_each_reason_why_traces_are_missing_is_told_with_its_number():
    reads = TempoReads(partial="Partial.", allowed=6)
    reads.take("a", reading())
    reads.take("b", reading(READ_IN_PART))
    reads.take("c", Reading(()))
    reads.take("d", SourceReplyInvalid("tempo", "/", "It answered 500.", ""))
    reads.take("e", None)
    reads.take("f", None)
    assert len(reads.reading(list("abcdef")).traces) == 2
    assert reads.warnings() == (
        "Partial.",
        "Tempo gives at most 6 traces of a search.",
        "Only 4 of 6 traces found were read: the time or the room for more was used up.",
        "1 of 6 traces found could not be read yet.",
        "Tempo returned 1 of 6 traces found in part.",
        "1 of 6 traces found could not be read: It answered 500.",
    )


def test_trace_that_is_read_at_last_has_not_failed():
    reads = TempoReads()
    reads.take("a", SourceTimeout("tempo", "/", "Late.", ""))
    reads.take("a", reading())
    reads.reading(["a"])
    assert reads.warnings() == ()


def test_reason_is_raised_where_no_trace_could_be_read():
    reads = TempoReads()
    reads.take("a", SourceTimeout("tempo", "/", "Late.", ""))
    with pytest.raises(SourceTimeout):
        reads.reading(["a"])
