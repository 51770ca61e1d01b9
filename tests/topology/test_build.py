"""Golden graphs of short tables; every number below is added up by hand."""

import pytest

from mesh_graph.model import GraphType, NodeKey, NodeKind, Protocol, View
from mesh_graph.topology.attributes import Gap, Response
from mesh_graph.topology.build import build_graph
from tests.topology.traffic_table import (
    UNKNOWN_SOURCE,
    call,
    destination,
    lost,
    messages,
    report,
    service,
    source,
    stream,
    traffic,
)

PAGE = "app|east|shop|page|page|v1||"
REVIEWS_1 = "app|east|shop|reviews-v1|reviews|v1||"
REVIEWS_2 = "app|east|shop|reviews-v2|reviews|v2||"
REVIEWS = "service|east|shop||||reviews|"
HOST = "reviews.shop.svc.cluster.local"

CANARY = traffic(
    call(source("page"), destination("reviews-v1", "reviews"), 6.0),
    call(source("page"), destination("reviews-v2", "reviews", "v2"), 1.0),
    call(source("page"), destination("reviews-v2", "reviews", "v2"), 1.0, code="503", outcome="error"),
    call(
        source("page"),
        lost("reviews"),
        2.0,
        code="503",
        flags="UH",
        outcome="error",
        arrived=False,
        reported_by="source",
    ),
)


def view(**options):
    return View(**{"boxes": (), **options})


def edges(graph):
    return {(source, target, key): row for source, target, key, row in graph.edges(keys=True, data=True)}


def rates(graph):
    return {ends: row["rate"] for ends, row in edges(graph).items()}


def test_service_stands_between_source_and_versions():
    graph = build_graph(CANARY, view())
    assert rates(graph) == {
        (PAGE, REVIEWS, "http"): 10.0,
        (REVIEWS, REVIEWS_1, "http"): 6.0,
        (REVIEWS, REVIEWS_2, "http"): 2.0,
    }
    assert edges(graph)[PAGE, REVIEWS, "http"] == {
        "protocol": "http",
        "rate": 10.0,
        "error_rate": 3.0,
        "error_ratio": 0.3,
        "client_error_rate": 0.0,
        "hung_up_rate": 0.0,
        "share": 1.0,
        "reported_by": "destination,source",
        "responses": (
            Response("200", "", HOST, 7.0, "ok"),
            Response("503", "UH", HOST, 2.0, "error"),
            Response("503", "", HOST, 1.0, "error"),
        ),
    }
    assert edges(graph)[REVIEWS, REVIEWS_2, "http"]["share"] == 0.25
    assert graph.nodes[REVIEWS] == {
        "kind": "service",
        "cluster": "east",
        "namespace": "shop",
        "app": "reviews",
        "service": "reviews",
        "is_injected": True,
        "in_rate": 10.0,
        "in_error_rate": 3.0,
        "in_error_ratio": 0.3,
        "out_rate": 8.0,
        "out_error_rate": 1.0,
        "out_error_ratio": 0.125,
        "ended_here": (Response("503", "UH", HOST, 2.0, "error"),),
    }


def test_graph_says_what_it_shows():
    graph = build_graph(CANARY, view(at=1700.0, window_s=60))
    assert graph.graph == {
        "at": 1700.0,
        "window_s": 60,
        "graph_type": "versionedApp",
        "request_rate": 10.0,
        "error_rate": 3.0,
        "tcp_bytes_rate": 0.0,
        "folded": (),
        "drawn_as": {},
        "queries": {},
        "gaps": (),
    }


def test_without_service_nodes_only_lost_requests_end_at_the_service():
    graph = build_graph(CANARY, view(services=False))
    assert rates(graph) == {
        (PAGE, REVIEWS_1, "http"): 6.0,
        (PAGE, REVIEWS_2, "http"): 2.0,
        (PAGE, REVIEWS, "http"): 2.0,
    }
    assert "is_injected" not in graph.nodes[REVIEWS]
    assert graph.nodes[REVIEWS]["ended_here"] == (Response("503", "UH", HOST, 2.0, "error"),)


