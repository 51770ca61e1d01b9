"""Kiali's JSON: ids, order, numbers, traffic, responses, boxes."""

from hashlib import sha256

import pytest

from mesh_graph.kiali.build import Surroundings
from mesh_graph.model import Box, GraphType
from tests.kiali.graphs import (
    AT,
    document,
    edge_rates,
    graph,
    node,
    observed,
    request_row,
    tcp_observed,
    tcp_row,
)


def rendered(*lines, **options):
    return document(graph(observed(*lines), **options), **options)


def test_head_says_when_how_long_and_of_what_type():
    answer = rendered("destination a>b 200 - 1", window_s=60)
    assert {name: answer[name] for name in ("timestamp", "duration", "graphType")} == {
        "timestamp": int(AT),
        "duration": 60,
        "graphType": "workload",
    }


def test_ids_are_hashes_of_the_internal_ids():
    answer = rendered("destination a>b 200 - 1")
    source = sha256(b"wl_east_n_a").hexdigest()
    target = sha256(b"wl_east_n_b").hexdigest()
    (edge,) = answer["elements"]["edges"]
    assert {name: edge["data"][name] for name in ("id", "source", "target")} == {
        "id": sha256(f"{source}.{target}.http".encode()).hexdigest(),
        "source": source,
        "target": target,
    }
    assert [one["data"]["id"] for one in answer["elements"]["nodes"]] == [source, target]


def test_edge_tells_rates_shares_and_responses():
    answer = rendered(
        "destination a>b 200 - 6", "destination a>b 0 DC 1", "destination a>b 404 - 1", "source a>c 302 - 2"
    )
    traffic = {edge["data"]["target"]: edge["data"]["traffic"] for edge in answer["elements"]["edges"]}
    assert traffic[sha256(b"wl_east_n_b").hexdigest()] == {
        "protocol": "http",
        "rates": {
            "http": "8.00",
            "httpNoResponse": "1.00",
            "http4xx": "1.00",
            "httpPercentErr": "25.0",
            "httpPercentReq": "80.0",
        },
        "responses": {
            "-": {"flags": {"DC": "12.5"}, "hosts": {"b.n.svc.cluster.local": "12.5"}},
            "200": {"flags": {"-": "75.0"}, "hosts": {"b.n.svc.cluster.local": "75.0"}},
            "404": {"flags": {"-": "12.5"}, "hosts": {"b.n.svc.cluster.local": "12.5"}},
        },
    }
    assert traffic[sha256(b"wl_east_n_c").hexdigest()]["rates"] == {
        "http": "2.00",
        "http3xx": "2.00",
        "httpPercentReq": "20.0",
    }


@pytest.mark.parametrize(
    ("line", "rates"),
    [
        ("destination a>b grpc:0 - 1", {"grpc": "1.00", "grpcPercentReq": "100.0"}),
        (
            "destination a>b grpc:14 UF 1",
            {"grpc": "1.00", "grpcErr": "1.00", "grpcPercentErr": "100.0", "grpcPercentReq": "100.0"},
        ),
        (
            "destination a>b 200 - 0.00004",
            {},
        ),
        ("destination a>b 200 - 0.004", {"http": "0.004", "httpPercentReq": "100.0"}),
        ("destination a>b 101 - 1", {"http": "1.00", "httpPercentReq": "100.0"}),
    ],
)
def test_edge_tells_these_rates(line, rates):
    assert edge_rates(rendered(line)) == [rates]


def test_grpc_call_that_failed_in_transport_tells_its_http_code():
    row = request_row("destination a>b grpc:0 UF 1", response_code="503")
    answer = rendered(row)
    assert edge_rates(answer)[0]["grpcErr"] == "1.00"
    assert list(answer["elements"]["edges"][0]["data"]["traffic"]["responses"]) == ["503"]


def test_tcp_edge_has_no_errors_and_no_share():
    answer = document(graph(tcp_observed(tcp_row("destination a>b UF 10/0/0/0"))))
    (edge,) = answer["elements"]["edges"]
    assert edge["data"]["traffic"] == {
        "protocol": "tcp",
        "rates": {"tcp": "10.00"},
        "responses": {"-": {"flags": {"UF": "100.0"}, "hosts": {"b.n.svc.cluster.local": "100.0"}}},
    }


def test_messages_have_hosts_and_no_flags():
    answer = document(graph(observed(message_lines=["destination a>b 4/6"]), grpc="sent"))
    responses = answer["elements"]["edges"][0]["data"]["traffic"]["responses"]
    assert responses == {"-": {"hosts": {"b.n.svc.cluster.local": "100.0"}}}


