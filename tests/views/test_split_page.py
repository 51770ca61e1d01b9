"""List and detail of splits as components: what they say, and that hostile names stay text."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from mesh_graph.canary.split import Anchor, AnchorKind
from mesh_graph.canary.verdict import State
from mesh_graph.demo.bookinfo import answers
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.spec import Call, Destination, Host, MeshSpec, Workload
from mesh_graph.mesh import Mesh
from mesh_graph.sources.demo import DemoSource
from mesh_graph.views.split_charts import distribution_rows, share_chart_rows
from mesh_graph.views.split_list import render_splits
from mesh_graph.views.split_page import _left, render_split
from mesh_graph.views.split_tables import downstream_rows
from mesh_graph.views.split_text import split_text
from mesh_graph.views.split_words import split_reasons_text
from tests.canary_mesh import NAMESPACE, TRUE, VIEW


def texts(component) -> list[str]:
    """Every text in a tree of components, in order."""
    if component is None:
        return []
    if isinstance(component, str):
        return [component]
    if isinstance(component, list | tuple):
        return [text for child in component for text in texts(child)]
    return texts(getattr(component, "children", None))


def test_the_list_links_to_every_split(canaries):
    page = render_splits(canaries.splits(VIEW), lambda split: f"/canary/{split.name}")
    links = [row.href for row in page.children[0].children]
    assert set(links) == {f"/canary/{NAMESPACE}/{name}" for name in TRUE}
    words = texts(page)
    assert words[0] == "Roll back"
    assert "drifting" in words
    assert any(text.endswith("expect 0.55.") for text in words)


def test_an_empty_list_says_what_a_split_is():
    assert "A split is a service" in " ".join(texts(render_splits((), str)))


@pytest.mark.parametrize("service", sorted(TRUE))
def test_every_detail_begins_with_its_verdict(canaries, service):
    detail = canaries.split(VIEW, f"{NAMESPACE}/{service}")
    page = render_split(detail, "/graph", "/list")
    words = texts(page)
    verdict = {"promote": "Promote", "roll-back": "Roll back", "wait": "Wait", "hold": "Hold"}
    assert words[3:5] == ["See it in the graph", verdict[detail.split.judgement.verdict]]
    assert "Declared and observed" in words
    assert f"mesh-graph canary {NAMESPACE}/{service} --gate" in words


def test_right_after_a_change_nothing_is_held_against_a_canary(canaries):
    good = canaries.split(VIEW, f"{NAMESPACE}/good").split
    sample = replace(good.sample, frame=good.sample.frame.iloc[:0])
    new = replace(good, anchor=Anchor(good.judgement.at - 30, AnchorKind.ROUTE), sample=sample)
    assert split_reasons_text(new) == [
        "The route has just changed: counting begins when every proxy has heard of it"
    ]


def test_no_wait_of_nothing_is_told(canaries):
    """Too few batches, though requests enough: how long it takes is not known."""
    guardrails = canaries.split(VIEW, f"{NAMESPACE}/good").split.judgement.candidates[0].guardrails
    waiting = replace(guardrails[0], state=State.TOO_FEW, more_requests=0.0, more_seconds=0.0)
    assert _left(waiting, "requests") == ""


def test_a_bad_canary_comes_with_the_patch_that_ends_it(canaries):
    words = texts(render_split(canaries.split(VIEW, f"{NAMESPACE}/bad"), "/graph", "/list"))
    first, _ = (text for text in words if text.startswith("apiVersion"))
    assert [line.strip() for line in first.splitlines() if "weight" in line] == ["weight: 100", "weight: 0"]


HOSTILE = 'v2"><script>alert(1)</script>{x}'


def test_hostile_versions_stay_text():
    front = Workload("front-v1", "ns", "front")
    host = Host.service("cart", "ns")
    calls = [
        Call(front, host, (Destination(Workload(f"cart-{n}", "ns", "cart", version)),), rate, answers())
        for n, (version, rate) in enumerate((("v1", 20.0), (HOSTILE, 5.0)))
    ]
    mesh = Mesh(DemoSource(Simulator(MeshSpec.of(tuple(calls)))))
    view = VIEW.__class__(namespaces=("ns",), window_s=1200, at=VIEW.at)
    detail = mesh.split(view, "ns/cart")
    assert HOSTILE in texts(render_split(detail, "/graph", "/list"))
    assert HOSTILE in split_text(detail.split)
    mesh.close()


def test_shares_are_stacked_in_per_cent_and_gaps_stay_gaps():
    history = pd.DataFrame(
        {
            "time": [0.0, 0.0, 15.0, 15.0],
            "version": ["v1", "v2", "v1", "v2"],
            "share": [0.75, 0.25, float("nan"), float("nan")],
        }
    )
    assert share_chart_rows(history, ("v1", "v2")) == [
        {"time": "00:00:00", "v1": 75.0, "v2": 25.0, "no version": None},
        {"time": "00:00:15", "v1": None, "v2": None, "no version": None},
    ]


def test_a_distribution_has_the_part_of_each_bucket_and_names_the_last_one():
    cumulative = pd.DataFrame(
        {
            "version": ["v1"] * 4,
            "edge_ms": [5.0, 50.0, 100.0, float("inf")],
            "share": [0.0, 0.6, 0.9, 1.0],
        }
    )
    rows, edges = distribution_rows(cumulative, ("v1",))
    assert edges == [50.0, 100.0, float("inf")]
    assert rows == [
        {"edge": "≤ 50 ms", "v1": 60.0},
        {"edge": "≤ 100 ms", "v1": 30.0},
        {"edge": "> 100 ms", "v1": 10.0},
    ]


def calls(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["service", "version", "calls_per_request", "error_ratio"])
    return table.assign(protocol="http", rate=1.0)


@pytest.mark.parametrize(
    ("rows", "marks"),
    [
        ([("a/b", "v1", 1.0, 0.0), ("a/b", "v2", 1.1, 0.005)], ["", ""]),
        ([("a/b", "v1", 1.0, 0.0), ("a/b", "v2", 2.0, 0.0)], ["", "more"]),
        ([("a/b", "v1", 1.0, 0.0), ("a/b", "v2", 1.0, 0.3)], ["", "worse"]),
        ([("a/b", "v2", 1.0, 0.0)], ["", "new"]),
        ([("a/b", "v1", 1.0, 0.0)], ["", "none"]),
    ],
)
def test_outgoing_calls_are_marked_by_what_differs(rows, marks):
    ((service, cells),) = downstream_rows(calls(*rows), ("v1", "v2"))
    assert service == "a/b"
    assert [mark for _, mark in cells] == marks


def test_of_a_service_that_nobody_calls_there_is_nothing_but_the_reason(canaries):
    words = texts(render_split(canaries.split(VIEW, f"{NAMESPACE}/nobody"), "/topology", "/canary"))
    assert any(text.startswith("No request or connection was counted") for text in words)
    assert "Declared and observed" not in words
    assert "How it was counted" in words
