"""The demo over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import requests

from mesh_graph.demo.curves import DAY_S
from mesh_graph.demo.exposition import pod_metrics
from mesh_graph.demo.server import MeshServer
from mesh_graph.demo.simulator import FAMILIES, Simulator
from mesh_graph.demo.story import story

ODD_HOUR = 20_500.0 * DAY_S + 13 * 3600 + 60
MESH = Simulator(story())


@pytest.fixture(scope="module")
def server() -> Iterator[MeshServer]:
    with MeshServer(("127.0.0.1", 0), MESH, tuple(FAMILIES), clock=lambda: ODD_HOUR) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def get(server: MeshServer, path: str) -> requests.Response:
    return requests.get(server.url + path, timeout=10)


def test_targets_are_the_pods_that_run(server: MeshServer):
    answer = get(server, "/targets")
    assert answer.headers["Content-Type"] == "application/json"
    groups = answer.json()
    apps = [group["labels"]["app"] for group in groups]
    # The banner runs in even hours only; the servers without sidecar are never scraped.
    assert "banner" not in apps
    assert "erp" not in apps
    assert {"productpage", "frontend", "istio-ingressgateway"} <= set(apps)
    assert len(groups) == len(MESH.pods) - 1
    assert all(group["targets"] == [server.url.removeprefix("http://")] for group in groups)


def test_each_target_serves_its_metrics(server: MeshServer):
    for group in get(server, "/targets").json()[:10]:
        answer = get(server, group["labels"]["__metrics_path__"])
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        pod = [target[1] for target in MESH.targets].index(group["labels"]["pod"])
        assert answer.text == pod_metrics(MESH, pod, ODD_HOUR, tuple(FAMILIES))


def test_clusters_serve_what_their_pods_use_where_it_is_asked_for():
    families = ("container_memory_working_set_bytes", "kube_pod_status_phase")
    with MeshServer(("127.0.0.1", 0), MESH, families, clock=lambda: ODD_HOUR) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        labels = [one["labels"] for one in get(server, "/targets").json()]
        clusters = [one for one in labels if "cluster" in one]
        pages = {one["cluster"]: get(server, one["__metrics_path__"]).text for one in clusters}
        missing = get(server, "/clusters/north/metrics").status_code
        server.shutdown()
        thread.join()
    assert set(pages) == {"east", "west"}
    assert missing == 404
    assert all(text.count("# TYPE") == 2 for text in pages.values())
    assert 'container="istio-proxy"' in pages["east"]
    assert "parcel-tracker" in pages["west"]
    # The banner runs in even hours only, and who scrapes a cluster says which one it is.
    assert "banner" not in pages["east"]
    assert "cluster=" not in pages["east"]


@pytest.mark.parametrize("path", ["/", "/pods/nobody/metrics", "/pods/", "/metrics", "/pods/%2e%2e/metrics"])
def test_other_paths_say_what_there_is(server: MeshServer, path: str):
    answer = get(server, path)
    assert answer.status_code == 404
    assert "/targets" in answer.text


def test_a_pod_that_is_down_is_not_served(server: MeshServer):
    banner = next(w.pod(replica) for w, replica in MESH.pods if w.app == "banner")
    assert get(server, f"/pods/{banner}/metrics").status_code == 404


def test_a_connection_is_kept_for_the_next_scrape(server: MeshServer):
    with requests.Session() as session:
        first = session.get(server.url + "/targets", timeout=10, stream=True)
        connection = first.raw._connection
        assert first.content
        assert session.get(server.url + "/targets", timeout=10, stream=True).raw._connection is connection