def test_app_graph_sums_versions():
    graph = build_graph(CANARY, view(graph_type=GraphType.APP))
    page, reviews = "app|east|shop||page|||", "app|east|shop||reviews|||"
    assert rates(graph) == {(page, REVIEWS, "http"): 10.0, (REVIEWS, reviews, "http"): 8.0}


def test_workload_graph_knows_app_and_version_beyond_the_key():
    graph = build_graph(CANARY, view(graph_type=GraphType.WORKLOAD))
    node = graph.nodes["workload|east|shop|reviews-v2||||"]
    assert (node["workload"], node["app"], node["version"]) == ("reviews-v2", "reviews", "v2")


def test_request_that_found_a_workload_but_never_arrived_ends_at_the_service():
    refused = call(
        source("page"), destination("reviews-v1", "reviews"), 2.0, flags="UF", outcome="error", arrived=False
    )
    assert rates(build_graph(traffic(refused), view())) == {(PAGE, REVIEWS, "http"): 2.0}
    assert rates(build_graph(traffic(refused), view(services=False))) == {(PAGE, REVIEWS_1, "http"): 2.0}


@pytest.mark.parametrize("name", ["PassthroughCluster", "BlackHoleCluster"])
def test_egress_clusters_are_external_and_get_no_service_node(name):
    nowhere = lost(name, namespace="unknown", cluster="unknown", host="10.0.0.9:443")
    graph = build_graph(traffic(call(source("page"), nowhere, arrived=False)), view())
    node = f"service||||||{name}|"
    assert rates(graph) == {(PAGE, node, "http"): 1.0}
    assert graph.nodes[node]["is_external"]
    assert "is_injected" not in graph.nodes[node]
    assert "ended_here" not in graph.nodes[node]


def test_passthrough_to_a_known_workload_is_a_direct_edge():
    direct = destination("reviews-v1", "reviews") | service("PassthroughCluster", namespace="unknown")
    assert rates(build_graph(traffic(call(source("page"), direct)), view())) == {
        (PAGE, REVIEWS_1, "http"): 1.0
    }


def test_external_host_answers_itself_but_shows_what_was_refused():
    host = lost("api.example.org", host="api.example.org")
    graph = build_graph(
        traffic(
            call(source("page"), host, 3.0, arrived=False),
            call(source("page"), host, 1.0, code="503", flags="UF", outcome="error", arrived=False),
        ),
        view(),
    )
    node = graph.nodes["service|east|shop||||api.example.org|"]
    assert node["is_external"]
    assert node["ended_here"] == (Response("503", "UF", "api.example.org", 1.0, "error"),)


def test_host_behind_an_egress_gateway_is_external():
    gateway = destination("egress") | service("api.example.org", host="api.example.org")
    graph = build_graph(
        traffic(
            call(source("page"), gateway, 2.0),
            call(source("egress"), lost("api.example.org", host="api.example.org"), 2.0, arrived=False),
        ),
        view(),
    )
    host = graph.nodes["service|east|shop||||api.example.org|"]
    assert host["is_external"]
    assert host["is_injected"]
    assert (host["in_rate"], host["out_rate"]) == (4.0, 2.0)
    assert host["ended_here"] == (Response("200", "", "api.example.org", 2.0, "ok"),)


def test_unknown_source_is_a_root():
    graph = build_graph(traffic(call(UNKNOWN_SOURCE, destination("reviews-v1", "reviews"))), view())
    unknown = NodeKey(NodeKind.UNKNOWN).text
    assert graph.nodes[unknown] == {
        "kind": "unknown",
        "out_rate": 1.0,
        "out_error_ratio": 0.0,
        "is_root": True,
    }


