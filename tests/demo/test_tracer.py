"""The demo's traces: as many as are sampled, always the same, and in keeping with what is declared."""

from collections import Counter, defaultdict
from itertools import islice

import numpy as np
import pytest

from mesh_graph.demo.bookinfo import namespaces
from mesh_graph.demo.spec import MeshSpec
from mesh_graph.demo.story import story
from mesh_graph.demo.tracer import Tracer
from mesh_graph.traces.model import SpanKind
from mesh_graph.traces.tree import span_tree

NOON = 1_790_002_800.0 - 3 * 3600
"""2026-09-21 12:00 UTC: no incident, no slow spell in the first five minutes; people are busy."""
GATEWAY = "istio-ingressgateway.istio-system"


@pytest.fixture(scope="module")
def tracer() -> Tracer:
    return Tracer(story())


@pytest.fixture(scope="module")
def traces(tracer):
    return list(tracer.newest_first(NOON, NOON + 600))


@pytest.fixture(scope="module")
def many():
    return list(Tracer(story(), sampling=0.05).newest_first(NOON, NOON + 600))


def test_traces_come_newest_first_and_all_from_the_time_asked_for(traces):
    starts = [trace.spans[0].start_us for trace in traces]
    assert starts == sorted(starts, reverse=True)
    assert starts[-1] >= NOON * 1e6
    assert starts[0] <= (NOON + 600) * 1e6


def test_same_seed_gives_the_same_traces_whatever_was_asked_before(traces):
    again = Tracer(story())
    list(again.newest_first(NOON - 60, NOON - 30))
    assert list(again.newest_first(NOON, NOON + 600)) == traces


def test_traces_of_a_time_do_not_depend_on_where_it_is_cut(tracer, traces):
    halves = [*tracer.newest_first(NOON + 301.7, NOON + 600), *tracer.newest_first(NOON, NOON + 301.7)]
    assert halves == traces


def test_another_seed_gives_other_traces(traces):
    other = Tracer(story(), seed=1).newest_first(NOON, NOON + 600)
    assert {trace.trace_id for trace in other}.isdisjoint(trace.trace_id for trace in traces)


def test_sampling_takes_its_share_of_the_requests():
    """Two Bookinfo namespaces have 2 and 3 page views per second at most, and 93 % of it at noon."""
    mesh = MeshSpec.of(namespaces(2, 1, incident_at=0.0))
    expected = 5 * 600 * (0.45 + 0.55 * (0.5 + 0.5 * 2**-0.5))
    counts = {
        share: sum(1 for _ in Tracer(mesh, sampling=share).newest_first(NOON, NOON + 600))
        for share in (0.1, 1.0)
    }
    assert counts[1.0] == pytest.approx(expected, rel=0.02)
    assert counts[0.1] == pytest.approx(expected / 10, rel=0.2)


def test_lower_sampling_takes_a_part_of_what_a_higher_one_takes():
    mesh = MeshSpec.of(namespaces(1, 1, incident_at=0.0))
    few, many = (list(Tracer(mesh, sampling=share).newest_first(NOON, NOON + 60)) for share in (0.1, 0.5))
    assert 0 < len(few) < len(many)
    assert all(trace in many for trace in few)


def test_trace_is_found_by_its_id(tracer, traces):
    for trace in islice(traces, 50):
        assert tracer.trace(trace.trace_id) == trace


@pytest.mark.parametrize("trace_id", ["0" * 31 + "1", "f" * 32, "0" * 16 + "f" * 16])
def test_id_of_no_sampled_request_is_none(tracer, trace_id):
    assert tracer.trace(trace_id) is None


def test_id_with_one_digit_changed_is_none(tracer, traces):
    last = traces[0].trace_id[-1]
    assert tracer.trace(traces[0].trace_id[:-1] + ("0" if last != "0" else "1")) is None


def test_ids_of_the_synthetic_user_have_64_bits_and_no_others(traces):
    short = [trace for trace in traces if trace.trace_id.startswith("0" * 16)]
    assert short
    assert {trace.spans[0].service for trace in short} == {"synthetic-user.monitoring"}
    assert "synthetic-user.monitoring" not in {t.spans[0].service for t in traces if t not in short}


def test_classic_bookinfo_trace_has_both_ends_of_each_hop(traces):
    trace = next(t for t in traces if len(t.spans) == 8 and t.spans[0].name.startswith("productpage"))
    tree = span_tree(trace)
    described = [
        (depth, span.service.partition(".")[0], span.kind.value, span.name.partition(".")[0])
        for depth, span in ((tree.depths[place], tree.spans[place]) for place in tree.order)
    ]
    assert described == [
        (0, "istio-ingressgateway", "client", "productpage"),
        (1, "productpage", "server", "productpage"),
        (2, "productpage", "client", "details"),
        (3, "details", "server", "details"),
        (2, "productpage", "client", "reviews"),
        (3, "reviews", "server", "reviews"),
        (4, "reviews", "client", "ratings"),
        (5, "ratings", "server", "ratings"),
    ]
    assert tree.problems == ()


def test_every_trace_is_whole(traces):
    for trace in traces:
        assert span_tree(trace).problems == ()


