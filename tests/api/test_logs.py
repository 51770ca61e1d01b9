"""The logs of pods over HTTP: lines, rights, refusals, and what is written down of it."""

import json
from contextlib import closing
from dataclasses import replace

import pytest

from mesh_graph.answers.pod_lines import LogChoice
from mesh_graph.api.context import Context
from mesh_graph.api.ways_in import WaysIn
from mesh_graph.application import create_app
from mesh_graph.codec import format_instant
from mesh_graph.detail.subject import subject_key
from mesh_graph.errors import LogsOff, UnknownObject
from mesh_graph.mesh import Mesh
from mesh_graph.model import NodeKind, View
from mesh_graph.scope import Grant, Right, Scope
from mesh_graph.sources.cluster import KubeObject
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.log_source import (
    LogAsk,
    LogReply,
    LogTrouble,
    NoLogs,
    WhyOff,
    line_stamp,
)
from tests.access.people import Household
from tests.api.guests import Guest, running
from tests.logs.test_access import FAILED, INBOUND, OUTBOUND
from tests.walled_mesh import HandCluster, HandTraces

AT = 1_795_263_000.0
PATH = "/api/workloads/shop/cart/logs"
SECRET = "the-password-is-swordfish"


class Kept:
    """What containers wrote, as a test says; it remembers what it was asked."""

    off = None

    def __init__(self):
        self.asked: list[LogAsk] = []
        self.wrote: dict[str, list[tuple[float, str]]] = {
            "cart": [(-50, "INFO starts"), (-20, f"ERROR no money, {SECRET}"), (-20, "\tat Cart.java:7")],
            "istio-proxy": [(-30, INBOUND), (-19, FAILED), (-9, OUTBOUND)],
        }
        self.trouble: dict[str, LogTrouble] = {}

    def read(self, ask: LogAsk) -> LogReply:
        self.asked.append(ask)
        if ask.pod in self.trouble:
            return LogReply(trouble=self.trouble[ask.pod])
        told = tuple(f"{line_stamp(AT + s)} {text}".encode() for s, text in self.wrote[ask.container])
        return LogReply(told[-ask.lines :], len(told) > ask.lines)


def pod(name: str, namespace: str = "shop", ready: bool = True, more: tuple = ()) -> KubeObject:
    states = (
        {"name": "cart", "ready": ready, "restartCount": 3},
        {"name": "istio-proxy", "ready": True},
        *more,
    )
    return KubeObject(
        "Pod", "east", namespace, name, labels={"app": "cart"}, owner=("StatefulSet", "cart"),
        status={"phase": "Running", "containerStatuses": states},
    )  # fmt: skip


@pytest.fixture
def logs():
    return Kept()


@pytest.fixture
def mesh(logs):
    cluster = HandCluster(
        pod("cart-0"),
        pod("cart-1", ready=False),
        pod("cart-0", "bank"),
        *(pod(f"cart-{n}") for n in range(2, 9)),
    )
    cluster.logs = logs
    mesh = Mesh(DemoSource(clock=lambda: AT), cluster=cluster, traces=HandTraces())
    yield mesh
    mesh.close()


@pytest.fixture
def client(mesh):
    return create_app(Context(mesh)).server.test_client()


def get(client, path=PATH, **query):
    return client.get(path, query_string=query)


def test_app_and_proxy_are_told_in_one_order_with_their_levels(client):
    body = get(client, pods="cart-0").get_json()
    assert [(line["container"], line["level"]) for line in body["lines"]] == [
        ("cart", "info"),
        ("istio-proxy", "warn"),
        ("cart", "error"),
        ("cart", "error"),
        ("istio-proxy", "error"),
        ("istio-proxy", "warn"),
    ]
    failed = body["lines"][4]["access"]
    assert (failed["code"], failed["flags"], failed["direction"]) == ("503", "UF,URX", "out")
    assert (failed["peer"], failed["meaning"]) == (
        "pay.shop",
        "could not connect to the server; all retries failed",
    )
    assert body["lines"][1]["access"]["peer"] == "10.44.1.23:37652"
    assert (body["read"], body["matching"], body["notes"]) == (6, 6, [])
    assert body["words"] == "6 lines. From 2026-11-21 12:05:00 UTC to 2026-11-21 12:10:00 UTC."


def test_pods_in_trouble_are_read_first_and_not_all_of_many(client, logs):
    body = get(client).get_json()
    assert [one["name"] for one in body["pods"]][:3] == ["cart-1", "cart-0", "cart-2"]
    assert len(body["pods"]) == 9
    assert {ask.pod for ask in logs.asked} == {"cart-1", "cart-0", "cart-2", "cart-3"}
    assert body["pods"][0]["containers"][0] == {"name": "cart", "is_proxy": False, "restarts": 3}


