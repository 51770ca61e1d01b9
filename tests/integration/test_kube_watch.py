"""The watch of a real API server: changes, restarts, forgotten versions, missing rights and kinds."""

from __future__ import annotations

import base64
import json
import shlex
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import yaml

from mesh_graph.errors import ConfigError
from mesh_graph.istio.patch import patch_for
from mesh_graph.istio.revisions import Revisions
from mesh_graph.istio.routes import declared_splits
from mesh_graph.sources.cluster import KubeObject
from mesh_graph.sources.cluster_kinds import KINDS
from mesh_graph.sources.kube import KubeSource
from mesh_graph.sources.kube_access import from_kubeconfig, in_cluster
from tests.istio.declare import parsed
from tests.kube_peer import READER, RESTRICTED, KubeApiserver

pytestmark = pytest.mark.peer("kubernetes")

ROLE = Path(__file__).parents[2] / "deploy/clusterrole.yaml"
SOON_S = 20.0
SPLIT = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: %s}
spec:
  hosts: [reviews]
  http:
  - route:
    - {destination: {host: reviews, subset: v1}, weight: 90}
    - {destination: {host: reviews, subset: v2}, weight: 10}
"""


def soon(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    until = time.monotonic() + SOON_S
    while not holds():
        assert time.monotonic() < until, "not in time"
        time.sleep(0.05)


@pytest.fixture
def open_source() -> Iterator[Callable[..., KubeSource]]:
    """Open a source on an API server and wait for its first reading."""
    opened = []

    def start(server: KubeApiserver, **options) -> KubeSource:
        source = KubeSource(from_kubeconfig(server.kubeconfig(**options), ()))
        opened.append(source)
        assert source.wait(SOON_S)
        return source

    yield start
    for source in opened:
        source.close()


def split(namespace: str):
    return parsed(SPLIT % namespace)[0]


def only(source: KubeSource, namespace: str) -> KubeObject:
    (found,) = [one for one in source.snapshot().objects("VirtualService") if one.namespace == namespace]
    return found


def names(source: KubeSource, namespace: str) -> list[str]:
    return [one.name for one in source.snapshot().objects("VirtualService") if one.namespace == namespace]


def weights(source: KubeSource, namespace: str) -> list[int]:
    routes = [r for r in declared_splits(source.snapshot()) if r.namespace == namespace]
    return [d.declared for route in routes for d in route.destinations]


def test_created_changed_and_deleted_objects_are_followed(kubernetes, open_source):
    source = open_source(kubernetes)
    before = source.snapshot()
    one = split("followed")
    kubernetes.create([one])
    soon(lambda: names(source, "followed") == ["reviews"])
    created = source.snapshot()
    kubernetes.update(one, metadata={"labels": {"a": "b"}})
    soon(lambda: only(source, "followed").labels)
    kubernetes.delete(one)
    soon(lambda: names(source, "followed") == [])
    assert before.version < created.version < source.snapshot().version
    assert names_of(created, "followed") == ["reviews"], "a snapshot does not change"


def names_of(snapshot, namespace):
    return [one.name for one in snapshot.objects("VirtualService") if one.namespace == namespace]


def test_change_of_the_spec_is_dated_and_one_of_labels_or_status_is_not(kubernetes, open_source):
    source = open_source(kubernetes)
    one = split("dated")

    def changed_at():
        return only(source, "dated").changed_at

    def manager(name: str) -> str:
        return f"{kubernetes.path_of(one)}/reviews?fieldManager={name}"

    merge = {"Content-Type": "application/merge-patch+json"}
    kubernetes.create([one])
    soon(lambda: names(source, "dated"))
    first = changed_at()
    assert abs(first - time.time()) < 60
    time.sleep(1.1)  # managedFields count in seconds
    kubernetes.ask("PATCH", manager("labeller"), {"metadata": {"labels": {"a": "b"}}}, **merge)
    soon(lambda: only(source, "dated").labels)
    assert changed_at() == first
    kubernetes.ask("PATCH", manager("release"), {"spec": {"hosts": ["reviews", "other"]}}, **merge)
    soon(lambda: changed_at() > first)
    kubernetes.delete(one)


def test_patch_for_a_route_is_taken_and_refused_once_the_route_is_another(kubernetes, open_source):
    source = open_source(kubernetes)
    one = split("patched")
    kubernetes.create([one])
    soon(lambda: weights(source, "patched") == [90, 10])
    (route,) = [r for r in declared_splits(source.snapshot()) if r.namespace == "patched"]
    words = shlex.split(patch_for(route, [25, 75]).kubectl)
    operations = json.loads(words[words.index("--patch") + 1])
    json_patch = {"Content-Type": "application/json-patch+json"}
    path = f"{kubernetes.path_of(one)}/reviews"
    kubernetes.ask("PATCH", path, operations, **json_patch)
    soon(lambda: weights(source, "patched") == [25, 75])
    one["spec"]["http"][0]["route"].reverse()
    kubernetes.update(one, spec=one["spec"])
    with pytest.raises(RuntimeError, match="422"):
        kubernetes.ask("PATCH", path, operations, **json_patch)
    kubernetes.delete(one)


def test_shipped_role_is_enough_and_asks_for_no_more(kubernetes, open_source):
    documents = list(yaml.safe_load_all(ROLE.read_text()))
    role = next(one for one in documents if one["kind"] == "ClusterRole")
    granted = {
        f"{group}/{name}".lstrip("/")
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for name in rule["resources"]
    }
    assert granted == {row.resource.partition(" ")[0] for row in KINDS}
    named = {name for rule in role["rules"] if "resourceNames" in rule for name in rule["resources"]}
    assert named == {"configmaps"}, "no config map but Istio's own"
    assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"list", "watch"}
    kubernetes.create([role, _binding("reader", role["metadata"]["name"])])
    assert open_source(kubernetes, token=READER).snapshot().gaps == ()


def test_missing_right_is_a_named_gap_and_the_rest_is_read(kubernetes, open_source):
    resources = {
        "apiGroups": ["networking.istio.io"],
        "resources": ["virtualservices"],
        "verbs": ["list", "watch"],
    }
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "little"},
        "rules": [resources],
    }  # fmt: skip
    kubernetes.create([role, _binding("somebody", "little"), split("little")])
    snapshot = open_source(kubernetes, token=RESTRICTED).snapshot()
    assert names_of(snapshot, "little") == ["reviews"]
    assert {gap.kind for gap in snapshot.gaps} == {row.kind for row in KINDS} - {"VirtualService"}
    assert {gap.message for gap in snapshot.gaps} == {"cluster.refused"}
    gap = next(dict(gap.parameters) for gap in snapshot.gaps if gap.kind == "Gateway")
    assert gap["resource"] == "networking.istio.io/gateways"
    assert 'User "somebody" cannot list' in gap["problem"]
    assert snapshot.is_known("VirtualService")
    assert not snapshot.is_known("Gateway")


def test_wrong_token_is_a_gap_of_every_kind_and_is_not_shown(kubernetes, open_source):
    snapshot = open_source(kubernetes, token="a-secret-token").snapshot()
    assert len(snapshot.gaps) == len(KINDS)
    assert not any("a-secret-token" in str(gap) for gap in snapshot.gaps)


CANARY = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod-canary, namespace: planes, labels: {app: istiod, istio.io/rev: canary}}
spec:
  selector: {matchLabels: {app: istiod}}
  template:
    metadata: {labels: {app: istiod}}
    spec: {containers: [{name: discovery, image: "docker.io/istio/pilot:1.25.0"}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio-canary, namespace: planes}
data: {mesh: "trustDomain: canary.example"}
"""
TAG = """
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: istio-revision-tag-next, labels: {istio.io/tag: next, istio.io/rev: canary}}
---
apiVersion: v1
kind: Namespace
metadata: {name: tried, labels: {istio.io/rev: next}}
"""


