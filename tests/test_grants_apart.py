"""Somebody with several grants walks through every door: none gives in the places of another."""

import json

import pytest

from mesh_graph.api.context import Context
from mesh_graph.application import create_app
from mesh_graph.model import NodeKind, View
from mesh_graph.scope import Grant, Right, Scope
from mesh_graph.sources.cluster_kinds import CONFIGURATION
from mesh_graph.sources.scoped_cluster import scoped_snapshot
from tests.test_walk import CALLED, FOREIGN, ROUTES, TIME, ask, call, served, told
from tests.walled_mesh import AT, HOME, SECRET, walled_mesh

MESH = walled_mesh()
ELSEWHERE = Grant((FOREIGN, f"{SECRET}-*"), ("nowhere",), ())
APART = Scope((Grant((HOME,), rights=()), ELSEWHERE))
"""The others' namespaces, but of a cluster that is not there: in all others they are nobody's to see."""
CLIENT = create_app(Context(MESH, scope=APART)).server.test_client()
MOST = 4
"""Requests of one door: they ask for more views of the same."""
BANK = f"{SECRET}-payments"
PARTLY = Scope((Grant((HOME,), rights={Right.CONFIG}), Grant((BANK,), rights={Right.LOGS})))
VIEW = View(at=float(AT))


@pytest.mark.parametrize("endpoint", ROUTES)
def test_no_route_gives_what_no_grant_does(endpoint):
    for url in ROUTES[endpoint][:MOST]:
        answer = ask(CLIENT, url)
        assert SECRET not in told(answer).replace(url, ""), url


@pytest.mark.parametrize("output", CALLED)
def test_no_callback_gives_what_no_grant_does(output):
    for values in CALLED[output]:
        answer = call(CLIENT, served(CLIENT)[output], values)
        assert SECRET not in told(answer).replace(json.dumps(values), ""), values


def test_what_a_grant_gives_is_seen_in_its_place_alone():
    scope = Scope((Grant((HOME,), ("east",)), Grant((f"{SECRET}-bookinfo",), ("west",))))
    keys = {row.key for row in MESH.seen_by(scope).inventory(VIEW, NodeKind.WORKLOAD).rows}
    assert {(key.namespace, key.cluster) for key in keys} == {(HOME, "east")}
    both = Scope((Grant((HOME,), ("east",)), Grant((f"{SECRET}-bookinfo",), ("east",))))
    keys = {row.key for row in MESH.seen_by(both).inventory(VIEW, NodeKind.WORKLOAD).rows}
    assert {(key.namespace, key.cluster) for key in keys} == {(HOME, "east"), (f"{SECRET}-bookinfo", "east")}


def test_configuration_is_told_of_the_namespaces_with_the_right_alone():
    found = scoped_snapshot(MESH.declared(), PARTLY)
    read = {one.namespace for kind in CONFIGURATION for one in found.objects(kind)}
    assert read == {HOME, "istio-system"}
    assert {one.namespace for one in found.objects("Pod")} == {HOME, BANK}
    assert not found.is_known("VirtualService")
    assert found.is_known("Pod", "Service")


def test_pages_of_the_configuration_are_as_to_those_who_see_that_part_alone():
    partly, alone = MESH.seen_by(PARTLY).intent, MESH.seen_by(Scope.of((HOME,), rights={Right.CONFIG})).intent
    rows = partly.objects(VIEW).rows
    assert rows
    assert [row.key for row in rows] == [row.key for row in alone.objects(VIEW).rows]
    assert MESH.seen_by(Scope.of((HOME, BANK), rights={Right.LOGS})).intent is None


def test_a_page_tells_nothing_declared_of_a_namespace_without_the_right():
    client = create_app(Context(MESH, scope=PARTLY)).server.test_client()
    whole = create_app(Context(MESH)).server.test_client()
    place = {"kind": "service", "namespace": BANK, "name": f"{SECRET}-bank", "cluster": ""}
    values = {"ask": {"path": "/services", "query": f"?{TIME}", "fresh": False}, "place": place}
    output, route = "mg-detail-pods.children", f"{SECRET}-bank-{SECRET}-route"
    assert route in told(call(whole, served(whole)[output], values))
    assert route not in told(call(client, served(client)[output], values))