def test_pods_of_one_name_in_two_clusters_are_both_read(logs):
    cluster = HandCluster(pod("cart-0"), replace(pod("cart-0"), cluster="west"))
    cluster.logs = logs
    with closing(Mesh(DemoSource(clock=lambda: AT), cluster=cluster)) as mesh:
        client = create_app(Context(mesh)).server.test_client()
        for query in ({}, {"pods": "cart-0"}):
            logs.asked.clear()
            get(client, containers="cart", **query)
            assert {ask.cluster for ask in logs.asked} == {"east", "west"}


def test_failed_grpc_call_is_an_error_in_words(client, logs):
    logs.wrote["istio-proxy"] = [
        (-9, '{"method": "POST", "response_code": 200, "response_flags": "-", "grpc_status": "Unavailable"}')
    ]
    (line,) = get(client, pods="cart-0", containers="istio-proxy").get_json()["lines"]
    assert (line["level"], line["access"]["meaning"]) == ("error", "unavailable")


def test_so_many_containers_and_no_more_are_read(client, logs):
    body = get(client, pods=",".join(f"cart-{n}" for n in range(9))).get_json()
    assert len(logs.asked) == 16
    assert "2 more containers were not read: choose fewer pods." in body["notes"]


def test_what_is_asked_for_goes_to_the_source(client, logs):
    get(client, pods="cart-2", containers="cart", lines=7, window="10m")
    assert logs.asked == [LogAsk("east", "shop", "cart-2", "cart", lines=7, since=AT - 600)]
    logs.asked.clear()
    get(client, pods="cart-2", containers="cart", at=format_instant(AT - 60), window="1m")
    assert logs.asked == [LogAsk("east", "shop", "cart-2", "cart", lines=500, since=AT - 120, until=AT - 60)]
    logs.asked.clear()
    get(client, pods="cart-2", containers="cart", previous=1)
    assert logs.asked == [LogAsk("east", "shop", "cart-2", "cart", lines=500, is_previous=True)]
    logs.asked.clear()
    get(client, pods="cart-2", containers="cart", any_age=1, having="x")
    assert logs.asked == [LogAsk("east", "shop", "cart-2", "cart", lines=5000)]


def test_last_lines_that_match_are_shown_and_the_rest_is_counted(client):
    body = get(client, pods="cart-0", level="warn", lines=2).get_json()
    assert [line["container"] for line in body["lines"]] == ["istio-proxy", "istio-proxy"]
    assert (body["read"], body["matching"]) == (6, 5)
    assert body["words"].startswith("5 of 6 lines read are what you look for. The last 2 of them are shown.")


def test_container_whose_older_lines_were_not_looked_through_is_named(client, logs):
    logs.wrote["istio-proxy"] = [(-n / 1000, OUTBOUND) for n in range(5001, 0, -1)]
    body = get(client, pods="cart-0", lines=3).get_json()
    assert body["notes"] == [], "what is shown are the last lines of both"
    body = get(client, pods="cart-0", level="error").get_json()
    assert [line["container"] for line in body["lines"]] == ["cart", "cart"]
    assert body["notes"] == ["cart-0, istio-proxy: read from 2026-11-21 12:09:55 UTC on, and not before."]


def test_nothing_written_is_said_with_the_time_in_which(client, logs):
    logs.wrote = {"cart": [], "istio-proxy": []}
    body = get(client, pods="cart-0").get_json()
    assert body["lines"] == []
    assert body["words"].startswith("Nothing was written between 2026-11-21 12:05:00 UTC and")
    assert get(client, any_age=1).get_json()["words"] == "Nothing has been written."
    logs.wrote["cart"] = [(-5, "x")]
    assert "None of the 1 lines" in get(client, pods="cart-0", having="y").get_json()["words"]


def test_what_fails_is_a_sentence_and_the_rest_is_told(client, logs):
    logs.trouble["cart-1"] = LogTrouble("logs.not-started")
    body = get(client, pods="cart-0,cart-1,cart-99").get_json()
    assert len(body["lines"]) == 6
    assert "cart-1, cart: it has not started yet, so it has written nothing." in body["notes"]
    assert "There is no pod cart-99 now. It was deleted, or replaced by another." in body["notes"]
    assert {one["pod"] for one in body["streams"] if one["is_failing"]} == {"cart-1", "cart-99"}


def test_ways_to_traces_are_told_where_there_are_traces(client, mesh, logs):
    ways = get(client, pods="cart-0", window="10m").get_json()["traces"]
    assert ways == {
        "by_request": "/traces?window=10m&service=cart.shop&tags=guid%3Ax-request-id%3D{id}",
        "by_trace": "/traces/{id}?window=10m",
    }
    cluster = HandCluster(pod("cart-0"))
    cluster.logs = logs
    bare = create_app(Context(Mesh(DemoSource(clock=lambda: AT), cluster=cluster))).server.test_client()
    assert get(bare).get_json()["traces"] == {}


