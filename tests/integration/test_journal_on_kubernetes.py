"""Weights changed on a real API server: each change is a step, and the last of them the anchor."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mesh_graph.canary.split import AnchorKind, Split
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.spec import MeshSpec
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.journal import Journal
from mesh_graph.sources.journaled import JournaledCluster
from mesh_graph.sources.kube import KubeSource
from mesh_graph.sources.kube_access import from_kubeconfig
from tests.kube_peer import KubeApiserver

pytestmark = pytest.mark.peer("kubernetes")

SOON_S = 20.0
IDENTITY = ("VirtualService", "stepped", "cart")


def metadata(name: str, **more) -> dict:
    return {"metadata": {"namespace": "stepped", "name": name, **more}}


def spec(first: int) -> dict:
    weights = {"v1": first, "v2": 100 - first}
    ends = [{"destination": {"host": "cart", "subset": v}, "weight": w} for v, w in weights.items()]
    return {"hosts": ["cart"], "http": [{"route": ends}]}


SERVICE = {"apiVersion": "v1", "kind": "Service", **metadata("cart")}
RULE = {"apiVersion": "networking.istio.io/v1", "kind": "DestinationRule", **metadata("cart")}
ROUTE = {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", **metadata("cart")}
SUBSETS = [{"name": version, "labels": {"app": "cart", "version": version}} for version in ("v1", "v2")]


def replica_set(name: str, version: str) -> dict:
    """As a Deployment's controller makes it; there is none beside this server."""
    labels = {"app": "cart", "version": version, "pod-template-hash": name}
    owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"cart-{version}", "controller": True}
    owners = [{**owner, "uid": "11111111-1111-4111-8111-111111111111"}]
    pods = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "cart", "image": "cart:2"}]}}
    wanted = {"replicas": 1, "selector": {"matchLabels": labels}, "template": pods}
    head = metadata(f"cart-{version}-{name}", labels=labels, ownerReferences=owners)
    return {"apiVersion": "apps/v1", "kind": "ReplicaSet", **head, "spec": wanted}


def deployment(version: str) -> dict:
    labels = {"app": "cart", "version": version}
    pods = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "cart", "image": "cart:1"}]}}
    wanted = {"replicas": 1, "selector": {"matchLabels": labels}, "template": pods}
    return {"apiVersion": "apps/v1", "kind": "Deployment", **metadata(f"cart-{version}"), "spec": wanted}


@pytest.fixture(scope="module")
def stepped(kubernetes, tmp_path_factory) -> Iterator[tuple[Mesh, KubeApiserver, Path]]:
    """A mesh over a server on which the weights of a route have been changed twice, each change seen."""
    kubernetes.create(
        [
            {**SERVICE, "spec": {"selector": {"app": "cart"}, "ports": [{"port": 80}]}},
            {**RULE, "spec": {"host": "cart", "subsets": SUBSETS}},
            *(deployment(version) for version in ("v1", "v2")),
            {**ROUTE, "spec": spec(100)},
        ]
    )
    folder = tmp_path_factory.mktemp("state")
    source = KubeSource(from_kubeconfig(kubernetes.kubeconfig(), ()))
    assert source.wait(SOON_S)
    cluster = JournaledCluster(source, Journal(folder), every_s=0.05)
    for first in (90, 50):
        soon(lambda: weights(cluster))
        kubernetes.update(ROUTE, spec=spec(first))
        soon(lambda wanted=first: weights(cluster)[-1] == wanted)
    with Mesh(DemoSource(Simulator(MeshSpec.of(()))), cluster=cluster) as mesh:
        yield mesh, kubernetes, folder


def weights(cluster) -> list[int]:
    changes = cluster.snapshot().changes
    known = (kept for key, kept in changes.items() if key[1:] == IDENTITY)
    return [change.weights["spec/http[0]/route[0]"] for kept in known for change in kept]


def soon(holds: Callable[[], object]) -> None:
    until = time.monotonic() + SOON_S
    while not holds():
        assert time.monotonic() < until, "not in time"
        time.sleep(0.05)


def split_at(mesh: Mesh, at: float) -> Split:
    return mesh.split(View(at=at, window_s=3600), "stepped/cart").split


def test_every_change_is_a_step_and_the_last_one_the_anchor(stepped):
    mesh, _, _ = stepped
    split = split_at(mesh, time.time() + 5)
    assert [step.weights["v2"] for step in split.promise.steps] == [0.0, 0.1, 0.5]
    times = [step.at for step in split.promise.steps]
    assert times == sorted(times)
    assert split.anchor.kind is AnchorKind.ROUTE
    assert split.anchor.at == times[-1]


def test_of_the_past_it_says_what_was_declared_then(stepped):
    mesh, _, _ = stepped
    steps = split_at(mesh, time.time() + 5).promise.steps
    before = split_at(mesh, (steps[1].at + steps[2].at) / 2)
    assert before.declared.weights == pytest.approx({"v1": 0.9, "v2": 0.1})
    assert before.anchor.at == steps[1].at
    assert split_at(mesh, steps[0].at - 60).promise is None


def test_a_roll_out_after_the_route_changed_is_the_anchor(stepped):
    """The server dates by whole seconds: one is let pass, so that the later is the later."""
    mesh, kubernetes, _ = stepped
    changed_at = split_at(mesh, time.time() + 5).promise.changed_at
    soon(lambda: time.time() > changed_at + 1.1)
    kubernetes.create([replica_set("6d4cf56db6", "v2")])
    soon(lambda: split_at(mesh, time.time() + 5).promise.rolled_out)
    split = split_at(mesh, time.time() + 5)
    assert split.anchor.kind is AnchorKind.VERSION
    assert split.anchor.at == split.promise.rolled_out[-1] > changed_at
    assert split.declared.weights == pytest.approx({"v1": 0.5, "v2": 0.5})


def test_the_steps_are_there_after_a_restart(stepped):
    mesh, kubernetes, folder = stepped
    before = [step.at for step in split_at(mesh, time.time() + 5).promise.steps]
    mesh.close()
    source = KubeSource(from_kubeconfig(kubernetes.kubeconfig(), ()))
    assert source.wait(SOON_S)
    cluster = JournaledCluster(source, Journal(folder))
    with Mesh(DemoSource(Simulator(MeshSpec.of(()))), cluster=cluster) as again:
        assert [step.at for step in split_at(again, time.time() + 5).promise.steps] == before