@pytest.fixture
def canary(kubernetes) -> Iterator[list[dict]]:
    """A second control plane with its settings, a tag for it, and a namespace that names the tag."""
    objects = [*parsed(CANARY), *yaml.safe_load_all(TAG)]
    # No controller runs that would end a namespace: it stays.
    kubernetes.create([one for one in objects if not is_there(kubernetes, one)])
    yield objects
    for one in objects[:3]:
        if is_there(kubernetes, one):
            kubernetes.delete(one)


def is_there(kubernetes, one: dict) -> bool:
    found = kubernetes.ask("GET", kubernetes.path_of(one))["items"]
    return one["metadata"]["name"] in {item["metadata"]["name"] for item in found}


def present(source, kind: str) -> list[str]:
    return [one.name for one in source.snapshot().objects(kind)]


def test_settings_of_a_revision_are_read_once_it_is_there_and_followed(kubernetes, open_source, canary):
    source = open_source(kubernetes)

    def domain() -> str:
        return Revisions(source.snapshot()).config("east", "tried").trust_domain

    assert domain() == "canary.example", "waiting for the first reading includes them"
    kubernetes.update(canary[1], data={"mesh": "trustDomain: other.example"})
    soon(lambda: domain() == "other.example")
    # Other tests have control planes of their own on this server.
    kubernetes.delete(canary[0])
    soon(lambda: "istiod-canary" not in present(source, "Istiod"))
    soon(lambda: "istio-canary" not in present(source, "ConfigMap"))
    assert source.snapshot().gaps == ()


