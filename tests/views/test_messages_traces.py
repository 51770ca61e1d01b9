"""Every finding about a span has words, whatever it was told with."""

import re
from pathlib import Path

import pytest

import mesh_graph.traces
from mesh_graph.traces.model import SpanKind, SpanProblem
from mesh_graph.traces.zipkin import parse_zipkin
from mesh_graph.views.messages_traces import KINDS, PROBLEMS, problem_words

FOLDER = Path(mesh_graph.traces.__file__).parent
NAMED = re.compile(r'(?:note|SpanProblem)\(\s*"([a-z-]+)"')


def test_every_finding_that_reading_names_has_words():
    named = {name for path in FOLDER.glob("*.py") for name in NAMED.findall(path.read_text())}
    assert "negative-duration" in named
    assert named - set(PROBLEMS) == set()


def test_every_finding_that_has_a_name_of_its_own_has_words():
    constants = re.compile(r'^[A-Z_]+ = "([a-z]+(?:-[a-z]+)+)"', re.MULTILINE)
    named = {name for path in FOLDER.glob("*.py") for name in constants.findall(path.read_text())}
    assert {"clock-skew", "parent-cycle"} <= named
    assert named - set(PROBLEMS) == set()


def test_a_finding_without_words_is_shown_by_its_id():
    assert problem_words(SpanProblem("some-thing", "", {"x_us": 5})) == "some thing (x 5 µs)"


def test_every_kind_of_span_has_words():
    assert set(KINDS) == set(SpanKind)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"duration": -1500}, "It was reported to last -1.5 ms: taken as ended when it began"),
        ({"id": "x{y}"}, "Its id x{y} is none: another was made from it"),
        ({"traceId": "no"}, "The trace's id no is none: another was made from it"),
        ({"tags": {"a": []}}, "The tag a holds a list or an object: shown as JSON"),
        ({"tags": {"a": "x" * 20_000}}, "The tag a has 20000 characters: only its beginning is kept"),
    ],
)
def test_finding_is_told_with_what_it_found(more, words):
    span = {"traceId": "1", "id": "2", "timestamp": 3, "duration": 4, **more}
    (problem,) = parse_zipkin([span]).traces[0].problems
    assert problem_words(problem) == words
