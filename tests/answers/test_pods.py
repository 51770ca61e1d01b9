"""The pods of a subject: what metrics tell joined with what the clusters tell, over the demo mesh."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd
import pytest

from mesh_graph import fields
from mesh_graph.answers.pod_names import pod_pattern
from mesh_graph.demo.story import MEMORY_LIFE
from mesh_graph.detail.pods import WHOLE_POD
from mesh_graph.errors import SourceTimeout
from mesh_graph.mesh import Mesh
from mesh_graph.model import NodeKey, NodeKind, View
from mesh_graph.sources.base import Reply
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_cluster import DemoCluster
from mesh_graph.sources.query import Function, MetricQuery, PodFamily

NOON = 1_795_262_400.0
SPELL = NOON + 1700
"""Recommendations are slow: from 20 to 32 minutes past the hour."""
BORN = MEMORY_LIFE.phase_s + NOON // MEMORY_LIFE.period_s * MEMORY_LIFE.period_s + MEMORY_LIFE.period_s
"""The parcel tracker was killed then."""
RECOMMENDATION = NodeKey(NodeKind.WORKLOAD, "", "shop", workload="recommendation-v7")
TRACKER = NodeKey(NodeKind.APP, "", "logistics", app="parcel-tracker")


@dataclass
class Changed:
    """The demo's answers about pods, changed by a test; it can do no more than answer."""

    source: DemoSource
    change: object

    def __getattr__(self, name: str):
        return getattr(self.source, name)

    def instant(self, query: MetricQuery, at: float) -> Reply:
        reply = self.source.instant(query, at)
        if not isinstance(query.family, PodFamily):
            return reply
        return Reply(self.change(query, reply.table), reply.promql)

    def range(self, query: MetricQuery, start: float, end: float, step_s: float) -> Reply:
        reply = self.source.range(query, start, end, step_s)
        if not isinstance(query.family, PodFamily):
            return reply
        return Reply(self.change(query, reply.table), reply.promql)


def mesh(at: float, change=None, *, cluster: bool = True, now: float | None = None) -> Mesh:
    clock = lambda: at if now is None else now  # noqa: E731
    source = DemoSource(clock=clock)
    return Mesh(
        source if change is None else Changed(source, change),
        cluster=DemoCluster(clock=clock) if cluster else None,
    )


def pods(subject: NodeKey, at: float, change=None, **more):
    with mesh(at, change, **more) as found:
        return found.pods(View(at=at), subject)


def without(*families: PodFamily):
    return lambda query, table: table[:0] if query.family in families else table


def test_a_pod_is_told_by_its_cluster_and_by_its_metrics():
    (row,) = pods(RECOMMENDATION, SPELL).rows
    assert (row.workload, row.cluster, row.is_ready, row.restarts) == ("recommendation-v7", "east", True, 0)
    app = next(one for one in row.containers if one.name == "recommendation")
    assert app.throttled == pytest.approx(0.63, abs=0.01)
    assert 0.25 < app.cpu < app.cpu_limit == 0.4
    assert 150 * 2**20 < app.memory < app.memory_limit == 512 * 2**20
    assert row.standing is not None


def test_what_is_wrong_is_told_of_the_views_window_and_of_no_other():
    assert [note.message for note in pods(RECOMMENDATION, SPELL).notes] == ["pods.throttled"]
    assert pods(RECOMMENDATION, NOON + 900).notes == ()


@pytest.mark.parametrize(
    ("after_s", "messages"), [(100, ["pods.killed"]), (400, []), (-10, ["pods.memory-close"])]
)
def test_running_out_of_memory_is_told_while_it_is_in_the_window(after_s, messages):
    found = pods(TRACKER, float(BORN + after_s))
    assert [note.message for note in found.notes] == messages
    assert found.rows[0].restarted == (1 if messages == ["pods.killed"] else 0)


