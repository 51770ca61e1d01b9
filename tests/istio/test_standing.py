"""Replicas and pods as the cluster tells them."""

import pytest

from mesh_graph.istio.standing import standing_of
from mesh_graph.istio.workloads import workloads_of
from tests.istio.declare import deployment, snapshot
from tests.istio.test_workloads import pod

DEPLOYMENT = ("ReplicaSet", "cart-v1-6f")


def container(name="cart", *, ready=True, restarts=0, waiting="", ended="", last=None):
    state = (
        {"waiting": {"reason": waiting}} if waiting else {"terminated": {"reason": ended}} if ended else {}
    )
    more = {"lastState": {"terminated": last}} if last else {}
    return {
        "name": name,
        "image": f"shop/{name}:1",
        "ready": ready,
        "restartCount": restarts,
        "state": state,
        **more,
    }


def one_pod(phase="Running", *containers, initial=(), reason=""):
    status = {"phase": phase, "containerStatuses": list(containers), "initContainerStatuses": list(initial)}
    if reason:
        status["reason"] = reason
    (found,) = workloads_of(snapshot(pod("cart-v1-6f-a", DEPLOYMENT, status=status))).values()
    (standing,) = standing_of(found).pods
    return standing


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (("Running", container()), ""),
        (("Running", container(), container("istio-proxy")), ""),
        (("Running", container(), container("istio-proxy", ready=False)), "NotReady"),
        (("Running", container(ready=False, waiting="CrashLoopBackOff")), "CrashLoopBackOff"),
        (("Running", container(ready=False, ended="OOMKilled")), "OOMKilled"),
        (("Running", container(ready=False)), "NotReady"),
        (("Running",), "NotReady"),
        (("Pending", container(ready=False, waiting="ContainerCreating")), "ContainerCreating"),
        (("Pending", container(ready=False, waiting="ImagePullBackOff")), "ImagePullBackOff"),
        (("Pending",), "Pending"),
        (("Unknown", container()), "Unknown"),
        (("",), "Pending"),
    ],
)
def test_reason_why_a_pod_is_not_ready(given, reason):
    found = one_pod(*given)
    assert (found.reason, found.is_ready) == (reason, not reason)


def test_init_container_that_fails_is_the_reason():
    failing = container("init", ready=False, waiting="CrashLoopBackOff")
    waiting = container(ready=False, waiting="PodInitializing")
    assert one_pod("Pending", waiting, initial=(failing,)).reason == "CrashLoopBackOff"


def test_init_container_that_is_done_is_none():
    done = container("init", ready=False, ended="Completed")
    assert one_pod("Running", container(), initial=(done,)).is_ready


def test_evicted_pod_tells_its_own_reason():
    assert one_pod("Pending", reason="Evicted").reason == "Evicted"


def test_restarts_are_added_up_and_the_last_end_is_kept():
    last = {"reason": "OOMKilled", "exitCode": 137, "finishedAt": "2026-11-21T12:00:00Z"}
    found = one_pod("Running", container(restarts=3, last=last), container("istio-proxy", restarts=1))
    assert found.restarts == 4
    own = found.containers[0]
    assert (own.last_reason, own.exit_code, own.last_end) == ("OOMKilled", 137, 1_795_262_400.0)


def workload(spec, status, *pods):
    raw = deployment("cart", "v1")
    raw = {**raw, "spec": {**raw["spec"], **spec}, **({"status": status} if status is not None else {})}
    return standing_of(next(iter(workloads_of(snapshot(raw, *pods)).values())))


@pytest.mark.parametrize(
    ("spec", "status", "counts"),
    [
        ({"replicas": 3}, {"replicas": 3, "availableReplicas": 2, "readyReplicas": 3}, (3, 3, 2)),
        ({"replicas": 3}, {"replicas": 3, "readyReplicas": 3}, (3, 3, 3)),
        ({"replicas": 3}, {"replicas": 3}, (3, 3, 0)),
        ({"replicas": 0}, {"replicas": 0}, (0, 0, 0)),
        ({}, {"replicas": 1, "availableReplicas": 1}, (1, 1, 1)),
        ({"replicas": "many"}, {"replicas": [], "availableReplicas": None}, (1, 0, 0)),
    ],
)
def test_counts_are_the_controllers(spec, status, counts):
    found = workload(spec, status)
    assert (found.desired, found.current, found.available) == counts


def test_daemon_set_counts_nodes():
    raw = {**deployment("agent", "v1"), "kind": "DaemonSet"}
    raw["status"] = {"desiredNumberScheduled": 5, "numberReady": 4, "numberAvailable": 4}
    found = standing_of(next(iter(workloads_of(snapshot(raw)).values())))
    assert (found.desired, found.available) == (5, 4)


def test_manifest_that_no_cluster_has_seen_tells_nothing_of_its_pods():
    assert not workload({"replicas": 3}, None).running.is_live
    assert workload({"replicas": 3}, {"replicas": 0}).running.is_live


def test_unready_pods_come_first_and_are_counted_by_reason():
    pods = [
        pod(name, DEPLOYMENT, status={"phase": "Running", "containerStatuses": [state]})
        for name, state in (
            ("cart-v1-6f-a", container()),
            ("cart-v1-6f-b", container(ready=False, waiting="CrashLoopBackOff")),
            ("cart-v1-6f-c", container(ready=False, waiting="CrashLoopBackOff")),
            ("cart-v1-6f-d", container(ready=False)),
        )
    ]
    found = workload({"replicas": 4}, {"replicas": 4}, *pods)
    assert [one.name[-1] for one in found.pods] == ["b", "c", "d", "a"]
    assert found.troubles == (("CrashLoopBackOff", 2), ("NotReady", 1))
    assert found.images == ("shop/cart:1",)


READY = {"type": "Ready", "status": "False", "lastTransitionTime": "2026-11-21T12:00:30Z"}
PLACED = {"type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-11-21T11:00:00Z"}


def since(*conditions, ready=False, **more):
    status = {"phase": "Running", "containerStatuses": [container(ready=ready)], "conditions": [*conditions]}
    (found,) = workloads_of(snapshot(pod("cart-v1-6f-a", DEPLOYMENT, status=status | more))).values()
    standing = standing_of(found)
    assert standing.since == standing.pods[0].since
    return standing.since


@pytest.mark.parametrize(
    ("conditions", "more", "at"),
    [
        ((PLACED, READY), {}, 1_795_262_430.0),
        # It never was ready.
        ((PLACED,), {"startTime": "2026-11-21T11:00:00Z"}, 1_795_258_800.0),
        ((), {}, None),
        (({**READY, "lastTransitionTime": "yesterday"},), {}, None),
        # Who is ready has not ceased to be.
        ((READY,), {"ready": True}, None),
    ],
)
def test_since_when_a_pod_is_not_ready(conditions, more, at):
    assert since(*conditions, **more) == at
