"""Values of pods' metrics → what containers use: what is not told is unknown, and never zero."""

import pytest

from mesh_graph.detail.pods import WHOLE_POD, ContainerUse, uses_of
from mesh_graph.sources.query import PodFamily as F

APP = ("", "web-1", "app")
PROXY = ("", "web-1", "istio-proxy")
SINCE = 1000.0


def use(told, before=None, name="app") -> ContainerUse:
    (pod,) = uses_of(told, before or {}, SINCE)
    return next(one for one in pod.containers if one.name == name)


def test_a_container_has_its_numbers_and_not_its_neighbours():
    told = {
        F.CPU_USAGE: {APP: 0.3, PROXY: 0.1},
        F.CFS_PERIODS: {APP: 10.0},
        F.CFS_THROTTLED: {APP: 4.3},
        F.MEMORY: {APP: 90.0, PROXY: 20.0},
        F.RESOURCE_REQUESTS: {(*APP, "cpu"): 0.2, (*APP, "memory"): 50.0},
        F.RESOURCE_LIMITS: {(*APP, "cpu"): 0.4, (*APP, "memory"): 100.0},
    }
    app, proxy = use(told), use(told, name="istio-proxy")
    assert (app.cpu, app.cpu_request, app.cpu_limit, app.cpu_share) == (0.3, 0.2, 0.4, pytest.approx(0.75))
    assert app.throttled == pytest.approx(0.43)
    assert (app.memory, app.memory_limit, app.memory_share) == (90.0, 100.0, 0.9)
    assert (proxy.cpu, proxy.memory, proxy.throttled, proxy.cpu_limit, proxy.memory_share) == (
        0.1, 20.0, None, None, None,
    )  # fmt: skip
    assert proxy.knows_limits


def test_what_nobody_tells_is_unknown():
    app = use({F.MEMORY: {APP: 1.0}})
    assert app == ContainerUse("app", memory=1.0)
    assert not app.knows_limits


def test_a_limit_of_nothing_is_no_share():
    app = use({F.MEMORY: {APP: 1.0}, F.RESOURCE_LIMITS: {(*APP, "memory"): 0.0}, F.CFS_PERIODS: {APP: 0.0}})
    assert (app.memory_share, app.throttled) == (None, None)


@pytest.mark.parametrize(
    ("now", "before", "started", "restarted"),
    [
        (3.0, 1.0, None, 2),
        (3.0, 3.0, None, 0),
        # A new pod of a StatefulSet has its predecessor's name, and counts from zero.
        (1.0, 7.0, None, 1),
        # Who was placed in the window began anew in it as often as it ever did.
        (2.0, None, SINCE + 1, 2),
        # Who was there before and was not told of may have done so at any time.
        (2.0, None, SINCE - 1, None),
        (2.0, None, None, None),
    ],
)
def test_restarts_in_the_window_are_whole_numbers_or_unknown(now, before, started, restarted):
    told = {F.RESTARTS: {APP: now}, F.STARTED: {} if started is None else {("", "web-1", ""): started}}
    app = use(told, {} if before is None else {APP: before})
    assert (app.restarts, app.restarted) == (now, restarted)


def test_reasons_are_those_whose_value_is_not_zero():
    """Version 1 of kube-state-metrics tells of every reason there is."""
    told = {
        F.READY: {APP: 0.0},
        F.WAITING: {(*APP, "ContainerCreating"): 0.0, (*APP, "CrashLoopBackOff"): 1.0},
        F.LAST_TERMINATED: {(*APP, "Error"): 0.0, (*APP, "OOMKilled"): 1.0, (*PROXY, "Completed"): 1.0},
        F.PHASE: {("", "web-1", "", "Pending"): 0.0, ("", "web-1", "", "Running"): 1.0},
    }
    app = use(told)
    assert (app.waiting, app.last_reason, app.is_ready) == ("CrashLoopBackOff", "OOMKilled", False)
    (pod,) = uses_of(told, {}, SINCE)
    assert pod.phase == "Running"


def test_a_pod_without_containers_yet_is_told_by_its_phase():
    (pod,) = uses_of({F.PHASE: {("", "web-2", "", "Pending"): 1.0}}, {}, SINCE)
    assert (pod.name, pod.phase, pod.containers) == ("web-2", "Pending", ())


def test_of_a_pod_its_containers_count_and_not_their_sum_nor_its_network():
    """The kubelet has series of the pod's own control group, without a name, and of the pause container."""
    memory = {APP: 5.0, PROXY: 3.0, ("", "web-1", ""): 9.0, ("", "web-1", "POD"): 1.0}
    (pod,) = uses_of({F.MEMORY: memory}, {}, SINCE)
    assert [one.name for one in pod.containers] == ["app", "istio-proxy"]


def test_a_pod_that_is_told_of_as_a_whole_has_one_row():
    (pod,) = uses_of({F.MEMORY: {("", "web-1", ""): 9.0}, F.CPU_USAGE: {("", "web-1", ""): 0.5}}, {}, SINCE)
    assert pod.containers == (ContainerUse(WHOLE_POD, cpu=0.5, memory=9.0),)


def test_an_init_container_that_has_ended_is_not_there():
    """Its counter of CPU goes on in the window, while nothing else tells of it."""
    told = {F.CPU_USAGE: {APP: 0.1, ("", "web-1", "istio-init"): 0.001}, F.MEMORY: {APP: 5.0}}
    (pod,) = uses_of(told, {}, SINCE)
    assert [one.name for one in pod.containers] == ["app"]


def test_pods_of_one_name_in_two_clusters_are_two():
    told = {F.MEMORY: {("east", "db-0", "db"): 1.0, ("west", "db-0", "db"): 2.0}}
    assert [(one.cluster, one.containers[0].memory) for one in uses_of(told, {}, SINCE)] == [
        ("east", 1.0), ("west", 2.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("restarted", "reason", "was_killed"),
    [(1, "OOMKilled", True), (0, "OOMKilled", False), (None, "OOMKilled", False), (1, "Error", False)],
)
def test_memory_ran_out_in_the_window_if_it_began_anew_in_it(restarted, reason, was_killed):
    assert ContainerUse("app", restarted=restarted, last_reason=reason).was_killed is was_killed
