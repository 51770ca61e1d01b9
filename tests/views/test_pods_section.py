"""Pods on a page: how they stand and what they use, in words and bars."""

import json
import re

import pytest
from dash import Dash
from plotly.utils import PlotlyJSONEncoder

from mesh_graph.answers.pods import PodRow, Pods
from mesh_graph.detail.pod_notes import PodNote, Slowness, notes_of
from mesh_graph.detail.pods import ContainerUse, PodUse
from mesh_graph.istio.standing import ContainerStanding, PodStanding
from mesh_graph.model import NodeKey, NodeKind
from mesh_graph.topology.attributes import Gap
from mesh_graph.views.addresses import Links
from mesh_graph.views.messages_pods import MESSAGES, NOTES, note_words, pod_gap_words
from mesh_graph.views.pods_section import render_pods
from tests.answers.test_standing import standing

CART = NodeKey(NodeKind.APP, "", "shop", app="cart")
AT = 1_795_262_400.0
MIB = 2**20


@pytest.fixture(autouse=True)
def _app():
    Dash(__name__)


def row(*containers: ContainerUse, name="cart-v1-a", workload="cart-v1", **more) -> PodRow:
    return PodRow(workload, "", name, use=PodUse("", name, containers), **more)


def shown(*rows: PodRow, told=None, is_now=True, gaps=()) -> str:
    notes = notes_of([one.use for one in rows if one.use])
    found = Pods(CART, AT, 300, is_now, rows, notes, gaps, {"CPU": ("rate(x[5m])",)})
    return json.dumps(render_pods(found, told, Links()), cls=PlotlyJSONEncoder, ensure_ascii=False)


def texts(html: str) -> list[str]:
    return re.findall(r'"children": (?:\[)?"([^"]+)"', html)


def widths(html: str) -> list[str]:
    return re.findall(r'"width": "([\d.]+%)"', html)


def test_use_stands_beside_its_limit_with_a_bar_of_their_share():
    html = shown(
        row(
            ContainerUse(
                "app", cpu=0.3, cpu_limit=0.4, throttled=0.43, memory=90 * MIB, memory_limit=100 * MIB
            )
        )
    )
    found = texts(html)
    assert {"0.3", " of 0.4 cores", "43%", "90 MiB", " of 100 MiB"} <= {*found}
    assert widths(html) == ["75.0%", "43.0%", "90.0%"]
    assert html.count("mgp-bar mgp-high") == 2


def test_what_is_not_told_is_a_dash_and_never_zero():
    html = shown(row(ContainerUse("app")))
    assert widths(html) == []
    assert "0%" not in html
    assert texts(html).count("–") == 4


@pytest.mark.parametrize(("knows", "words"), [(True, "no limit"), (False, "limit not told")])
def test_without_a_limit_there_is_no_bar_and_it_says_which(knows, words):
    html = shown(row(ContainerUse("app", cpu=0.3, memory=5.0 * MIB, knows_limits=knows)))
    assert (widths(html), texts(html).count(f" {words}")) == ([], 2)
    assert ("never" in texts(html)) is knows


def test_a_bar_does_not_leave_its_ground():
    assert widths(shown(row(ContainerUse("app", memory=3.0, memory_limit=2.0)))) == ["100.0%"]


def test_why_a_pod_is_not_ready_is_told_in_its_words_and_ours():
    ill = row(ContainerUse("app", is_ready=False, waiting="CrashLoopBackOff", restarts=7, restarted=2))
    found = texts(shown(ill))
    assert "keeps crashing" in found
    assert "2 in this window" in found
    assert "CrashLoopBackOff" in shown(ill)


def test_what_nobody_tells_of_a_pods_state_is_not_green():
    html = shown(row(ContainerUse("app", memory=1.0)))
    assert "not told" in html
    assert "mg-mark-ok" not in html