def test_without_a_cluster_metrics_tell_of_the_pods_alone():
    found = pods(NodeKey(NodeKind.SERVICE, "", "bookinfo", service="reviews"), NOON, cluster=False)
    assert [row.workload for row in found.rows].count("reviews-v2") == 2
    assert {row.workload for row in found.rows} == {"reviews-v1", "reviews-v2", "reviews-v3"}
    assert all(row.is_ready and row.standing is None and row.restarts == 0 for row in found.rows)


def test_of_the_past_metrics_tell_and_the_clusters_do_not():
    found = pods(RECOMMENDATION, SPELL - 7200, now=SPELL)
    assert (found.is_now, [row.standing for row in found.rows]) == (False, [None])
    assert [note.message for note in found.notes] == ["pods.throttled"]


def test_of_the_past_that_no_metrics_tell_the_clusters_pods_of_now_are_shown():
    found = pods(RECOMMENDATION, SPELL - 7200, without(*PodFamily), now=SPELL)
    assert not found.is_now
    assert [(row.use, row.is_ready) for row in found.rows] == [(None, True)]


@pytest.mark.parametrize(
    ("missing", "gaps"),
    [
        ((PodFamily.MEMORY, PodFamily.CPU_USAGE), ["pods.no-usage"]),
        ((PodFamily.CPU_USAGE,), ["pods.no-rates"]),
        (tuple(f for f in PodFamily if f.startswith("kube")), ["pods.no-state"]),
        (tuple(PodFamily), ["pods.no-usage", "pods.no-state"]),
        ((), []),
    ],
)
def test_what_nobody_tells_is_a_gap(missing, gaps):
    assert [gap.message for gap in pods(RECOMMENDATION, SPELL, without(*missing)).gaps] == gaps


def test_without_limits_there_is_no_share_and_no_warning():
    (row,) = pods(
        TRACKER, float(BORN - 10), without(PodFamily.RESOURCE_LIMITS, PodFamily.RESOURCE_REQUESTS)
    ).rows
    assert {one.memory_share for one in row.containers} == {None}
    assert not any(one.knows_limits for one in row.containers)


def test_the_first_version_of_kube_state_metrics_tells_limits_under_other_names():
    renamed = {
        PodFamily.CPU_LIMITS_V1: (PodFamily.RESOURCE_LIMITS, "cpu"),
        PodFamily.MEMORY_LIMITS_V1: (PodFamily.RESOURCE_LIMITS, "memory"),
        PodFamily.CPU_REQUESTS_V1: (PodFamily.RESOURCE_REQUESTS, "cpu"),
    }
    inner = DemoSource(clock=lambda: SPELL)

    def change(query: MetricQuery, table: pd.DataFrame) -> pd.DataFrame:
        if query.family in (PodFamily.RESOURCE_LIMITS, PodFamily.RESOURCE_REQUESTS):
            return table[:0]
        if query.family not in renamed:
            return table
        family, resource = renamed[query.family]
        by = (*query.by, fields.RESOURCE)
        told = inner.instant(MetricQuery(family, Function.MAX, by, query.matchers), SPELL).table
        return told[told[fields.RESOURCE] == resource].drop(columns=fields.RESOURCE)

    (row,) = pods(RECOMMENDATION, SPELL, change).rows
    app = next(one for one in row.containers if one.name == "recommendation")
    assert (app.cpu_limit, app.cpu_request, app.memory_limit) == (0.4, 0.2, 512 * 2**20)
    assert app.memory_request is None


def test_a_source_that_fails_is_a_gap_once_and_the_clusters_pods_stand():
    def change(query, table):
        raise SourceTimeout("prometheus", "", "It took too long.")

    found = pods(RECOMMENDATION, SPELL, change)
    assert [gap.message for gap in found.gaps] == ["pods.failed"]
    assert [row.is_ready for row in found.rows] == [True]


def test_one_family_that_fails_leaves_the_others():
    def change(query, table):
        if query.family is PodFamily.CFS_THROTTLED:
            raise SourceTimeout("prometheus", "", "It took too long.")
        return table

    found = pods(RECOMMENDATION, SPELL, change)
    app = next(one for one in found.rows[0].containers if one.name == "recommendation")
    assert (app.throttled, app.cpu is not None) == (None, True)
    assert [gap.message for gap in found.gaps] == ["pods.failed"]


