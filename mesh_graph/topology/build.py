"""Traffic to the graph of a view.

    Traffic ─► lay out ─► fold ─► sort ─► edges and nodes, column by column ─► boxes ─► MultiDiGraph

Nothing mutates what it is given. The laws (``tests/topology/test_laws.py``): a request that passes an
injected service lies on two edges and is one request, so the view's total is the sum over the edges whose
source is not injected, plus the inner rates of folded nodes; it is the same for all graph types and foldings.
"""

from __future__ import annotations

from collections.abc import Collection

import networkx as nx
import numpy as np

from mesh_graph import fields
from mesh_graph.model import GraphType, NodeKind, Protocol, View
from mesh_graph.topology.attributes import EdgeAttr, Gap, GraphAttr, NodeAttr
from mesh_graph.topology.boxes import box_rows, find_boxes, write_parents
from mesh_graph.topology.columns import Rows, put, put_counts, put_flag
from mesh_graph.topology.declared import NOTHING_DECLARED, Declared
from mesh_graph.topology.declared_scene import add_idle, fold_entries
from mesh_graph.topology.diff import write_edge_states, write_node_states
from mesh_graph.topology.drawing import Drawing
from mesh_graph.topology.edges import (
    EdgeSums,
    write_messages,
    write_reports,
    write_requests,
    write_shares,
    write_tcp,
)
from mesh_graph.topology.fold import Alarms, Load, fold_namespaces, fold_to_budget, no_alarms
from mesh_graph.topology.layer import PROTOCOLS
from mesh_graph.topology.nodes import (
    external,
    front_apps,
    missing_sidecars,
    write_ended,
    write_hints,
    write_identity,
    write_marks,
    write_totals,
)
from mesh_graph.topology.outcome import Outcome
from mesh_graph.topology.responses import Endings
from mesh_graph.topology.scene import Scene, lay_out
from mesh_graph.topology.traffic import Traffic
from mesh_graph.topology.waypoints import Waypoints, mark_waypoints, without_carriage

__all__ = ["NOTHING_EARLIER", "build_graph"]

NOTHING_EARLIER = "nothing-earlier"
"""Gap of a view whose earlier view has no traffic at all: nothing is said about vanished and new."""


def build_graph(
    traffic: Traffic,
    view: View,
    *,
    earlier: Traffic | None = None,
    waypoints: Waypoints = (),
    partial: Collection[Protocol] = (),
    declared: Declared = NOTHING_DECLARED,
    alarms: Alarms = no_alarms,
) -> nx.MultiDiGraph[str]:
    """Graph of a view, with the attributes of ``attributes.py``.

    Parameters
    ----------
    traffic : Traffic
        Of the view's namespaces, after one merge rule; left as it is.
    view : View
        Of it count ``graph_type``, ``services``, ``idle``, ``boxes``, ``budget``, ``unfolded``,
        ``namespaces``, ``waypoints``, ``at`` and ``window_s``.
    earlier : Traffic, optional
        Traffic of the view it is compared with, merged alike; only its rates count. Without it nodes and
        edges have no state.
    waypoints : Waypoints
        Their carriage (``topology/waypoints.py``) is drawn where the view shows it, and counts in no total.
    partial : collection of Protocol
        Protocols of which part of the rows is missing; their edges are marked.
    declared : Declared
        What of it has no traffic is drawn where the view shows what is idle; hosts of one ServiceEntry are
        drawn as one.
    alarms : Alarms
        What was broken a little while ago is not folded before what was not.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes by the text of their keys, boxes first; edges by (source, destination, protocol); both sorted.
        Without traffic it has no nodes but declared ones.
    """
    counted = without_carriage(traffic, waypoints)
    if not view.waypoints:
        traffic, earlier = counted, earlier and without_carriage(earlier, waypoints)
    scene = lay_out(traffic, view, earlier=earlier, waypoints=waypoints)
    if view.idle:
        scene = add_idle(scene, declared, view)
    drawing = Drawing.of(scene.fold(_folding(scene, view, declared, alarms)).sort())
    compared = any(len(layer.frame) for layer in scene.before)
    endings = Endings(drawing.now.flows.layer.frame)
    edge_rows, sums = _edge_rows(drawing, endings, compared=compared)
    if drawing.scene.folded:
        put_counts(edge_rows, EdgeAttr.FOLDED, drawing.folded_edges(scene))
    put_flag(edge_rows, EdgeAttr.IS_PARTIAL, drawing.is_of(partial))
    node_rows = _node_rows(drawing, view, sums, endings)
    if compared:
        busy = (strokes.busy_nodes(drawing.edges) for strokes in (drawing.now, drawing.before))
        write_node_states(node_rows, *busy)
    graph = _assembled(drawing, view, (node_rows, edge_rows), sums)
    gaps = traffic.gaps if compared or earlier is None else (*traffic.gaps, Gap(NOTHING_EARLIER))
    graph.graph.update(_graph_attributes(counted, drawing.scene, view), **{GraphAttr.GAPS: gaps})
    mark_waypoints(graph, waypoints, counted)
    return graph


def _folding(scene: Scene, view: View, declared: Declared, alarms: Alarms) -> dict[int, int]:
    drawn = scene.drawn()
    if view.graph_type is GraphType.NAMESPACE:
        return fold_namespaces(scene.nodes, drawn, view.unfolded)
    entries = fold_entries(scene, declared, view)
    load = Load.of(scene.now.flows, len(scene.nodes.keys))
    return entries | fold_to_budget(
        scene.nodes,
        drawn,
        load,
        budget=view.budget,
        wanted=view.namespaces,
        unfolded=view.unfolded,
        alarms=alarms,
    )


