"""Replicas beside requests: the table of statuses, and that the worst of both wins."""

import pytest

from mesh_graph.health.assess import assess_facts
from mesh_graph.health.assessment import Assessment, Replicas
from mesh_graph.health.facts import read_facts
from mesh_graph.health.replicas import joined, replica_status, replicas_of_app
from mesh_graph.model import NodeKey, NodeKind, Status
from tests.topology.traffic_table import call, destination, source, traffic

CART = NodeKey(NodeKind.WORKLOAD, "east", "shop", workload="cart-v1")
APP = NodeKey(NodeKind.APP, "east", "shop", app="cart")
SHOP = NodeKey(NodeKind.NAMESPACE, "east", "shop")


@pytest.mark.parametrize(
    ("desired", "current", "available", "status"),
    [
        (0, 0, 0, Status.NOT_READY),
        (0, 1, 1, Status.NOT_READY),
        (3, 3, 3, Status.HEALTHY),
        (3, 4, 3, Status.HEALTHY),
        (3, 4, 4, Status.HEALTHY),
        (3, 3, 2, Status.DEGRADED),
        (3, 2, 2, Status.DEGRADED),
        (3, 3, 0, Status.FAILURE),
        (3, 0, 0, Status.FAILURE),
    ],
)
def test_status_of_replicas(desired, current, available, status):
    assert replica_status(desired, current, available) is status


def replicas(key, desired, available, *troubles):
    return Replicas(key, replica_status(desired, desired, available), desired, desired, available, troubles)


def health(evidence, *calls):
    return assess_facts(read_facts(traffic(*calls)), 300.0, replicas=evidence)


GOOD = call(source("page"), destination("cart-v1", "cart"), 10.0)
BAD = call(source("page"), destination("cart-v1", "cart"), 10.0, code="500", outcome="error")


def test_crashing_replicas_outdo_good_requests():
    found = health({CART: replicas(CART, 2, 0, ("CrashLoopBackOff", 2))}, GOOD)
    one = found.of(CART)
    assert (one.status, one.is_firm, one.is_by_replicas) == (Status.FAILURE, True, True)
    assert found.of(SHOP).status is Status.FAILURE
    assert found.of(SHOP).replicas.subject == CART
    assert found.counts[SHOP][NodeKind.WORKLOAD][Status.FAILURE] == 1


def test_failing_requests_outdo_missing_replicas_and_both_are_kept():
    one = health({CART: replicas(CART, 2, 1)}, BAD).of(CART)
    assert (one.status, one.is_by_replicas, one.replicas.status) == (Status.FAILURE, False, Status.DEGRADED)
    assert one.reasons


def test_equally_bad_requests_are_told_first():
    one = health({CART: replicas(CART, 2, 0)}, BAD).of(CART)
    assert (one.status, one.is_by_replicas) == (Status.FAILURE, False)


def test_running_pods_say_nothing_good_of_requests():
    assert health({CART: replicas(CART, 2, 2)}).assessments == {}
    silent = joined({CART: Assessment()}, {CART: replicas(CART, 2, 2)})[CART]
    assert (silent.status, silent.replicas.available) == (Status.NO_DATA, 2)


def test_ill_replicas_without_traffic_are_listed():
    found = health({CART: replicas(CART, 1, 0, ("ImagePullBackOff", 1))})
    assert (found.of(CART).status, found.of(SHOP).status) == (Status.FAILURE, Status.FAILURE)


def test_scaled_to_zero_is_not_ready_and_worse_than_healthy():
    found = health({CART: replicas(CART, 0, 0)}, GOOD)
    assert found.of(CART).status is Status.NOT_READY
    assert found.of(APP).status is Status.HEALTHY


@pytest.mark.parametrize(
    ("parts", "status", "counts"),
    [
        ([(2, 2), (2, 1)], Status.DEGRADED, (4, 3)),
        ([(2, 2), (0, 0)], Status.HEALTHY, (2, 2)),
        ([(0, 0)], Status.NOT_READY, (0, 0)),
        ([(2, 2), (1, 0)], Status.FAILURE, (3, 2)),
    ],
)
def test_app_fares_as_its_worst_workload_that_is_wanted(parts, status, counts):
    found = replicas_of_app(APP, [replicas(CART, *part) for part in parts])
    assert (found.status, (found.desired, found.available), found.subject) == (status, counts, APP)


def test_troubles_of_an_app_are_added_up():
    parts = [replicas(CART, 2, 0, ("Error", 1), ("Pending", 1)), replicas(CART, 2, 1, ("Error", 1))]
    assert replicas_of_app(APP, parts).troubles == (("Error", 2), ("Pending", 1))


def test_an_application_is_ill_since_the_first_of_its_pods_is():
    parts = [Replicas(CART, Status.FAILURE, 1, 1, 0, (("Error", 1),), at) for at in (200.0, None, 100.0)]
    assert replicas_of_app(APP, parts).since == 100.0
    assert replicas_of_app(APP, parts[1:2]).since is None
