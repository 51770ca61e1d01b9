"""Rows of overview and lists: numbers for sorting, texts for people, and the links of both."""

import dash
import pytest

from mesh_graph.answers.figures import Figures
from mesh_graph.answers.inventory import ObjectRow
from mesh_graph.answers.overview import NamespaceRow
from mesh_graph.health import Assessment, assess
from mesh_graph.model import NodeKey, NodeKind, Status
from mesh_graph.topology.traffic import Traffic
from mesh_graph.views.addresses import Links
from mesh_graph.views.overview_rows import namespace_row, object_row, shown_reasons
from tests.health.rows import app, line_row, lines, namespace, service
from tests.topology.traffic_table import destination, source, traffic

LINKS = Links({"window": "10m"}, clusters=2)


@pytest.fixture(scope="module", autouse=True)
def application():
    """Addresses are made by the Dash application that there is."""
    return dash.Dash("rows", use_pages=False)


def row(health=None, **more):
    health = health or assess(Traffic.empty(), 300)
    return namespace_row(
        NamespaceRow(
            namespace(),
            health.of(namespace()),
            health.counts.get(namespace(), {}),
            **{"figures": Figures(), **more},
        ),
        LINKS,
    )


def test_row_of_a_failing_namespace_says_why():
    health = assess(lines("200 8", "503:UF 2"), 300)
    cells = row(health, figures=Figures(10.0, 2.0, 10.0, 2.0, 10.0))
    assert (cells["status"], cells["status_text"], cells["is_firm"]) == ("failure", "Failure", True)
    assert (
        cells["reason"] == "shop: 20% of 10 rps failed, 503 could not connect to the server (UF), from page"
    )
    assert cells["reasons"] == [cells["reason"]]
    assert cells["more"] == ""
    assert cells["counts"] == {"app": {"failure": 2}, "workload": {"failure": 2}, "service": {"failure": 1}}
    assert (cells["applications"], cells["workloads"], cells["services"]) == (2, 2, 1)
    assert cells["error_ratio"] == pytest.approx(0.2)
    assert cells["texts"]["count_app"] == "2 applications: 2 failure"


def test_what_is_not_known_is_a_dash_and_no_number():
    cells = row()
    assert (cells["status"], cells["error_ratio"], cells["p95_ms"], cells["mtls_share"]) == (
        "no_data",
        None,
        None,
        None,
    )
    texts = cells["texts"]
    assert {texts[name] for name in ("in", "out", "errors", "p95", "tcp", "mtls", "inner")} == {"–"}


def test_response_time_above_the_top_bucket_is_no_number():
    cells = row(p95_ms=float("inf"))
    assert (cells["p95_ms"], cells["p95_is_above"], cells["texts"]["p95"]) == (None, True, "> top bucket")


def test_worst_and_surest_sort_first():
    orders = [
        row_of_status(status, is_firm)["order"]
        for status, is_firm in [
            (Status.FAILURE, True),
            (Status.FAILURE, False),
            (Status.DEGRADED, True),
            (Status.NOT_READY, False),
            (Status.HEALTHY, True),
            (Status.HEALTHY, False),
            (Status.NO_DATA, False),
        ]
    ]
    assert orders == sorted(orders)
    assert len(set(orders)) == len(orders)


def row_of_status(status, is_firm):
    return object_row(ObjectRow(app("shop"), Assessment(status, is_firm, note=""), Figures()), LINKS)


def test_tentative_status_has_a_question_mark():
    health = assess(lines("200 0.00667", "500 0.00333"), 300)
    cells = object_row(ObjectRow(app("shop"), health.of(app("shop")), Figures()), LINKS)
    assert cells["status_text"] == "Failure?"
    assert cells["evidence"].startswith("about 1 of 3 seen")
    assert row_of_status(Status.NO_DATA, False)["status_text"] == "No data"


def test_links_keep_the_time_and_name_the_cluster_where_there_are_several():
    assert row()["href"] == "/topology?window=10m&namespaces=shop"
    assert row()["lists"]["service"] == "/services?window=10m&namespaces=shop"
    assert LINKS.of(app("a/b c")) == "/applications/shop/a%2Fb%20c?window=10m&cluster=east"
    assert Links().of(service("shop")) == "/services/shop/shop"
    assert (
        Links().of(NodeKey(NodeKind.SERVICE, service="api.example.com"))
        == "/services/unknown/api.example.com"
    )


def test_object_lists_its_versions():
    cells = object_row(ObjectRow(app("shop"), Assessment(), Figures(), ("v1", "v2")), LINKS)
    assert cells["texts"]["versions"] == "v1, v2"
    assert (
        object_row(ObjectRow(app("shop"), Assessment(), Figures(), ("latest",)), LINKS)["texts"]["versions"]
        == "–"
    )


def test_reasons_tell_a_failing_call_once():
    """As the server, its parts and its caller see it; another ending is another reason."""
    health = assess(lines("200 80", "500 20"), 300)
    assert [reason.subject for reason in shown_reasons(health.of(namespace()).reasons)] == [app("shop")]
    other = line_row("503:UO 5", caller=source("cart-v1", "cart"), server=destination("db-v1", "db"))
    both = assess(traffic(line_row("200 80"), line_row("500 20"), other), 300)
    subjects = [reason.subject for reason in shown_reasons(both.of(namespace()).reasons)]
    assert subjects == [app("shop"), app("db")]