def _edge_rows(drawing: Drawing, endings: Endings, *, compared: bool) -> tuple[Rows, EdgeSums]:
    now, edges = drawing.now, drawing.edges
    rows: Rows = [{} for _ in range(len(edges))]
    put(rows, EdgeAttr.PROTOCOL, [PROTOCOLS[code].value for code in edges.protocol.tolist()])
    sums = write_requests(rows, now.flows, endings)
    sums += write_tcp(rows, now.tcp, Endings(now.tcp.layer.frame))
    write_messages(rows, now.messages)
    write_reports(rows, drawing.reports)
    write_shares(rows, edges, sums.rate)
    busy = now.busy_edges()
    put_flag(rows, EdgeAttr.IS_IDLE, now.present() & ~busy)
    if compared:
        write_edge_states(rows, busy, drawing.before.rate(), drawing.before.busy_edges())
    return rows, sums


def _node_rows(drawing: Drawing, view: View, sums: EdgeSums, endings: Endings) -> Rows:
    scene, now, edges = drawing.scene, drawing.now, drawing.edges
    nodes, count = scene.nodes, edges.nodes
    rows: Rows = [{} for _ in nodes.keys]
    write_identity(rows, nodes.keys)
    write_hints(rows, NodeAttr.APP, nodes.apps)
    write_hints(rows, NodeAttr.VERSION, nodes.versions)
    write_totals(rows, edges, sums)
    here = edges.where(now.present())
    write_marks(rows, nodes.keys, here, view.namespaces)
    is_injected = scene.injected()
    is_external = external(nodes.keys, here, (scene.now.flows, scene.now.tcp))
    put_flag(rows, NodeAttr.IS_INJECTED, is_injected)
    put_flag(rows, NodeAttr.IS_EXTERNAL, is_external)
    write_ended(
        rows,
        scene.now.flows,
        endings,
        is_service=nodes.of_kind(NodeKind.SERVICE),
        is_injected=is_injected,
        is_external=is_external,
    )
    missing = missing_sidecars(scene.reports, (scene.now.flows, scene.now.tcp), count)
    put_flag(rows, NodeAttr.HAS_NO_SIDECAR, missing & nodes.of_kind(NodeKind.APP, NodeKind.WORKLOAD))
    ends = [here.source, here.destination, np.array(scene.declared, dtype=np.int64)]
    seen = np.bincount(np.concatenate(ends), minlength=count) > 0
    put_flag(rows, NodeAttr.IS_IDLE, seen & ~now.busy_nodes(edges))
    _write_folded(rows, drawing)
    return rows


def _write_folded(rows: Rows, drawing: Drawing) -> None:
    inner, failed = drawing.now.inner_requests()
    put(rows, NodeAttr.INNER_RATE, inner, inner > 0)
    put(rows, NodeAttr.INNER_ERROR_RATE, failed, inner > 0)
    put_counts(rows, NodeAttr.FOLDED, drawing.scene.fold_sizes())


def _assembled(drawing: Drawing, view: View, rows: tuple[Rows, Rows], sums: EdgeSums) -> nx.MultiDiGraph[str]:
    node_rows, edge_rows = rows
    nodes, edges = drawing.scene.nodes, drawing.edges
    fronts = front_apps(nodes, (*drawing.scene.now, *drawing.scene.before))
    write_hints(node_rows, NodeAttr.APP, fronts)
    known = nodes.apps | fronts
    apps = [key.app or known.get(number, "") for number, key in enumerate(nodes.keys)]
    boxes = find_boxes(nodes.keys, apps, view.boxes)
    write_parents(node_rows, boxes)
    texts = [key.text for key in nodes.keys]
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from(
        zip((box.key.text for box in boxes), box_rows(node_rows, boxes, edges, sums), strict=True)
    )
    graph.add_nodes_from(zip(texts, node_rows, strict=True))
    ends = zip(edges.source.tolist(), edges.destination.tolist(), edge_rows, strict=True)
    for source, destination, row in ends:
        graph.add_edge(texts[source], texts[destination], row[EdgeAttr.PROTOCOL], **row)
    return graph


def _graph_attributes(traffic: Traffic, scene: Scene, view: View) -> dict[str, object]:
    flows, tcp = traffic.flows, traffic.tcp
    failed = flows[fields.OUTCOME] == Outcome.ERROR
    bytes_rate = tcp[fields.SENT_BYTES_RATE].sum() + tcp[fields.RECEIVED_BYTES_RATE].sum()
    is_map = view.graph_type is GraphType.NAMESPACE
    folded = () if is_map else tuple(sorted((key.text, count) for key, count in scene.folded.items()))
    attributes: dict[str, object] = {
        GraphAttr.WINDOW_S: view.window_s,
        GraphAttr.GRAPH_TYPE: view.graph_type.value,
        GraphAttr.REQUEST_RATE: float(flows[fields.RATE].sum()),
        GraphAttr.ERROR_RATE: float(flows[fields.RATE][failed].sum()),
        GraphAttr.TCP_BYTES_RATE: float(bytes_rate),
        GraphAttr.FOLDED: folded,
        GraphAttr.DRAWN_AS: {key.text: other.text for key, other in scene.drawn_as.items()},
        GraphAttr.QUERIES: {},
    }
    return attributes if view.at is None else {GraphAttr.AT: view.at, **attributes}
