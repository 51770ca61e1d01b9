"""Golden graphs, one for each special case of Kiali's rules; expectations from its documented behaviour."""

import pytest

from mesh_graph.kiali.build import Surroundings
from mesh_graph.kiali.options import Ambient, Appender, GrpcRate, HttpRate, Target, TcpRate
from mesh_graph.model import GraphType
from tests.kiali.graphs import edges, graph, observed, request_row, tcp_observed, tcp_row

A_TO_B = "wl_east_n_a wl_east_n_b http"
EGRESS = "istio-egressgateway.istio-system.svc.cluster.local"


def odd(line, **labels):
    return request_row(line, **labels)


REQUEST_CASES = {
    "destination's report wins": (
        ("source a>b 200 - 3", "destination a>b 200 - 2"),
        {},
        {f"{A_TO_B} 2.00"},
    ),
    "source's report fills in another code": (
        ("source a>b 503 UF 1", "destination a>b 200 - 2"),
        {},
        {f"{A_TO_B} 3.00"},
    ),
    "a time-out counts twice": (
        ("source a>b 504 UT 1", "destination a>b 0 DC 1"),
        {},
        {f"{A_TO_B} 2.00"},
    ),
    "unknown source": (
        ("destination ?>b 200 - 1",),
        {},
        {"unknown_unknown_source wl_east_n_b http 1.00"},
    ),
    "source without workload and app": (
        (odd("destination a>b 200 - 1", source_workload="unknown", source_canonical_service="unknown"),),
        {},
        set(),
    ),
    "source whose cluster is unknown": (
        (odd("destination a>b 200 - 1", source_cluster="unknown"),),
        {},
        set(),
    ),
    "source that names no cluster": (
        (odd("destination a>b 200 - 1", source_cluster=""),),
        {},
        {"wl_unknown_n_a wl_east_n_b http 1.00"},
    ),
    "destination without a cluster takes the source's": (
        (odd("source a>?b 503 UF 1", destination_cluster="unknown"),),
        {},
        {"wl_east_n_a svc_east_n_b http 1.00"},
    ),
    "destination whose cluster is unknown": (
        (odd("destination ?>b 200 - 1", destination_cluster="unknown"),),
        {},
        set(),
    ),
    "pod called by its address": (
        (
            odd(
                "source a>?b 503 UF 1",
                destination_service="10.1.2.3:80",
                destination_service_name="10.1.2.3:80",
            ),
        ),
        {},
        set(),
    ),
    "egress gateway": (
        (odd("source a>?b 200 - 1", destination_service=EGRESS, destination_service_name=EGRESS),),
        {},
        {"wl_east_n_a wl_east_istio-system_istio-egressgateway http 1.00"},
    ),
    "destination of which all is unknown": (
        (odd("source a>?b 404 NR 1", destination_service_name="unknown"),),
        {},
        {"wl_east_n_a svc_east_n_unknown http 1.00"},
    ),
    "missing label": (
        (odd("destination a>b 200 - 1", destination_canonical_revision=""),),
        {},
        set(),
    ),
    "latest is no version": (
        (
            odd(
                "source a>?b 503 UF 1",
                destination_canonical_service="b",
                destination_canonical_revision="latest",
            ),
        ),
        {"graph_type": GraphType.VERSIONED_APP},
        {"vapp_east_n_a app_east_n_b http 1.00"},
    ),
    "version without workload": (
        (
            odd(
                "source a>?b 503 UF 1", destination_canonical_service="b", destination_canonical_revision="v7"
            ),
        ),
        {"graph_type": GraphType.VERSIONED_APP},
        {"vapp_east_n_a vapp_east_n_b_v7 http 1.00"},
    ),
    "two clusters": (
        (odd("destination a>b 200 - 1", source_cluster="west"), "destination a>b 200 - 2"),
        {},
        {"wl_west_n_a wl_east_n_b http 1.00", f"{A_TO_B} 2.00"},
    ),
    "lost call from elsewhere, named by its host": (
        (
            odd(
                "source a@m>?b 503 UF 1",
                destination_workload_namespace="unknown",
                destination_service="b.n.svc.cluster.local",
                destination_service_namespace="n",
            ),
        ),
        {},
        {"wl_east_m_a svc_east_n_b http 1.00"},
    ),
    "source's report of a call into the namespace from elsewhere": (
        ("source a@m>b 200 - 1",),
        {},
        set(),
    ),
    "rows that Kiali does not tell apart": (
        (
            odd("destination a>b 200 - 1", connection_security_policy="none"),
            odd("destination a>b 200 - 2", connection_security_policy="mutual_tls"),
        ),
        {},
        {f"{A_TO_B} 3.00"},
    ),
    "waypoint reports beside the sidecars": (
        ("waypoint a>b 200 - 1", "source a>b 200 - 3"),
        {},
        {f"{A_TO_B} 1.00"},
    ),
    "no ambient traffic": (
        ("waypoint a>b 200 - 1", "source a>b 200 - 3"),
        {"ambient": Ambient.NONE},
        {f"{A_TO_B} 3.00"},
    ),
    "below a thousandth": (("destination a>b 200 - 0.0004",), {}, {A_TO_B}),
    "idle series": (("destination a>b 200 - 0",), {}, set()),
    "idle series asked for": (("destination a>b 200 - 0",), {"idle": True}, {A_TO_B}),
    "no http": (
        ("destination a>b 200 - 1", "destination a>b grpc:0 - 2"),
        {"http": HttpRate.NONE},
        {"wl_east_n_a wl_east_n_b grpc 2.00"},
    ),
    "no grpc": (
        ("destination a>b 200 - 1", "destination a>b grpc:0 - 2"),
        {"grpc": GrpcRate.NONE},
        {f"{A_TO_B} 1.00"},
    ),
    "service inserted": (
        ("destination a>b 200 - 1", "destination a>b2/b 200 - 2"),
        {"inject": True},
        {
            "wl_east_n_a svc_east_n_b http 3.00",
            "svc_east_n_b wl_east_n_b http 1.00",
            "svc_east_n_b wl_east_n_b2 http 2.00",
        },
    ),
    "nothing inserted before what is a service": (
        ("source a>?b 503 UF 1",),
        {"inject": True},
        {"wl_east_n_a svc_east_n_b http 1.00"},
    ),
    "nothing inserted before passthrough": (
        (odd("source a>b 200 - 1", destination_service_name="PassthroughCluster"),),
        {"inject": True},
        {f"{A_TO_B} 1.00"},
    ),
}


