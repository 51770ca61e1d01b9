"""Graph → rows of the side panel, by hand on small graphs."""

import pytest

from mesh_graph.topology.attributes import EdgeAttr as E
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.topology.attributes import Response
from mesh_graph.views.panel_rows import (
    ending_rows,
    neighbour_rows,
    node_totals,
    whole_responses,
    worst_edges,
)
from tests.views.graphs import app_key, bookinfo, service_key


def test_totals_of_a_node():
    rows = node_totals({N.IN_RATE: 4.0, N.IN_ERROR_RATIO: 0.1, N.OUT_RATE: 0.0, N.TCP_IN_RATE: 1500.0})
    assert [(row.what, row.rate, row.errors, row.level) for row in rows] == [
        ("requests in", "4 rps", "10%", "err"),
        ("requests out", "0 rps", "–", "idle"),
        ("TCP in", "1.5 kB/s", "", "unrated"),
    ]


def test_a_folded_node_tells_what_goes_on_inside():
    (row,) = node_totals({N.INNER_RATE: 10.0, N.INNER_ERROR_RATE: 0.2})
    assert (row.what, row.rate, row.errors, row.level) == ("requests inside", "10 rps", "2%", "warn")


def test_endings_alike_are_summed_and_errors_come_first():
    responses = [
        Response("200", "", "a", 6.0, "ok"),
        Response("404", "", "a", 1.0, "client_error"),
        Response("503", "UF", "a", 1.0, "error"),
        Response("503", "UF", "b", 2.0, "error"),
    ]
    rows = ending_rows(responses, "http", with_host=False)
    assert [(row.code, row.rate, row.share) for row in rows] == [
        ("503 UF", "3 rps", "30%"),
        ("404", "1 rps", "10%"),
        ("200", "6 rps", "60%"),
    ]
    assert rows[0].words == "Service Unavailable; could not connect to the server"
    assert [row.host for row in ending_rows(responses, "http")][:2] == ["b", "a"]


def test_closed_connections_have_flags_only():
    (row,) = ending_rows([Response("", "UF", "db", 0.5, "error")], "tcp")
    assert (row.code, row.words, row.rate) == ("UF", "could not connect to the server", "0.5 conn/s")


def test_nothing_ended_is_no_row():
    assert ending_rows([], "http") == []


def test_neighbours_of_a_node_are_named_and_busiest_first():
    graph = bookinfo()
    rows = neighbour_rows(graph, [service_key("bookinfo", "reviews")], incoming=False)
    assert [row.name for row in rows] == [
        "reviews v1 (bookinfo)",
        "reviews v2 (bookinfo)",
        "reviews v3 (bookinfo)",
    ]
    assert (rows[2].rate, rows[2].errors, rows[2].latency, rows[2].level) == ("4 rps", "10%", "1.2 s", "err")


def test_edges_within_a_set_are_no_neighbours():
    graph = bookinfo()
    inside = [
        service_key("bookinfo", "reviews"),
        *(app_key("bookinfo", "reviews", f"v{n}") for n in (1, 2, 3)),
    ]
    assert [row.name for row in neighbour_rows(graph, inside, incoming=True)] == ["productpage v1 (bookinfo)"]
    assert [row.name for row in neighbour_rows(graph, inside, incoming=False)] == ["ratings (bookinfo)"] * 2


def test_worst_edges_lose_most_requests_per_second():
    rows = worst_edges(bookinfo(), count=2)
    assert [(row.name, row.rate) for row in rows] == [
        ("productpage v1 (bookinfo) → reviews (bookinfo)", "20 rps"),
        ("reviews (bookinfo) → reviews v3 (bookinfo)", "4 rps"),
    ]


def test_the_whole_counts_each_request_once():
    """Twenty each into productpage, details and reviews, ten into ratings; and what never arrived."""
    graph = bookinfo()
    assert sum(r.rate for r in whole_responses(graph)) == pytest.approx(20 + 20 + 20 + 10)
    graph.nodes[service_key("bookinfo", "reviews")][N.ENDED_HERE] = (
        Response("503", "UH", "h", 0.4, "error"),
    )
    assert sum(r.rate for r in whole_responses(graph)) == pytest.approx(70.4)


def test_a_ratio_that_is_unknown_is_a_dash():
    graph = bookinfo()
    ends = service_key("bookinfo", "details"), app_key("bookinfo", "details", "v1")
    del graph.edges[(*ends, "http")][E.ERROR_RATIO]
    (row,) = neighbour_rows(graph, [ends[1]], incoming=True)
    assert (row.errors, row.level) == ("–", "unrated")
