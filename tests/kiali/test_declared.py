"""Golden graphs of what needs the cluster, from Kiali's documented rules, one appender at a time."""

import pytest

from mesh_graph.kiali.build import Surroundings
from mesh_graph.kiali.options import Appender, Target
from mesh_graph.model import GraphType
from mesh_graph.topology.declared import ConfigRef, DeclaredEntry, DeclaredMachine, Feature
from tests.kiali.graphs import edges, graph, observed, request_row, tcp_observed, tcp_row
from tests.topology.declared_table import declared, service, workload

A, B = workload("a", namespace="n"), workload("b", namespace="n")
SERVICE_B = service("b", namespace="n")
CALL = observed("destination a>b 200 - 2")
SILENT = observed("destination a>b 200 - 2", "destination a>c 200 - 0")


def made(frames, facts, *appenders, **options):
    around = Surroundings(namespaces=("n",), declared=facts)
    return graph(frames, around, appenders=frozenset(appenders), **options)


def marks(traffic, mark):
    return {name: node.marks[mark] for name, node in traffic.nodes.items() if mark in node.marks}


@pytest.mark.parametrize(
    ("facts", "nodes", "dead"),
    [
        (declared(A, B, workload("c", namespace="n")), {"wl_east_n_a", "wl_east_n_b", "wl_east_n_c"}, set()),
        (
            declared(A, B, workload("c", namespace="n", pods=0)),
            {"wl_east_n_a", "wl_east_n_b", "wl_east_n_c"},
            {"wl_east_n_c"},
        ),
        (declared(A, B), {"wl_east_n_a", "wl_east_n_b"}, set()),
        # Traffic keeps a node, whatever exists.
        (declared(), {"wl_east_n_a", "wl_east_n_b"}, set()),
        # Nothing is known of another cluster.
        (declared(clusters=("west", "south")), {"wl_east_n_a", "wl_east_n_b", "wl_east_n_c"}, set()),
    ],
    ids=["there", "no pods", "gone", "all gone", "unread"],
)
def test_dead_node_removes_what_is_silent_and_gone(facts, nodes, dead):
    found = made(SILENT, facts, Appender.DEAD_NODE, idle=True)
    assert set(found.nodes) == nodes
    assert set(marks(found, "isDead")) == dead


def test_service_behind_which_everything_went_goes_too():
    found = made(SILENT, declared(A, B), Appender.DEAD_NODE, idle=True, inject=True)
    assert set(found.nodes) == {"wl_east_n_a", "svc_east_n_b", "wl_east_n_b"}


def test_without_the_appender_nothing_goes():
    assert "wl_east_n_c" in made(SILENT, declared(A, B), idle=True).nodes


@pytest.mark.parametrize(
    ("options", "idle"),
    [
        ({}, {"wl_east_n_d"}),
        ({"inject": True}, {"wl_east_n_d", "svc_east_n_d"}),
        ({"graph_type": GraphType.SERVICE}, {"svc_east_n_d"}),
        ({"graph_type": GraphType.APP}, {"app_east_n_d"}),
        ({"graph_type": GraphType.VERSIONED_APP}, {"vapp_east_n_d"}),
        ({"target": Target("n", workload="a")}, set()),
    ],
)
def test_idle_node_adds_what_is_declared_and_silent(options, idle):
    others = (workload("e", namespace="other"), service("e", namespace="other"))
    facts = declared(A, B, SERVICE_B, workload("d", namespace="n"), service("d", namespace="n"), *others)
    found = made(CALL, facts, Appender.IDLE_NODE, **options)
    assert set(marks(found, "isIdle")) == idle


def test_mesh_check_marks_who_has_a_pod_without_a_proxy():
    facts = declared(
        workload("a", namespace="n", pods=3, bare_pods=1),
        workload("b", namespace="n", pods=2, bare_pods=0, is_ambient=True),
    )
    found = made(CALL, facts, Appender.MESH_CHECK)
    assert marks(found, "isOutOfMesh") == {"wl_east_n_a": True}
    assert marks(found, "isAmbient") == {"wl_east_n_b": True}


def test_gateway_needs_no_sidecar():
    facts = declared(workload("a", namespace="n", bare_pods=1, gateway_hosts=("*",)), B)
    assert marks(made(CALL, facts, Appender.MESH_CHECK), "isOutOfMesh") == {}


def outside(host, rate):
    labels = {
        "destination_service": host,
        "destination_service_name": host,
        "destination_service_namespace": "unknown",
    }
    return request_row(f"source a>?x 200 - {rate}", **labels)


PAY = DeclaredEntry("east", "n", "pay", ("api.pay.example", "cdn.pay.example"))
HOSTS = observed(outside("api.pay.example", 2), outside("cdn.pay.example", 3), outside("x.example", 1))


def test_service_entry_draws_its_hosts_as_one_and_adds_up_their_edges():
    found = made(HOSTS, declared(entries=(PAY,)), Appender.SERVICE_ENTRY)
    assert edges(found) == {
        "wl_east_n_a svc_east_n_pay http 5.00",
        "wl_east_n_a svc_east_unknown_x.example http 1.00",
    }
    assert marks(found, "isServiceEntry") == {
        "svc_east_n_pay": {
            "hosts": ["api.pay.example", "cdn.pay.example"],
            "location": "MESH_EXTERNAL",
            "namespace": "n",
        }
    }
    assert found.edges["wl_east_n_a", "svc_east_n_pay", "http"].responses["200"][1] == {
        "api.pay.example": 2.0,
        "cdn.pay.example": 3.0,
    }


