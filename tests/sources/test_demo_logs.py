"""The demo's pods write what its traces and counters tell."""

import pytest

from mesh_graph.demo.story import story
from mesh_graph.demo.tracer import Tracer
from mesh_graph.logs.lines import lines_of
from mesh_graph.logs.model import Level
from mesh_graph.sources.demo_cluster import DemoCluster
from mesh_graph.sources.log_source import LogAsk

AT = 1_795_263_000.0
"""2026-11-21T12:10:00Z: reviews-v3 has lost ratings for five minutes."""


@pytest.fixture(scope="module")
def cluster():
    return DemoCluster(clock=lambda: AT)


def lines(cluster, workload, container, **more):
    pod = next(p for p in cluster.snapshot().objects("Pod") if p.name.startswith(f"{workload}-"))
    reply = cluster.logs.read(LogAsk(pod.cluster, pod.namespace, pod.name, container, **more))
    assert reply.trouble is None
    return list(lines_of(reply.lines, pod.name, container, is_proxy=container == "istio-proxy"))


def test_failing_version_s_proxy_writes_the_failures_with_their_flag(cluster):
    found = lines(cluster, "reviews-v3", "istio-proxy", since=AT - 60)
    asked = [line.access for line in found if not line.access.is_inbound]
    failed = [access for access in asked if access.code == "503"]
    assert 0.4 < len(failed) / len(asked) < 0.8, "six of ten, as the story has it"
    assert {access.flags for access in failed} == {"UF"}
    assert all(line.level is Level.ERROR for line in found if line.access.code == "503")
    assert {access.upstream_cluster for access in asked} == {
        "outbound|8080||ratings.bookinfo.svc.cluster.local"
    }


def test_application_complains_of_the_same_failures_at_the_same_instants(cluster):
    proxy = lines(cluster, "reviews-v3", "istio-proxy", since=AT - 60)
    app = lines(cluster, "reviews-v3", "reviews", since=AT - 60)
    failed = [line.at for line in proxy if line.access.code == "503"]
    assert failed == [line.at for line in app if line.text.startswith("[ERROR")]


def test_request_that_was_traced_has_the_same_id_in_log_and_trace(cluster):
    pod = next(p for p in cluster.snapshot().objects("Pod") if p.name.startswith("productpage-v1-"))
    sampled = Tracer(story()).newest_first(AT - 70, AT - 15, "productpage.bookinfo")
    wanted = {
        span.attributes["guid:x-request-id"]
        for trace in sampled
        for span in trace.spans
        if pod.name in str(span.attributes["node_id"])
    }
    found = lines(cluster, "productpage-v1", "istio-proxy", since=AT - 90, lines=5000)
    assert wanted
    assert wanted <= {line.access.request_id for line in found}


def test_lines_are_the_last_of_the_time_asked_for_in_order_and_always_the_same(cluster):
    some = lines(cluster, "frontend-v3", "istio-proxy", since=AT - 10, lines=50)
    more = lines(cluster, "frontend-v3", "istio-proxy", since=AT - 10, lines=5000)
    assert len(some) == 50
    assert some == more[-50:]
    assert [line.at for line in more] == sorted(line.at for line in more)
    assert all(AT - 10 <= line.at <= AT for line in more)
    assert lines(DemoCluster(clock=lambda: AT), "frontend-v3", "istio-proxy", since=AT - 10, lines=50) == some


def test_past_is_told_as_the_present_was(cluster):
    then = DemoCluster(clock=lambda: AT - 600)
    now = lines(cluster, "reviews-v3", "istio-proxy", since=AT - 630, until=AT - 600)
    assert now
    assert now == lines(then, "reviews-v3", "istio-proxy", since=AT - 630)


def test_pod_that_was_killed_for_its_memory_said_so_in_its_previous_run(cluster):
    found = lines(cluster, "parcel-tracker-v2", "parcel-tracker", is_previous=True, lines=400)
    heap = [line for line in found if "heap" in line.text]
    assert heap[-1].level is Level.WARN
    assert "heap 9" in heap[-1].text
    present = lines(cluster, "parcel-tracker-v2", "parcel-tracker", lines=5000)
    assert found[-1].at < present[0].at


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pod": "reviews-v9-x"}, "logs.gone"),
        ({"namespace": "shop"}, "logs.gone"),
        ({"cluster": "west"}, "logs.gone"),
        ({"container": "sidecar"}, "logs.no-container"),
    ],
)
def test_what_is_not_there_is_a_trouble(cluster, change, message):
    pod = next(p for p in cluster.snapshot().objects("Pod") if p.name.startswith("reviews-v3-"))
    asked = {"cluster": "east", "namespace": "bookinfo", "pod": pod.name, "container": "reviews"} | change
    reply = cluster.logs.read(LogAsk(**asked))
    assert (reply.lines, reply.trouble.message) == ((), message)


def test_pod_between_two_lives_is_gone():
    """The banner's pod runs in even hours."""
    runs = DemoCluster(clock=lambda: AT)
    pod = next(p for p in runs.snapshot().objects("Pod") if p.name.startswith("banner-"))
    asked = LogAsk(pod.cluster, pod.namespace, pod.name, "banner", since=AT - 5)
    assert runs.logs.read(asked).trouble is None
    assert DemoCluster(clock=lambda: AT + 3600).logs.read(asked).trouble.message == "logs.gone"
