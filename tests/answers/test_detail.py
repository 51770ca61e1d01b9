"""A subject's numbers are those of the topology's edges, and of its health."""

import itertools
from itertools import chain

import pytest

from mesh_graph.answers.detail import home_of
from mesh_graph.answers.observe import observe
from mesh_graph.detail.choice import Choice, Group
from mesh_graph.detail.subject import subject_key
from mesh_graph.fetch import Fetcher
from mesh_graph.health.facts import read_facts
from mesh_graph.mesh import Mesh
from mesh_graph.model import Direction, GraphType, NodeKey, NodeKind, View
from mesh_graph.plan import scopes, traffic_queries
from mesh_graph.sources.demo import DemoSource
from mesh_graph.topology.attributes import EdgeAttr

AT = 1_795_263_000.0
"""2026-11-21T12:10:00Z, in the middle of an incident."""
VIEW = View(at=AT, compare_s=0, throughput=True)


@pytest.fixture(scope="module")
def mesh():
    mesh = Mesh(DemoSource(clock=lambda: AT))
    yield mesh
    mesh.close()


def graph_of(mesh, subject, graph_type, *, services):
    view = home_of(VIEW, subject)
    return mesh.graph(
        View(
            namespaces=view.namespaces,
            at=AT,
            compare_s=0,
            throughput=True,
            graph_type=graph_type,
            services=services,
        )
    )


def matches(edge, peer):
    """Hold the numbers of a table's row to those of an edge."""
    if edge[EdgeAttr.PROTOCOL] == "tcp":
        assert peer.sent == pytest.approx(edge[EdgeAttr.SENT_BYTES_RATE])
        assert peer.received == pytest.approx(edge[EdgeAttr.RECEIVED_BYTES_RATE])
        assert peer.opened == pytest.approx(edge[EdgeAttr.OPENED_RATE])
    else:
        assert peer.rate == pytest.approx(edge[EdgeAttr.RATE])
        assert peer.sent == pytest.approx(edge.get(EdgeAttr.REQUEST_BYTES_RATE))
        assert peer.received == pytest.approx(edge.get(EdgeAttr.RESPONSE_BYTES_RATE))
        assert peer.latency_ms[0.95] == pytest.approx(edge[EdgeAttr.LATENCY_MS])
    assert peer.errors == pytest.approx(edge.get(EdgeAttr.ERROR_RATE, 0.0))
    assert peer.mtls_share == pytest.approx(edge.get(EdgeAttr.MTLS_SHARE))


@pytest.mark.parametrize(
    ("kind", "namespace", "name"),
    [
        (NodeKind.APP, "bookinfo", "ratings"),
        (NodeKind.APP, "shop", "frontend"),
        (NodeKind.APP, "payments", "payment"),
        (NodeKind.APP, "logistics", "shipping"),
        (NodeKind.APP, "istio-system", "istio-ingressgateway"),
        (NodeKind.WORKLOAD, "bookinfo", "reviews-v3"),
    ],
)
def test_what_goes_out_is_on_the_edges_to_the_services(mesh, kind, namespace, name):
    subject = subject_key(kind, namespace, name)
    graph_type = GraphType.APP if kind is NodeKind.APP else GraphType.WORKLOAD
    graph = graph_of(mesh, subject, graph_type, services=True)
    (node,) = [key for key in graph if is_node(key, subject)]
    peers = {(peer.key.text, peer.protocol): peer for peer in mesh.detail(VIEW, subject).outbound}
    edges = {(to, protocol): edge for _, to, protocol, edge in graph.out_edges(node, keys=True, data=True)}
    assert set(peers) == set(edges)
    assert peers
    for end, edge in edges.items():
        matches(edge, peers[end])


@pytest.mark.parametrize(
    ("namespace", "name"),
    [("bookinfo", "reviews"), ("bookinfo", "ratings"), ("shop", "recommendation"), ("payments", "ledger")],
)
def test_what_comes_into_a_service_is_on_its_edges(mesh, namespace, name):
    subject = subject_key(NodeKind.SERVICE, namespace, name)
    graph = graph_of(mesh, subject, GraphType.WORKLOAD, services=True)
    (node,) = [key for key in graph if is_node(key, subject)]
    peers = {(peer.key.text, peer.protocol): peer for peer in mesh.detail(VIEW, subject).inbound}
    edges = {(of, protocol): edge for of, _, protocol, edge in graph.in_edges(node, keys=True, data=True)}
    assert set(peers) == set(edges)
    for end, edge in edges.items():
        matches(edge, peers[end])