@pytest.mark.parametrize("case", REQUEST_CASES)
def test_requests_make_these_edges(case):
    lines, options, expected = REQUEST_CASES[case]
    assert edges(graph(observed(*lines), **options)) == expected


@pytest.mark.parametrize(
    ("tcp", "expected"),
    [
        (TcpRate.SENT, {"wl_east_n_a wl_east_n_b tcp 10.00"}),
        (TcpRate.RECEIVED, {"wl_east_n_a wl_east_n_b tcp 20.00"}),
        (TcpRate.TOTAL, {"wl_east_n_a wl_east_n_b tcp 30.00"}),
        (TcpRate.NONE, set()),
    ],
)
def test_tcp_counts_bytes_as_the_client_sees_them(tcp, expected):
    frames = observed(tcp_lines=["destination a>b - 10/20/1/1", "source a>b - 11/21/1/1"])
    assert edges(graph(frames, tcp=tcp)) == expected


@pytest.mark.parametrize(
    ("ambient", "rate"),
    [(Ambient.NONE, "1.00"), (Ambient.WAYPOINT, "1.00"), (Ambient.TOTAL, "5.00"), (Ambient.ZTUNNEL, "5.00")],
)
def test_ztunnel_counts_where_it_is_asked_for(ambient, rate):
    """Of two apps' rows for one series the first claims it, so ztunnel's alone shows which are read."""
    rows = [tcp_row("ztunnel:destination a>b - 5/0/0/0"), tcp_row("destination c>b - 1/0/0/0")]
    found = edges(graph(tcp_observed(*rows), ambient=ambient))
    assert (f"wl_east_n_{'a' if rate == '5.00' else 'c'} wl_east_n_b tcp {rate}") in found
    assert len(found) == (2 if rate == "5.00" else 1)