def test_waypoint_is_a_workload_without_service_nodes_around_it():
    graph = build_graph(
        traffic(
            call(source("page"), destination("waypoint")),
            call(source("waypoint"), destination("reviews-v1", "reviews")),
        ),
        view(),
        waypoints={("east", "shop", "waypoint")},
    )
    waypoint = "workload|east|shop|waypoint||||"
    assert set(rates(graph)) == {(PAGE, waypoint, "http"), (waypoint, REVIEWS_1, "http")}


def test_node_outside_the_view_says_so():
    far = destination("stock", namespace="depot")
    graph = build_graph(traffic(call(source("page"), far)), view(namespaces=("shop",)))
    outside = {key for key, node in graph.nodes(data=True) if node.get("is_outside")}
    assert outside == {"service|east|depot||||stock|", "app|east|depot|stock|stock|v1||"}


def test_clusters_keep_nodes_of_one_name_apart():
    graph = build_graph(
        traffic(
            call(source("page"), destination("reviews-v1", "reviews")),
            call(source("page"), destination("reviews-v1", "reviews", cluster="west"), 2.0),
        ),
        view(services=False),
    )
    assert rates(graph) == {
        (PAGE, REVIEWS_1, "http"): 1.0,
        (PAGE, REVIEWS_1.replace("east", "west"), "http"): 2.0,
    }


def lost_call(cluster):
    return call(
        source("page"), lost("reviews", cluster=cluster), 2.0, flags="UH", outcome="error", arrived=False
    )


def test_lost_request_belongs_to_the_only_cluster_that_serves_it():
    """Its own cluster is but the source's: nothing answered that could have told."""
    west = call(source("page"), destination("reviews-v1", "reviews", cluster="west"), 6.0)
    graph = build_graph(traffic(west, lost_call("east")), view())
    served = REVIEWS.replace("east", "west")
    assert rates(graph)[PAGE, served, "http"] == 8.0
    assert REVIEWS not in graph
    assert graph.graph["drawn_as"] == {REVIEWS: served}
    assert graph.nodes[served]["ended_here"][0].flags == "UH"


@pytest.mark.parametrize("clusters", [("east", "west"), ("north", "west"), ()])
def test_lost_request_stays_with_its_source_where_that_cannot_be_told(clusters):
    served = [call(source("page"), destination("reviews", cluster=cluster)) for cluster in clusters]
    graph = build_graph(traffic(*served, lost_call("east")), view())
    assert rates(graph)[PAGE, REVIEWS, "http"] == 2.0 + clusters.count("east")


def test_tcp_edge_has_bytes_connections_and_how_they_ended():
    failing = {"flags": "UF", "outcome": "error", "closed_rate": 1.0}
    graph = build_graph(
        traffic(
            tcp=[
                stream(source("page"), destination("db"), 100.0, received_bytes_rate=50.0, closed_rate=3.0),
                stream(source("page"), destination("db"), 0.0, **failing, reported_by="source"),
            ]
        ),
        view(services=False),
    )
    ((_, edge),) = edges(graph).items()
    host = "db.shop.svc.cluster.local"
    assert edge == {
        "protocol": "tcp",
        "rate": 150.0,
        "sent_bytes_rate": 100.0,
        "received_bytes_rate": 50.0,
        "opened_rate": 0.0,
        "closed_rate": 4.0,
        "error_rate": 1.0,
        "error_ratio": 0.25,
        "share": 1.0,
        "responses": (Response("", "", host, 3.0, "ok"), Response("", "UF", host, 1.0, "error")),
        "reported_by": "destination,source",
    }
    assert graph.nodes[PAGE]["tcp_out_rate"] == 150.0
    assert "out_rate" not in graph.nodes[PAGE]
    assert graph.graph["tcp_bytes_rate"] == 150.0


def test_bytes_alone_have_no_error_ratio():
    graph = build_graph(traffic(tcp=[stream(source("page"), destination("db"))]), view(services=False))
    ((_, edge),) = edges(graph).items()
    assert "error_ratio" not in edge


