"""The demo's own ``rate``, quantiles and the rest against a real Prometheus with the same samples."""

from __future__ import annotations

import math
import threading
import time
from itertools import count

import numpy as np
import pandas as pd
import pytest
import requests

from mesh_graph import fields
from mesh_graph.demo.exposition import LEAN_LABELS, openmetrics
from mesh_graph.demo.server import MeshServer
from mesh_graph.demo.simulator import FAMILIES, Part, Simulator
from mesh_graph.demo.story import BANNER_LIFE, MEMORY_LIFE, story
from mesh_graph.sources.demo import SCRAPE_S, DemoSource
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery

pytestmark = pytest.mark.peer("prometheus")

EVEN_HOUR = next(
    birth - 300
    for birth in (MEMORY_LIFE.phase_s + MEMORY_LIFE.period_s * k for k in count(636_000))
    if (birth - 300) % BANNER_LIFE.period_s == 0
)
"""The banner's pod is born then, and the parcel tracker restarts 5 minutes later: births and a reset."""
START, END = EVEN_HOUR - 600, EVEN_HOUR + 600
INSTANTS = [EVEN_HOUR, EVEN_HOUR + 61.5, EVEN_HOUR + 427.3, END - 14.999, END]

LEAN = tuple(label for label in fields.REQUEST_LABELS if label in LEAN_LABELS)
LATENCY = (*fields.LATENCY_LABELS, "pod")


def ask(
    function: Function, family: Family = Family.REQUESTS, by: tuple[str, ...] = LEAN, **options
) -> MetricQuery:
    return MetricQuery(family, function, by, **options)


QUERIES = {
    "rate": ask(Function.RATE),
    "rate per pod with idle ones": ask(Function.RATE, by=(*LEAN, "pod"), idle=True),
    "rate of everything": ask(Function.RATE, by=()),
    "rate of a namespace": ask(
        Function.RATE, matchers=(Matcher("destination_workload_namespace", "=~", "shop|logis.*"),)
    ),
    "rate of none": ask(Function.RATE, matchers=(Matcher("reporter", "=", "nobody"),)),
    "rate without a label": ask(Function.RATE, matchers=(Matcher("grpc_response_status", "=", ""),)),
    "rate over a short window": ask(Function.RATE, by=("pod", "response_code"), window_s=20),
    "rate over a long window": ask(Function.RATE, by=("pod", "response_code"), window_s=600),
    "requests of a histogram": ask(Function.RATE, Family.REQUEST_DURATION, LATENCY),
    "sum rate": ask(Function.SUM_RATE, Family.REQUEST_DURATION, LATENCY),
    "bucket rate": ask(Function.BUCKET_RATE, Family.REQUEST_DURATION, ("destination_workload", "le", "pod")),
    "mean": ask(Function.MEAN, Family.REQUEST_DURATION, fields.LATENCY_LABELS),
    "median": ask(Function.QUANTILE, Family.REQUEST_DURATION, fields.LATENCY_LABELS, quantile=0.5),
    "p99 per pod": ask(Function.QUANTILE, Family.REQUEST_DURATION, LATENCY, quantile=0.99),
    "everything is at most the highest": ask(Function.QUANTILE, Family.REQUEST_DURATION, (), quantile=1.0),
    "series": ask(Function.SERIES, by=("destination_workload",)),
    "series of a histogram": ask(Function.SERIES, Family.REQUEST_DURATION, ("destination_workload",)),
    "samples": ask(Function.SAMPLES, by=("pod",)),
    "age": ask(Function.AGE, by=("pod",)),
    "tcp bytes": ask(Function.RATE, Family.TCP_SENT, ("source_workload", "app", "reporter")),
    "tcp closed": ask(Function.RATE, Family.TCP_CLOSED, ("source_workload", "response_flags"), idle=True),
    "messages": ask(Function.RATE, Family.GRPC_RESPONSE_MESSAGES, fields.MESSAGE_LABELS),
}


@pytest.fixture(scope="module")
def simulator() -> Simulator:
    return Simulator(story())