@pytest.mark.parametrize("name", ["ratings", "productpage", "mongodb"])
def test_what_comes_into_an_application_is_on_the_edges_from_its_callers(mesh, name):
    subject = subject_key(NodeKind.APP, "bookinfo", name)
    graph = graph_of(mesh, subject, GraphType.APP, services=False)
    (node,) = [key for key in graph if is_node(key, subject)]
    for peer in mesh.detail(VIEW, subject).inbound:
        edge = graph.edges[peer.key.text, node, peer.protocol]
        assert peer.rate == pytest.approx(
            edge[EdgeAttr.RATE] if peer.protocol != "tcp" else edge[EdgeAttr.CLOSED_RATE]
        )
        assert peer.errors == pytest.approx(edge.get(EdgeAttr.ERROR_RATE, 0.0))


def is_node(text, subject):
    key = NodeKey.parse(text)
    same = (key.kind, key.namespace, key.app, key.service) == (
        subject.kind,
        subject.namespace,
        subject.app,
        subject.service,
    )
    return same and key.workload == subject.workload


def test_every_subject_has_the_traffic_that_its_health_is_told_by(mesh):
    """Both attribute what was lost by a rule of their own wording; here they must come to the same."""
    view = home_of(VIEW, subject_key(NodeKind.APP, "bookinfo", "any"))
    facts = read_facts(traffic_of(mesh, view))
    keys = [facts.keys[at] for at in facts.subjects()]
    own = [
        key for key in keys if key.namespace == "bookinfo" and key.kind in (NodeKind.APP, NodeKind.SERVICE)
    ]
    assert len(own) == 10
    for key, way in itertools.product(own, Direction):
        if key.kind is NodeKind.SERVICE and way is Direction.OUTBOUND:
            continue
        chosen = (facts.subject == facts.keys.index(key)) & (facts.direction == list(Direction).index(way))
        detail = mesh.detail(VIEW, key)
        peers = detail.inbound if way is Direction.INBOUND else detail.outbound
        assert sum(peer.rate for peer in peers) == pytest.approx(float(facts.rate[chosen].sum())), (key, way)


def traffic_of(mesh, view):
    """Merged traffic of a view, from the same source."""
    plan = traffic_queries(scopes(view.namespaces), view.window_s)
    fetcher = Fetcher(DemoSource(clock=lambda: AT), 2**24, 2)
    answers = fetcher.at(chain(*plan.values()), AT)
    fetcher.close()
    return observe(plan, answers, view.namespaces, scrapes_per_window=20).traffic


def test_a_chart_over_the_view_s_window_ends_at_the_table_s_number(mesh):
    """Charts of a day's span rate over as long a window as their step, here the table's."""
    view = View(at=AT, window_s=1800, span_s=86400, compare_s=0)
    subject = subject_key(NodeKind.APP, "bookinfo", "ratings")
    detail, metrics = mesh.detail(view, subject), mesh.metrics(view, subject, Choice())
    assert metrics.span.window_s == 1800
    total = detail.totals[Direction.INBOUND]
    panels = {panel.name: panel.lines for panel in metrics.panels}
    assert panels["requests"].iloc[-1].sum() == pytest.approx(total.rate)
    assert panels["errors"]["error", ""].iloc[-1] == pytest.approx(total.error_ratio)


def test_groups_of_requests_add_up_to_all_of_them(mesh):
    subject = subject_key(NodeKind.APP, "bookinfo", "productpage")
    view = View(at=AT, span_s=900, compare_s=0)
    whole = requests(mesh.metrics(view, subject, Choice()))
    for group in (
        Group.PEER_APP,
        Group.PEER_NAMESPACE,
        Group.VERSION,
        Group.CODE,
        Group.FLAGS,
        Group.SERVICE,
    ):
        assert requests(mesh.metrics(view, subject, Choice(group=group))) == pytest.approx(whole), group


def requests(metrics):
    lines = next(panel.lines for panel in metrics.panels if panel.name == "requests")
    return lines.sum(axis=1).tolist()
