"""Who lacks the right to see configuration is told none of it by any door, and what runs all the same."""

from dataclasses import replace

import pytest

from mesh_graph.api.context import Context
from mesh_graph.application import create_app
from mesh_graph.istio.checks import check
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.scope import Right, Scope
from mesh_graph.sources.cluster import KubeObject
from mesh_graph.sources.cluster_kinds import CONFIGURATION, KINDS
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.scoped_cluster import scoped_snapshot
from tests.test_walk import CALLED, ROUTES, TIME, ask, call, served, told
from tests.walled_mesh import AT, HOME, HandCluster, HandTraces, WalledSimulator, walled_mesh

MARK = "qvx"
"""Begins every word that only the configuration knows."""
CATALOG = f"catalog.{HOME}.svc.cluster.local"
ROUTE = {
    "hosts": (CATALOG,),
    "http": (
        {
            "timeout": "3s",
            "fault": {"delay": {"fixedDelay": "1s", "percentage": {"value": 10}}},
            "mirror": {"host": f"{MARK}-mirror"},
            "route": (
                {"destination": {"host": CATALOG, "subset": f"{MARK}-v1"}, "weight": 70},
                {"destination": {"host": CATALOG, "subset": f"{MARK}-v2"}, "weight": 30},
            ),
        },
    ),
}
SUBSETS = tuple({"name": f"{MARK}-v{n}", "labels": {"version": f"v{n}"}} for n in (1, 2))
BREAKER = {"outlierDetection": {"consecutive5xxErrors": 3}}
RULE = {"host": CATALOG, "trafficPolicy": BREAKER, "subsets": SUBSETS}
GATE = {"selector": {"app": "catalog"}, "servers": ({"hosts": (f"{MARK}.example.com",)},)}


def marked(one: KubeObject) -> KubeObject:
    return replace(one, name=f"{MARK}-{one.name}") if one.kind in CONFIGURATION else one


def marked_mesh() -> Mesh:
    """The walled mesh with configuration whose every name is marked."""
    more = (("VirtualService", ROUTE), ("DestinationRule", RULE), ("Gateway", GATE))
    declared = walled_mesh().declared()
    cluster = HandCluster(
        *(marked(one) for objects in declared.by_kind.values() for one in objects),
        *(KubeObject(kind, "east", HOME, MARK, spec=spec, created_at=AT - 9e6) for kind, spec in more),
    )
    source = DemoSource(WalledSimulator(), clock=lambda: float(AT))
    return Mesh(source, cluster=cluster, traces=HandTraces())


MESH = marked_mesh()
BLIND_SCOPE = Scope.of(rights=frozenset(Right) - {Right.CONFIG})
WHOLE = create_app(Context(MESH)).server.test_client()
BLIND = create_app(Context(MESH, scope=BLIND_SCOPE)).server.test_client()
TELLING = (
    "graph.graph",
    "splits.splits",
    "splits.split",
    "istio.objects",
    "mg-panel-body.children",
    "mgi-table.rowData",
)
"""Doors that tell the configuration to those who may see it."""
MOST = 2
"""Requests of one door: they ask for more views of the same."""


@pytest.mark.parametrize("endpoint", ROUTES)
def test_no_route_tells_what_is_configured(endpoint):
    for url in ROUTES[endpoint][:MOST]:
        assert MARK not in told(ask(BLIND, url)), url


@pytest.mark.parametrize("output", CALLED)
def test_no_callback_tells_what_is_configured(output):
    for values in CALLED[output]:
        assert MARK not in told(call(BLIND, served(BLIND)[output], values)), values


@pytest.mark.parametrize("door", TELLING)
def test_those_who_may_see_it_are_told(door):
    if door in ROUTES:
        answers = [ask(WHOLE, url) for url in ROUTES[door]]
    else:
        answers = [call(WHOLE, served(WHOLE)[door], values) for values in CALLED[door]]
    assert any(MARK in told(answer) for answer in answers)


def test_no_node_shows_that_something_is_configured():
    view = View(namespaces=(HOME,), at=float(AT), idle=True)
    configured = {"features", "config", "hosts", "entry", "location"}

    def shown(mesh: Mesh) -> set[str]:
        return {name for _, data in mesh.graph(view).nodes(data=True) for name in configured & data.keys()}

    assert shown(MESH) >= {"features", "config"}
    assert shown(MESH.seen_by(BLIND_SCOPE)) == set()


def test_what_runs_is_told_all_the_same():
    pods = {one.name for one in MESH.declared().objects("Pod")}
    seen = MESH.seen_by(BLIND_SCOPE).declared()
    assert {one.name for one in seen.objects("Pod")} == pods
    assert {one.name for one in seen.objects("Deployment")} >= {"catalog-v2"}


def test_additions_of_kiali_s_graph_that_need_configuration_say_that_they_cannot_be_had():
    asked = "istio,serviceEntry,deadNode,idleNode"
    url = f"/api/namespaces/graph?namespaces={HOME}&queryTime={AT}&appenders={asked}"
    document = BLIND.get(url).get_json()
    assert {one["appender"] for one in document["unavailable"]} == {"istio", "serviceEntry"}
    assert "unavailable" not in WHOLE.get(url).get_json()


def test_sampling_that_is_declared_is_not_told():
    path = f"/api/traces/audit?{TIME}&span=1h"
    assert WHOLE.get(path).get_json()["declared_sampling"] != []
    assert BLIND.get(path).get_json()["declared_sampling"] == []


def test_configuration_counts_as_not_read_rather_than_as_absent():
    seen = scoped_snapshot(MESH.declared(), BLIND_SCOPE)
    assert set(seen.by_kind).isdisjoint(CONFIGURATION)
    assert seen.unknown == CONFIGURATION
    assert check(seen).findings == ()


def test_every_kind_that_is_read_is_configuration_or_runs():
    running = {row.kind for row in KINDS} - CONFIGURATION
    assert running == {
        *("Namespace", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "Pod"),
        *("Service", "EndpointSlice", "ServiceAccount", "WorkloadEntry"),
    }
