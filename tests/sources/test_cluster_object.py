"""What is kept of an object, and that it cannot be changed."""

import pytest

from mesh_graph.sources.cluster_kinds import KINDS, LEGACY, mesh_settings, rows_of
from mesh_graph.sources.cluster_object import MAX_DEPTH, ObjectInvalid, object_of

ROW = {row.kind: row for row in (*KINDS, *LEGACY)}


def raw(kind="VirtualService", spec=None, **metadata):
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": kind,
        "metadata": {"name": "reviews", "namespace": "bookinfo", **metadata},
        "spec": spec if spec is not None else {"hosts": ["reviews"]},
        "status": {"observedGeneration": 1},
    }


def read(kind="VirtualService", spec=None, **metadata):
    return object_of(ROW[kind], raw(kind, spec, **metadata), "east")


@pytest.mark.parametrize("spec", [7, "hosts", ["reviews"], True, float("nan")])
def test_spec_that_is_no_mapping_is_refused(spec):
    with pytest.raises(ObjectInvalid, match="has a spec that is no mapping"):
        read(spec=spec)


def test_spec_and_labels_cannot_be_changed():
    one = read(spec={"http": [{"route": []}]}, labels={"a": "b"})
    with pytest.raises(TypeError):
        one.spec["http"] = ()
    with pytest.raises(TypeError):
        one.spec["http"][0]["route"] = ()
    with pytest.raises(TypeError):
        one.labels["a"] = "c"


def test_raw_object_is_not_modified_and_not_shared():
    given = raw(spec={"hosts": ["a"]})
    one = object_of(ROW["VirtualService"], given, "east")
    given["spec"]["hosts"].append("b")
    assert one.spec["hosts"] == ("a",)


def test_of_a_workload_only_the_fields_in_use_are_kept():
    container = {"name": "app", "image": "app:v1", "env": [{"name": "PASSWORD", "value": "secret"}]}
    spec = {
        "replicas": 2, "selector": {"matchLabels": {"app": "a"}}, "strategy": {"type": "Recreate"},
        "template": {
            "metadata": {"labels": {"app": "a"}, "creationTimestamp": None},
            "spec": {"containers": [container], "volumes": [{"name": "x"}], "serviceAccountName": "a"},
        },
    }  # fmt: skip
    one = read("Deployment", spec)
    assert one.spec == {
        "replicas": 2, "selector": {"matchLabels": {"app": "a"}},
        "template": {
            "metadata": {"labels": {"app": "a"}},
            "spec": {"serviceAccountName": "a", "containers": ({"name": "app", "image": "app:v1"},)},
        },
    }  # fmt: skip
    assert one.status == {}


def test_of_a_pod_only_a_summary_is_kept():
    state = {"waiting": {"reason": "CrashLoopBackOff"}}
    kept = {"name": "app", "ready": False, "restartCount": 7, "state": state}
    statuses = [{**kept, "state": {"waiting": {**state["waiting"], "message": "long"}}, "containerID": "x"}]
    pod = raw("Pod", {"containers": [{"name": "app", "image": "i", "command": ["sh"]}], "tolerations": []})
    ready = {"type": "Ready", "status": "False", "lastTransitionTime": "2026-11-21T12:00:00Z"}
    conditions = [{**ready, "lastProbeTime": None, "message": "long"}]
    pod["status"] = {"phase": "Running", "containerStatuses": statuses, "conditions": conditions}
    pod["metadata"]["annotations"] = {"sidecar.istio.io/status": "{}", "istio.io/rev": "default"}
    one = object_of(ROW["Pod"], pod, "east")
    assert one.spec == {"containers": ({"name": "app", "image": "i"},)}
    assert one.status == {"phase": "Running", "conditions": (ready,), "containerStatuses": (kept,)}
    assert one.annotations == {"istio.io/rev": "default"}


def test_kubectls_copy_of_the_object_is_dropped():
    one = read(annotations={"kubectl.kubernetes.io/last-applied-configuration": "{}", "a": "b"})
    assert one.annotations == {"a": "b"}


def entry(time, *fields, **more):
    return {"manager": "m", "time": time, "fieldsV1": {f: {} for f in fields}, **more}


@pytest.mark.parametrize(
    ("managed", "changed_at"),
    [
        ([entry("2026-01-02T00:00:00Z", "f:spec")], 1767312000),
        ([entry("2026-01-02T00:00:00Z", "f:spec"), entry("2026-01-03T00:00:00Z", "f:spec")], 1767398400),
        ([entry("2026-01-02T00:00:00Z", "f:spec"), entry("2026-01-03T00:00:00Z", "f:metadata")], 1767312000),
        (
            [
                entry("2026-01-02T00:00:00Z", "f:spec"),
                entry("2026-01-03T00:00:00Z", "f:spec", subresource="status"),
            ],
            1767312000,
        ),
        ([], 1767225600),
        (None, 1767225600),
        ([entry("no time", "f:spec"), 7], 1767225600),
    ],
)
def test_last_change_is_of_a_manager_that_owns_the_spec(managed, changed_at):
    one = read(creationTimestamp="2026-01-01T00:00:00Z", managedFields=managed)
    assert (one.created_at, one.changed_at) == (1767225600, changed_at)


