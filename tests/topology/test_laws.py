"""What holds for every graph of any traffic: conservation, borders, order of rows, hostile names."""

import io
import json
import math
from collections import Counter
from dataclasses import replace

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_graph import fields
from mesh_graph.model import GraphType, NodeKey, View
from mesh_graph.topology.build import build_graph
from tests.topology.traffic_table import (
    UNKNOWN_SOURCE,
    call,
    destination,
    report,
    service,
    source,
    stream,
    traffic,
)

law = settings(deadline=None, max_examples=50)
"""Nothing here is timed."""

NAMES = st.sampled_from(["a", "b", "c", "unknown", "latest"])
HOSTILE = st.one_of(
    st.sampled_from(
        [
            "",
            "unknown",
            "|",
            "%",
            "%7C",
            '"',
            "<b>",
            "\x00",
            "\n",
            "\ud800",
            "\udfff",
            "\uffff",
            "🕸",
            "a|b%20c",
        ]
    ),
    st.text(st.characters(), max_size=5),
)
SERVICES = st.sampled_from(["a", "b", "unknown", "PassthroughCluster", "BlackHoleCluster", "api.example.org"])
OUTCOMES = st.sampled_from(
    [("200", "", "ok"), ("503", "UH", "error"), ("404", "", "client_error"), ("-", "DC", "hung_up")]
)
RATES = st.integers(1, 1000).map(lambda n: n / 8)  # sums of eighths are exact


@st.composite
def ends(draw, names=NAMES, services=SERVICES):
    """Labels of a source and of a destination that calls made sense of, or not."""
    labels = {label: draw(names) for label in fields.BASE_LABELS}
    labels[fields.DESTINATION_SERVICE_NAME] = draw(services)
    return labels


@st.composite
def mesh_ends(draw):
    """Labels as a mesh of two namespaces with few workloads writes them: the same ends again and again."""
    places = st.tuples(st.sampled_from(["w1", "w2", "w3"]), st.sampled_from(["a", "b"]))
    (start, home), (end, there) = draw(places), draw(places)
    apps = {"w1": "x", "w2": "x", "w3": "y"}
    labels = source(start, apps[start], start, namespace=home, cluster="a")
    labels |= destination(end, apps[end], end, namespace=there, cluster="a")
    if draw(st.booleans()):
        labels |= service(draw(st.one_of(st.just("api.example.org"), SERVICES)), namespace=there)
    return labels | draw(st.sampled_from([{}, {}, {}, LOST, UNKNOWN_SOURCE]))


LOST = {label: "unknown" for label in fields.DESTINATION_LABELS if label != fields.DESTINATION_CLUSTER}


@st.composite
def flows(draw, who=st.one_of(mesh_ends(), mesh_ends(), ends())):  # noqa: B008
    labels = draw(who)
    code, flags, outcome = draw(OUTCOMES)
    known = labels[fields.DESTINATION_WORKLOAD] != "unknown"
    arrived = known and flags != "UH"
    return call(
        labels, {}, draw(RATES), code=code, flags=flags, outcome=outcome, arrived=arrived,
        protocol=draw(st.sampled_from(["http", "grpc"])),
    )  # fmt: skip


VIEWS = st.builds(
    View,
    graph_type=st.sampled_from(list(GraphType)),
    services=st.sampled_from([True, True, False]),
    idle=st.booleans(),
    budget=st.one_of(st.just(400), st.integers(0, 12)),
    unfolded=st.sets(st.sampled_from(["namespace|a|a|||||", "app|a|a||a|||"])).map(tuple),
    namespaces=st.sets(st.sampled_from(["a", "b"])).map(tuple),
)
TABLES = st.one_of(st.lists(flows(), max_size=3), st.lists(flows(), min_size=6, max_size=20))


def nodes_of(graph):
    return {key: node for key, node in graph.nodes(data=True) if node["kind"] != "box"}


def requests(graph):
    return [(s, d, row) for s, d, row in graph.edges(data=True) if row["protocol"] != "tcp"]


def total(graph, edge_name, inner_name):
    """Each request once: not again on the edge from an injected service."""
    nodes = nodes_of(graph)
    crossing = sum(row[edge_name] for s, _, row in requests(graph) if not nodes[s].get("is_injected"))
    return crossing + sum(node.get(inner_name, 0.0) for node in nodes.values())


@law
@given(TABLES, VIEWS)
def test_total_is_the_same_for_all_graph_types_and_foldings(rows, view):
    graph = build_graph(traffic(*rows), view)
    assert total(graph, "rate", "inner_rate") == sum(row["rate"] for row in rows)
    errors = sum(row["rate"] for row in rows if row["outcome"] == "error")
    assert total(graph, "error_rate", "inner_error_rate") == errors
    assert graph.graph["request_rate"] == sum(row["rate"] for row in rows)
    assert graph.graph["error_rate"] == errors


@law
@given(TABLES, VIEWS)
def test_injected_service_passes_on_what_did_not_end_there(rows, view):
    for key, node in nodes_of(build_graph(traffic(*rows), view)).items():
        if node.get("is_injected"):
            ended = node.get("ended_here", ())
            assert node["in_rate"] == node["out_rate"] + sum(response.rate for response in ended), key
            failed = sum(response.rate for response in ended if response.outcome == "error")
            assert node.get("in_error_rate", 0.0) == node.get("out_error_rate", 0.0) + failed, key


