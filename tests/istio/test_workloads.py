"""Pods find the workload that made them."""

import pytest

from mesh_graph.istio.workloads import workloads_of
from tests.istio.declare import deployment, snapshot


def pod(name, owner=None, **more):
    metadata = {"name": name, "namespace": "bookinfo", "labels": more.pop("labels", {})}
    metadata["annotations"] = more.pop("annotations", {})
    if owner:
        metadata["ownerReferences"] = [{"kind": owner[0], "name": owner[1], "controller": True}]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, **more}


def replica_set(name, owner=None, replicas=1):
    metadata = {"name": name, "namespace": "bookinfo"}
    if owner:
        metadata["ownerReferences"] = [{"kind": owner[0], "name": owner[1], "controller": True}]
    spec = {"replicas": replicas, "template": {"metadata": {"labels": {"app": "cart"}}}}
    return {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": metadata, "spec": spec}


def pods_by_workload(*objects):
    found = workloads_of(snapshot(*objects))
    return {key[2]: [one.name for one in workload.pods] for key, workload in found.items()}


def test_pod_belongs_to_the_deployment_of_its_replica_set():
    objects = (
        deployment("cart", "v1"),
        replica_set("cart-v1-6f", ("Deployment", "cart-v1")),
        pod("cart-v1-6f-a", ("ReplicaSet", "cart-v1-6f")),
        pod("cart-v1-6f-b", ("ReplicaSet", "cart-v1-6f")),
    )
    assert pods_by_workload(*objects) == {"cart-v1": ["cart-v1-6f-a", "cart-v1-6f-b"]}


def test_workload_without_pods_is_one_all_the_same():
    assert pods_by_workload(deployment("cart", "v1")) == {"cart-v1": []}


def test_replica_set_of_a_kind_that_is_not_read_stands_for_it():
    rollout = replica_set("cart-6f", ("Rollout", "cart"))
    assert pods_by_workload(rollout, pod("cart-6f-a", ("ReplicaSet", "cart-6f"))) == {"cart": ["cart-6f-a"]}


def test_pod_of_a_replica_set_that_is_not_read_has_the_name_before_the_hash():
    assert pods_by_workload(pod("cart-v1-6f-a", ("ReplicaSet", "cart-v1-6f"))) == {
        "cart-v1": ["cart-v1-6f-a"]
    }


@pytest.mark.parametrize(
    ("owner", "name"), [(None, "lone"), (("Job", "nightly"), "nightly"), (("StatefulSet", "db"), "db")]
)
def test_other_pods_are_their_owners_or_their_own(owner, name):
    assert pods_by_workload(pod("lone", owner)) == {name: ["lone"]}


def test_pod_that_has_finished_counts_no_more():
    done = pod("nightly-1", ("Job", "nightly"), status={"phase": "Succeeded"})
    assert pods_by_workload(done) == {}


SIDECAR = {"containers": [{"name": "app"}, {"name": "istio-proxy", "image": "istio/proxyv2:1.24"}]}
NATIVE = {"containers": [{"name": "app"}], "initContainers": [{"name": "istio-proxy"}]}
BARE = {"containers": [{"name": "app"}]}


@pytest.mark.parametrize(
    ("part", "bare"),
    [
        ({"spec": SIDECAR}, 0),
        ({"spec": NATIVE}, 0),
        ({"spec": BARE}, 1),
        ({"spec": BARE, "annotations": {"ambient.istio.io/redirection": "enabled"}}, 0),
        ({"spec": BARE, "labels": {"app": "istiod"}}, 0),
        ({"spec": {"containers": "none"}}, 1),
    ],
)
def test_pod_is_bare_without_sidecar_and_ztunnel_unless_it_is_the_control_plane(part, bare):
    (found,) = workloads_of(snapshot(pod("one", **part))).values()
    assert found.bare_pods == bare


def test_app_and_version_are_those_of_the_canonical_labels():
    labels = {"app": "cart", "service.istio.io/canonical-name": "basket", "version": "v2"}
    (found,) = workloads_of(snapshot(pod("one", labels=labels))).values()
    assert (found.app, found.version) == ("basket", "v2")
    (unnamed,) = workloads_of(snapshot(pod("one"))).values()
    assert (unnamed.app, unnamed.version) == ("one", "latest")
