"""Logs through a real API server from a real kubelet's code (kwok), rights of the cluster included.

kwok runs no containers: what they wrote are files. How the API server and the kubelet answer is theirs; only
what a kubelet says of a container that has not started, or not run before, kwok says in other words.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from mesh_graph.api.context import Context
from mesh_graph.application import create_app
from mesh_graph.logs.lines import lines_of
from mesh_graph.mesh import Mesh
from mesh_graph.scope import Right, Scope
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.kube import KubeSource
from mesh_graph.sources.kube_access import from_kubeconfig
from mesh_graph.sources.kube_api import KubeApi
from mesh_graph.sources.kube_logs import KubeLogs
from mesh_graph.sources.log_source import LogAsk, LogReply
from tests.kube_peer import ADMIN, RESTRICTED, KubeApiserver
from tests.kubelet_peer import Kubelet
from tests.logs.test_access import FAILED, OUTBOUND

pytestmark = [pytest.mark.peer("kubernetes"), pytest.mark.peer("kubelet")]

AT = 1_795_263_000.0
POD = ("logged", "cart-0")
ROLE = Path(__file__).parents[2] / "deploy/clusterrole-logs.yaml"
SOON_S = 20.0


@pytest.fixture(scope="module")
def kubelet(kubernetes: KubeApiserver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubelet]:
    found = Kubelet(tmp_path_factory.mktemp("kubelet"), kubernetes, {POD: ("cart", "istio-proxy")})
    found.start()
    yield found
    found.stop()


def apis(server: KubeApiserver, token: str = ADMIN) -> list[KubeApi]:
    return from_kubeconfig(server.kubeconfig(token=token), ())


@pytest.fixture
def logs(kubernetes: KubeApiserver, kubelet: Kubelet) -> KubeLogs:
    return KubeLogs(apis(kubernetes))


def ask(container: str = "cart", **more) -> LogAsk:
    return LogAsk("east", *POD, container, **more)


def texts(reply: LogReply) -> list[str]:
    assert reply.trouble is None
    return [line.text for line in lines_of(reply.lines, "", "", is_proxy=False)]


def numbered(count: int, text: bytes = b"line %d") -> list[tuple[float, bytes]]:
    """Lines a second apart, the last of them at ``AT``."""
    return [(AT - count + 1 + n, text.replace(b"%d", str(n).encode())) for n in range(count)]


@pytest.mark.parametrize(
    ("more", "kept", "was_cut"),
    [
        ({}, range(500, 1000), True),
        ({"lines": 3}, range(997, 1000), True),
        ({"lines": 1000}, range(1000), False),
        ({"since": AT - 4}, range(995, 1000), False),
        ({"since": AT - 4, "lines": 2}, range(998, 1000), True),
        ({"since": AT - 3.5}, range(996, 1000), False),
        ({"until": AT - 990}, range(10), False),
        ({"since": AT - 900, "until": AT - 890}, range(99, 110), False),
        ({"since": AT - 900, "until": AT - 890, "lines": 3}, range(107, 110), True),
        ({"since": AT + 60}, range(0), False),
        ({"until": AT - 5000}, range(0), False),
    ],
)
def test_last_lines_of_a_time_and_whether_there_are_older_ones(kubelet, logs, more, kept, was_cut):
    kubelet.write(POD, "cart", numbered(1000))
    reply = logs.read(ask(**more))
    assert texts(reply) == [f"line {n}" for n in kept]
    assert reply.was_cut is was_cut


def test_instants_are_the_containers(kubelet, logs):
    kubelet.write(POD, "cart", [(AT + 0.25, b"a"), (AT + 0.5, b"b")])
    reply = logs.read(ask())
    assert [line.at for line in lines_of(reply.lines, "", "", is_proxy=False)] == [AT + 0.25, AT + 0.5]


def test_newest_lines_come_also_where_the_tail_does_not_fit(kubelet, kubernetes):
    kubelet.write(POD, "cart", numbered(1000, b"%d " + b"x" * 1000))
    reply = KubeLogs(apis(kubernetes), most_bytes=50_000).read(ask(lines=1000))
    found = [int(text.split()[0]) for text in texts(reply)]
    assert found[-1] == 999
    assert found == list(range(found[0], 1000))
    assert reply.was_cut


def test_shorter_tail_that_holds_all_of_the_time_leaves_nothing_out(kubelet, kubernetes):
    # The API takes whole seconds: all of the second in which the time begins comes, too.
    before = [(AT - 3.75, b"x" * 1000)] * 200
    kubelet.write(POD, "cart", [*before, *numbered(4)])
    reply = KubeLogs(apis(kubernetes), most_bytes=50_000).read(ask(lines=1000, since=AT - 3.5))
    assert texts(reply) == [f"line {n}" for n in range(4)]
    assert not reply.was_cut


def test_line_longer_than_all_that_is_read_is_named(kubelet, kubernetes):
    kubelet.write(POD, "cart", [(AT, b"x" * 30_000)])
    reply = KubeLogs(apis(kubernetes), most_bytes=10_000).read(ask())
    assert reply.trouble.message == "logs.newest-left-out"


def test_past_too_full_to_be_read_is_named(kubelet, kubernetes):
    kubelet.write(POD, "cart", numbered(1000, b"%d " + b"x" * 1000))
    source = KubeLogs(apis(kubernetes), past_bytes=100_000)
    assert source.read(ask(until=AT)).trouble.message == "logs.past-left-out"
    assert source.read(ask(until=AT - 950)).trouble is None, "it ends before"


def test_hostile_lines_arrive_and_break_nothing(kubelet, logs):
    hostile = [
        b"\x1b[31mred\x1b[0m",
        b"nul \x00 end",
        b"\xff\xfe bad",
        b"x" * 100_000,
        b"",
        b"last, without an end",
    ]
    kubelet.write(POD, "cart", [(AT, line) for line in hostile])
    found = list(lines_of(logs.read(ask()).lines, "", "", is_proxy=False))
    shown = [line.text for line in found]
    assert shown[:3] == ["red", "nul ␀ end", "\ufffd\ufffd bad"]
    assert (len(shown[3]), found[3].left_out, shown[4:]) == (4000, 96_000, ["", "last, without an end"])


def test_previous_run_has_a_log_of_its_own(kubelet, logs):
    kubelet.write(POD, "cart", [(AT, b"now")])
    kubelet.write(POD, "cart", [(AT - 60, b"out of memory")], is_previous=True)
    assert texts(logs.read(ask(is_previous=True))) == ["out of memory"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"pod": "cart-9"}, "logs.gone"),
        ({"namespace": "nowhere"}, "logs.gone"),
        ({"cluster": "west"}, "logs.gone"),
        ({"container": "sidecar"}, "logs.no-container"),
        ({"pod": "a/../b"}, "logs.gone"),
    ],
)
def test_what_is_not_there_is_told_by_its_name(logs, wrong, message):
    asked = {"cluster": "east", "namespace": POD[0], "pod": POD[1], "container": "cart"} | wrong
    assert logs.read(LogAsk(**asked)).trouble.message == message


def test_pod_that_no_node_has_taken_yet_has_not_started(kubernetes, logs):
    pod = {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "waits", "namespace": POD[0]},
        "spec": {"containers": [{"name": "cart", "image": "cart:v1"}]},
    }  # fmt: skip
    kubernetes.create([pod])
    reply = logs.read(LogAsk("east", POD[0], "waits", "cart"))
    assert reply == LogReply(), "it has written nothing"


def test_role_for_logs_is_what_is_missing_and_what_is_enough(kubernetes, kubelet):
    kubelet.write(POD, "cart", [(AT, b"now")])
    source = KubeLogs(apis(kubernetes, RESTRICTED))
    refused = source.read(ask()).trouble
    assert refused.message == "logs.forbidden"
    assert 'cannot get resource "pods/log"' in refused.parameters["reason"]
    role, binding = yaml.safe_load_all(ROLE.read_text())
    assert role["rules"] == [{"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]}]
    group = "rbac.authorization.k8s.io"
    binding["subjects"] = [{"apiGroup": group, "kind": "User", "name": "somebody"}]
    kubernetes.create([role, binding])
    until = time.monotonic() + SOON_S
    while source.read(ask()).trouble is not None:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert texts(source.read(ask())) == ["now"]
    kubernetes.delete(binding)
    kubernetes.delete(role)


def test_wrong_token_is_a_trouble_and_is_not_shown(kubernetes, kubelet):
    trouble = KubeLogs(apis(kubernetes, "a-secret-token")).read(ask()).trouble
    assert trouble.message == "logs.unreachable"
    assert "a-secret-token" not in str(trouble)


def test_page_of_a_real_pod_tells_both_containers_to_those_who_may(kubernetes, kubelet):
    kubelet.write(POD, "cart", [(AT - 30, b"ERROR no money"), (AT - 10, b"INFO goes on")])
    kubelet.write(POD, "istio-proxy", [(AT - 31, OUTBOUND.encode()), (AT - 20, FAILED.encode())])
    cluster = KubeSource(apis(kubernetes), reads_logs=True)
    mesh = Mesh(DemoSource(clock=lambda: AT), cluster=cluster)
    try:
        assert cluster.wait(SOON_S)
        path = f"/api/workloads/logged/{POD[1]}/logs?at={AT:.0f}&window=1m"
        body = create_app(Context(mesh)).server.test_client().get(path).get_json()
        assert [line["level"] for line in body["lines"]] == ["warn", "error", "error", "info"]
        assert [line["is_proxy"] for line in body["lines"]] == [True, False, True, False]
        blind = Context(mesh, scope=Scope.of(["logged"], rights=[Right.CONFIG]))
        assert create_app(blind).server.test_client().get(path).status_code == 403
    finally:
        mesh.close()


def test_without_a_sign_in_the_logs_of_a_real_cluster_are_off(kubernetes):
    cluster = KubeSource(apis(kubernetes))
    mesh = Mesh(DemoSource(clock=lambda: AT), cluster=cluster)
    try:
        answer = create_app(Context(mesh)).server.test_client().get("/api/workloads/logged/cart-0/logs")
        assert (answer.status_code, answer.get_json()["type"]) == (403, "logs-off")
        assert "nobody signs in" in answer.get_json()["detail"]
    finally:
        mesh.close()


def test_kubelet_that_is_away_is_named(kubelet, logs):
    kubelet.write(POD, "cart", [(AT, b"now")])
    kubelet.server.stop()
    trouble = logs.read(ask()).trouble
    assert trouble.message == "logs.kubelet"
    assert "connection refused" in trouble.parameters["reason"]
    kubelet.server.start()
    assert texts(logs.read(ask())) == ["now"]


def test_api_server_that_is_away_is_a_trouble(tmp_path):
    config = {
        "current-context": "gone",
        "contexts": [{"name": "gone", "context": {"cluster": "gone", "user": "nobody"}}],
        "clusters": [{"name": "gone", "cluster": {"server": "https://127.0.0.1:9"}}],
        "users": [{"name": "nobody", "user": {}}],
    }
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(config))
    found = KubeLogs(from_kubeconfig(path, ())).read(LogAsk("gone", *POD, "cart"))
    assert found.trouble.message == "logs.unreachable"
