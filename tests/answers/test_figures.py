"""Numbers of objects from traffic that can be added up by hand."""

import pytest

from mesh_graph.answers.figures import Figures, figures_of, mtls_shares, versions_of
from mesh_graph.health.facts import read_facts
from mesh_graph.topology.traffic import Traffic
from tests.health.rows import app, line_row, namespace, service, workload
from tests.topology.traffic_table import UNKNOWN_SOURCE, destination, lost, report, source, stream, traffic

FAR = source("far-v1", "far", namespace="edge")
PAGE, SHOP = source("page-v1", "page"), destination("shop-v1", "shop")


def test_rates_and_errors_of_both_ends():
    found = figures_of(read_facts(traffic(line_row("200 3"), line_row("500 1"), line_row("404 1"))))
    assert found[app("shop")] == found[workload("shop-v1")] == Figures(in_rate=5.0, in_error_rate=1.0)
    assert found[service("shop")] == Figures(in_rate=5.0, in_error_rate=1.0)
    assert found[app("page")] == Figures(out_rate=5.0, out_error_rate=1.0)
    assert found[app("shop")].error_ratio == pytest.approx(0.2)


def test_namespace_counts_what_crosses_its_border_and_what_stays_inside():
    found = figures_of(read_facts(traffic(line_row("200 3"), line_row("500 2", caller=FAR))))
    assert found[namespace()] == Figures(5.0, 2.0, 3.0, 0.0, inner_rate=3.0)
    assert found[namespace("edge")] == Figures(out_rate=2.0, out_error_rate=2.0)


def test_lost_request_comes_into_the_namespace_it_was_meant_for():
    found = figures_of(read_facts(traffic(line_row("503:UF 2 never", caller=FAR))))
    assert (found[namespace()].in_rate, found[namespace()].in_error_rate) == (2.0, 2.0)


def test_host_outside_the_mesh_is_in_no_namespace():
    outside = lost("api.example.com", namespace="shop", host="api.example.com")
    found = figures_of(read_facts(traffic(line_row("200 2") | outside | {"arrived": False})))
    assert found[service("api.example.com")].in_rate == 2.0
    assert (found[namespace()].in_rate, found[namespace()].out_rate) == (0.0, 2.0)


def test_tcp_inside_a_namespace_counts_once():
    rows = [stream(PAGE, SHOP, 100.0, received_bytes_rate=50.0), stream(FAR, SHOP, 7.0)]
    found = figures_of(read_facts(traffic(tcp=rows)))
    assert found[namespace()].tcp_rate == 157.0
    assert found[app("shop")].tcp_rate == 157.0
    assert found[app("page")].tcp_rate == 150.0
    assert found[namespace()].error_ratio is None


def test_without_traffic_there_are_no_figures():
    assert figures_of(read_facts(Traffic.empty())) == {}
    assert versions_of(Traffic.empty()) == {}
    assert mtls_shares(Traffic.empty()) == {}


def test_versions_are_those_that_carried_traffic():
    canary = destination("shop-v2", "shop", "v2")
    idle = destination("shop-v3", "shop", "v3")
    found = versions_of(
        traffic(line_row("200 1"), line_row("200 1", server=canary), line_row("200 0", server=idle))
    )
    assert found[app("shop")] == found[service("shop")] == ("v1", "v2")
    assert found[workload("shop-v2")] == ("v2",)


def test_mtls_share_is_by_requests():
    rows = [
        report(PAGE, SHOP, mtls_rate=9.0, mtls_known_rate=9.0),
        report(UNKNOWN_SOURCE, SHOP, mtls_rate=0.0, mtls_known_rate=1.0),
        report(PAGE, SHOP, protocol="tcp", mtls_rate=0.0, mtls_known_rate=5000.0),
        report(
            PAGE,
            destination("db-v1", "db", namespace="data"),
            protocol="tcp",
            mtls_rate=1.0,
            mtls_known_rate=4.0,
        ),
        report(PAGE, destination("x-v1", "x", namespace="dark")),
    ]
    assert mtls_shares(traffic(reports=rows)) == {namespace(): 0.9, namespace("data"): 0.25}
