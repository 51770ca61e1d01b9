"""Sources of the demo's traces, one of each kind, and the questions that tests put to them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from mesh_graph.demo.zipkin import zipkin_spans
from mesh_graph.sources.demo_traces import DemoTraces
from mesh_graph.sources.jaeger import JaegerTraces
from mesh_graph.sources.options import Limits, TracingOptions
from mesh_graph.sources.tempo import TempoTraces
from mesh_graph.sources.trace_file import open_trace_file
from mesh_graph.sources.trace_source import TraceQuestion, TraceSource
from mesh_graph.sources.zipkin import ZipkinTraces
from mesh_graph.traces.model import Trace
from tests import demo_traces

__all__ = ["KINDS", "asked", "ids", "open_source", "options"]

KINDS = (
    "demo",
    pytest.param("jaeger", marks=pytest.mark.peer("jaeger")),
    pytest.param("jaeger v1", marks=pytest.mark.peer("jaeger")),
    pytest.param("jaeger v3", marks=pytest.mark.peer("jaeger")),
    pytest.param("zipkin", marks=pytest.mark.peer("zipkin")),
    pytest.param("tempo", marks=pytest.mark.peer("tempo")),
    "zipkin file",
    pytest.param("jaeger file", marks=pytest.mark.peer("jaeger")),
    pytest.param("otlp file", marks=pytest.mark.peer("jaeger")),
)
ALL = 10_000


def options(url: str, **limits: Any) -> TracingOptions:
    """What a client is told of a server."""
    return TracingOptions(url=url, limits=Limits(**limits))


def asked(**said: Any) -> TraceQuestion:
    """A question about the time of the demo's traces."""
    return TraceQuestion(**{"start": demo_traces.START, "end": demo_traces.END, "limit": ALL, **said})


def ids(traces: Iterator[Trace] | tuple[Trace, ...]) -> list[str]:
    """Ids of traces, in their order."""
    return [trace.trace_id for trace in traces]


def open_source(kind: str, request: pytest.FixtureRequest, folder: Path) -> TraceSource:
    """The demo's traces behind one kind of source."""
    return _OPENED[kind](request, folder)


def _jaeger(has_v3: bool | None) -> Callable[..., TraceSource]:
    return lambda request, _: JaegerTraces(
        options(request.getfixturevalue("jaeger").url, timeout_s=60), has_v3=has_v3
    )


def _zipkin_file(_: pytest.FixtureRequest, folder: Path) -> TraceSource:
    path = folder / "zipkin.json"
    path.write_text(json.dumps([zipkin_spans(trace) for trace in demo_traces.some()]))
    return open_trace_file(path)


def _jaeger_file(path_of: str, **parameters: str) -> Callable[..., TraceSource]:
    """What Jaeger itself writes of each trace, put together in one file."""

    def build(request: pytest.FixtureRequest, folder: Path) -> TraceSource:
        url = request.getfixturevalue("jaeger").url
        with requests.Session() as session:
            addresses = (url + path_of + trace.trace_id for trace in demo_traces.some())
            texts = [session.get(at, params=parameters, timeout=60).text for at in addresses]
        path = folder / "traces.json"
        if "v3" in path_of:
            path.write_text("\n".join(text.strip() for text in texts))
        else:
            path.write_text(json.dumps({"data": [one for text in texts for one in json.loads(text)["data"]]}))
        return open_trace_file(path)

    return build


_OPENED: dict[str, Callable[..., TraceSource]] = {
    "demo": lambda *_: DemoTraces(demo_traces.tracer()),
    "jaeger": _jaeger(None),
    "jaeger v1": _jaeger(False),
    "jaeger v3": _jaeger(True),
    "zipkin": lambda request, _: ZipkinTraces(options(request.getfixturevalue("zipkin").url, timeout_s=60)),
    "tempo": lambda request, _: TempoTraces(options(request.getfixturevalue("tempo").url, timeout_s=60)),
    "zipkin file": _zipkin_file,
    "jaeger file": _jaeger_file("/api/traces/", raw="true"),
    "otlp file": _jaeger_file("/api/v3/traces/", raw_traces="true"),
}