def test_text_is_one_line_each_and_a_file(client):
    answer = get(client, pods="cart-0", containers="cart", format="text")
    assert answer.mimetype == "text/plain"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.get_data(as_text=True).splitlines()[0] == (
        "2026-11-21T12:09:10.000000+00:00 cart-0 cart INFO starts"
    )


def test_nobody_on_the_way_keeps_lines(client):
    for form in ("json", "text"):
        assert get(client, format=form).headers["Cache-Control"] == "no-store"
        assert "ETag" not in get(client, format=form).headers


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"having": "a(b", "regex": "1"}, "having"),
        ({"without": "[", "regex": "1"}, "without"),
        ({"lines": "0"}, "lines"),
        ({"lines": "5001"}, "lines"),
        ({"lines": "many"}, "lines"),
        ({"level": "loud"}, "level"),
        ({"regex": "yes"}, "regex"),
        ({"pods": "x" * 2001}, "pods"),
        ({"window": "soon"}, "window"),
    ],
)
def test_wrong_parameter_is_named(client, query, parameter):
    answer = get(client, **query)
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, parameter)


def test_workload_without_pods_is_unknown(client):
    answer = get(client, "/api/workloads/shop/none/logs")
    assert (answer.status_code, answer.get_json()["type"]) == (404, "unknown-object")


RIGHTS = [Right.CONFIG, Right.QUERIES]


@pytest.mark.parametrize(
    ("scope", "status", "kind"),
    [
        (Scope.of(["shop"]), 200, None),
        (Scope.of(["shop"], rights=[Right.LOGS]), 200, None),
        (Scope.of(["shop"], rights=RIGHTS), 403, "logs-off"),
        (Scope.of(["*"], rights=[]), 403, "logs-off"),
        (Scope.of(["bank"]), 404, "unknown-object"),
        (Scope.of(["shop"], ["west"]), 404, "unknown-object"),
        (Scope((Grant(("shop",), rights=frozenset(RIGHTS)), Grant(("bank",)))), 403, "logs-off"),
        (Scope((Grant(("bank",), rights=frozenset(RIGHTS)), Grant(("shop",)))), 200, None),
    ],
)
def test_lines_are_for_those_who_may_read_them(mesh, logs, scope, status, kind):
    answer = get(create_app(Context(mesh, scope=scope)).server.test_client())
    assert answer.status_code == status
    assert answer.get_json().get("type") == kind
    assert (SECRET in answer.get_data(as_text=True)) == bool(logs.asked) == (status == 200)


def test_the_facade_itself_refuses_not_only_its_doors(mesh, logs):
    subject = subject_key(NodeKind.WORKLOAD, "shop", "cart", "")
    with pytest.raises(LogsOff):
        mesh.seen_by(Scope.of(["shop"], rights=RIGHTS)).logs.read(View(), subject, LogChoice())
    with pytest.raises(UnknownObject):
        mesh.seen_by(Scope.of(["bank"])).logs.read(View(), subject, LogChoice())
    assert logs.asked == []


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (WhyOff.NO_SIGN_IN, "nobody signs in here"),
        (WhyOff.NO_CLUSTER, "none that runs pods is connected"),
        (WhyOff.NO_RIGHT, "may not read"),
    ],
)
def test_refusal_says_why_and_what_to_do(mesh, why, words):
    mesh._desk.cluster.logs = NoLogs(why)
    client = create_app(Context(mesh)).server.test_client()
    answer = get(client)
    assert answer.status_code == 403
    assert words in answer.get_json()["detail"]
    assert answer.get_json()["advice"]


def test_no_line_is_held_or_in_any_other_answer(client, logs):
    get(client, pods="cart-0")
    logs.wrote = {"cart": [(-1, "later")], "istio-proxy": []}
    assert SECRET not in get(client, pods="cart-0").get_data(as_text=True), "it is read anew"
    for path in ("/api/graph?mask=1", "/api/istio", "/api/workloads/shop/cart", "/metrics"):
        assert SECRET not in client.get(path).get_data(as_text=True), path


def test_audit_log_says_whose_logs_were_read_and_nothing_of_them(mesh, tmp_path):
    household = Household(tmp_path)
    with running(Context(mesh), WaysIn(household.keeper)) as url:
        guest = Guest(url)
        guest.sign_in("ada")
        assert SECRET in guest.get(f"{PATH}?pods=cart-0,cart-99").text
        assert guest.get("/api/workloads/shop/none/logs").status_code == 404
    written = household.audit.read_text()
    told = [json.loads(line) for line in written.splitlines() if "/logs" in line]
    assert [one.get("pods") for one in told] == ["cart-0,cart-99", None]
    assert (told[0]["who"], told[0]["containers"], told[0]["status"]) == ("ada", "cart,istio-proxy", 200)
    assert SECRET not in written
