"""Graphs by hand, with the attributes of ``topology/attributes.py``."""

import networkx as nx

from mesh_graph.model import Box, NodeKey, NodeKind
from mesh_graph.topology.attributes import EdgeAttr as E
from mesh_graph.topology.attributes import GraphAttr as G
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.topology.attributes import Response

AT = 1795230000.0


def app_key(namespace: str, app: str, version: str) -> str:
    return NodeKey(
        NodeKind.APP, "east", namespace, workload=f"{app}-{version}", app=app, version=version
    ).text


def service_key(namespace: str, service: str) -> str:
    return NodeKey(NodeKind.SERVICE, "east", namespace, service=service).text


def namespace_box(namespace: str) -> str:
    return NodeKey(NodeKind.BOX, "east", namespace, aggregate="namespace").text


def app_box(namespace: str, app: str) -> str:
    return NodeKey(NodeKind.BOX, "east", namespace, app=app, aggregate="app").text


def empty_graph(at: float = AT) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()
    graph.graph |= {
        G.AT: at,
        G.WINDOW_S: 300,
        G.REQUEST_RATE: 0.0,
        G.ERROR_RATE: 0.0,
        G.GAPS: (),
        G.FOLDED: (),
        G.QUERIES: {},
    }
    return graph


def add_app(graph: nx.MultiDiGraph, namespace: str, app: str, version: str = "v1", **attributes) -> str:
    box, home = app_box(namespace, app), namespace_box(namespace)
    place = {N.CLUSTER: "east", N.NAMESPACE: namespace}
    graph.add_node(home, **{N.KIND: NodeKind.BOX.value, N.BOX: Box.NAMESPACE.value}, **place)
    graph.add_node(
        box, **{N.KIND: NodeKind.BOX.value, N.BOX: Box.APP.value, N.APP: app, N.PARENT: home}, **place
    )
    key = app_key(namespace, app, version)
    own = {
        N.KIND: NodeKind.APP.value,
        N.APP: app,
        N.VERSION: version,
        N.WORKLOAD: f"{app}-{version}",
        N.PARENT: box,
    }
    graph.add_node(key, **place, **own, **attributes)
    return key


def add_service(graph: nx.MultiDiGraph, namespace: str, service: str, **attributes) -> str:
    key = service_key(namespace, service)
    box = app_box(namespace, service)
    own = {N.KIND: NodeKind.SERVICE.value, N.SERVICE: service, N.IS_INJECTED: True, N.CLUSTER: "east"}
    graph.add_node(key, **own, **{N.NAMESPACE: namespace}, **attributes)
    if box in graph:
        graph.nodes[key][N.PARENT] = box
    return key


def add_traffic(
    graph: nx.MultiDiGraph, source: str, destination: str, rate: float, ratio: float = 0.0, **more
):
    """An http edge, and its part in the rates of both ends."""
    responses = [Response("200", "", "host", rate * (1 - ratio), "ok")]
    if ratio:
        responses.append(Response("503", "UF", "host", rate * ratio, "error"))
    edge = {
        E.PROTOCOL: "http",
        E.RATE: rate,
        E.ERROR_RATE: rate * ratio,
        E.ERROR_RATIO: ratio,
        E.SHARE: 1.0,
        E.RESPONSES: tuple(responses),
        E.LATENCY_MS: 23.0,
        E.MTLS_SHARE: 1.0,
    }
    graph.add_edge(source, destination, key=more.get(E.PROTOCOL, "http"), **(edge | more))
    for key, rate_name, error_name, ratio_name in (
        (source, N.OUT_RATE, N.OUT_ERROR_RATE, N.OUT_ERROR_RATIO),
        (destination, N.IN_RATE, N.IN_ERROR_RATE, N.IN_ERROR_RATIO),
    ):
        node = graph.nodes[key]
        node[rate_name] = node.get(rate_name, 0.0) + rate
        node[error_name] = node.get(error_name, 0.0) + rate * ratio
        node[ratio_name] = node[error_name] / node[rate_name] if node[rate_name] else 0.0


def bookinfo(
    namespace: str = "bookinfo", graph: nx.MultiDiGraph | None = None, wave: float = 1.0
) -> nx.MultiDiGraph:
    """Ingress → productpage → details and three versions of reviews → ratings; reviews-v3 fails 1 in 10."""
    graph = empty_graph() if graph is None else graph
    gateway = add_app(graph, "istio-system", "istio-ingressgateway", "latest", **{N.IS_ROOT: True})
    product = add_app(graph, namespace, "productpage")
    details = add_app(graph, namespace, "details")
    ratings = add_app(graph, namespace, "ratings")
    versions = [add_app(graph, namespace, "reviews", v) for v in ("v1", "v2", "v3")]
    services = {
        name: add_service(graph, namespace, name) for name in ("productpage", "details", "reviews", "ratings")
    }
    add_traffic(graph, gateway, services["productpage"], 20 * wave, 0.0)
    add_traffic(graph, services["productpage"], product, 20 * wave)
    add_traffic(graph, product, services["details"], 20 * wave)
    add_traffic(graph, services["details"], details, 20 * wave)
    add_traffic(graph, product, services["reviews"], 20 * wave, 0.02)
    for key, share, ratio in zip(versions, (0.5, 0.3, 0.2), (0.0, 0.0, 0.1), strict=True):
        add_traffic(
            graph,
            services["reviews"],
            key,
            20 * wave * share,
            ratio,
            **{E.SHARE: share, E.LATENCY_MS: 1240.0},
        )
    for key in versions[1:]:
        add_traffic(graph, key, services["ratings"], 5 * wave, 0.004)
    add_traffic(graph, services["ratings"], ratings, 10 * wave, 0.004)
    graph.graph[G.REQUEST_RATE] = graph.graph.get(G.REQUEST_RATE, 0.0) + 100 * wave
    graph.graph[G.ERROR_RATE] = graph.graph.get(G.ERROR_RATE, 0.0) + 0.5 * wave
    return graph
