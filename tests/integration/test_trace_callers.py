"""An edge's traces of a real backend: of services with plain names, and of a caller that is rare."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mesh_graph.answers.trace_list import Found, TraceAsk, fetch_traces
from mesh_graph.model import View
from mesh_graph.sources.trace_source import TraceSource
from mesh_graph.traces.model import Span, SpanKind, Trace
from tests import demo_traces
from tests.integration.trace_asked import open_source

AT = demo_traces.START - 86_400
VIEW = View(at=AT, span_s=3_600)
BUSY = 450
"""Calls of the busy caller: so many are looked at before the rare one's is found."""


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=pytest.mark.peer(name)) for name in ("jaeger", "zipkin", "tempo")],
)
def kind(request) -> str:
    request.getfixturevalue(request.param).fill(TRACES)
    return request.param


@pytest.fixture
def source(kind, request, tmp_path) -> Iterator[TraceSource]:
    source = open_source(kind, request, tmp_path)
    yield source
    source.close()


def trace(number: int, caller: str, service: str, namespace: str) -> Trace:
    """A call so many seconds before the instant, as proxies without namespaces in their names report it."""
    trace_id, start_us = f"{0xCA11 + number:032x}", int((AT - number) * 1e6)
    node = f"sidecar~10.0.0.1~{{}}-7d9c5b8f6c-x2x4z.{namespace}~{namespace}.svc.cluster.local"
    ends = ((caller, SpanKind.CLIENT, "", 900), (service, SpanKind.SERVER, f"{2 * number + 1:016x}", 800))
    spans = (
        Span(
            trace_id,
            f"{2 * number + 1 + place:016x}",
            parent,
            name,
            "get",
            end,
            start_us + 10 * place,
            length,
            attributes={"node_id": node.format(name), "http.status_code": "200"},
        )
        for place, (name, end, parent, length) in enumerate(ends)
    )
    return Trace(trace_id, tuple(spans))


TRACES = (
    trace(1, "plain-page", "plain-cart", "shop"),
    trace(2, "plain-page", "plain-cart", "bank"),
    trace(3, "plain-till", "plain-cart", "shop"),
    *(trace(100 + number, "busy-page", "busy-cart", "shop") for number in range(BUSY)),
    trace(3_000, "rare-page", "busy-cart", "shop"),
)


def found(source: TraceSource, caller: str, service: str, **more) -> Found:
    return fetch_traces(source, VIEW, TraceAsk(service=service, caller=caller, **more))


def before(answer: Found) -> list[int]:
    """How many seconds before the instant the traces began."""
    return [round(AT - trace.spans[0].start_us / 1e6) for trace in answer.traces]


@pytest.mark.parametrize(
    ("caller", "service", "seconds"),
    [
        ("plain-page.shop", "plain-cart.shop", [1]),
        ("plain-page.bank", "plain-cart.bank", [2]),
        ("plain-till.shop", "plain-cart.shop", [3]),
        ("plain-till.bank", "plain-cart.bank", []),
        ("plain-page", "plain-cart", [1, 2]),
        ("", "plain-cart.shop", [1, 3]),
    ],
)
def test_edge_of_plainly_named_services_is_found_by_long_names_too(source, caller, service, seconds):
    assert before(found(source, caller, service)) == seconds


def test_rare_caller_is_looked_for_beyond_the_limit(source, kind):
    """A list of five is asked for: the newest hundreds are all of another caller."""
    answer = found(source, "rare-page", "busy-cart", limit=5)
    assert before(answer) == [3_000]
    assert not answer.was_cut
    # Jaeger and Zipkin cannot be asked for a caller.
    assert answer.looked_at == (None if kind == "tempo" else BUSY + 1)
