"""What the clusters declare, as somebody with a scope may see it."""

from dataclasses import replace

import pytest

from mesh_graph.istio.mesh_config import mesh_config
from mesh_graph.istio.mutual_tls import PeerModes
from mesh_graph.scope import EVERYTHING, NOTHING, Scope
from mesh_graph.sources.cluster import ClusterGap, KubeObject, Snapshot
from mesh_graph.sources.scoped_cluster import ScopedCluster, scoped_snapshot
from tests.walled_mesh import SECRET, HandCluster

SHOP = Scope.of(("shop",))
MESH = f"""
rootNamespace: platform
enableAutoMtls: false
trustDomain: acme.corp
extensionProviders: [{{name: {SECRET}-tracer, zipkin: {{service: {SECRET}.observability.svc.cluster.local}}}}]
defaultConfig: {{tracing: {{sampling: 25, zipkin: {{address: "{SECRET}:9411"}}}}}}
"""


def one(kind: str, namespace: str, name: str, cluster: str = "east", **more) -> KubeObject:
    return KubeObject(kind, cluster, namespace, name, **more)


OBJECTS = (
    one("Namespace", "", "shop"),
    one("Namespace", "", f"{SECRET}-bank"),
    one("Service", "shop", "cart"),
    one("Service", "shop", "cart", cluster="west"),
    one("Service", f"{SECRET}-bank", "ledger"),
    one("VirtualService", f"{SECRET}-edge", "cart", spec={"hosts": ("cart.shop.svc.cluster.local",)}),
    one(
        "PeerAuthentication",
        "platform",
        "default",
        spec={"mtls": {"mode": "STRICT"}},
        labels={"team": SECRET},
    ),
    one(
        "PeerAuthentication",
        "platform",
        SECRET,
        spec={"mtls": {"mode": "DISABLE"}, "selector": {"matchLabels": {"app": SECRET}}},
    ),
    one("AuthorizationPolicy", "platform", SECRET),
    one("ConfigMap", "platform", "istio", spec={"mesh": MESH}),
    one(
        "Istiod",
        "platform",
        "istiod",
        spec={
            "template": {
                "spec": {
                    "containers": (
                        {
                            "env": (
                                {"name": "PILOT_TRACE_SAMPLING", "value": "7"},
                                {"name": "TOKEN", "value": SECRET},
                            )
                        },
                    )
                }
            }
        },
    ),
)


def snapshot_of(scope: Scope) -> Snapshot:
    return ScopedCluster(HandCluster(*OBJECTS), scope).snapshot()


def test_objects_of_allowed_namespaces_are_there_and_no_others():
    seen = snapshot_of(SHOP)
    assert [(o.cluster, o.name) for o in seen.objects("Service")] == [("east", "cart"), ("west", "cart")]
    assert [o.name for o in seen.objects("Namespace")] == ["shop"]
    assert seen.objects("VirtualService") == seen.objects("AuthorizationPolicy") == ()
    assert SECRET not in repr(seen)
    assert seen.scope == SHOP


def test_clusters_that_may_not_be_seen_are_not_there():
    gaps = (ClusterGap("cluster.refused", "west", "Pod"), ClusterGap("cluster.refused", "east", "Pod"))
    whole = replace(HandCluster(*OBJECTS).snapshot(), gaps=gaps)
    seen = scoped_snapshot(whole, Scope.of(("*",), ("west",)))
    assert (seen.clusters, seen.gaps) == (("west",), gaps[:1])
    assert [o.cluster for o in seen.objects("Service")] == ["west"]
    assert seen.objects("ConfigMap") == ()


def test_what_holds_for_the_whole_mesh_is_told_as_far_as_it_does():
    seen = snapshot_of(SHOP)
    config = mesh_config(seen, "east")
    assert (config.root_namespace, config.auto_mtls, config.trust_domain) == ("platform", False, "acme.corp")
    assert config.sampling_percent == 25
    assert dict(config.environment) == {"PILOT_TRACE_SAMPLING": "7"}
    (strict,) = seen.objects("PeerAuthentication")
    assert (strict.namespace, strict.name, strict.labels) == ("platform", "default", {})
    assert PeerModes(seen) is not None


