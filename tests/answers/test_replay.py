"""A replay over the demo mesh: every family is asked once for all frames, and then nothing."""

from collections import Counter
from dataclasses import replace

import pytest

from mesh_graph.answers.replay import MOST_FRAMES, Frames
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.story import story
from mesh_graph.errors import InvalidRequest, SourceTimeout
from mesh_graph.mesh import Mesh
from mesh_graph.model import ResponseTime, View
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.query import Family, Function
from mesh_graph.topology.attributes import EdgeAttr, GraphAttr

ONE = 1_795_266_000.0
"""2026-11-21T13:00:00Z, when the banner goes; the next incident begins five minutes later."""
FRAMES = Frames(ONE + 300, ONE + 1200, 100.0)
"""Ten frames."""
SIMULATOR = Simulator(story())


class Counted(DemoSource):
    """The demo mesh, with what was asked."""

    def __init__(self, failing=()):
        super().__init__(SIMULATOR, clock=lambda: FRAMES.end)
        self.instants, self.ranges, self.failing = [], Counter(), failing

    def instant(self, query, at):
        self.instants.append(query)
        return super().instant(query, at)

    def range(self, query, start, end, step_s):
        if query.family in self.failing:
            raise SourceTimeout(self.name, query.family, "took longer than 15 s.")
        self.ranges[query, step_s] += 1
        return super().range(query, start, end, step_s)


def at(view, instant):
    return replace(view, at=instant)


@pytest.mark.parametrize(
    "view",
    [View(), View(namespaces=("bookinfo",), throughput=True), View(response_time=ResponseTime.NONE)],
    ids=["everything", "one namespace", "no response times"],
)
def test_frames_ask_nothing_after_one_range_query_per_family(view):
    source = Counted()
    mesh = Mesh(source)
    mesh.replay(view, FRAMES)
    assert set(source.ranges.values()) == {1}
    assert {step for _, step in source.ranges} == {FRAMES.step_s, view.window_s}
    source.instants.clear()
    source.ranges.clear()
    for number in range(10):
        mesh.graph(at(view, FRAMES.start + number * FRAMES.step_s))
    assert [query for query in source.instants if query.function is not Function.SAMPLES] == []
    assert not source.ranges


def test_totals_are_those_of_the_graphs():
    mesh = Mesh(Counted())
    totals = mesh.replay(View(), FRAMES)
    assert len(totals) == 10
    for row in totals.itertuples():
        graph = Mesh(Counted()).graph(at(View(), row.time)).graph
        assert row.request_rate == pytest.approx(graph[GraphAttr.REQUEST_RATE])
        errors = graph[GraphAttr.ERROR_RATE] / graph[GraphAttr.REQUEST_RATE]
        assert row.error_ratio == pytest.approx(errors)
        assert row.bytes_rate == pytest.approx(graph[GraphAttr.TCP_BYTES_RATE])
    assert totals["error_ratio"].max() > 1.5 * totals["error_ratio"].iloc[0]


def test_what_vanished_was_last_seen_when_it_was_without_a_replay():
    """The banner has been gone for twenty minutes."""
    view = at(View(), FRAMES.end)
    replayed = Mesh(Counted())
    replayed.replay(View(), FRAMES)

    plain, held = (
        {(a, b): d[EdgeAttr.LAST_SEEN] for a, b, d in graph.edges(data=True) if EdgeAttr.LAST_SEEN in d}
        for graph in (Mesh(Counted()).graph(view), replayed.graph(view))
    )
    assert plain
    assert held == pytest.approx(plain, abs=view.window_s)
    assert {ONE <= seen <= ONE + 300 for seen in held.values()} == {True}


def test_a_view_of_no_traffic_has_no_numbers():
    totals = Mesh(Counted()).replay(View(namespaces=("nowhere",)), FRAMES)
    assert totals[["request_rate", "error_ratio", "bytes_rate"]].isna().to_numpy().all()


def test_a_comparison_too_far_back_for_whole_windows_is_left_to_the_frames():
    source = Counted()
    Mesh(source).replay(View(compare_s=86400), FRAMES)
    assert {step for _, step in source.ranges} == {FRAMES.step_s}


def test_without_requests_there_is_no_replay_and_without_tcp_there_is():
    with pytest.raises(SourceTimeout):
        Mesh(Counted(failing=(Family.REQUESTS,))).replay(View(), FRAMES)
    totals = Mesh(Counted(failing=(Family.TCP_SENT, Family.TCP_RECEIVED))).replay(View(), FRAMES)
    assert totals["request_rate"].gt(10).all()
    assert totals["bytes_rate"].isna().all() or totals["bytes_rate"].eq(0).all()


@pytest.mark.parametrize(
    ("start", "end", "step_s"), [(0, 60, 0), (0, 60, -1), (60, 0, 10), (0, 10 * MOST_FRAMES, 10)]
)
def test_too_many_frames_or_none_are_refused(start, end, step_s):
    with pytest.raises(InvalidRequest):
        Frames(float(start), float(end), float(step_s))