@pytest.mark.parametrize(
    "entry",
    [
        DeclaredEntry("east", "m", "pay", PAY.hosts, seen_by=frozenset({"m"})),
        DeclaredEntry("east", "n", "pay", ("*.pay.example",)),
        DeclaredEntry("west", "n", "pay", PAY.hosts),
    ],
    ids=["not exported", "wildcard", "another cluster"],
)
def test_service_entry_that_is_not_seen_or_has_no_such_host_changes_nothing(entry):
    facts = declared(entries=(entry,), clusters=("east", "west"))
    assert edges(made(HOSTS, facts, Appender.SERVICE_ENTRY)) == edges(made(HOSTS, facts))


def test_entry_inside_the_mesh_is_known_by_the_first_label():
    frames = observed(outside("pay", 2))
    inside = DeclaredEntry("east", "n", "pay-vm", ("pay.n.global",), "MESH_INTERNAL")
    assert edges(made(frames, declared(entries=(inside,)), Appender.SERVICE_ENTRY)) == {
        "wl_east_n_a svc_east_n_pay-vm http 2.00"
    }


def test_service_entry_keeps_protocols_apart():
    rows = [
        tcp_row(
            "source a>?x - 5/0/0/0",
            **{
                name: value
                for name, value in outside("api.pay.example", 1).items()
                if name.startswith("destination_service")
            },
        )
    ]
    found = made(tcp_observed(*rows), declared(entries=(PAY,)), Appender.SERVICE_ENTRY)
    assert {key[2] for key in found.edges} == {"tcp"}


FEATURES = {
    Feature.REQUEST_ROUTING: "hasRequestRouting",
    Feature.TIMEOUT: "hasRequestTimeout",
    Feature.FAULT_INJECTION: "hasFaultInjection",
    Feature.TRAFFIC_SHIFTING: "hasTrafficShifting",
    Feature.TCP_SHIFTING: "hasTCPTrafficShifting",
    Feature.MIRRORING: "hasMirroring",
    Feature.CIRCUIT_BREAKER: "hasCB",
}


@pytest.mark.parametrize(("feature", "mark"), FEATURES.items())
def test_istio_marks_each_feature_on_the_service(feature, mark):
    facts = declared(service("b", namespace="n", features=frozenset({feature})))
    found = made(CALL, facts, Appender.ISTIO, inject=True)
    assert marks(found, mark) == {"svc_east_n_b": True}
    assert all(marks(found, other) == {} for other in set(FEATURES.values()) - {mark})


def test_virtual_service_tells_its_hosts_and_whether_it_is_of_the_gateway_api():
    route = ConfigRef("n", "VirtualService", "split-0-istio-autogenerated-k8s-gateway")
    b = service(
        "b", namespace="n", features=frozenset({Feature.VIRTUAL_SERVICE}), hosts=("b", "c"), config=(route,)
    )
    found = made(CALL, declared(b), Appender.ISTIO, inject=True)
    assert marks(found, "hasVS") == {"svc_east_n_b": {"hostnames": ["b", "c"]}}
    assert marks(found, "isK8sGatewayAPI") == {"svc_east_n_b": True}


@pytest.mark.parametrize(
    ("breakers", "broken"),
    [((), {"wl_east_n_b"}), (({"version": "v1"},), {"wl_east_n_b"}), (({"version": "v2"},), set())],
)
def test_circuit_breaker_is_the_workloads_that_its_subset_selects(breakers, broken):
    b = service("b", namespace="n", features=frozenset({Feature.CIRCUIT_BREAKER}), breakers=breakers)
    mine = workload("b", namespace="n", labels={"version": "v1"}, services=(("n", "b"),))
    assert set(marks(made(CALL, declared(b, mine), Appender.ISTIO), "hasCB")) == broken


@pytest.mark.parametrize(
    ("labels", "hosts", "gateway"),
    [
        ({}, ("*.example.com",), {"ingressInfo": {"hostnames": ["*.example.com"]}}),
        ({}, (), {"ingressInfo": {"hostnames": ["*"]}}),
        ({"istio": "egressgateway"}, ("x",), {"egressInfo": {"hostnames": ["x"]}}),
        ({"operator.istio.io/component": "EgressGateways"}, ("x",), {"egressInfo": {"hostnames": ["x"]}}),
    ],
)
def test_gateway_tells_its_way_and_hosts(labels, hosts, gateway):
    a = workload("a", namespace="n", labels=labels, gateway_hosts=hosts)
    assert marks(made(CALL, declared(a), Appender.ISTIO), "isGateway") == {"wl_east_n_a": gateway}


def test_service_takes_the_app_of_its_label():
    facts = declared(service("b", namespace="n", labels={"app": "basket"}))
    found = made(CALL, facts, Appender.ISTIO, inject=True)
    assert found.nodes["svc_east_n_b"].identity.app == "basket"


def test_labels_leave_out_app_and_version_and_foreign_nodes():
    labels = {"app": "b", "version": "v1", "tier": "back"}
    frames = observed("destination a>b 200 - 2", "source a>d@other 200 - 1")
    foreign = workload("d", namespace="other", labels=labels)
    facts = declared(workload("b", namespace="n", labels=labels), foreign)
    assert marks(made(frames, facts, Appender.LABELER), "labels") == {"wl_east_n_b": {"tier": "back"}}


@pytest.mark.parametrize(("version", "named"), [("v1", {"wl_east_n_b"}), ("v2", set()), ("", set())])
def test_workload_entry_is_named_where_app_and_version_are_its_own(version, named):
    facts = declared(machines=(DeclaredMachine("east", "n", "vm-1", "b", version),))
    found = made(CALL, facts, Appender.WORKLOAD_ENTRY)
    assert marks(found, "hasWorkloadEntry") == {key: [{"name": "vm-1"}] for key in named}