@law
@given(TABLES, VIEWS)
def test_box_is_the_sum_over_the_edges_that_cross_its_border(rows, view):
    graph = build_graph(traffic(*rows), view)
    for key, box in graph.nodes(data=True):
        if box["kind"] != "box":
            continue
        inside = {node for node in graph if node != key and key in ancestors(graph, node)}
        came = sum(row["rate"] for s, d, row in requests(graph) if d in inside and s not in inside)
        left = sum(row["rate"] for s, d, row in requests(graph) if s in inside and d not in inside)
        assert (box.get("in_rate", 0.0), box.get("out_rate", 0.0)) == (came, left)


def ancestors(graph, node):
    found = []
    while (node := graph.nodes[node].get("parent")) is not None:
        found.append(node)
    return found


@law
@given(TABLES, VIEWS)
def test_numbers_of_an_edge_agree_with_each_other(rows, view):
    graph = build_graph(traffic(*rows), view)
    sent = Counter()
    for start, _, row in requests(graph):
        responses = row["responses"]
        assert sum(response.rate for response in responses) == row["rate"]
        assert [response.rate for response in responses] == sorted((r.rate for r in responses), reverse=True)
        parts = Counter()
        for response in responses:
            parts[response.outcome] += response.rate
        assert parts["error"] == row["error_rate"]
        assert parts["client_error"] == row["client_error_rate"]
        assert parts["hung_up"] == row["hung_up_rate"]
        assert row["error_ratio"] == row["error_rate"] / row["rate"]
        sent[start, row["protocol"]] += row["share"]
    assert all(math.isclose(share, 1.0) for share in sent.values())


@law
@given(TABLES, VIEWS)
def test_node_is_the_sum_over_its_edges(rows, view):
    graph = build_graph(traffic(*rows), view)
    for key, node in nodes_of(graph).items():
        assert node.get("in_rate", 0.0) == sum(row["rate"] for _, d, row in requests(graph) if d == key)
        assert node.get("out_rate", 0.0) == sum(row["rate"] for s, _, row in requests(graph) if s == key)


@law
@given(TABLES, VIEWS)
def test_budget_is_kept_as_far_as_namespaces_allow(rows, view):
    if view.graph_type is not GraphType.NAMESPACE:
        whole, graph, coarsest = (
            nodes_of(build_graph(traffic(*rows), replace(view, unfolded=(), budget=budget)))
            for budget in (400, view.budget, 0)
        )
        assert len(graph) <= max(view.budget, len(coarsest))
        assert len(whole) > view.budget or graph == whole


@law
@given(st.data(), TABLES, VIEWS)
def test_order_of_rows_does_not_matter(data, rows, view):
    shuffled = data.draw(st.permutations(rows))
    one, other = build_graph(traffic(*rows), view), build_graph(traffic(*shuffled), view)
    assert list(one.nodes(data=True)) == list(other.nodes(data=True))
    assert list(one.edges(keys=True, data=True)) == list(other.edges(keys=True, data=True))
    assert one.graph == other.graph


@law
@given(TABLES, TABLES, VIEWS)
def test_comparison_adds_ghosts_and_changes_no_number(rows, earlier, view):
    """With room for all: folding counts ghosts too."""
    view = View(graph_type=view.graph_type, services=view.services, idle=view.idle, boxes=())
    plain = build_graph(traffic(*rows), view)
    compared = build_graph(traffic(*rows), view, earlier=traffic(*earlier))
    for start, end, key, row in plain.edges(keys=True, data=True):
        there = dict(compared.edges[start, end, key])
        assert there.pop("state", None) in ({"new", "steady"} if earlier else {None})
        assert there == row
    for start, end, key, row in compared.edges(keys=True, data=True):
        if not plain.has_edge(start, end, key):
            assert row["state"] == "vanished"
            assert row["last_rate"] > 0


@law
@given(st.lists(flows(ends(HOSTILE, HOSTILE)), min_size=1, max_size=8), VIEWS, HOSTILE, HOSTILE)
def test_no_label_value_breaks_the_graph(rows, view, code, flags):
    rows = [{**row, "code": code, "flags": flags} for row in rows]
    reports = [report(row, {}, source_rate=1.0, note=row[fields.SOURCE_WORKLOAD]) for row in rows]
    tcp = [stream(row, {}, flags=flags) for row in rows]
    graph = build_graph(traffic(*rows, tcp=tcp, reports=reports), view, earlier=traffic(*rows[:2]))
    assert total(graph, "rate", "inner_rate") == sum(row["rate"] for row in rows)
    for key in graph:
        assert NodeKey.parse(key).text == key
    written = scalars(graph)
    nx.write_graphml_xml(written, io.BytesIO())
    nx.write_gexf(written, io.BytesIO())
    back = nx.read_graphml(
        io.BytesIO("\n".join(nx.generate_graphml(written)).encode()), force_multigraph=True
    )
    assert set(back) == set(written)
    assert json.dumps(nx.node_link_data(written, edges="links"), allow_nan=False).encode()


def scalars(graph):
    """The graph with its scalar attributes alone; nothing else than scalars and tuples is there."""
    kept = nx.MultiDiGraph()
    for key, node in graph.nodes(data=True):
        assert all(isinstance(value, str | int | float | bool | tuple) for value in node.values())
        kept.add_node(key, **{name: value for name, value in node.items() if not isinstance(value, tuple)})
    for start, end, key, row in graph.edges(keys=True, data=True):
        assert all(isinstance(value, str | int | float | bool | tuple) for value in row.values())
        plain = {name: value for name, value in row.items() if not isinstance(value, tuple)}
        kept.add_edge(start, end, key, **plain)
    return kept
