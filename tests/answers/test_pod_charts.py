"""What containers use over time, on the metrics tab."""

from __future__ import annotations

import math

import pytest

from mesh_graph.answers.metrics import Metrics
from mesh_graph.detail.choice import Choice, Group
from mesh_graph.errors import SourceTimeout
from mesh_graph.model import Direction, NodeKey, NodeKind, View
from mesh_graph.sources.query import PodFamily
from tests.answers.test_pods import RECOMMENDATION, SPELL, mesh

NAMES = ("pods_cpu", "pods_throttled", "pods_memory")


def metrics(subject: NodeKey = RECOMMENDATION, change=None, **choice) -> Metrics:
    with mesh(SPELL, change, cluster=False) as found:
        return found.metrics(View(at=SPELL), subject, Choice(**choice))


def lines(found: Metrics, name: str) -> dict[str, list[float]]:
    panel = next(panel for panel in found.panels if panel.name == name)
    return {line[0]: panel.lines[line].tolist() for line in panel.lines.columns}


def test_throttling_cpu_and_memory_are_lines_by_container():
    found = metrics()
    assert [panel.name for panel in found.panels][-3:] == [*NAMES]
    throttled = lines(found, "pods_throttled")
    assert set(throttled) == {"recommendation", "istio-proxy"}
    assert throttled["recommendation"][-1] == pytest.approx(0.63, abs=0.01)
    assert throttled["recommendation"][30] == pytest.approx(0.01, abs=0.005)
    assert 0.25 < lines(found, "pods_cpu")["recommendation"][-1] < 0.4
    assert 150 * 2**20 < lines(found, "pods_memory")["recommendation"][-1] < 155 * 2**20


def test_cpu_adds_up_over_pods_and_memory_is_that_of_the_one_with_most():
    found = metrics(NodeKey(NodeKind.WORKLOAD, "", "media", workload="resizer-v3"))
    with mesh(SPELL, cluster=False) as whole:
        rows = whole.pods(View(at=SPELL), NodeKey(NodeKind.WORKLOAD, "", "media", workload="resizer-v3")).rows
    own = [one for row in rows for one in row.containers if one.name == "resizer"]
    assert len(own) == 3
    assert lines(found, "pods_memory")["resizer"][-1] == max(one.memory for one in own)
    assert lines(found, "pods_cpu")["resizer"][-1] == pytest.approx(sum(one.cpu for one in own), rel=0.1)


def test_lines_of_containers_are_the_same_whatever_the_others_stand_for():
    assert set(lines(metrics(group=Group.CODE), "pods_cpu")) == {"recommendation", "istio-proxy"}


def test_what_goes_out_has_no_charts_of_pods():
    found = metrics(direction=Direction.OUTBOUND)
    assert {panel.name for panel in found.panels}.isdisjoint(NAMES)
    assert {*found.absent}.isdisjoint(NAMES)


def test_charts_without_data_are_named():
    found = metrics(change=lambda query, table: table[:0])
    assert found.absent[-3:] == NAMES


def test_a_family_that_fails_fails_in_its_own_chart():
    def change(query, table):
        if query.family is PodFamily.CFS_PERIODS:
            raise SourceTimeout("prometheus", "", "It took too long.")
        return table

    found = metrics(change=change)
    problems = {panel.name: panel.problem is not None for panel in found.panels if panel.name in NAMES}
    assert problems == {"pods_cpu": False, "pods_throttled": True, "pods_memory": False}


def test_a_container_without_limit_has_no_line_of_throttling():
    found = metrics(NodeKey(NodeKind.WORKLOAD, "", "media", workload="resizer-v3"))
    assert set(lines(found, "pods_throttled")) == {"istio-proxy"}
    assert not any(math.isinf(value) for value in lines(found, "pods_throttled")["istio-proxy"])
