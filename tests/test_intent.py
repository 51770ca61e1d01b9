"""``Mesh.intent`` over the demo: what it declares, beside what its proxies count."""

import pytest

from mesh_graph.answers.intent_objects import ObjectStatus
from mesh_graph.errors import SourceUnreachable
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_cluster import DemoCluster
from mesh_graph.views.words import gap_text

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
    prices = mesh.intent.object(VIEW, "VirtualService", "legacy", "prices", cluster="east")
    line = prices.yaml.splitlines()[prices.line_of("spec/gateways[0]") - 1]
    assert line.strip() == "- legacy-gateway"


def test_object_that_is_not_there_is_none(mesh):
    assert mesh.intent.object(VIEW, "VirtualService", "bookinfo", "gone") is None
    assert mesh.intent.object(VIEW, "VirtualService", "bookinfo", "reviews", cluster="west") is None


def test_plain_text_of_the_demo_is_seen_beside_what_is_declared(mesh):
    answer = mesh.intent.mtls(VIEW)
    shares = {(row.cluster, row.namespace): row.requests.share for row in answer.rows}
    assert shares["east", "media"] == 1.0
    assert 0.9 < shares["east", "shop"] < 1.0
    assert shares["east", "monitoring"] is None, "nobody calls it"
    plain = [(edge.source.workload, edge.destination.workload) for edge in answer.plain]
    assert plain[0] == ("frontend-v3", "price-list-v1")
    assert ("unknown", "catalog-v2") in plain


def test_demo_has_findings_that_rest_on_what_was_counted(mesh):
    found = {
        (f.code, f.source.namespace, f.source.name): f
        for f in mesh.intent.objects(VIEW).findings
        if f.code.startswith("MSH")
    }
    assert set(found) == {
        ("MSH0103", "logistics", "carrier"),
        ("MSH0104", "logistics", "carrier"),
        ("MSH0201", "shop", "default"),
        ("MSH0301", "logistics", "old-partner"),
        ("MSH0302", "logistics", "shipping-v4"),
        ("MSH0401", "legacy", "erp-v1"),
        ("MSH0401", "payments", "mysql-v1"),
    }
    assert all(f.basis.count > 0 and f.basis.at == NOON for f in found.values())
    assert dict(found["MSH0301", "logistics", "old-partner"].parameters)["past"] == "1d"


class Silent(DemoSource):
    """A source that answers nothing."""

    def instant(self, query, at):
        raise SourceUnreachable(self.name, "query", "Nobody is there.")


def test_without_telemetry_the_configuration_is_checked_all_the_same():
    with Mesh(Silent(), cluster=DemoCluster(clock=lambda: NOON), scrape_interval_s=15) as mesh:
        objects = mesh.intent.objects(VIEW)
    assert {f.code for f in objects.findings} == {"KIA0106", "KIA0203", "KIA1004", "KIA1102"}
    (gap,) = objects.gaps
    assert "Nobody is there" in gap_text(gap)


def test_object_has_the_findings_of_its_telemetry(mesh):
    carrier = mesh.intent.object(VIEW, "VirtualService", "logistics", "carrier")
    assert {f.code for f in carrier.row.findings} == {"MSH0103", "MSH0104"}


def test_codes_that_are_ignored_are_not_found():
    demo = DemoCluster(clock=lambda: NOON)
    with Mesh(DemoSource(), cluster=demo, ignored_checks=("KIA1102", "MSH0401", "KIA1301")) as mesh:
        found = {f.code for f in mesh.intent.objects(VIEW).findings}
    assert "KIA0106" in found
    assert not found & {"KIA1102", "MSH0401"}


def test_secrets_of_the_configuration_are_masked(mesh):
    plugin = mesh.intent.object(VIEW, "WasmPlugin", "shop", "bot-score")
    assert plugin.is_masked
    assert "5f2d7c1e" not in plugin.yaml
    assert "bots.example.com" in plugin.yaml