def test_the_cluster_tells_of_containers_that_metrics_do_not():
    containers = (
        ContainerStanding("istio-init", "proxyv2", True, is_done=True),
        ContainerStanding("istio-proxy", "proxyv2", True, is_proxy=True),
        ContainerStanding("app", "app:1", True, 3, "", "Error", 1, 1_795_262_400.0),
    )
    pod = PodStanding("cart-v1-a", "node-7", "Running", containers)
    html = shown(PodRow("cart-v1", "east", "cart-v1-a", pod, None))
    assert "istio-init" not in html
    assert html.index('"app"') < html.index('"istio-proxy"')
    assert {"node-7", "3", "Error (1), 2026-11-21 12:00:00 UTC"} <= {*texts(html)}
    assert '"ready"' in html


def test_every_workload_has_its_own_pods_and_its_facts():
    told = standing(NodeKind.APP, app="cart")
    html = shown(row(name="cart-v2-x", workload="cart-v2"), told=told)
    assert '"href": "/workloads/shop/cart-v1"' in html
    assert html.index("cart-v1") < html.index("cart-v2-x")
    assert "No pods." in html


def test_a_pod_leads_to_its_logs_where_a_cluster_knows_of_it():
    told = standing(NodeKind.APP, app="cart")
    address = "/workloads/shop/cart-v1?tab=logs&pods=cart-v1-a"
    assert f'"href": "{address}"' in shown(row(), told=told)
    assert "tab=logs" not in shown(row())


def test_of_the_past_it_is_told_who_tells():
    told = standing(NodeKind.APP, app="cart")
    assert "As metrics told at 2026-11-21 12:00:00 UTC" in shown(row(), told=told, is_now=False)
    now = PodRow("cart-v1", "", "cart-v1-a", told.workloads[0].pods[0])
    assert "As the clusters tell now" in shown(now, told=told, is_now=False)
    assert "As " not in "".join(texts(shown(row(), told=told)))


def test_many_pods_are_cut_and_counted():
    assert "and 5 more" in shown(*(row(name=f"cart-v1-{number}") for number in range(65)))


def test_nothing_known_is_no_section():
    found = Pods(CART, AT, 300, False, (), (), (), {})
    assert render_pods(found, None, Links()) == []


def test_gaps_are_told_where_there_are_no_pods():
    assert "/metrics/cadvisor" in shown(gaps=(Gap("pods.no-usage"),))


@pytest.mark.parametrize(
    "message", [name for name in MESSAGES if name.startswith(("pods.no-", "pods.several"))]
)
def test_gaps_have_words(message):
    names = {"cluster": "east", "clusters": "a, b", "limit": "1", "reason": "r"}
    assert "{" not in pod_gap_words(Gap(message, tuple(names.items())))


def test_every_note_has_words():
    ill = ContainerUse(
        "app",
        throttled=0.5,
        memory=99.0 * MIB,
        memory_limit=100.0 * MIB,
        restarted=2,
        last_reason="OOMKilled",
    )
    again = ContainerUse("proxy", restarted=1, last_reason="Error")
    html = shown(row(ill, again))
    assert len(notes_of([PodUse("", "p", (ill, again))])) == len(NOTES)
    assert "app ran out of memory and was killed twice in this window: its limit is 100 MiB" in html
    assert "proxy began anew once in this window, last after Error" in html
    assert "app was throttled in 50% of its CPU periods" in html
    assert "app has taken 99.0% of its memory limit of 100 MiB" in html


def test_a_note_says_what_response_times_did_and_not_why():
    slow = Slowness(4600.0, 240.0, 0.2, 3600.0)
    note = PodNote("pods.throttled", "app", 1, 1, {"share": 0.43}, slowness=slow)
    assert note_words(note) == (
        "app was throttled in 43% of its CPU periods: what it answers waits. In the last 1 h p99 was 4.6 s "
        "at the instants at which it was throttled so, and 240 ms at the others"
    )


def test_what_a_note_does_not_know_goes_unsaid():
    assert (
        note_words(PodNote("pods.restarted", "app", 1, 1, {"times": 1.0}))
        == "app began anew once in this window"
    )
    killed = PodNote("pods.killed", "app", 1, 1, {"times": 3.0}, "OOMKilled")
    assert note_words(killed) == "app ran out of memory and was killed 3 times in this window"