@pytest.mark.parametrize(
    ("grpc", "expected"),
    [
        (GrpcRate.SENT, {"wl_east_n_a wl_east_n_b grpc 4.00"}),
        (GrpcRate.RECEIVED, {"wl_east_n_a wl_east_n_b grpc 6.00"}),
        (GrpcRate.TOTAL, {"wl_east_n_a wl_east_n_b grpc 10.00"}),
    ],
)
def test_grpc_counts_messages_instead_of_requests(grpc, expected):
    frames = observed("destination a>b grpc:0 - 1", message_lines=["destination a>b 4/6", "source a>b 5/7"])
    assert edges(graph(frames, grpc=grpc)) == expected


def test_both_namespaces_see_a_call_between_them_once():
    frames = observed("source a@m>b 200 - 3", "destination a@m>b 200 - 2")
    assert edges(graph(frames, namespaces=("m", "n"))) == {"wl_east_m_a wl_east_n_b http 3.00"}
    assert edges(graph(frames, namespaces=("n",))) == {"wl_east_m_a wl_east_n_b http 2.00"}


def test_source_s_own_namespace_decides_an_edge_and_the_destination_s_what_comes_in():
    """Seen in a live Kiali: a service receives more than is passed to it on the picture."""
    made = graph(observed("source a@m>b 200 - 3", "destination a@m>b 200 - 2"), namespaces=("m", "n"))
    assert made.nodes["wl_east_n_b"].incoming == {"http": {"": 2.0}}
    assert made.nodes["wl_east_m_a"].outgoing == {"http": 3.0}


def test_edge_that_its_source_s_namespace_lacks_is_added_with_its_rate():
    frames = observed("destination a@m>b 200 - 2", "source a@m>c@m 200 - 1", "destination a@m>c@m 200 - 1")
    made = graph(frames, namespaces=("m", "n"))
    assert edges(made) == {"wl_east_m_a wl_east_n_b http 2.00", "wl_east_m_a wl_east_m_c http 1.00"}
    assert made.nodes["wl_east_m_a"].outgoing == {"http": 3.0}


TO_WAYPOINT = tcp_row("ztunnel:source a>wp - 4/0/0/0")
FROM_WAYPOINT = tcp_row("ztunnel:source wp>a - 2/0/0/0")
AROUND = Surroundings(("n",), waypoints={("east", "n", "wp")})
AMBIENT = {"appenders": frozenset({Appender.AMBIENT})}


def test_edges_to_and_from_a_waypoint_become_one():
    made = graph(tcp_observed(TO_WAYPOINT, FROM_WAYPOINT), around=AROUND, **AMBIENT, inject=True)
    assert edges(made) == {"wl_east_n_a wl_east_n_wp tcp 4.00"}
    (edge,) = made.edges.values()
    assert edge.marks["waypoint"]["direction"] == "to"
    key, back = edge.marks["waypoint"]["fromEdge"]
    assert key == ("wl_east_n_wp", "wl_east_n_a", "tcp")
    assert back.rates == {"": 2.0}
    assert back.marks["waypoint"] == {"direction": "from"}
    assert made.nodes["wl_east_n_wp"].marks["isWaypoint"] is True


def test_waypoint_is_a_workload_in_a_graph_of_apps():
    made = graph(tcp_observed(TO_WAYPOINT), around=AROUND, **AMBIENT, graph_type=GraphType.APP)
    assert edges(made) == {"app_east_n_a wl_east_n_wp tcp 4.00"}