def test_node_tells_what_comes_in_by_kind_and_what_goes_out():
    answer = rendered("destination a>b 200 - 3", "destination a>b 503 - 1", "source b>c 200 - 2")
    assert node(answer, workload="b")["traffic"] == [
        {"protocol": "http", "rates": {"httpIn": "4.00", "httpIn5xx": "1.00", "httpOut": "2.00"}}
    ]


def test_node_names_the_services_through_which_it_was_called():
    called = node(rendered("destination a>b 200 - 1"), workload="b")["destServices"]
    assert called == [{"cluster": "east", "namespace": "n", "name": "b"}]
    assert "destServices" not in node(rendered("destination a>b 200 - 1"), workload="a")


@pytest.mark.parametrize(
    ("lines", "which", "marks"),
    [
        (("destination a>b 200 - 1",), {"workload": "a"}, {"isRoot": True}),
        (("destination a>b 200 - 1",), {"workload": "b"}, {}),
        (
            ("destination a@m>b 200 - 1",),
            {"workload": "a"},
            {"isRoot": True, "isOutside": True, "isInaccessible": True},
        ),
        (
            ("destination ?>b 200 - 1",),
            {"nodeType": "unknown"},
            {"isRoot": True, "isInaccessible": True},
        ),
        (
            (request_row("source a>?b 200 - 1", destination_service_name="BlackHoleCluster"),),
            {"nodeType": "service"},
            {"isInaccessible": True},
        ),
    ],
)
def test_node_is_marked(lines, which, marks):
    found = node(rendered(*lines), **which)
    assert {name: value for name, value in found.items() if name.startswith("is")} == marks


def test_node_outside_whose_namespace_is_known_can_be_looked_into():
    answer = document(graph(observed("destination a@m>b 200 - 1"), Surroundings(namespaces=("m", "n"))))
    assert "isInaccessible" not in node(answer, workload="a")


def test_nodes_come_by_place_and_name_and_boxes_before_them():
    lines = (
        "destination b>a 200 - 1",
        "destination b>c@m 200 - 1",
        "source b>c@m 200 - 1",
        "destination d@m>c@m 200 - 1",
    )
    options = {"namespaces": ("m", "n"), "boxes": frozenset({Box.NAMESPACE, Box.CLUSTER})}
    answer = rendered(*lines, **options)
    names = [
        (data.get("isBox", ""), data["namespace"], data.get("workload", ""))
        for data in (one["data"] for one in answer["elements"]["nodes"])
    ]
    assert names == [
        ("namespace", "m", ""),
        ("namespace", "n", ""),
        ("", "m", "c"),
        ("", "m", "d"),
        ("", "n", "a"),
        ("", "n", "b"),
    ]


def test_edges_come_by_ends_and_protocol():
    answer = rendered("destination a>b 200 - 1", "destination b>c 200 - 1", "destination a>b grpc:0 - 1")
    keys = [
        (one["data"]["source"], one["data"]["target"], one["data"]["traffic"]["protocol"])
        for one in answer["elements"]["edges"]
    ]
    assert keys == sorted(keys)
    assert len(keys) == 3


VERSIONS = (
    request_row("destination a>b1/b 200 - 1", destination_canonical_service="b"),
    request_row("destination a>b2/b 200 - 1", destination_canonical_service="b"),
)


def test_versions_of_an_app_lie_in_its_box():
    answer = rendered(*VERSIONS, graph_type=GraphType.VERSIONED_APP)
    box = node(answer, isBox="app")
    assert {
        name: box.get(name) for name in ("id", "nodeType", "cluster", "namespace", "app", "healthData")
    } == {
        "id": sha256(b"box_east_n_b").hexdigest(),
        "nodeType": "box",
        "cluster": "east",
        "namespace": "n",
        "app": "b",
        "healthData": None,
    }
    parents = {one["data"].get("workload"): one["data"].get("parent") for one in answer["elements"]["nodes"]}
    assert parents["b1"] == parents["b2"] == box["id"]
    assert parents["a"] is None


def test_one_namespace_alone_has_no_box():
    answer = rendered("destination a>b 200 - 1", boxes=frozenset({Box.NAMESPACE, Box.CLUSTER}))
    assert all("isBox" not in one["data"] for one in answer["elements"]["nodes"])


def test_hostile_label_values_reach_the_document_as_they_are():
    name = "<script>\u2028\ud800|%s"
    answer = rendered(request_row("destination a>b 200 - 1", destination_workload=name))
    assert node(answer, workload=name)["id"]