def test_a_kubelet_that_tells_of_pods_only_gives_a_row_a_pod():
    def change(query, table):
        kubelet = query.family.startswith("container_")
        return table.assign(container="").groupby([*query.by], as_index=False).sum() if kubelet else table[:0]

    (row,) = pods(RECOMMENDATION, SPELL, change).rows
    assert [one.name for one in row.containers] == [WHOLE_POD]
    assert row.containers[0].memory > 200 * 2**20


def test_a_label_of_clusters_need_not_have_the_meshs_names():
    subject = NodeKey(NodeKind.WORKLOAD, "east", "shop", workload="recommendation-v7")
    renamed = pods(subject, SPELL, lambda _, table: table.assign(cluster="prod-eu"))
    assert [row.throttled is not None for row in renamed.rows] == [True]


def test_of_several_clusters_that_are_called_otherwise_none_is_chosen():
    def twice(query, table):
        return pd.concat([table.assign(cluster=name) for name in ("prod-eu", "prod-us")], ignore_index=True)

    subject = NodeKey(NodeKind.WORKLOAD, "east", "shop", workload="recommendation-v7")
    found = pods(subject, SPELL, twice, cluster=False)
    assert (found.rows, [gap.message for gap in found.gaps]) == ((), ["pods.several-clusters"])


def test_the_worst_pod_comes_first():
    def change(query, table):
        if query.family is PodFamily.READY:
            last = table[fields.POD] == table[fields.POD].max()
            return table.assign(value=table["value"].mask(last, 0.0))
        return table

    found = pods(NodeKey(NodeKind.WORKLOAD, "", "media", workload="resizer-v3"), NOON, change, cluster=False)
    assert [row.is_ready for row in found.rows] == [False, True, True]
    assert found.rows[0].reason == "NotReady"


def test_something_without_pods_has_none_and_no_gaps():
    outside = NodeKey(NodeKind.SERVICE, "", "", service="objects.storage.example")
    found = pods(outside, NOON)
    assert (found.rows, found.gaps, found.notes) == ((), (), ())


@pytest.mark.parametrize(
    ("workload", "pod", "is_own"),
    [
        ("reviews-v1", "reviews-v1-6d8bc58dd7-x2x4z", True),
        # Hashes were numbers once.
        ("reviews-v1", "reviews-v1-3391384634-x2x4z", True),
        ("node-agent", "node-agent-x2x4z", True),
        ("kafka", "kafka-12", True),
        ("by-hand", "by-hand", True),
        ("reviews", "reviews-v1-6d8bc58dd7-x2x4z", False),
        ("reviews", "reviews-v2-x2x4z", False),
        ("reviews", "reviews-canary-0", False),
        ("a.b", "axb-x2x4z", False),
        # A long name is cut so that the whole stays below 64 letters.
        ("w" * 60, "w" * 58 + "x2x4z", True),
        ("w" * 50, "w" * 50 + "-6d8bc58x2x4z", True),
    ],
)
def test_pods_are_known_by_what_is_added_to_their_workloads_name(workload, pod, is_own):
    assert bool(re.fullmatch(pod_pattern(workload), pod)) is is_own


def test_response_times_are_told_beside_throttling_that_they_go_with():
    (note,) = pods(RECOMMENDATION, SPELL).notes
    assert note.slowness is not None
    # Two of a hundred are slow at all times.
    assert note.slowness.throttled_ms > 4000 > 2000 > note.slowness.else_ms
    assert 0 < note.slowness.share < 0.4
    assert note.slowness.span_s == 3600


def test_response_times_that_go_their_own_way_are_not_told():
    """Who is throttled all the time has no other time to be compared with."""

    def always(query, table):
        if query.family is PodFamily.CFS_THROTTLED:
            return table.assign(value=6.0)
        return table

    (note, *_) = pods(RECOMMENDATION, SPELL, always).notes
    assert (note.message, note.slowness) == ("pods.throttled", None)
