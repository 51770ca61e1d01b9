"""One subject → its overview: callers, itself and callees; further reasons, versions, links elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.answers.detail import Detail
from mesh_graph.detail.peers import Peer, Totals, Version
from mesh_graph.detail.subject import subject_name
from mesh_graph.fields import UNKNOWN
from mesh_graph.health import Check
from mesh_graph.model import Direction, NodeKey, NodeKind, Protocol
from mesh_graph.views import panel_parts as parts
from mesh_graph.views.addresses import Links
from mesh_graph.views.detail_head import status_level
from mesh_graph.views.links import OutLink
from mesh_graph.views.messages_health import reason_words
from mesh_graph.views.numbers import format_bytes_rate, format_latency, format_percent, format_rate
from mesh_graph.views.peer_rows import has_page, other_ends, peer_name, ratio_level
from mesh_graph.views.words import gap_text

__all__ = ["render_overview"]

MOST_PEERS = 12


def render_overview(detail: Detail, links: Links, outside: Sequence[OutLink] = ()) -> list[Component]:
    """Callers, the subject and callees; reasons, versions, links to other tools."""
    name = subject_name(detail.subject)
    check, others = detail.assessment.check, other_ends(detail.outbound, detail.subject)
    flow = html.Div(
        [
            _side("Called by", detail.inbound, links, check),
            html.Div(_middle(detail, name), className="mg-flow-middle"),
            _side(_outbound_title(detail.subject), others, links, check),
        ],
        className="mg-flow",
    )
    more = [
        _reasons(detail),
        _versions(detail, links),
        _outside(outside),
        _gaps(detail),
    ]
    return [flow, html.Div([part for part in more if part is not None], className="mg-overview-more")]


def _outbound_title(subject: NodeKey) -> str:
    return "Answered by" if subject.kind is NodeKind.SERVICE else "Calls"


def _side(title: str, peers: Sequence[Peer], links: Links, check: Check | None) -> Component:
    items = [_peer(peer, links, check) for peer in peers[:MOST_PEERS]]
    if not items:
        items = [html.Li("nobody in this window", className="mg-quiet")]
    if len(peers) > MOST_PEERS:
        items.append(html.Li(f"and {len(peers) - MOST_PEERS} more, see Traffic", className="mg-quiet"))
    return html.Div([html.H4(f"{title} ({len(peers)})"), html.Ul(items)], className="mg-flow-side")


def _peer(peer: Peer, links: Links, check: Check | None) -> Component:
    shown = _name(peer_name(peer.key), peer.key, links)
    ratio = peer.error_ratio
    level = ratio_level(ratio, check) if peer.rate else "idle"
    numbers = [
        _rate_text(peer),
        "" if ratio is None else f"{format_percent(ratio)} failed" if ratio else "none failed",
        f"p95 {format_latency(peer.latency_ms[0.95])}" if 0.95 in peer.latency_ms else "",
    ]
    where = " · ".join(text for text in (peer.key.namespace, peer.protocol) if text)
    return html.Li(
        [
            html.Div([parts.level_mark(level), shown, html.Small(where)], className="mg-peer-name"),
            html.Div(" · ".join(text for text in numbers if text), className="mg-peer-numbers"),
        ],
        className=f"mg-peer mg-peer-{level}",
    )


def _rate_text(peer: Peer) -> str:
    if peer.protocol == Protocol.TCP:
        return format_bytes_rate((peer.sent or 0.0) + (peer.received or 0.0))
    return format_rate(peer.rate)


def _middle(detail: Detail, name: str) -> list[Component]:
    level = status_level(detail.assessment.status)
    facts: list[tuple[str, str]] = []
    for way, words in ((Direction.INBOUND, "in"), (Direction.OUTBOUND, "out")):
        if way is Direction.OUTBOUND and detail.subject.kind is NodeKind.SERVICE:
            continue
        facts += _total_facts(detail.totals[way], words)
    return [
        html.Div([parts.level_mark(level), html.Strong(name)], className="mg-flow-name"),
        parts.facts(facts),
    ]


def _total_facts(totals: Totals, words: str) -> list[tuple[str, str]]:
    ratio = totals.error_ratio
    return [
        (f"Requests {words}", format_rate(totals.rate, digits=3) if totals.rate else "none"),
        (f"Errors {words}", "" if ratio is None else format_percent(ratio, 3)),
        (f"TCP {words}", format_bytes_rate(totals.tcp_bytes, 3) if totals.tcp_bytes else ""),
    ]


def _reasons(detail: Detail) -> Component | None:
    reasons = detail.assessment.reasons[1:]
    if not reasons:
        return None
    return parts.section("Also", html.Ul([html.Li(reason_words(reason)) for reason in reasons]))


def _versions(detail: Detail, links: Links) -> Component | None:
    rows = detail.versions
    whole = sum(version.rate for version in rows)
    if not rows or not whole:
        return None
    lines = [
        [
            html.Span(
                [
                    parts.level_mark(
                        ratio_level(row.errors / row.rate if row.rate else None, detail.assessment.check)
                    ),
                    _version_name(row),
                ]
            ),
            _workload(row, detail.subject, links),
            format_rate(row.rate),
            format_percent(row.rate / whole),
            format_percent(row.errors / row.rate) if row.rate else "–",
        ]
        for row in rows
    ]
    return parts.section("Versions", _table(("Version", "Workload", "Rate", "Share", "Errors"), lines))


def _version_name(version: Version) -> str:
    return "no version" if version.version in ("", UNKNOWN) else version.version


def _workload(version: Version, subject: NodeKey, links: Links) -> Component:
    key = NodeKey(NodeKind.WORKLOAD, subject.cluster, subject.namespace, workload=version.workload)
    return html.Span(version.workload) if key == subject else _name(version.workload, key, links)


def _name(name: str, key: NodeKey, links: Links) -> Component:
    """The name, leading to its own page where it has one."""
    return dcc.Link(name, href=links.of(key), className="mg-link") if has_page(key) else html.Span(name)


def _table(heads: Sequence[str], rows: Sequence[Sequence[Component | str]]) -> Component:
    head = html.Thead(html.Tr([html.Th(text) for text in heads]))
    return html.Table(
        [head, html.Tbody([html.Tr([html.Td(cell) for cell in row]) for row in rows])],
        className="mg-rows mg-versions",
    )


def _outside(links: Sequence[OutLink]) -> Component | None:
    if not links:
        return None
    items = [
        html.A(link.name, href=link.url, target="_blank", rel="noopener noreferrer", className="mg-out")
        for link in links
    ]
    return parts.section("Elsewhere", html.Div(items, className="mg-outs"))


def _gaps(detail: Detail) -> Component | None:
    if not detail.gaps:
        return None
    return parts.section("Not seen", html.Ul([html.Li(gap_text(gap)) for gap in detail.gaps]))
