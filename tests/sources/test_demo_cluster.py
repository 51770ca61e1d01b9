"""The demo's clusters declare what its mesh does."""

import numpy as np
import pytest

from mesh_graph.demo.bookinfo import CANARY_V3
from mesh_graph.demo.story import BANNER_LIFE, MEMORY_LIFE, story
from mesh_graph.istio.checks import check
from mesh_graph.istio.routes import declared_routes, declared_splits
from mesh_graph.sources.cluster_kinds import KINDS
from mesh_graph.sources.demo_cluster import DemoCluster

NOON = 1_790_000_000 // 86_400 * 86_400 + 43_200


def split(at, service="reviews"):
    (route,) = (one for one in declared_splits(DemoCluster().snapshot_at(at)) if one.source.name == service)
    return route


@pytest.mark.parametrize("step", range(9))
def test_declared_weights_are_those_of_the_canary(step):
    at = NOON + 1800 * step + 15
    canary = CANARY_V3(np.array([float(at)]))[0]
    route = split(at)
    assert [d.version for d in route.destinations] == ["v1", "v2", "v3"]
    assert [d.share for d in route.destinations] == pytest.approx([0.8 - canary, 0.2, canary])
    assert sum(d.declared for d in route.destinations) == 100


def test_route_was_last_changed_where_the_weights_changed():
    changes = [at for at in range(NOON, NOON + 14_400, 1800) if split(at).changed_at == at]
    weights = CANARY_V3(np.arange(NOON - 1800, NOON + 14_400, 1800.0))
    assert changes == [NOON + 1800 * i for i in range(8) if weights[i + 1] != weights[i]]
    assert split(NOON + 1799).changed_at == split(NOON).changed_at


@pytest.mark.parametrize(("hours", "canary"), [(1, 0.10), (5, 0.05)])
def test_weights_of_versions_that_answer_differently_are_one_route(hours, canary):
    route = split(NOON // 28_800 * 28_800 + 3600 * hours, "cart")
    assert {d.version: d.share for d in route.destinations} == pytest.approx({"v2": 1 - canary, "v3": canary})


def test_every_workload_and_every_service_of_the_story_is_declared():
    mesh, snapshot = story(), DemoCluster().snapshot_at(NOON)
    declared = {(one.cluster, one.namespace, one.name) for one in snapshot.objects("Deployment")}
    control_planes = {(cluster, "istio-system", "istiod") for cluster in ("east", "west")}
    assert declared == {(w.cluster, w.namespace, w.name) for w in mesh.workloads} | control_planes
    hosts = {
        (c.host.namespace, c.host.name) for c in mesh.calls if c.host.host.endswith(".svc.cluster.local")
    }
    assert {(one.namespace, one.name) for one in snapshot.objects("Service")} == hosts


def test_pods_come_and_go_with_their_lives():
    clusters = DemoCluster()

    def pods(at, app):
        return [one for one in clusters.snapshot_at(at).objects("Pod") if one.labels["app"] == app]

    period = BANNER_LIFE.period_s
    born = NOON // period * period
    assert (len(pods(born + 60, "banner")), len(pods(born + BANNER_LIFE.on_s + 60, "banner"))) == (1, 0)
    (before,), (after,) = (pods(NOON + shift, "parcel-tracker") for shift in (0, MEMORY_LIFE.period_s))
    restarts = [one.status["containerStatuses"][0]["restartCount"] for one in (before, after)]
    assert restarts[1] == restarts[0] + 1
    assert after.status["containerStatuses"][0]["lastState"]["terminated"]["reason"] == "OOMKilled"


def test_checks_find_the_mistakes_that_were_left_in():
    found = check(DemoCluster().snapshot_at(NOON)).findings
    assert [(f.code, f.source.namespace, f.source.name) for f in found] == [
        ("KIA1102", "legacy", "prices"),
        ("KIA0106", "payments", "callers"),
        ("KIA1004", "logistics", "default"),
        ("KIA0203", "shop", "recommendation"),
    ]


def test_demo_declares_something_of_every_kind_but_those_that_clusters_like_it_lack():
    declared = {kind for kind, objects in DemoCluster().snapshot_at(NOON).by_kind.items() if objects}
    lacking = {"StatefulSet", "DaemonSet", "HTTPRoute", "GRPCRoute", "RevisionTag"}
    assert declared == {row.kind for row in KINDS} - lacking


def test_endpoints_are_the_pods_behind_their_service():
    snapshot = DemoCluster().snapshot_at(NOON)
    (slice_,) = [one for one in snapshot.objects("EndpointSlice") if one.name == "catalog-1"]
    pods = {one.name for one in snapshot.objects("Pod") if one.labels["app"] == "catalog"}
    assert {endpoint["targetRef"]["name"] for endpoint in slice_.spec["endpoints"]} == pods
    assert len(pods) == 2


def test_same_instant_is_the_same_snapshot():
    clusters = DemoCluster(clock=lambda: NOON + 7.0)
    assert clusters.snapshot() is clusters.snapshot()
    assert clusters.snapshot().version < clusters.snapshot_at(NOON + 15).version
    assert clusters.snapshot().confirmed_at == NOON


def test_route_to_a_missing_gateway_is_declared_all_the_same():
    assert any(
        route.gateways == ("legacy/legacy-gateway",) for route in declared_routes(DemoCluster().snapshot())
    )