def test_settings_that_control_planes_share_hold_for_a_part_of_the_mesh():
    env = ({"name": "SHARED_MESH_CONFIG", "value": "shared"},)
    seen = scoped_snapshot(
        HandCluster(
            one("ConfigMap", "istio-system", "shared", spec={"mesh": "enableAutoMtls: false\n"}),
            one(
                "Istiod",
                "istio-system",
                "istiod",
                spec={"template": {"spec": {"containers": ({"env": env},)}}},
            ),
        ).snapshot(),
        SHOP,
    )
    config = mesh_config(seen, "east")
    assert (config.is_written, config.auto_mtls) == (True, False)


def test_policies_of_every_root_namespace_of_a_cluster_are_told():
    roots = {"istio": "platform", "istio-canary": "edge", "istio-plain": ""}
    objects = [
        one("ConfigMap", "istio-system", name, spec={"mesh": root and f"rootNamespace: {root}\n"})
        for name, root in roots.items()
    ]
    strict = {"mtls": {"mode": "STRICT"}}
    places = ("platform", "edge", "istio-system", "elsewhere")
    policies = [one("PeerAuthentication", place, "default", spec=strict) for place in places]
    seen = scoped_snapshot(HandCluster(*objects, *policies).snapshot(), SHOP)
    told = [policy.namespace for policy in seen.objects("PeerAuthentication")]
    assert told == ["platform", "edge", "istio-system"]


@pytest.mark.parametrize("mesh", ["", "[", "- a\n- b\n", "rootNamespace: 7\n", "defaultConfig: x\n"])
def test_settings_of_any_shape_break_nothing(mesh):
    objects = (one("ConfigMap", "istio-system", "istio", spec={"mesh": mesh}), *OBJECTS[:3])
    seen = scoped_snapshot(HandCluster(*objects).snapshot(), SHOP)
    assert mesh_config(seen, "east").trust_domain == "cluster.local"
    assert [o.name for o in seen.objects("Service")] == ["cart"]


def test_everything_is_the_snapshot_itself_and_nothing_is_empty():
    whole = HandCluster(*OBJECTS).snapshot()
    assert scoped_snapshot(whole, EVERYTHING) is whole
    nothing = scoped_snapshot(whole, NOTHING)
    assert (nothing.clusters, sum(map(len, nothing.by_kind.values()))) == ((), 0)


def test_the_same_snapshot_is_narrowed_once():
    cluster = ScopedCluster(HandCluster(*OBJECTS), SHOP)
    assert cluster.snapshot() is cluster.snapshot()
    assert (cluster.name, cluster.is_demo, cluster.wait(0.0)) == ("by hand", True, True)


@pytest.mark.parametrize(
    ("imported", "told"),
    [
        (("./*", "istio-system/*"), ("./*",)),
        (("*/*", "shop/*"), ("*/*", "shop/*")),
        ((f"*/{SECRET}.example.com",), ("~/*",)),
        ((f"{SECRET}/*",), ("~/*",)),
        (("*/*", f"~{SECRET}/*"), ("~/*",)),
        (("*/*", "~shop/*"), ("*/*", "~shop/*")),
        ((), ()),
    ],
)
def test_sidecar_of_the_whole_mesh_is_told_without_names_that_may_not_be_seen(imported, told):
    """It never imports more than in truth: who sees a part is told no conflict that is none."""
    sidecar = one("Sidecar", "istio-system", "default", spec={"egress": ({"hosts": imported},)})
    (seen,) = scoped_snapshot(HandCluster(sidecar).snapshot(), SHOP).objects("Sidecar")
    assert seen.spec == {"egress": ({"hosts": told},)}


def test_sidecar_for_some_workloads_is_not_told_outside_of_its_namespace():
    spec = {"workloadSelector": {"labels": {"app": "a"}}, "egress": ({"hosts": ("./*",)},)}
    sidecar = one("Sidecar", "istio-system", "default", spec=spec)
    assert scoped_snapshot(HandCluster(sidecar).snapshot(), SHOP).objects("Sidecar") == ()
