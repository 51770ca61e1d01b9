import pytest

from mesh_graph.model import GraphType, NodeKey, NodeKind
from mesh_graph.topology.identity import End, is_external_service, node_key, service_key

HOST = "reviews.shop.svc.cluster.local"
ALL_BUT_MAP = [GraphType.VERSIONED_APP, GraphType.APP, GraphType.WORKLOAD, GraphType.SERVICE]
BY_APP = [GraphType.VERSIONED_APP, GraphType.APP]
BY_WORKLOAD = [GraphType.WORKLOAD, GraphType.SERVICE]


def end(workload="reviews-v1", app="reviews", version="v1", *, namespace="shop", called=True):
    service = ("shop", HOST, "reviews") if called else ("", "", "")
    return End("east", namespace, workload, app, version, *service)


def key(kind, **names):
    return NodeKey(kind, "east", "shop", **names)


WORKLOAD = key(NodeKind.WORKLOAD, workload="reviews-v1")
SERVICE = key(NodeKind.SERVICE, service="reviews")
APP = key(NodeKind.APP, app="reviews")
VERSION = key(NodeKind.APP, workload="reviews-v1", app="reviews", version="v1")


@pytest.mark.parametrize(
    ("of", "graph_types", "expected"),
    [
        # workload known
        (end(), [GraphType.VERSIONED_APP, GraphType.NAMESPACE], VERSION),
        (end(), [GraphType.APP], APP),
        (end(), BY_WORKLOAD, WORKLOAD),
        (end(called=False), BY_WORKLOAD, WORKLOAD),
        (end(app="unknown"), ALL_BUT_MAP, WORKLOAD),
        (end(app=""), ALL_BUT_MAP, WORKLOAD),
        (
            end(version="latest"),
            [GraphType.VERSIONED_APP],
            key(NodeKind.APP, workload="reviews-v1", app="reviews", version="latest"),
        ),
        (
            end(version="unknown"),
            [GraphType.VERSIONED_APP],
            key(NodeKind.APP, workload="reviews-v1", app="reviews"),
        ),
        # app known, workload not
        (
            end("unknown"),
            [GraphType.VERSIONED_APP],
            key(NodeKind.APP, app="reviews", version="v1"),
        ),
        (end("unknown", version="latest"), BY_APP, APP),
        (end("unknown", version="unknown"), BY_APP, APP),
        (end("unknown"), BY_WORKLOAD, SERVICE),
        (end("unknown", called=False), BY_WORKLOAD, APP),
        # neither
        (end("unknown", "unknown"), ALL_BUT_MAP, SERVICE),
        (end("unknown", "unknown", namespace="unknown"), ALL_BUT_MAP, SERVICE),
        (
            End("east", "shop", "unknown", "unknown", "unknown", "unknown", "unknown", "unknown"),
            ALL_BUT_MAP,
            key(NodeKind.SERVICE, service="unknown"),
        ),
        (
            End("unknown", "unknown", "unknown", "unknown", "unknown"),
            ALL_BUT_MAP,
            NodeKey(NodeKind.UNKNOWN),
        ),
        (
            End("east", "unknown", "unknown", "unknown", "unknown"),
            ALL_BUT_MAP,
            NodeKey(NodeKind.UNKNOWN, "east"),
        ),
    ],
)
def test_node_key_follows_what_is_known_of_the_end(of, graph_types, expected):
    assert {graph_type: node_key(of, graph_type) for graph_type in graph_types} == dict.fromkeys(
        graph_types, expected
    )


def test_two_workloads_of_one_version_stay_apart():
    keys = {node_key(end(name), GraphType.VERSIONED_APP) for name in ("reviews-a", "reviews-b")}
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("namespace", "host", "name", "expected"),
    [
        ("shop", HOST, "reviews", SERVICE),
        ("unknown", HOST, "reviews", SERVICE),  # the workload's namespace steps in
        ("shop", "reviews", "unknown", SERVICE),  # the host steps in
        ("shop", "unknown", "unknown", None),
        ("shop", "", "", None),
        ("unknown", "10.0.0.1", "PassthroughCluster", None),
        ("shop", HOST, "InboundPassthroughClusterIpv4", None),
        ("shop", HOST, "InboundPassthroughCluster", None),
    ],
)
def test_service_key_names_the_service_that_was_called(namespace, host, name, expected):
    called = End("east", "shop", "reviews-v1", "reviews", "v1", namespace, host, name)
    assert service_key(called) == expected


@pytest.mark.parametrize(
    ("namespace", "name", "expected"),
    [
        ("shop", "reviews", False),
        ("shop", "api.example.org", True),
        ("", "api", True),
        ("shop", "10.1.2.3:9080", True),
        ("", "PassthroughCluster", True),
        ("shop", "BlackHoleCluster", True),
        ("", "unknown", False),
    ],
)
def test_hosts_are_told_from_kubernetes_services(namespace, name, expected):
    assert is_external_service(NodeKey(NodeKind.SERVICE, "east", namespace, service=name)) is expected
