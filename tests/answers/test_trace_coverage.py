"""The part of the requests that is traced, by hand."""

import pytest

from mesh_graph.answers.trace_coverage import pooled_share, sampled_share
from mesh_graph.traces.dependencies import MetricEdge
from mesh_graph.traces.model import SpanKind, Trace
from tests.traces.hand import span

EDGES = (MetricEdge("", "web", 10.0), MetricEdge("shop", "web", 5.0), MetricEdge("web", "db", 30.0))


def request(number, queries=2):
    return Trace(
        str(number),
        (
            span("get", 0, 100, service="web", kind=SpanKind.SERVER),
            *(
                span(f"q{n}", 10 * n, 10 * n + 5, "get", service="db", kind=SpanKind.SERVER)
                for n in range(queries)
            ),
        ),
    )


def test_share_is_requests_traced_of_requests_counted():
    found = sampled_share([request(n) for n in range(9)], EDGES, 60, "web")
    assert (found.requests, found.expected, found.share) == (9, 900, 0.01)
    # Garwood: of 9 events 4.115 to 17.085.
    assert found.interval.low == pytest.approx(4.115 / 900, rel=1e-3)
    assert found.interval.high == pytest.approx(17.085 / 900, rel=1e-3)


def test_all_services_are_counted_together():
    found = sampled_share([request(n) for n in range(9)], EDGES, 60)
    assert (found.requests, found.expected) == (27, 2700)


def test_requests_of_one_trace_are_no_evidence_of_each_other():
    few = sampled_share([request(n, queries=1) for n in range(9)], EDGES, 60, "db")
    many = sampled_share([request(n, queries=10) for n in range(9)], EDGES, 60, "db")
    assert many.share == pytest.approx(10 * few.share)
    ratios = [found.interval.high / found.interval.low for found in (few, many)]
    assert ratios[0] == pytest.approx(ratios[1])


def test_no_trace_of_many_requests_bounds_the_share():
    found = sampled_share([], EDGES, 60, "web")
    assert (found.share, found.interval.low) == (0, 0)
    assert found.interval.high == pytest.approx(3.689 / 900, rel=1e-3)


def test_requests_that_never_arrived_are_not_expected():
    lost = (MetricEdge("shop", "web", 25.0, 10.0, 10.0),)
    assert sampled_share([request(1)], lost, 60, "web").expected == 900


def test_services_are_pooled_each_over_its_own_time():
    pages, jobs = [request(n) for n in range(9)], [request(n) for n in range(5, 10)]
    found = pooled_share({"web": (pages, 60), "db": (jobs, 10), "idle": ([], 60)}, EDGES)
    # 9 of 15 per second in 60 s; 10 of 30 per second in 10 s; 10 traces in all.
    assert (found.requests, found.expected) == (19, 1200)
    assert found.interval.low == pytest.approx(4.795 * 1.9 / 1200, rel=1e-3)


@pytest.mark.parametrize(("edges", "seconds"), [((), 60), (EDGES, 0), (EDGES[2:], 60)])
def test_without_requests_counted_nothing_is_known(edges, seconds):
    assert sampled_share([request(1)], edges, seconds, "web") is None
