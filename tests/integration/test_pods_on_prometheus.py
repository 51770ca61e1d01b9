"""What pods use, asked of real servers: series in the shape of real kubelets', and the demo's own.

The hand-written past is what a kubelet with containerd and a kube-state-metrics of version 2 expose, with
what must not be counted: the pod's control group, the pause container, reasons that are zero, second scrapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict

import numpy as np
import pytest

from mesh_graph.answers.desk import Desk
from mesh_graph.answers.pods import Pods, pods_of
from mesh_graph.demo.containers import POD_FAMILIES
from mesh_graph.demo.exposition import openmetrics
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.story import story
from mesh_graph.fetch import Fetcher
from mesh_graph.model import NodeKey, NodeKind, View
from mesh_graph.scope import Scope
from mesh_graph.sources.base import MetricsSource
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.sources.query import Matcher
from mesh_graph.sources.scoped import scoped

MIB = 2**20
STEP_S = 30
START = 1_700_000_010
END = START + 1800
POD, OTHER, PENDING = "web-6d8bc58dd7-x2x4z", "web-6d8bc58dd7-b2b4b", "web-6d8bc58dd7-zz5zz"
SLICE = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice"


def kubelet(container: str, pod: str = POD, **more: str) -> dict[str, str]:
    image = "" if not container else "registry.example/web:1"
    found = {"namespace": "shop", "pod": pod, "container": container, "image": image, "job": "kubelet"}
    return {**found, "id": f"{SLICE}/{container}", **more}


def state(container: str, pod: str = POD, **more: str) -> dict[str, str]:
    return {
        "namespace": "shop",
        "pod": pod,
        "container": container,
        "uid": f"uid-{pod}",
        "job": "ksm",
        **more,
    }


Series = tuple[str, dict[str, str], Callable[[float], float]]


def constant(value: float) -> Callable[[float], float]:
    return lambda second: value


def rate(per_second: float) -> Callable[[float], float]:
    return lambda second: 1000 + per_second * second


PAST: list[Series] = [
    ("container_cpu_usage_seconds_total", kubelet("web", cpu="total"), rate(0.3)),
    ("container_cpu_usage_seconds_total", kubelet("istio-proxy", cpu="total"), rate(0.1)),
    ("container_cpu_usage_seconds_total", kubelet("", cpu="total"), rate(0.4)),
    ("container_cpu_usage_seconds_total", kubelet("POD", cpu="total"), rate(0.01)),
    ("container_cpu_cfs_periods_total", kubelet("web"), rate(10)),
    ("container_cpu_cfs_throttled_periods_total", kubelet("web"), rate(4.3)),
    ("container_memory_working_set_bytes", kubelet("web"), constant(120 * MIB)),
    # The same kubelet, scraped by two jobs.
    ("container_memory_working_set_bytes", kubelet("web", job="cadvisor"), constant(120 * MIB)),
    ("container_memory_working_set_bytes", kubelet("istio-proxy"), constant(50 * MIB)),
    ("container_memory_working_set_bytes", kubelet(""), constant(171 * MIB)),
    ("container_memory_working_set_bytes", kubelet("POD"), constant(1 * MIB)),
    ("container_memory_working_set_bytes", kubelet("web", OTHER), constant(40 * MIB)),
    (
        "kube_pod_container_resource_limits",
        state("web", resource="cpu", unit="core", node="n"),
        constant(0.5),
    ),
    ("kube_pod_container_resource_limits", state("web", resource="memory", unit="byte"), constant(128 * MIB)),
    ("kube_pod_container_resource_requests", state("web", resource="cpu", unit="core"), constant(0.1)),
    ("kube_pod_container_status_restarts_total", state("web"), lambda s: 7 if s > 1700 else 5),
    ("kube_pod_container_status_restarts_total", state("istio-proxy"), constant(0)),
    ("kube_pod_container_status_restarts_total", state("web", OTHER), constant(3)),
    ("kube_pod_container_status_last_terminated_reason", state("web", reason="OOMKilled"), constant(1)),
    ("kube_pod_container_status_last_terminated_reason", state("web", reason="Error"), constant(0)),
    ("kube_pod_container_status_ready", state("web"), constant(1)),
    ("kube_pod_container_status_ready", state("istio-proxy"), constant(1)),
    ("kube_pod_container_status_ready", state("web", OTHER), constant(0)),
    ("kube_pod_container_status_waiting_reason", state("web", OTHER, reason="CrashLoopBackOff"), constant(1)),
    ("kube_pod_container_status_waiting_reason", state("web", OTHER, reason="ErrImagePull"), constant(0)),
    ("kube_pod_status_phase", {"namespace": "shop", "pod": PENDING, "phase": "Pending"}, constant(1)),
    ("kube_pod_status_phase", {"namespace": "shop", "pod": PENDING, "phase": "Running"}, constant(0)),
    # Neighbours, whose names begin alike.
    ("container_memory_working_set_bytes", kubelet("web", "web-v2-6d8bc58dd7-x2x4z"), constant(9 * MIB)),
    ("container_memory_working_set_bytes", kubelet("web", namespace="pay"), constant(9 * MIB)),
]


def past() -> str:
    lines: list[str] = []
    for family in dict.fromkeys(family for family, _, _ in PAST):
        kind = "counter" if family.endswith("_total") else "gauge"
        lines.append(f"# TYPE {family.removesuffix('_total')} {kind}\n")
        for labels, value in ((labels, value) for name, labels, value in PAST if name == family):
            inside = ",".join(f'{name}="{text}"' for name, text in labels.items() if text)
            lines += [
                f"{family}{{{inside}}} {value(second)} {START + second}\n"
                for second in range(0, END - START + 1, STEP_S)
            ]
    return "".join([*lines, "# EOF\n"])


SPELL = 1_795_262_400 + 1695
"""Recommendations of the demo are throttled."""


def of_demo() -> str:
    times = np.arange(SPELL - 900, SPELL + 1, 15.0)
    return "".join(openmetrics(Simulator(story()), times, POD_FAMILIES))


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("prometheus_factory", marks=pytest.mark.peer("prometheus")),
        pytest.param("victoriametrics_factory", marks=pytest.mark.peer("victoriametrics")),
    ],
)
def url(request: pytest.FixtureRequest) -> str:
    """A server that holds both pasts, which share no namespace's pods."""
    texts = past().removesuffix("# EOF\n"), of_demo()
    if request.param == "prometheus_factory":
        # One family is one block of text there.
        return request.getfixturevalue(request.param)(openmetrics=_merged(*texts)).url
    return request.getfixturevalue(request.param)(openmetrics="".join(texts)).url


