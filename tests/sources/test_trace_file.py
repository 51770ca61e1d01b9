"""Opening a file of traces: any format, and a refusal that says what to do."""

import itertools
import json

import pytest

from mesh_graph.errors import ConfigError
from mesh_graph.sources.trace_file import FileLimits, open_trace_file
from mesh_graph.sources.trace_source import TraceQuestion

SPAN = {"traceId": "1", "id": "2", "timestamp": 3_000_000, "duration": 500_000, "name": "get"}
SPAN |= {"localEndpoint": {"serviceName": "cart"}}


@pytest.fixture
def file(tmp_path):
    def write(content) -> object:
        path = tmp_path / "traces.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return write


def refusal(path, **options) -> str:
    with pytest.raises(ConfigError) as caught:
        open_trace_file(path, **options)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_file_is_told_by_its_content_and_named_without_its_folder(file):
    source = open_trace_file(file([SPAN]))
    assert source.name == "traces.json"
    assert not source.is_demo
    assert source.services() == ("cart",)
    assert source.operations("cart") == ("get",)


def test_time_of_a_file_stands_where_its_last_span_ended(file):
    assert open_trace_file(file([SPAN, {**SPAN, "id": "3", "timestamp": 1_000_000}])).now() == 3.5


def test_spans_that_were_left_out_are_told_with_every_answer(file):
    source = open_trace_file(file([SPAN, {"id": "7"}, 7]))
    found = source.find(TraceQuestion(start=0, end=10))
    assert len(found.traces) == 1
    assert found.warnings == ("2 spans name no trace and were left out.",)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not JSON"),
        (b"PK\x03\x04", "is not JSON"),
        (b"<html>", "is HTML"),
        (b"[" * 5000, "nested too deeply"),
        ({"a": 1}, "none of Jaeger's JSON, Zipkin's JSON and OTLP's JSON"),
        ({"data": []}, "holds no spans"),
        ({"resourceSpans": []}, "holds no spans"),
    ],
)
def test_what_holds_no_traces_is_refused_and_the_formats_are_named(file, content, words):
    sentence = refusal(file(content))
    assert words in sentence
    assert "OTLP as JSON" in sentence


def test_more_spans_than_the_limit_are_refused_and_what_to_do_is_said(file):
    path = file([{**SPAN, "id": f"{n:x}"} for n in range(1, 12)])
    sentence = refusal(path, limits=FileLimits(spans=10))
    assert "more than 10 spans" in sentence
    assert "Export fewer traces" in sentence


def test_larger_file_than_the_limit_is_not_read(file):
    assert "larger than 1 MiB" in refusal(file(b" " * (2**20 + 1)), limits=FileLimits(size=2**20))


def test_file_that_takes_too_long_is_given_up(file):
    ticks = itertools.count(step=20)
    path = file([{**SPAN, "id": f"{n:x}"} for n in range(1, 3000)])
    sentence = refusal(path, clock=lambda: float(next(ticks)))
    assert "longer than 30 s" in sentence
    assert "Export fewer traces" in sentence


def test_file_that_is_not_there_is_refused(tmp_path):
    assert "no such file" in refusal(tmp_path / "gone.json")


def test_folder_is_refused(tmp_path):
    assert "directory" in refusal(tmp_path)
