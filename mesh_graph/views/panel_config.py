"""What is declared for a node → its part of the side panel, in words, with links to the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.topology.declared import Feature
from mesh_graph.views import panel_parts as parts
from mesh_graph.views.addresses import config_path
from mesh_graph.views.words import say

__all__ = ["render_config"]

MOST_HOSTS = 8


def render_config(node: Mapping[str, Any]) -> list[Component]:
    """Features, pods without a proxy, hosts, and the objects that say so; nothing where there is none."""
    lines = [html.Li(words) for words in _sentences(node)]
    refs = node.get(N.CONFIG, ())
    if not lines and not refs:
        return []
    body: list[Component] = [html.Ul(lines, className="mg-declared")] if lines else []
    if hosts := _hosts(node):
        body.append(parts.facts([(say("declared.hosts"), hosts)]))
    if refs:
        body.append(html.Div([_link(ref) for ref in refs], className="mg-pages mg-config-refs"))
    return [parts.section(say("declared.title"), *body)]


def _sentences(node: Mapping[str, Any]) -> Iterator[str]:
    for feature in Feature:
        if feature in node.get(N.FEATURES, ()):
            yield say(f"declared.{feature}")
    if entry := node.get(N.ENTRY):
        yield say(f"declared.{node.get(N.LOCATION, '')}", entry=entry)
    if entries := node.get(N.WORKLOAD_ENTRIES):
        yield say("declared.machines", names=", ".join(entries))
    pods, bare = node.get(N.PODS), node.get(N.BARE_PODS)
    if pods and bare:
        yield say("declared.bare", bare=str(bare), pods=str(pods))


def _hosts(node: Mapping[str, Any]) -> str:
    hosts = node.get(N.HOSTS, ())
    more = len(hosts) - MOST_HOSTS
    shown = [say("declared.any-host") if host == "*" else host for host in hosts[:MOST_HOSTS]]
    return ", ".join(shown) + (say("declared.more-hosts", count=str(more)) if more > 0 else "")


def _link(ref: str) -> Component:
    namespace, kind, name = ref.split("/", 2)
    return html.A(f"{kind} {name}", href=config_path(namespace, kind, name), className="mg-link mg-carry")
