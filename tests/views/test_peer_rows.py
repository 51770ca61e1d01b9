"""Peers as rows of a table, and links out."""

import math

import pytest

from mesh_graph.detail.peers import Ending, Peer
from mesh_graph.detail.subject import subject_key
from mesh_graph.health import Check
from mesh_graph.model import Direction, NodeKey, NodeKind, Protocol, Status
from mesh_graph.settings.templates import PLACE_HOLDERS
from mesh_graph.settings.tolerances import Tolerance
from mesh_graph.views.addresses import path_of
from mesh_graph.views.links import out_links
from mesh_graph.views.peer_rows import PEER_COLUMNS, has_page, other_ends, peer_rows, ratio_level

WEB = subject_key(NodeKind.APP, "shop", "web", "east")


class Plain:
    """Links that only tell the path."""

    def of(self, key):
        return path_of(key)


def row(*endings, protocol="http", **more):
    rate = sum(ending.rate for ending in endings)
    errors = sum(ending.rate for ending in endings if ending.outcome == "error")
    (found,) = peer_rows([Peer(WEB, protocol, rate, errors, endings, **more)], Plain())
    return found


def test_classes_are_shares_of_all_requests():
    found = row(
        Ending("ok", "200", "", 6.0),
        Ending("client_error", "404", "", 3.0),
        Ending("error", "503", "UF", 1.0),
    )
    assert [found[name] for name in ("2xx", "3xx", "4xx", "5xx", "success")] == pytest.approx(
        [60, 0, 30, 10, 90]
    )
    assert found["endings"] == "30% 404 Not Found; 10% 503 could not connect to the server (UF)"


def test_grpc_has_no_classes_and_its_statuses_in_words():
    found = row(Ending("ok", "0", "", 9.0), Ending("error", "14", "", 1.0), protocol="grpc")
    assert found["2xx"] is None
    assert found["endings"] == "10% gRPC 14 unavailable"


def test_without_requests_there_is_no_success():
    found = row()
    assert (found["success"], found["level"]) == (None, "idle")


def check(degraded, failure):
    tolerance = Tolerance(degraded=degraded, failure=failure)
    both = (Direction.INBOUND, Protocol.HTTP)
    return Check(*both, tolerance, Status.DEGRADED, True, 1.0, 0.1, 300.0, 30.0, (0.0, 1.0))


@pytest.mark.parametrize(
    ("ratio", "limits", "level"),
    [
        (0.057, (0.1, 10.0), "warn"),
        (0.1, (0.1, 10.0), "err"),
        (0.0005, (0.1, 10.0), "ok"),
        (0.0, (0.0, 0.0), "ok"),
        (0.001, (0.0, 0.0), "err"),
        (None, (0.1, 10.0), "unrated"),
    ],
)
def test_a_part_is_judged_by_the_limits_of_the_whole(ratio, limits, level):
    assert ratio_level(ratio, check(*limits)) == level


def test_without_such_limits_a_part_is_judged_as_an_edge_is():
    assert ratio_level(0.1, None) == ratio_level(0.1, check(20.0, math.inf)) == "err"


def test_every_column_has_a_value_in_every_row():
    assert {column["field"] for column in PEER_COLUMNS} <= set(row(Ending("ok", "200", "", 1.0)))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (WEB, True),
        (NodeKey(NodeKind.UNKNOWN, "east"), False),
        (NodeKey(NodeKind.SERVICE, "east", service="PassthroughCluster"), False),
        (NodeKey(NodeKind.SERVICE, "east", service="unknown"), False),
    ],
)
def test_what_istio_does_not_know_has_no_page(key, expected):
    assert has_page(key) is expected


def test_a_service_that_nobody_stands_behind_does_not_answer_itself():
    host = subject_key(NodeKind.SERVICE, "", "api.example")
    assert other_ends([Peer(host, "http", 1.0, 0.0), Peer(WEB, "http", 1.0, 0.0)], host) == [
        Peer(WEB, "http", 1.0, 0.0)
    ]


def test_values_in_links_are_escaped_and_a_link_that_does_not_fit_is_left_out():
    key = subject_key(NodeKind.APP, "a b", 'x"&y/../z')
    templates = {
        "Grafana": "https://g.example/d?ns={namespace}&app={app}&from={from_ms}",
        "W": "https://w/{workload}",
    }
    (link,) = out_links(templates, key, (60.0, 120.0))
    assert link.url == "https://g.example/d?ns=a%20b&app=x%22%26y%2F..%2Fz&from=60000"


def test_every_place_holder_that_is_allowed_is_filled_for_some_kind():
    template = {name: f"https://x/{{{name}}}" for name in PLACE_HOLDERS}
    kinds = (NodeKind.APP, NodeKind.WORKLOAD, NodeKind.SERVICE)
    filled = {
        link.name for kind in kinds for link in out_links(template, subject_key(kind, "n", "x"), (0, 1))
    }
    assert filled == set(PLACE_HOLDERS)
