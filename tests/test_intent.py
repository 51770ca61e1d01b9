"""``Mesh.intent`` over the demo: what it declares, beside what its proxies count."""

import pytest

from mesh_graph.answers.intent_objects import ObjectStatus
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_cluster import DemoCluster

NOON = 1_789_992_000
VIEW = View(at=float(NOON))


@pytest.fixture(scope="module")
def mesh():
    with Mesh(DemoSource(), cluster=DemoCluster(clock=lambda: NOON)) as mesh:
        yield mesh


def test_mesh_without_a_cluster_has_no_intent():
    with Mesh(DemoSource()) as mesh:
        assert mesh.intent is None


def test_worst_objects_come_first_with_their_findings(mesh):
    rows = mesh.intent.objects(VIEW).rows
    ranks = [row.status.rank for row in rows]
    assert ranks == sorted(ranks)
    prices = next(row for row in rows if row.source.name == "prices")
    assert prices.status is ObjectStatus.ERROR
    assert [(f.code, f.path) for f in prices.findings if f.code == "KIA1102"] == [
        ("KIA1102", "spec/gateways[0]")
    ]


def test_objects_of_a_namespace_are_its_own(mesh):
    rows = mesh.intent.objects(View(namespaces=("bookinfo",), at=float(NOON))).rows
    assert rows
    assert {row.source.namespace for row in rows} == {"bookinfo"}


def test_same_view_and_version_is_the_same_answer(mesh):
    assert mesh.intent.objects(VIEW) is mesh.intent.objects(VIEW)
    assert mesh.intent.mtls(VIEW) is mesh.intent.mtls(VIEW)


def test_object_says_what_it_names_and_who_names_it(mesh):
    route = mesh.intent.object(VIEW, "VirtualService", "bookinfo", "reviews")
    named = {(r.kind, r.name): r.exists for r in route.refers_to}
    assert named["Service", "reviews"]
    assert named["DestinationRule", "reviews"]
    rule = mesh.intent.object(VIEW, "DestinationRule", "bookinfo", "reviews")
    assert ("VirtualService", "reviews") in [(r.source.kind, r.source.name) for r in rule.referred_by]


def test_path_of_a_finding_leads_to_its_line(mesh):
    prices = mesh.intent.object(VIEW, "VirtualService", "legacy", "prices", "east")
    line = prices.yaml.splitlines()[prices.line_of("spec/gateways[0]") - 1]
    assert line.strip() == "- legacy-gateway"


def test_object_that_is_not_there_is_none(mesh):
    assert mesh.intent.object(VIEW, "VirtualService", "bookinfo", "gone") is None
    assert mesh.intent.object(VIEW, "VirtualService", "bookinfo", "reviews", "west") is None


def test_plain_text_of_the_demo_is_seen_beside_what_is_declared(mesh):
    answer = mesh.intent.mtls(VIEW)
    shares = {(row.cluster, row.namespace): row.requests.share for row in answer.rows}
    assert shares["east", "media"] == 1.0
    assert 0.9 < shares["east", "shop"] < 1.0
    assert shares["east", "monitoring"] is None, "nobody calls it"
    plain = [(edge.source.workload, edge.destination.workload) for edge in answer.plain]
    assert plain[0] == ("frontend-v3", "price-list-v1")
    assert ("unknown", "catalog-v2") in plain
