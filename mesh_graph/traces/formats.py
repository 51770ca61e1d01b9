"""A document in any of the formats that traces are kept in → its traces, and which format it is."""

from __future__ import annotations

from enum import StrEnum

from mesh_graph.traces.assemble import Reading
from mesh_graph.traces.jaeger import is_jaeger, parse_jaeger
from mesh_graph.traces.otlp import is_otlp, parse_otlp
from mesh_graph.traces.reading import Budget, NotTraces
from mesh_graph.traces.zipkin import is_zipkin, parse_zipkin

__all__ = ["TraceFormat", "read_traces"]


class TraceFormat(StrEnum):
    """How a document writes traces."""

    JAEGER = "Jaeger"
    ZIPKIN = "Zipkin"
    OTLP = "OTLP"


_READERS = (
    (TraceFormat.OTLP, is_otlp, parse_otlp),
    (TraceFormat.JAEGER, is_jaeger, parse_jaeger),
    (TraceFormat.ZIPKIN, is_zipkin, parse_zipkin),
)


def read_traces(document: object, budget: Budget | None = None) -> tuple[TraceFormat, Reading]:
    """The traces of a document, told by its shape.

    Raises
    ------
    NotTraces
        If it has the shape of none of the formats, or is longer than the budget.
    """
    for name, is_format, parse in _READERS:
        if is_format(document):
            return name, parse(document, budget)
    raise NotTraces("is none of Jaeger's JSON, Zipkin's JSON and OTLP's JSON")
