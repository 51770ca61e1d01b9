import pytest

from mesh_graph.traces.formats import TraceFormat, read_traces
from mesh_graph.traces.reading import NotTraces

SPAN = {"traceId": "1", "id": "2", "timestamp": 3, "duration": 4}


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ({"data": []}, TraceFormat.JAEGER),
        ({"traceID": "1", "spans": []}, TraceFormat.JAEGER),
        ([SPAN], TraceFormat.ZIPKIN),
        ([[SPAN]], TraceFormat.ZIPKIN),
        ({"resourceSpans": []}, TraceFormat.OTLP),
        ({"result": {"resourceSpans": []}}, TraceFormat.OTLP),
        ([{"resourceSpans": []}], TraceFormat.OTLP),
    ],
)
def test_format_is_told_by_the_shape(document, name):
    assert read_traces(document)[0] is name


@pytest.mark.parametrize("document", [{}, [], [[]], 7, None, "x", {"a": 1}, [1], {"data": 7}])
def test_document_of_no_format_is_refused(document):
    with pytest.raises(NotTraces, match="none of"):
        read_traces(document)
