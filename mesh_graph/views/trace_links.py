"""Ways to the traces of a node, an edge or a subject: addresses of the page that finds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import networkx as nx
from dash import html
from dash.development.base_component import Component

from mesh_graph.answers.trace_edges import traced_name
from mesh_graph.model import NodeKey, NodeKind, Protocol
from mesh_graph.topology.attributes import EdgeAttr as E
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.views.addresses import Links
from mesh_graph.views.words import say

__all__ = ["render_trace_links", "service_of_node", "service_of_subject"]

Ends = tuple[str, str, str]


def service_of_node(node: Mapping[str, Any]) -> str:
    """Name that a node's proxies report spans under; empty where it is none, or not known."""
    app = str(node.get(N.APP, "") or node.get(N.SERVICE, ""))
    if node.get(N.IS_EXTERNAL):
        return ""
    return traced_name(app, str(node.get(N.WORKLOAD, "")), str(node.get(N.NAMESPACE, "")))


def caller_of_node(node: Mapping[str, Any]) -> str:
    """Name that the proxies of whom an edge comes from report under; a service stands between two others."""
    return "" if node.get(N.KIND) == NodeKind.SERVICE else service_of_node(node)


def service_of_subject(subject: NodeKey, versions: Iterable[str] = ()) -> str:
    """Name that a subject's proxies report spans under; empty where it is not known.

    A workload is taken to be named after its application and one of its versions, as is usual.
    """
    workload = subject.workload
    for version in versions:
        if version and workload.endswith(f"-{version}"):
            workload = workload.removesuffix(f"-{version}")
            break
    return traced_name(subject.app or subject.service, workload, subject.namespace)


def render_trace_links(graph: nx.MultiDiGraph[str], found: str | Ends | None) -> list[Component]:
    """Links for what is selected; none for the whole graph, and where nobody can report spans.

    The browser adds the time range (assets/detail.js).
    """
    if found is None:
        return []
    caller = ""
    if isinstance(found, str):
        service = service_of_node(graph.nodes[found])
        has_errors = bool(graph.nodes[found].get(N.IN_ERROR_RATE))
    else:
        source, destination, protocol = found
        if protocol == Protocol.TCP:
            return []
        calling, service = caller_of_node(graph.nodes[source]), service_of_node(graph.nodes[destination])
        # Of a destination that reports nothing, what its caller has to say.
        service, caller = (service, calling) if service else (calling, "")
        has_errors = bool(graph.edges[found].get(E.ERROR_RATE))
    if not service:
        return []
    asked = {"service": service, **({"caller": caller} if caller not in ("", service) else {})}
    words = say("traces.calls" if "caller" in asked else "traces.of", asked)
    links = Links()
    parts = [_link(words, links.page("/traces", **asked))]
    if has_errors:
        parts.append(_link(say("traces.failed"), links.page("/traces", **asked, errors="1")))
    return [html.Div(parts, className="mg-pages")]


def _link(words: str, address: str) -> Component:
    return html.A(words, href=address, className="mg-link mg-carry")