def test_owner_is_the_controller():
    owners = [{"kind": "Mesh", "name": "m"}, {"kind": "ReplicaSet", "name": "r", "controller": True}]
    assert read(ownerReferences=owners).owner == ("ReplicaSet", "r")
    assert read(ownerReferences=owners[:1]).owner is None


def nested(depth):
    value = {}
    for _ in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"metadata": None}, "has no metadata.name"),
        ({"metadata": {"name": ""}}, "has no metadata.name"),
        ({"metadata": {"name": ["x"]}}, "has no metadata.name"),
        ({"metadata": {"name": "x", "namespace": 7}}, "that is no text"),
        ({"spec": nested(MAX_DEPTH + 1)}, "nested deeper"),
        ({"spec": {"a": [0] * 200_001}}, "more than 200,000 values"),
        ({"spec": {"a": 2**70}}, "more than 64 bits"),
    ],
)
def test_impossible_object_is_refused(change, problem):
    with pytest.raises(ObjectInvalid, match=problem):
        object_of(ROW["VirtualService"], {**raw(), **change}, "east")


def test_spec_that_is_null_is_empty():
    assert object_of(ROW["VirtualService"], {**raw(), "spec": None}, "east").spec == {}


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_number_that_json_lacks_becomes_text(value):
    assert read(spec={"a": value}).spec == {"a": str(value)}


@pytest.mark.parametrize(
    ("kind", "version", "kinds"),
    [
        ("Gateway", "networking.istio.io/v1alpha3", ["Gateway"]),
        ("Gateway", "gateway.networking.k8s.io/v1", ["K8sGateway"]),
        ("VirtualService", "networking.istio.io/v9", []),
        ("RouteRule", "config.istio.io/v1alpha2", ["RouteRule"]),
        ("Pod", "v1", ["Pod"]),
        (["Pod"], "v1", []),
        ("Pod", {"v": 1}, []),
    ],
)
def test_kind_is_told_by_group_and_version(kind, version, kinds):
    assert [row.kind for row in rows_of({"kind": kind, "apiVersion": version})] == kinds


@pytest.mark.parametrize(
    ("kind", "version", "metadata", "kinds"),
    [
        ("ConfigMap", "v1", {"name": "istio"}, ["ConfigMap"]),
        ("ConfigMap", "v1", {"name": "istio-canary"}, ["ConfigMap"]),
        ("ConfigMap", "v1", {"name": "passwords"}, []),
        ("ConfigMap", "v1", {"name": "istiod"}, []),
        ("ConfigMap", "v1", {"name": 7}, []),
        (
            "MutatingWebhookConfiguration",
            "admissionregistration.k8s.io/v1",
            {"name": "istio-revision-tag-prod", "labels": {"istio.io/tag": "prod"}},
            ["RevisionTag"],
        ),
        (
            "MutatingWebhookConfiguration",
            "admissionregistration.k8s.io/v1",
            {"name": "istio-sidecar-injector", "labels": {"istio.io/rev": "default"}},
            [],
        ),
        (
            "Deployment",
            "apps/v1",
            {"name": "istiod-1", "labels": {"app": "istiod"}},
            ["Deployment", "Istiod"],
        ),
        ("Deployment", "apps/v1", {"name": "istiod", "labels": {"app": "shop"}}, ["Deployment"]),
        ("Deployment", "apps/v1", {"name": "istiod", "labels": [["app", "istiod"]]}, ["Deployment"]),
        ("ConfigMap", "v1", "istio", []),
    ],
)
def test_of_some_kinds_only_chosen_objects_are_read(kind, version, metadata, kinds):
    raw = {"kind": kind, "apiVersion": version, "metadata": metadata}
    assert [row.kind for row in rows_of(raw)] == kinds


def test_istiod_is_asked_for_by_its_label_and_the_mesh_configuration_by_its_name():
    assert ROW["RevisionTag"].query == {"labelSelector": "istio.io/tag"}
    assert mesh_settings("istio-1-24").query == {"fieldSelector": "metadata.name=istio-1-24"}
    assert ROW["Istiod"].query == {"labelSelector": "app=istiod"}
    assert ROW["ConfigMap"].query == {"fieldSelector": "metadata.name=istio"}
    assert ROW["Service"].query == {}


def test_environment_is_kept_of_istiod_alone_and_of_it_the_plain_values():
    secret = {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}
    container = {"name": "discovery", "command": ["x"], "env": [{"name": "A", "value": "1"}, secret]}
    raw = {"metadata": {"name": "istiod"}, "spec": {"template": {"spec": {"containers": [container]}}}}
    kept = object_of(ROW["Istiod"], raw, "east").spec["template"]["spec"]["containers"]
    assert kept == ({"env": ({"name": "A", "value": "1"}, {"name": "TOKEN"})},)
    (container,) = object_of(ROW["Deployment"], raw, "east").spec["template"]["spec"]["containers"]
    assert container == {"name": "discovery"}


def test_endpoints_stand_beside_the_metadata_of_their_slice():
    raw = {
        "metadata": {"name": "a"},
        "endpoints": [{"addresses": ["10.0.0.1"], "conditions": {"ready": True}, "targetRef": {"name": "p"}}],
    }
    (endpoint,) = object_of(ROW["EndpointSlice"], raw, "east").spec["endpoints"]
    assert endpoint == {"conditions": {"ready": True}, "targetRef": {"name": "p"}}
