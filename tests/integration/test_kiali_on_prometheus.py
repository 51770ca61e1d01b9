"""Parts of one frame are what a real Prometheus answers to Kiali's own queries, as Kiali writes them."""

from collections import Counter

import numpy as np
import pytest
import requests

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.kiali import plan_of, read_observed
from mesh_graph.demo.exposition import LEAN_LABELS, openmetrics
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.story import story
from mesh_graph.fetch import Fetcher
from mesh_graph.frames.codes import texts
from mesh_graph.kiali.options import Ambient, Options
from mesh_graph.kiali.samples import rounded
from mesh_graph.kiali.selection import Counted, choose
from mesh_graph.sources.demo import SCRAPE_S
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.sources.query import Family

pytestmark = pytest.mark.peer("prometheus")

AT = 1_795_263_000.0
"""In the midst of an incident, so that calls fail to reach their workload."""
WINDOW_S = 120
NAMESPACES = ("bookinfo", "istio-system", "legacy")
BASE = (
    "source_cluster,source_workload_namespace,source_workload,source_canonical_service,"
    "source_canonical_revision,destination_cluster,destination_service_namespace,destination_service,"
    "destination_service_name,destination_workload_namespace,destination_workload,"
    "destination_canonical_service,destination_canonical_revision"
)
ENDING = "request_protocol,response_code,grpc_response_status,response_flags"
SELECTORS = {
    0: '{source},source_workload_namespace!="{ns}",destination_workload_namespace="unknown",'
    'destination_workload="unknown",destination_service=~"^.+\\\\.{ns}\\\\..+$"',
    2: '{destination},destination_workload_namespace="{ns}"',
    3: '{source},source_workload_namespace="{ns}"',
}
REPORTERS = {
    Ambient.TOTAL: {
        "source": 'reporter=~"waypoint|source"',
        "destination": 'reporter=~"waypoint|destination"',
    },
    Ambient.NONE: {"source": 'reporter="source"', "destination": 'reporter="destination"'},
}


@pytest.fixture(scope="module")
def server(prometheus_factory, tmp_path_factory):
    times = np.arange(AT - WINDOW_S - SCRAPE_S, AT + 1, SCRAPE_S)
    path = tmp_path_factory.mktemp("history") / "story.om"
    families = [Family.REQUESTS, Family.TCP_RECEIVED]
    with path.open("w") as file:
        file.writelines(openmetrics(Simulator(story()), times, families, LEAN_LABELS))
    return prometheus_factory(openmetrics=path)


@pytest.fixture
def desk(server):
    source = PrometheusSource(PrometheusOptions(url=server.url))
    yield Desk(source, Fetcher(source, 2**24, 4), refresh_s=15, settle_s=0.0, scrape_interval_s=15.0)
    source.close()


def asked(server, metric, labels, selector):
    """Kiali's answer: rounded rates by labels."""
    query = f"round(sum(rate({metric}{{{selector}}} [{WINDOW_S}s])) by ({labels}) > 0,0.001)"
    reply = requests.post(f"{server.url}/api/v1/query", {"query": query, "time": AT}, timeout=10).json()
    names = labels.split(",")
    return {
        tuple(row["metric"].get(name, "") for name in names): float(row["value"][1])
        for row in reply["data"]["result"]
    }


@pytest.mark.parametrize("ambient", REPORTERS)
@pytest.mark.parametrize("stage", SELECTORS)
@pytest.mark.parametrize(
    ("metric", "labels", "rate"),
    [
        ("istio_requests_total", f"{BASE},{ENDING}", fields.REQUEST_RATE),
        ("istio_tcp_received_bytes_total", f"app,{BASE},response_flags", fields.SENT_BYTES_RATE),
    ],
)
def test_part_of_the_frame_is_the_answer_to_kiali_s_query(server, desk, ambient, stage, metric, labels, rate):
    options = Options(NAMESPACES, window_s=WINDOW_S, at=AT, ambient=ambient)
    plan = plan_of(desk, options)
    observed = read_observed(plan, desk.fetcher.ask(plan.bundles, AT), options)
    frame = observed.requests if rate == fields.REQUEST_RATE else observed.tcp
    chosen = choose(frame, options, Counted.REQUESTS if rate == fields.REQUEST_RATE else Counted.BYTES)
    columns = [texts(frame[name]) for name in labels.split(",")]
    total = 0
    for number, namespace in enumerate(NAMESPACES):
        rows = chosen.row[(chosen.map == number) & (chosen.stage == stage)]
        found: Counter[tuple[str, ...]] = Counter()
        for row in rows.tolist():
            found[tuple(column[row] for column in columns)] += frame[rate].iat[row]
        selector = SELECTORS[stage].format(ns=namespace, **REPORTERS[ambient])
        expected = asked(server, metric, labels, selector)
        assert set(found) == set(expected)
        for key, value in expected.items():
            assert rounded(np.array([found[key]]))[0] == pytest.approx(value, abs=0.0011)
        total += len(expected)
    # Nothing but a failed call from elsewhere is in Q0; of bytes there is none.
    assert total > 0 or stage == 0