def test_hidden_waypoint_takes_its_edges_and_orphans_with_it():
    frames = tcp_observed(TO_WAYPOINT, FROM_WAYPOINT, tcp_row("destination b>c - 1/0/0/0"))
    made = graph(frames, around=AROUND, **AMBIENT, show_waypoints=False)
    assert edges(made) == {"wl_east_n_b wl_east_n_c tcp 1.00"}
    assert set(made.nodes) == {"wl_east_n_b", "wl_east_n_c"}


def test_service_graph_joins_services_by_the_workloads_behind_them():
    lines = (
        "destination in@m>a 200 - 5",
        "destination a>b 200 - 1",
        "destination a2/a>b 200 - 2",
        "destination in@m>a2/a 200 - 5",
    )
    lines = (*lines[:2], "destination a2>b 200 - 2", lines[3])
    made = graph(observed(*lines), graph_type=GraphType.SERVICE)
    assert edges(made) == {"wl_east_m_in svc_east_n_a http 10.00", "svc_east_n_a svc_east_n_b http 3.00"}
    assert made.nodes["svc_east_n_b"].outgoing == {}


def test_root_that_calls_no_service_is_no_part_of_a_service_graph():
    row = odd("source a>b 200 - 1", destination_service_name="PassthroughCluster")
    assert not graph(observed(row), graph_type=GraphType.SERVICE).nodes


NODE_LINES = (
    "destination a>b 200 - 1",
    "source a>b 200 - 9",
    "destination b>c 200 - 8",
    "source b>c 200 - 2",
    "destination x>y 200 - 7",
    "source a>?b 503 UF 4",
)


@pytest.mark.parametrize(
    ("target", "graph_type", "expected"),
    [
        (
            Target("n", workload="b"),
            GraphType.WORKLOAD,
            {"wl_east_n_a wl_east_n_b http 1.00", "wl_east_n_b wl_east_n_c http 2.00"},
        ),
        (
            Target("n", app="b"),
            GraphType.APP,
            {"app_east_n_a app_east_n_b http 1.00", "app_east_n_b app_east_n_c http 2.00"},
        ),
        (Target("n", app="b", version="v2"), GraphType.VERSIONED_APP, set()),
        (Target("n", workload="b", cluster="west"), GraphType.WORKLOAD, set()),
        (
            Target("n", service="b"),
            GraphType.WORKLOAD,
            {"wl_east_n_a wl_east_n_b http 1.00", "wl_east_n_a svc_east_n_b http 4.00"},
        ),
    ],
)
def test_node_graph_holds_callers_and_callees_of_one_node(target, graph_type, expected):
    assert edges(graph(observed(*NODE_LINES), target=target, graph_type=graph_type)) == expected


def test_node_graph_of_type_service_is_not_reduced():
    made = graph(observed(NODE_LINES[0]), target=Target("n", workload="b"), graph_type=GraphType.SERVICE)
    assert edges(made) == {"wl_east_n_a svc_east_n_b http 1.00", "svc_east_n_b wl_east_n_b http 1.00"}


def test_empty_frames_make_an_empty_graph():
    made = graph(observed())
    assert (made.nodes, made.edges) == ({}, {})


def test_caller_s_report_fills_in_where_the_destination_is_captured():
    around = Surroundings(captured={"n"})
    frames = observed("source a@m>b 200 - 3", "waypoint a@m>c 200 - 2", "source a@m>c 200 - 9")
    assert edges(graph(frames, around)) == {
        "wl_east_m_a wl_east_n_b http 3.00",
        "wl_east_m_a wl_east_n_c http 9.00",
    }


@pytest.mark.parametrize(("cluster", "is_found"), [("east", True), ("", True), ("west", False)])
def test_waypoint_is_known_by_its_cluster_or_without_one(cluster, is_found):
    around = Surroundings(waypoints={(cluster, "n", "wp")})
    made = graph(tcp_observed(TO_WAYPOINT), around)
    assert ("isWaypoint" in made.nodes["wl_east_n_wp"].marks) == is_found
