"""What the demo's containers use: consistent with the story, and with themselves."""

from __future__ import annotations

import numpy as np
import pytest

from mesh_graph import fields
from mesh_graph.demo.containers import CONTAINER_LABELS, MIB, POD_FAMILIES, PROXY, Containers, restarts
from mesh_graph.demo.curves import DAY_S
from mesh_graph.demo.simulator import Part, Simulator
from mesh_graph.demo.story import LEAKING, MEMORY_LIFE, STARVED, story
from mesh_graph.sources.query import PodFamily

NOON = 20_500 * DAY_S + 12 * 3600
MESH = Simulator(story())
PODS = Containers(MESH)
SPELL = (NOON + 1200, NOON + 1920)
"""In which recommendations are slow."""


def samples(family: str, app: str, times, container: str = "", **labels) -> np.ndarray:
    columns = PODS.labels(family)
    wanted = [pod.startswith(f"{app}-") for pod in columns[fields.POD]]
    wanted &= columns[fields.CONTAINER] == container
    for label, value in labels.items():
        wanted &= columns[label] == value
    (row,) = np.flatnonzero(wanted)
    return PODS.read(family, np.asarray(times, dtype=float), np.array([row]))[0]


def test_every_family_that_is_asked_for_is_told_but_what_the_story_lacks():
    """None waits for anything; version 1 of kube-state-metrics has other names."""
    lacking = {PodFamily.WAITING, *(family for family in PodFamily if family.name.endswith("_V1"))}
    assert {*POD_FAMILIES} == {family.value for family in PodFamily} - lacking


@pytest.mark.parametrize("family", POD_FAMILIES)
def test_labels_tell_every_series_apart(family):
    columns = PODS.labels(family)
    assert tuple(columns) == CONTAINER_LABELS
    rows = list(zip(*columns.values(), strict=True))
    assert len(set(rows)) == len(rows) > 0
    assert PODS.series(family) == rows


@pytest.mark.parametrize("family", [name for name in POD_FAMILIES if name.endswith("_total")])
def test_counters_fall_only_where_their_container_begins_anew(family):
    times = np.arange(NOON, NOON + 7200, 15.0)
    values = PODS.read(family, times)
    for row, labels in zip(values, PODS.series(family), strict=True):
        falls = np.diff(row[~np.isnan(row)]) < 0
        assert falls.sum() <= (3 if "parcel-tracker" in labels[2] else 1)


def test_recommendations_are_throttled_while_they_are_slow():
    def share(start: float, end: float) -> float:
        halted, all_of_them = (
            np.diff(
                samples(
                    f"container_cpu_cfs_{what}periods_total", "recommendation", [start, end], "recommendation"
                )
            )[0]
            for what in ("throttled_", "")
        )
        return halted / all_of_them

    assert share(*SPELL) == pytest.approx(0.63, abs=0.01)
    assert share(NOON, SPELL[0]) == pytest.approx(0.01, abs=0.002)


def test_no_container_takes_more_cpu_than_its_limit():
    times = np.arange(NOON, NOON + DAY_S, 300.0)
    seconds = PODS.read("container_cpu_usage_seconds_total", times)
    limits = {"recommendation": STARVED.cpu_limit, "parcel-tracker": LEAKING.cpu_limit, PROXY: 2.0}
    for row, labels in zip(seconds, PODS.series("container_cpu_usage_seconds_total"), strict=True):
        grown = np.diff(row)
        grown = grown[~np.isnan(grown) & (grown >= 0)] / 300
        assert grown.max(initial=0.0) <= limits.get(labels[3], np.inf)


def test_cpu_follows_the_requests_that_the_proxy_counts():
    times = np.array([NOON, NOON + 600.0])
    _, pods = MESH.series("istio_requests_total")
    number = next(i for i, (one, replica) in enumerate(MESH.pods) if one.app == "ratings" and replica == 0)
    counts = MESH.read("istio_requests_total", Part.COUNT, times, np.flatnonzero(pods == number))
    asked = np.nansum(np.diff(counts, axis=1))
    pod = MESH.targets[number][1]
    columns = PODS.labels("container_cpu_usage_seconds_total")
    (row,) = np.flatnonzero((columns[fields.POD] == pod) & (columns[fields.CONTAINER] == "ratings"))
    (grown,) = np.diff(PODS.read("container_cpu_usage_seconds_total", times, np.array([row]))[0])
    assert grown == pytest.approx(0.008 * 600 + 0.004 * asked)
    assert asked > 100


def test_the_tracker_grows_up_to_its_limit_and_begins_anew():
    birth = MEMORY_LIFE.phase_s + (NOON // MEMORY_LIFE.period_s) * MEMORY_LIFE.period_s
    before, after = samples(
        "container_memory_working_set_bytes", "parcel-tracker", [birth - 1, birth], "parcel-tracker"
    )
    assert 0.95 * 256 * MIB < before < 256 * MIB
    assert after < 90 * MIB
    told = samples(
        "kube_pod_container_status_restarts_total", "parcel-tracker", [birth - 1, birth], "parcel-tracker"
    )
    assert np.diff(told) == [1]
    reason = {"reason": "OOMKilled"}
    last = "kube_pod_container_status_last_terminated_reason"
    assert samples(last, "parcel-tracker", [birth], "parcel-tracker", **reason) == [1]


def test_restarts_are_counted_from_monday():
    tracker = next(one for one in MESH.workloads if one.app == "parcel-tracker")
    monday = 20_507.0 * DAY_S
    counts = restarts(tracker, 0, np.array([monday - 1, monday, monday + MEMORY_LIFE.period_s]))
    # 214.5 of its lives make a week.
    assert counts[0] in (214, 215)
    assert counts[1:].tolist() == [0, 1]


def test_a_pod_that_is_gone_has_no_samples():
    assert not np.isnan(samples("kube_pod_start_time", "banner", [NOON + 60])).any()
    assert np.isnan(samples("kube_pod_start_time", "banner", [NOON + 3660])).all()


def test_who_has_no_limit_has_no_series_of_throttling():
    apps = {labels[3] for labels in PODS.series("container_cpu_cfs_periods_total")}
    assert apps == {"recommendation", "parcel-tracker", PROXY}
