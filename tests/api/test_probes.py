"""What a cluster asks of the process: alive, ready, numbers."""

import subprocess

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mesh_graph.api.context import Context
from mesh_graph.api.telemetry import Telemetry
from mesh_graph.application import create_app
from mesh_graph.errors import SourceTimeout, SourceUnreachable
from mesh_graph.mesh import Mesh
from mesh_graph.scope import NOTHING
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.measured import measured

NOON = 1_795_262_400.0
GRAPH = "/api/graph?at=2026-11-21T12:00:00Z&namespaces=bookinfo"


class Waking(DemoSource):
    """The demo mesh, once it is awake."""

    error: Exception | None = None

    def label_values(self, label, matchers, start, end):
        if self.error is not None:
            raise self.error
        return super().label_values(label, matchers, start, end)


@pytest.fixture
def source():
    return Waking(clock=lambda: NOON)


@pytest.fixture
def client(source):
    telemetry = Telemetry()
    mesh = Mesh(measured(source, telemetry))
    telemetry.watch_caches(mesh.cache_stats)
    yield create_app(Context(mesh, telemetry=telemetry)).server.test_client()
    mesh.close()


def numbers(client):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_process_is_alive_whatever_the_source_does(client, source):
    source.error = SourceUnreachable("demo", "q", "No connection.")
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok\n")


def test_process_is_ready_once_the_source_has_answered(client, source):
    source.error = SourceTimeout("demo", "q", "Too slow.")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["detail"]) == (503, "Too slow.")
    source.error = None
    assert client.get("/readyz").status_code == 200
    source.error = SourceTimeout("demo", "q", "Too slow.")
    assert client.get("/readyz").status_code == 200


def test_requests_to_the_source_are_counted_by_outcome(client, source):
    client.get(GRAPH)
    before = numbers(client)
    assert before["meshgraph_source_requests_total", "instant", "ok"] > 3
    assert before["meshgraph_source_request_seconds_count", "instant"] > 3
    source.error = SourceTimeout("demo", "q", "Too slow.")
    client.get("/api/graph?namespaces=elsewhere")
    assert numbers(client)["meshgraph_source_requests_total", "labels", "timeout"] == 1


def test_answers_are_counted_by_route_and_kind_of_error(client):
    client.get(GRAPH)
    client.get("/api/graph?window=soon")
    counted = numbers(client)
    assert counted["meshgraph_http_requests_total", "/api/graph", "200"] == 1
    assert counted["meshgraph_http_requests_total", "/api/graph", "400"] == 1
    assert counted["meshgraph_errors_total", "invalid-request"] == 1
    assert counted["meshgraph_http_request_seconds_count", "/api/graph"] == 2


def test_addresses_that_anybody_makes_up_make_no_series(client):
    for name in "abc":
        client.get(f"/api/nothing-{name}")
    assert not [key for key in numbers(client) if any("nothing-" in part for part in key[1:])]


def test_caches_tell_hits_misses_and_size(client):
    client.get(GRAPH)
    client.get(GRAPH)
    counted = numbers(client)
    assert counted["meshgraph_cache_requests_total", "graphs", "miss"] == 1
    assert counted["meshgraph_cache_requests_total", "graphs", "hit"] == 1
    assert counted["meshgraph_cache_bytes", "graphs"] > 0


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/healthz", "10.1.2.3:8050", 200),
        ("/metrics", "[fd00::7]:8050", 200),
        ("/metrics", "evil.example", 421),
        ("/api/graph", "10.1.2.3:8050", 421),
    ],
)
def test_probes_may_come_by_address_and_nothing_else_may(client, path, host, status):
    assert client.get(path, headers={"Host": host}).status_code == status


@pytest.mark.peer("prometheus")
def test_promtool_finds_nothing_wrong(client):
    client.get(GRAPH)
    client.get("/api/graph?window=soon")
    told = client.get("/metrics").data
    checked = subprocess.run(["promtool", "check", "metrics"], input=told, capture_output=True, check=False)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")


def test_where_people_sign_in_a_probe_is_not_told_why_it_is_not_ready(source):
    source.error = SourceUnreachable("http://prometheus.internal", "up", "No connection.")
    client = create_app(Context(Mesh(source), scope=NOTHING)).server.test_client()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready\n")
    source.error = None
    assert client.get("/readyz").status_code == 200
