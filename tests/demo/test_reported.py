"""Spans of the demo as its proxies report them, read back by the readers of each format."""

import json

import pytest

from mesh_graph.demo.otlp import otlp_document
from mesh_graph.demo.zipkin import zipkin_spans
from mesh_graph.traces.otlp import parse_otlp
from mesh_graph.traces.zipkin import parse_zipkin
from tests import demo_traces


@pytest.fixture
def traces():
    return demo_traces.some()[:60]


def test_zipkin_s_spans_read_back_as_they_were(traces):
    document = json.loads(json.dumps([zipkin_spans(trace) for trace in traces]))
    assert {t.trace_id: set_of(t) for t in parse_zipkin(document).traces} == {
        t.trace_id: set_of(t) for t in traces
    }


def test_otlp_reads_back_as_it_was(traces):
    document = json.loads(json.dumps(otlp_document(traces)))
    assert {t.trace_id: set_of(t) for t in parse_otlp(document).traces} == {
        t.trace_id: set_of(t) for t in traces
    }


def test_zipkin_s_span_is_as_its_api_has_it():
    trace = next(t for t in demo_traces.some() if t.trace_id.startswith("0" * 16))
    first = zipkin_spans(trace)[0]
    assert first["traceId"] == trace.trace_id[16:]
    assert "parentId" not in first
    assert (first["kind"], first["localEndpoint"]) == ("CLIENT", {"serviceName": "synthetic-user.monitoring"})
    assert all(isinstance(value, str) for value in first["tags"].values())


def set_of(trace):
    return {span.span_id: span for span in trace.spans}