def test_settings_of_a_revision_that_may_not_be_read_are_a_named_gap(kubernetes, open_source, canary):
    role = next(one for one in yaml.safe_load_all(ROLE.read_text()) if one["kind"] == "ClusterRole")
    role["metadata"] = {"name": "one-revision"}
    kubernetes.create([role, _binding("somebody", "one-revision")])
    source = open_source(kubernetes, token=RESTRICTED)
    (gap,) = source.snapshot().gaps
    assert (gap.kind, dict(gap.parameters)["resource"]) == ("ConfigMap", "configmaps (istio-canary)")
    assert not source.snapshot().is_known("ConfigMap")
    named = next(rule for rule in role["rules"] if "resourceNames" in rule)
    named["resourceNames"].append("istio-canary")
    kubernetes.update(role, rules=role["rules"])
    again = open_source(kubernetes, token=RESTRICTED)
    assert again.snapshot().gaps == ()
    kubernetes.delete(_binding("somebody", "one-revision"))


def _binding(user: str, role: str) -> dict:
    group = "rbac.authorization.k8s.io"
    return {
        "apiVersion": f"{group}/v1", "kind": "ClusterRoleBinding", "metadata": {"name": f"{user}-{role}"},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": group, "kind": "User", "name": user}],
    }  # fmt: skip


def test_watch_survives_a_restart_and_a_compaction(kubernetes_factory, open_source):
    """What was deleted while nobody watched is noticed, although the server has forgotten the deletion."""
    server = kubernetes_factory()
    source = open_source(server)
    server.create([split("stays"), split("goes")])
    soon(lambda: names(source, "stays") and names(source, "goes"))

    server.api.stop()
    soon(lambda: len(source.snapshot().gaps) == len(KINDS))
    away = source.snapshot()
    assert {gap.message for gap in away.gaps} == {"cluster.unreachable"}
    assert away.is_known("VirtualService"), "what was read stays"
    assert names_of(away, "goes") == ["reviews"]

    _forget(server, "/registry/networking.istio.io/virtualservices/goes/reviews")
    server.compact()
    server.api.start()
    soon(lambda: not source.snapshot().gaps)
    soon(lambda: names(source, "goes") == [])
    assert names(source, "stays") == ["reviews"]
    server.create([split("later")])
    soon(lambda: names(source, "later") == ["reviews"])

    crd = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/grpcroutes.gateway.networking.k8s.io"
    server.ask("DELETE", crd)
    soon(lambda: _gaps(open_source(server)) == [("cluster.not-installed", "GRPCRoute")])
    assert open_source(server).snapshot().is_known("GRPCRoute"), "there is none"


def _gaps(source: KubeSource) -> list[tuple[str, str]]:
    return [(gap.message, gap.kind) for gap in source.snapshot().gaps]


def _forget(server: KubeApiserver, key: str) -> None:
    """Delete a key in the store, behind the API server's back."""
    body = {"key": base64.b64encode(key.encode()).decode()}
    answer = requests.post(f"{server.etcd.url}/v3/kv/deleterange", json=body, timeout=10).json()
    assert answer["deleted"] == "1"


def test_server_that_is_not_there_is_a_gap_and_closing_does_not_wait(tmp_path):
    config = {
        "current-context": "gone",
        "contexts": [{"name": "gone", "context": {"cluster": "gone", "user": "nobody"}}],
        "clusters": [{"name": "gone", "cluster": {"server": "https://127.0.0.1:9"}}],
        "users": [{"name": "nobody", "user": {}}],
    }
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(config))
    source = KubeSource(from_kubeconfig(path, ()))
    assert source.wait(SOON_S)
    assert {gap.message for gap in source.snapshot().gaps} == {"cluster.unreachable"}
    assert not source.snapshot().is_known("VirtualService")
    source.close()


def test_unusable_configuration_is_told_at_the_start(tmp_path, kubernetes):
    with pytest.raises(ConfigError, match=r"kube_context west is not in the kubeconfig, which has east\."):
        from_kubeconfig(kubernetes.kubeconfig(), ["west"])
    (tmp_path / "config").write_text("not: [a kubeconfig")
    with pytest.raises(ConfigError, match="kubeconfig cannot be used"):
        from_kubeconfig(tmp_path / "config", ())
    with pytest.raises(ConfigError, match="no pod"):
        in_cluster()