def _merged(*texts: str) -> str:
    families: dict[str, list[str]] = {}
    for text in texts:
        for line in text.splitlines(keepends=True):
            if line.startswith("# TYPE"):
                own = families.setdefault(line, [])
            elif not line.startswith("#"):
                own.append(line)
    return "".join("".join([head, *lines]) for head, lines in families.items()) + "# EOF\n"


def pods(source: MetricsSource, workload: str, at: float, namespace: str = "shop") -> Pods:
    desk = Desk(source, Fetcher(source, 2**20, 4), refresh_s=15, settle_s=0.0, scrape_interval_s=None)
    return pods_of(desk, View(at=at), NodeKey(NodeKind.WORKLOAD, "", namespace, workload=workload), None)


@pytest.fixture
def source(url: str) -> Iterator[PrometheusSource]:
    source = PrometheusSource(PrometheusOptions(url=url))
    yield source
    source.close()


def test_containers_of_a_real_kubelet_are_told_once_and_apart(source):
    found = pods(source, "web", END)
    web, proxy = next(row for row in found.rows if row.name == POD).containers[::-1]
    assert (web.name, proxy.name) == ("web", "istio-proxy")
    assert (web.cpu, proxy.cpu) == (pytest.approx(0.3), pytest.approx(0.1))
    assert (web.cpu_limit, web.cpu_request, web.throttled) == (0.5, 0.1, pytest.approx(0.43))
    assert (web.memory, web.memory_limit) == (120 * MIB, 128 * MIB)
    assert (proxy.memory, proxy.memory_limit, proxy.throttled, proxy.knows_limits) == (
        50 * MIB,
        None,
        None,
        True,
    )
    assert (web.restarts, web.restarted, web.last_reason) == (7, 2, "OOMKilled")


def test_pods_of_the_workload_alone_are_told_the_worst_first(source):
    found = pods(source, "web", END)
    assert [(row.name, row.reason) for row in found.rows] == [
        (OTHER, "CrashLoopBackOff"), (PENDING, "Pending"), (POD, ""),
    ]  # fmt: skip
    assert [row.is_ready for row in found.rows] == [False, False, True]


def test_what_is_wrong_is_told_of_the_window(source):
    messages = [note.message for note in pods(source, "web", END).notes]
    assert messages == ["pods.killed", "pods.throttled", "pods.memory-close"]
    before = [note.message for note in pods(source, "web", END - 600).notes]
    assert before == ["pods.throttled", "pods.memory-close"]


def test_who_may_see_another_namespace_is_told_of_none(source):
    assert pods(scoped(source, Scope.of(("pay",))), "web", END).rows == ()
    assert [row.name for row in pods(scoped(source, Scope.of(("pay",))), "web", END, "pay").rows] == [POD]
    assert pods(scoped(source, Scope.of(("shop",), clusters=("east",))), "web", END).rows == ()


def test_the_query_scope_holds_for_pods_too(url):
    narrow = PrometheusSource(PrometheusOptions(url=url, scope=(Matcher("job", "=", "kubelet"),)))
    found = pods(narrow, "web", END)
    narrow.close()
    assert {row.name for row in found.rows} == {POD, OTHER}
    assert {one.restarts for row in found.rows for one in row.containers} == {None}
    assert all('job="kubelet"' in text for texts in found.queries.values() for text in texts)


@pytest.mark.parametrize(
    ("workload", "namespace"), [("recommendation-v7", "shop"), ("parcel-tracker-v2", "logistics")]
)
def test_the_demo_tells_what_a_server_tells_of_its_series(source, request, workload, namespace):
    demo = pods(DemoSource(), workload, SPELL, namespace)
    theirs = pods(source, workload, SPELL, namespace)
    # VictoriaMetrics has a rule of its own for what a rate takes in at the edges of its window.
    exact = 0.06 if "victoriametrics" in request.node.callspec.id else 1e-9
    assert [row.name for row in theirs.rows] == [row.name for row in demo.rows] != []
    for ours, other in zip(demo.rows, theirs.rows, strict=True):
        told = zip(map(asdict, ours.containers), map(asdict, other.containers), strict=True)
        for one, same in told:
            numbers = {name for name, value in one.items() if isinstance(value, float)}
            assert [same[name] for name in sorted(numbers)] == pytest.approx(
                [one[name] for name in sorted(numbers)], rel=exact
            )
            assert {k: v for k, v in same.items() if k not in numbers} == {
                k: v for k, v in one.items() if k not in numbers
            }
    assert [note.message for note in theirs.notes] == [note.message for note in demo.notes]
