"""What a route declared before and when its versions were rolled out, from tables of the journal's rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mesh_graph.answers.promise_steps import held_at, rolled_out, steps_of
from mesh_graph.canary.split import Promise, Step
from mesh_graph.istio.hosts import Host
from mesh_graph.istio.route import DeclaredRoute, Destination
from mesh_graph.sources.cluster import Change, KubeObject, Snapshot

SOURCE = KubeObject("VirtualService", "east", "shop", "cart", changed_at=300.0)
CART = Host("cart.shop.svc.cluster.local", "shop", "cart")
PATHS = ("spec/http[0]/route[0]", "spec/http[0]/route[1]")


def route(*declared: int | None) -> DeclaredRoute:
    ends = (
        Destination(CART, workloads=(f"cart-v{n}",), declared=weight, path=path)
        for n, (weight, path) in enumerate(zip(declared, PATHS, strict=True), start=1)
    )
    return DeclaredRoute(SOURCE, 0, "spec/http[0]", "http", (), tuple(ends))


def change(at: float, *weights: int, shape: str = "s") -> Change:
    return Change(at, at, "", f"{shape}{weights}", shape, dict(zip(PATHS, weights, strict=False)))


@pytest.mark.parametrize(
    ("changes", "steps"),
    [
        ([], []),
        ([change(1, 90, 10)], [(1, 0.1)]),
        ([change(1, 90, 10), change(2, 50, 50)], [(1, 0.1), (2, 0.5)]),
        # Something else of the object changed: no step.
        ([change(1, 90, 10), change(2, 9, 1), change(3, 50, 50)], [(1, 0.1), (3, 0.5)]),
        # The route had other destinations, or none: since when is known, not what.
        ([change(1, 70, 30, shape="other"), change(2, 50, 50)], [(1, None), (2, 0.5)]),
        ([change(1, 90, 10), Change(2, 2, "", ""), change(3, 90, 10)], [(1, 0.1), (2, None), (3, 0.1)]),
        # Weights that declare nothing.
        ([change(1, 0, 0), change(2, 90, 10)], [(1, None), (2, 0.1)]),
        ([change(1, -5, 10), change(2, 90, 10)], [(1, None), (2, 0.1)]),
    ],
)
def test_steps_follow_the_shares_of_the_route(changes, steps):
    found = steps_of(route(90, 10), ("v1", "v2"), changes)
    assert [(step.at, step.weights.get("v2")) for step in found] == steps


def test_a_destination_without_a_weight_keeps_the_one_it_stands_for():
    (step,) = steps_of(route(90, 1), ("v1", "v2"), [change(1, 3)])
    assert step.weights == {"v1": 0.75, "v2": 0.25}


PROMISE = Promise(
    "VirtualService shop/cart",
    {"v1": 0.5, "v2": 0.5},
    changed_at=30.0,
    steps=(Step(10.0, {"v1": 1.0}), Step(20.0, {"v1": 0.9, "v2": 0.1}), Step(30.0, {"v1": 0.5, "v2": 0.5})),
    rolled_out=(5.0, 25.0),
)


@pytest.mark.parametrize(
    ("at", "canary", "changed_at", "rolled_out"),
    [(40.0, 0.5, 30.0, (5.0, 25.0)), (27.0, 0.1, 20.0, (5.0, 25.0)), (22.0, 0.1, 20.0, (5.0,))],
)
def test_what_held_at_an_instant_is_promised_then(at, canary, changed_at, rolled_out):
    held = held_at(PROMISE, at)
    assert held.weights["v2"] == canary
    assert held.changed_at == changed_at
    assert held.rolled_out == rolled_out


def test_before_the_journal_begins_nothing_is_known():
    assert held_at(PROMISE, 10.0) is None
    assert held_at(replace(PROMISE, steps=()), 20.0) is None
    assert held_at(replace(PROMISE, steps=(Step(10.0, {}), PROMISE.steps[2])), 20.0) is None


def test_a_patch_of_the_present_is_not_offered_for_the_past():
    patched = replace(PROMISE, patches={("promote", "v2"): ("yaml", "kubectl")})
    assert held_at(patched, 40.0).patches
    assert not held_at(patched, 27.0).patches


def replica_set(name: str, at: float | None, **more) -> KubeObject:
    plain = {
        "labels": {"pod-template-hash": name},
        "spec": {"replicas": 1},
        "owner": ("Deployment", "cart-v2"),
        "cluster": "east",
        "namespace": "shop",
    }
    return KubeObject("ReplicaSet", name=name, created_at=at, **(plain | more))


def test_a_roll_out_is_the_making_of_a_replica_set_that_has_replicas():
    sets = (
        replica_set("b", 200.0),
        replica_set("a", 100.0, owner=("Deployment", "cart-v1")),
        replica_set("old", 150.0, spec={"replicas": 0}),
        replica_set("by-hand", 160.0, labels={}),
        replica_set("alone", 170.0, owner=None),
        replica_set("other", 180.0, owner=("Deployment", "till-v1")),
        replica_set("elsewhere", 190.0, namespace="bank"),
        replica_set("west", 195.0, cluster="west"),
        replica_set("undated", None),
    )
    assert rolled_out(Snapshot(1, 0.0, by_kind={"ReplicaSet": sets}), route(90, 10)) == (100.0, 200.0)