def test_protocols_are_edges_of_their_own():
    there = (source("page"), destination("reviews-v1", "reviews"))
    graph = build_graph(
        traffic(call(*there), call(*there, 3.0, protocol="grpc", code="0"), tcp=[stream(*there)]),
        view(services=False),
    )
    assert {key[2]: row["share"] for key, row in edges(graph).items()} == {
        "grpc": 1.0,
        "http": 1.0,
        "tcp": 1.0,
    }


def test_stream_that_still_lives_shows_its_messages_alone():
    there = (source("page"), destination("reviews-v1", "reviews"))
    graph = build_graph(traffic(messages=[messages(*there, 5.0, 7.0)]), view(services=False))
    ((_, edge),) = edges(graph).items()
    assert edge == {
        "protocol": "grpc",
        "rate": 0.0,
        "error_rate": 0.0,
        "sent_message_rate": 5.0,
        "received_message_rate": 7.0,
    }
    assert not any(node.get("is_idle") for _, node in graph.nodes(data=True))


def test_both_reports_stay_on_the_edge():
    there = (source("page"), destination("reviews-v1", "reviews"))
    other = (source("page"), destination("reviews-v2", "reviews", "v2"))
    graph = build_graph(
        traffic(
            call(*there),
            call(*other),
            reports=[
                report(*there, source_rate=2.0, destination_rate=1.0, mtls_rate=3.0, mtls_known_rate=4.0),
                report(*other, source_rate=3.0, note="half-reported"),
            ],
        ),
        view(),
    )
    first, second = edges(graph)[PAGE, REVIEWS, "http"], edges(graph)[REVIEWS, REVIEWS_2, "http"]
    assert (first["source_rate"], first["destination_rate"], first["mtls_share"]) == (5.0, 1.0, 0.75)
    assert first["notes"] == second["notes"] == (Gap("half-reported"),)
    assert "destination_rate" not in second
    assert "mtls_share" not in second
    assert "notes" not in edges(graph)[REVIEWS, REVIEWS_1, "http"]


def idle_table():
    return traffic(
        call(source("page"), destination("reviews-v1", "reviews")),
        call(source("page"), destination("old"), 0.0),
        tcp=[stream(source("page"), destination("db"), 0.0)],
    )


def test_idle_rows_are_left_out_unless_wanted():
    assert set(rates(build_graph(idle_table(), view(services=False)))) == {(PAGE, REVIEWS_1, "http")}


def test_idle_edges_and_nodes_say_so():
    graph = build_graph(idle_table(), view(services=False, idle=True))
    old, db = "app|east|shop|old|old|v1||", "app|east|shop|db|db|v1||"
    idle = {ends[1] for ends, row in edges(graph).items() if row.get("is_idle")}
    assert idle == {old, db} == {key for key, node in graph.nodes(data=True) if node.get("is_idle")}
    assert edges(graph)[PAGE, old, "http"]["rate"] == 0.0
    assert "error_ratio" not in edges(graph)[PAGE, old, "http"]
    assert "responses" not in edges(graph)[PAGE, old, "http"]


def test_edges_of_a_partial_family_are_marked():
    there = (source("page"), destination("reviews-v1", "reviews"))
    graph = build_graph(
        traffic(call(*there), tcp=[stream(*there)]), view(), partial={Protocol.HTTP, Protocol.GRPC}
    )
    assert {(key[2], row.get("is_partial", False)) for key, row in edges(graph).items()} == {
        ("http", True),
        ("tcp", False),
    }


def test_no_traffic_is_an_empty_graph():
    graph = build_graph(traffic(), view())
    assert len(graph) == 0
    assert graph.graph["request_rate"] == 0.0


def test_inputs_are_left_as_they_are():
    given = idle_table()
    before = [frame.copy(deep=True) for frame in (given.flows, given.tcp, given.messages, given.reports)]
    build_graph(given, view(budget=0), earlier=given)
    for frame, copy in zip((given.flows, given.tcp, given.messages, given.reports), before, strict=True):
        assert frame.equals(copy)
