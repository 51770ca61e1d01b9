"""One contract for every cluster source: the same objects behind a real API server, a folder, the demo."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from mesh_graph.demo.declared import declared
from mesh_graph.demo.story import story
from mesh_graph.istio.checks import check
from mesh_graph.istio.routes import declared_routes, declared_splits
from mesh_graph.sources.cluster import ClusterSource
from mesh_graph.sources.cluster_kinds import KINDS, rows_of
from mesh_graph.sources.demo_cluster import DemoCluster
from mesh_graph.sources.kube import KubeSource
from mesh_graph.sources.kube_access import from_kubeconfig
from mesh_graph.sources.manifests import ManifestSource

NOON = 1_789_992_000
ISTIO = [row.kind for row in KINDS if row.group.endswith("istio.io")]
OBJECTS = declared(story(), NOON)["east"]
NAMESPACES = {one["metadata"]["name"] for one in OBJECTS if one["kind"] == "Namespace"}


@pytest.fixture(scope="session")
def declaring(kubernetes):
    """The API server with the objects of the demo's eastern cluster."""
    kubernetes.create([one for one in OBJECTS if one["kind"] == "Namespace"])
    kubernetes.create([one for one in OBJECTS if one["kind"] != "Namespace"])
    for one in OBJECTS:
        if one["kind"] == "Pod":
            kubernetes.update(one, "/status", status=one["status"])
    return kubernetes


@pytest.fixture(params=[pytest.param("kubernetes", marks=pytest.mark.peer("kubernetes")), "folder", "demo"])
def source(request: pytest.FixtureRequest, tmp_path) -> Iterator[ClusterSource]:
    """The demo's eastern cluster, as each kind of source holds it."""
    if request.param == "demo":
        yield DemoCluster(clock=lambda: NOON)
        return
    if request.param == "folder":
        (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(OBJECTS))
        yield ManifestSource(tmp_path, "east")
        return
    server = request.getfixturevalue("declaring")
    source = KubeSource(from_kubeconfig(server.kubeconfig(), ()))
    yield source
    source.close()


@pytest.fixture
def snapshot(source):
    assert source.wait(30)
    return source.snapshot()


def kinds_of(one):
    """Kinds that a raw object is read as."""
    return [row.kind for row in rows_of(one)]


def of_the_east(snapshot, kind):
    """Objects of the cluster, without those that every API server has."""
    return [
        one
        for one in snapshot.objects(kind)
        if one.cluster == "east" and (one.namespace or one.name) in NAMESPACES
    ]


@pytest.mark.parametrize("kind", [row.kind for row in KINDS])
def test_every_object_is_there_with_its_labels(snapshot, kind):
    expected = [
        (one["metadata"].get("namespace", ""), one["metadata"]["name"], one["metadata"].get("labels", {}))
        for one in OBJECTS
        if kind in kinds_of(one)
    ]
    automatic = "kubernetes.io/metadata.name"
    found = [
        (one.namespace, one.name, {key: value for key, value in one.labels.items() if key != automatic})
        for one in of_the_east(snapshot, kind)
    ]
    assert found == sorted(expected, key=lambda row: row[:2])


def test_istio_objects_are_there_in_full(snapshot):
    expected = {
        (kind, one["metadata"]["namespace"], one["metadata"]["name"]): one["spec"]
        for one in OBJECTS
        for kind in kinds_of(one)
        if kind in ISTIO
    }
    found = {
        (kind, one.namespace, one.name): yaml.safe_load(yaml.safe_dump(_plain(one.spec)))
        for kind in ISTIO
        for one in of_the_east(snapshot, kind)
    }
    assert found == expected


def _plain(value):
    if hasattr(value, "items"):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value


def test_objects_say_their_version(snapshot):
    expected = {(kind, one["apiVersion"]) for one in OBJECTS for kind in kinds_of(one)}
    found = {(row.kind, one.api_version) for row in KINDS for one in of_the_east(snapshot, row.kind)}
    assert found == expected


def test_pods_say_how_they_are(snapshot):
    expected = {
        one["metadata"]["name"]: [
            (status["name"], status["ready"], status["restartCount"])
            for status in one["status"]["containerStatuses"]
        ]
        for one in OBJECTS
        if one["kind"] == "Pod"
    }
    found = {
        one.name: [(s["name"], s["ready"], s["restartCount"]) for s in one.status["containerStatuses"]]
        for one in of_the_east(snapshot, "Pod")
    }
    assert found == expected


def test_owners_lead_from_pod_to_deployment(snapshot):
    replica_sets = {(one.namespace, one.name): one.owner for one in of_the_east(snapshot, "ReplicaSet")}
    deployments = {(one.namespace, one.name) for one in of_the_east(snapshot, "Deployment")}
    for pod in of_the_east(snapshot, "Pod"):
        kind, name = pod.owner
        assert kind == "ReplicaSet"
        owner = replica_sets[pod.namespace, name]
        assert owner[0] == "Deployment"
        assert (pod.namespace, owner[1]) in deployments


def test_declared_shares_are_the_same(snapshot):
    splits = [route for route in declared_splits(snapshot) if route.namespace in NAMESPACES]
    assert {route.key for route in splits} == {
        ("east", "VirtualService", "bookinfo", "reviews", "spec/http[0]"),
        ("east", "VirtualService", "shop", "cart", "spec/http[0]"),
    }
    shares = {(r.key[3], d.version): (d.share, d.workloads) for r in splits for d in r.destinations}
    services = [one for one in OBJECTS if one["kind"] == "VirtualService"]
    weighted = [(one["metadata"]["name"], one["spec"]["http"][0]["route"]) for one in services]
    assert shares == {
        (name, to["destination"]["subset"]): (to["weight"] / 100, (f"{name}-{to['destination']['subset']}",))
        for name, route in weighted
        for to in route
        if len(route) > 1
    }
    declared = sorted(one["metadata"]["name"] for one in OBJECTS if one["kind"] == "VirtualService")
    ours = [r for r in declared_routes(snapshot) if r.cluster == "east" and r.namespace in NAMESPACES]
    assert sorted(route.key[3] for route in ours) == declared


def test_checks_find_the_same(snapshot):
    checked = check(snapshot)
    assert checked.skipped == ()
    found = [
        finding
        for finding in checked.findings
        if finding.source.namespace in NAMESPACES and finding.source.cluster == "east"
    ]
    assert [(f.code, f.source.name, f.path) for f in found] == [
        ("KIA1102", "prices", "spec/gateways[0]"),
        ("KIA0106", "callers", "spec/rules[0]/from[0]/source/principals[1]"),
        ("KIA0203", "recommendation", "spec/subsets[0]"),
    ]


def test_snapshot_is_whole_says_its_age_and_knows_all_kinds(snapshot):
    assert snapshot.gaps == ()
    assert snapshot.confirmed_at > 0
    assert snapshot.is_known(*(row.kind for row in KINDS))
    assert snapshot.clusters[0] == "east"


def test_same_version_is_the_same_content(source, snapshot):
    again = source.snapshot()
    assert again.version == snapshot.version
    assert again.objects("VirtualService") == snapshot.objects("VirtualService")


def test_kind_that_is_not_read_has_no_objects(snapshot):
    assert snapshot.objects("Secret") == ()


def test_source_says_who_it_is(source):
    assert source.name
    assert source.is_demo is isinstance(source, DemoCluster)


def test_objects_cannot_be_changed(snapshot):
    (route, *_) = of_the_east(snapshot, "VirtualService")
    with pytest.raises(TypeError):
        route.spec["http"] = ()
    with pytest.raises(AttributeError):
        route.name = "other"
