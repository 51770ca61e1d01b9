"""Lists of traces from a file's, by hand: what is found, and by whom."""

from dataclasses import replace

import pytest

from mesh_graph.answers.trace_list import TRACES_PARTIAL, TraceAsk, fetch_traces, found_list
from mesh_graph.model import View
from mesh_graph.scope import Scope
from mesh_graph.sources.trace_file import FileTraces
from mesh_graph.sources.trace_source import FoundTraces
from mesh_graph.topology.attributes import Gap
from mesh_graph.traces.dependencies import MetricEdge
from mesh_graph.traces.model import SpanKind, Trace
from tests.traces.hand import BEGIN_US, span

AT = BEGIN_US / 1e6 + 60
VIEW = View(at=AT, span_s=60)
SHOP = Scope.of(namespaces=("shop",))
S = 1_000_000


def request(number, *, service="web.shop", **more):
    """A request that began so many seconds after the beginning, and asked a foreign vault."""
    at = number * S
    return Trace(
        f"{(number + 1) << 64:0>32x}",
        (
            span("get", at, at + 100, service=service, kind=SpanKind.SERVER, **more),
            span("in", at + 20, at + 80, "get", service="db.vault", attributes={"secret": "x"}),
        ),
    )


TRACES = tuple(request(number) for number in reversed(range(50)))
SOURCE = FileTraces("hand", TRACES)


def no_edges(_services):
    return (), ()


def test_newest_are_listed_first():
    found = found_list(SOURCE, VIEW, TraceAsk(), no_edges)
    assert [row.start_us for row in found.rows] == [BEGIN_US + n * S for n in reversed(range(50))]
    assert (found.was_cut, found.from_s) == (False, AT - 60)


def test_time_is_the_view_s():
    found = found_list(SOURCE, View(at=AT - 20, span_s=10), TraceAsk(), no_edges)
    assert len(found.rows) == 11
    assert found.from_s == AT - 30


def test_list_that_was_cut_says_since_when_it_is_whole():
    found = found_list(SOURCE, VIEW, TraceAsk(limit=10), no_edges)
    assert (len(found.rows), found.was_cut, found.from_s) == (10, True, BEGIN_US / 1e6 + 40)


def test_what_a_backend_says_of_its_answer_is_a_gap():
    warned = FileTraces("hand", TRACES, unreadable=3)
    (gap,) = fetch_traces(warned, VIEW, TraceAsk()).gaps
    assert gap.message == TRACES_PARTIAL
    assert "3" in dict(gap.parameters)["warning"]


def test_foreign_details_find_nothing():
    by_secret = TraceAsk(tags=(("secret", "x"),))
    assert len(fetch_traces(SOURCE, VIEW, by_secret).traces) == 50
    assert fetch_traces(SOURCE, VIEW, by_secret, SHOP).traces == ()
    assert len(fetch_traces(SOURCE, VIEW, TraceAsk(service="web.shop"), SHOP).traces) == 50
    assert fetch_traces(SOURCE, VIEW, TraceAsk(operation="in"), SHOP).traces == ()


def test_sampling_is_estimated_of_all_traces_of_a_service():
    # 50 requests are traced in 60 seconds, of 100 per second.
    found = found_list(
        SOURCE, VIEW, TraceAsk(service="web.shop"), lambda _: ((MetricEdge("", "web.shop", 100.0),), ())
    )
    assert found.sampled.share == pytest.approx(50 / 6000)


@pytest.mark.parametrize(
    "ask",
    [
        TraceAsk(service="web.shop", operation="get"),
        TraceAsk(errors_only=True),
        TraceAsk(min_duration_us=1),
        TraceAsk(tags=(("a", "b"),)),
    ],
)
def test_sampling_is_not_estimated_of_a_choice(ask):
    found = found_list(SOURCE, VIEW, ask, lambda _: ((MetricEdge("", "web.shop", 100.0),), ()))
    assert found.sampled is None


def test_metrics_that_fail_are_a_gap():
    gap = Gap("trace-metrics-failed", (("reason", "down"),))
    found = found_list(SOURCE, VIEW, TraceAsk(), lambda _: ((), (gap,)))
    assert (found.sampled, found.gaps, len(found.rows)) == (None, (gap,), 50)


def edge_trace(number, caller, service, namespace):
    """A call between plainly named services of a namespace."""
    tags = {"istio.namespace": namespace}
    at = number * S
    return Trace(
        f"{(number + 1) << 64:0>32x}",
        (
            span("out", at, at + 100, service=caller, kind=SpanKind.CLIENT, attributes=tags),
            span("in", at + 20, at + 80, "out", service=service, kind=SpanKind.SERVER, attributes=tags),
        ),
    )


class ByName(FileTraces):
    """A file that, as backends do, knows services by the names that they report only."""

    def find(self, question):
        told = super().find(question)
        if question.service not in ("", *self.services()) or question.caller not in ("", *self.services()):
            return FoundTraces(())
        return told


PLAIN = ByName(
    "plain",
    (
        edge_trace(3, "web", "cart", "bank"),
        edge_trace(2, "till", "cart", "shop"),
        edge_trace(1, "web", "cart", "shop"),
    ),
)


@pytest.mark.parametrize(
    ("ask", "began"),
    [
        (TraceAsk(service="cart.shop"), [2, 1]),
        (TraceAsk(service="cart.shop", caller="web.shop"), [1]),
        (TraceAsk(service="cart.bank", caller="web.bank"), [3]),
        (TraceAsk(service="cart.bank", caller="till.bank"), []),
        (TraceAsk(service="cart", caller="web"), [3, 1]),
        (TraceAsk(service="nobody.shop"), []),
    ],
)
def test_service_that_traces_know_by_its_plain_name_is_found_in_its_namespace(ask, began):
    found = fetch_traces(PLAIN, VIEW, ask)
    assert [trace.spans[0].start_us for trace in found.traces] == [BEGIN_US + n * S for n in began]


def test_who_sees_a_part_is_not_told_how_many_were_looked_at():
    class Counting(FileTraces):
        def find(self, question):
            return replace(super().find(question), looked_at=40)

    source = Counting("hand", TRACES)
    assert fetch_traces(source, VIEW, TraceAsk()).looked_at == 40
    assert fetch_traces(source, VIEW, TraceAsk(), SHOP).looked_at is None