def test_only_shipping_drops_the_headers(traces):
    """Its callees' spans are never in its callers' traces; everybody else who was called carries on."""
    begun = Counter(trace.spans[0].service for trace in traces if trace.spans[0].kind is SpanKind.CLIENT)
    called = {s.service for t in traces for s in t.spans if s.kind is SpanKind.SERVER}
    assert {service for service in begun if service in called} == {"shipping.logistics"}
    below = {s.service for t in traces if t.spans[0].service == GATEWAY for s in t.spans}
    assert "shipping.logistics" in below
    assert "parcel-tracker.logistics" not in below


def test_spans_name_their_proxy_and_what_it_routed_to(traces):
    span = next(
        s for t in traces for s in t.spans if s.service == "reviews.bookinfo" and s.kind is SpanKind.SERVER
    )
    revision = span.attributes["istio.canonical_revision"]
    kind, address, pod, domain = span.attributes["node_id"].split("~")
    assert (kind, domain) == ("sidecar", "bookinfo.svc.cluster.local")
    assert pod.startswith(f"reviews-{revision}-")
    assert pod.endswith(".bookinfo")
    assert address.startswith("10.")
    assert span.attributes["upstream_cluster"] == "inbound|8080||"
    onward = next(
        s for t in traces for s in t.spans if s.service == "productpage.bookinfo" and "reviews" in s.name
    )
    version = onward.attributes["upstream_cluster"].split("|")[2]
    assert (
        onward.attributes["upstream_cluster"] == f"outbound|8080|{version}|reviews.bookinfo.svc.cluster.local"
    )
    assert version in ("v1", "v2", "v3")


def test_request_id_is_one_for_the_whole_trace(traces):
    ids = [{span.attributes["guid:x-request-id"] for span in trace.spans} for trace in traces]
    assert all(len(own) == 1 for own in ids)
    assert len(set.union(*ids)) == len(traces)


def test_incident_fails_as_many_calls_to_ratings_as_are_declared(tracer):
    """From 5 to 13 minutes past, 60 % of the calls of reviews-v3 to ratings are refused."""
    shares = {}
    for name, (first, last) in {"before": (0, 300), "during": (300, 780)}.items():
        ends = Counter(
            span.is_error
            for trace in tracer.newest_first(NOON + 1800 + first, NOON + 1800 + last)
            for span in trace.spans
            if span.attributes["istio.canonical_revision"] == "v3"
            and span.service == "reviews.bookinfo"
            and span.kind is SpanKind.CLIENT
        )
        shares[name] = ends[True] / max(1, ends.total())
    assert shares["before"] == 0
    assert shares["during"] == pytest.approx(0.6, abs=0.2)


@pytest.mark.parametrize("name", ["frontend", "checkout", "payment", "catalog", "media-api", "reviews"])
def test_spans_last_as_long_as_the_counters_say(many, name):
    """At the median, of those that ended well, by what the mesh declares for the counters."""
    calls = [c for c in story().calls if c.host.name == name and c.source is not None and c.rate > 1]
    declared = sorted(
        (value, call.rate * answer.share(np.array([NOON]))[0])
        for call in calls
        for answer in call.answers
        if answer.outcome.source[0].code == "200"
        for value in (answer.latency or call.latency).values().tolist()
    )
    reported = sorted(
        span.duration_us / 1000
        for trace in many
        for span in trace.spans
        if span.kind is SpanKind.SERVER
        and span.service.startswith(f"{name}.")
        and span.attributes["http.status_code"] == "200"
    )
    half = sum(weight for _, weight in declared) / 2
    middle = next(value for value, below in running(declared) if below >= half)
    assert reported[len(reported) // 2] == pytest.approx(middle, rel=0.2)


def running(rows):
    """Values with the sum of the weights up to them."""
    below = 0.0
    for value, weight in rows:
        below += weight
        yield value, below


def test_errors_are_those_that_envoy_marks(traces):
    codes = defaultdict(set)
    for span in (span for trace in traces for span in trace.spans):
        codes[span.is_error].add(
            (span.attributes["http.status_code"], span.attributes.get("grpc.status_code", ""))
        )
    assert all(
        not code.startswith("5") and code != "0" and grpc not in ("2", "13", "14")
        for code, grpc in codes[False]
    )
    assert all(code.startswith("5") or code == "0" or grpc in ("2", "13", "14") for code, grpc in codes[True])


def test_services_and_operations_are_those_of_the_spans(tracer, traces):
    spans = [span for trace in traces for span in trace.spans]
    assert {span.service for span in spans} <= set(tracer.services)
    for service in {span.service for span in spans}:
        assert {span.name for span in spans if span.service == service} <= set(tracer.operations(service))
    assert tracer.operations("nobody.nowhere") == ()


def test_asking_for_a_service_finds_all_traces_that_it_has_part_in(tracer, traces):
    asked = tracer.newest_first(NOON, NOON + 600, "ratings.bookinfo")
    having = [t.trace_id for t in traces if any(s.service == "ratings.bookinfo" for s in t.spans)]
    assert set(having) <= {trace.trace_id for trace in asked}