@pytest.fixture(scope="module")
def url(simulator: Simulator, prometheus_factory, tmp_path_factory: pytest.TempPathFactory) -> str:
    times = np.arange(math.ceil(START / SCRAPE_S), END // SCRAPE_S + 1) * float(SCRAPE_S)
    families = [family for family in FAMILIES if not family.endswith("_bytes")]
    path = tmp_path_factory.mktemp("history") / "story.om"
    with path.open("w") as file:
        file.writelines(openmetrics(simulator, times, families, LEAN_LABELS))
    server = prometheus_factory(openmetrics=path)
    path.unlink()
    return server.url


def key(labels: dict[str, str], by: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(labels.get(label, "") for label in by)


def same(theirs: dict[tuple, float], ours: dict[tuple, float]) -> None:
    assert set(theirs) == set(ours)
    for one, value in theirs.items():
        assert ours[one] == pytest.approx(value, rel=1e-9, abs=0), one


def of_table(table: pd.DataFrame, columns: tuple[str, ...]) -> dict[tuple, float]:
    rows = dict(
        zip(table[list(columns)].itertuples(index=False, name=None), table[fields.VALUE], strict=True)
    )
    assert len(rows) == len(table)
    return rows


@pytest.mark.parametrize("at", INSTANTS)
@pytest.mark.parametrize("name", QUERIES)
def test_instant_answers_equal_those_of_prometheus(name: str, at: float, url: str, simulator: Simulator):
    query = QUERIES[name]
    reply = DemoSource(simulator).instant(query, at)
    answer = requests.post(f"{url}/api/v1/query", data={"query": reply.promql, "time": at}, timeout=30).json()
    theirs = {key(row["metric"], query.by): float(row["value"][1]) for row in answer["data"]["result"]}
    same(theirs, {k if query.by else (): v for k, v in of_table(reply.table, query.by).items()})


@pytest.mark.parametrize("name", ["rate", "bucket rate", "mean", "p99 per pod", "series", "samples", "age"])
def test_range_answers_equal_those_of_prometheus(name: str, url: str, simulator: Simulator):
    query = QUERIES[name]
    start, end, step = START + 307.7, END - 3.1, 47.0
    reply = DemoSource(simulator).range(query, start, end, step)
    asked = {"query": reply.promql, "start": start, "end": end, "step": step}
    answer = requests.post(f"{url}/api/v1/query_range", data=asked, timeout=30).json()
    theirs = {
        (*key(series["metric"], query.by), round(at * 1000)): float(value)
        for series in answer["data"]["result"]
        for at, value in series["values"]
    }
    table = reply.table.assign(time=(reply.table[fields.TIME] * 1000).round().astype(int))
    same(theirs, of_table(table, (*query.by, fields.TIME)))
    assert reply.series == len(answer["data"]["result"])


def test_the_history_has_births_resets_and_an_incident(url: str):
    """So that the comparison above is about them too."""

    def number(query: str) -> float:
        answer = requests.post(f"{url}/api/v1/query", data={"query": query, "time": END}, timeout=30).json()
        return float(answer["data"]["result"][0]["value"][1])

    assert (
        number('count(resets(istio_requests_total{destination_workload=~"parcel-tracker.*"}[10m]) > 0)') > 0
    )
    assert number('count(count_over_time(istio_requests_total{app="banner"}[10m]) < 41)') > 0
    assert number('sum(increase(istio_requests_total{response_flags="UF"}[10m]))') > 10


def test_a_real_prometheus_scrapes_the_served_mesh(simulator: Simulator, prometheus_factory):
    """Discovery, paths, target labels and text: what it has stored is what the simulator says."""
    with MeshServer(("127.0.0.1", 0), simulator, tuple(FAMILIES)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        config = (
            "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
            f'scrape_configs: [{{job_name: mesh, http_sd_configs: [{{url: "{server.url}/targets"}}]}}]\n'
        )
        url = prometheus_factory(config=config).url
        stored = scraped(url, number=int(simulator.is_up(time.time()).sum()))
        server.shutdown()
        thread.join()
    labels = simulator.labels("istio_requests_total")
    rows = [dict(zip(labels, row, strict=True)) for row in zip(*labels.values(), strict=True)]
    index = {frozenset((k, v) for k, v in row.items() if v): number for number, row in enumerate(rows)}
    assert len(stored) > 100
    for metric, at, value in stored:
        number = index[frozenset((k, v) for k, v in metric.items() if k != "__name__")]
        # The page was made between the start of the scrape, which is its time stamp, and its end.
        first, last = simulator.read(
            "istio_requests_total", Part.COUNT, np.array([at, at + 1]), np.array([number])
        )[0]
        assert first <= value <= last


def scraped(url: str, number: int) -> list[tuple[dict[str, str], float, float]]:
    """The request counters with their time stamps, once all targets were scraped."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        up = requests.post(f"{url}/api/v1/query", data={"query": "sum(up)"}, timeout=10).json()["data"][
            "result"
        ]
        if up and int(up[0]["value"][1]) >= number:
            break
        time.sleep(0.2)
    answer = requests.post(
        f"{url}/api/v1/query", data={"query": "istio_requests_total[10s]"}, timeout=10
    ).json()
    return [
        (series["metric"], float(at), float(value))
        for series in answer["data"]["result"]
        for at, value in series["values"][-1:]
    ]
