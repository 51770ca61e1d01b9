"""Mutual TLS → its page: what each namespace declares beside what was seen, and who talks in plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.answers.intent_mtls import MtlsAnswer, MtlsRow, Observed, PlainEdge
from mesh_graph.fields import UNKNOWN
from mesh_graph.istio.mutual_tls import DISABLE, STRICT, Mode
from mesh_graph.model import NodeKey, Protocol
from mesh_graph.views.addresses import Links, config_route
from mesh_graph.views.messages_config import MESSAGES
from mesh_graph.views.messages_health import key_words
from mesh_graph.views.numbers import format_bytes_rate, format_percent, format_rate
from mesh_graph.views.words import fill, gap_text

__all__ = ["render_mtls", "verdict_of"]

MOST_EDGES = 200
_ORDER = ("plain-under-strict", "mixed", "off", "", "ready")


def verdict_of(row: MtlsRow) -> str:
    """How a namespace's declaration and its traffic go together; empty where there is nothing to say.

    ``plain-under-strict``, ``mixed`` (permissive, and some of it plain), ``off`` (nothing over mutual TLS)
    or ``ready`` (permissive, and all of it mutual).
    """
    seen = [part for part in (row.requests, row.tcp) if part.share is not None]
    if not seen:
        return ""
    is_plain = any(part.plain_rate > 0 for part in seen)
    if row.declared.name == STRICT:
        return "plain-under-strict" if is_plain else ""
    if row.declared.name == DISABLE or not any(part.mutual_rate > 0 for part in seen):
        return "off"
    return "mixed" if is_plain else "ready"


def render_mtls(answer: MtlsAnswer, links: Links) -> list[Component]:
    """Body of the page."""
    gaps = [html.Div(gap_text(gap), className="mg-line mg-line-gap") for gap in answer.gaps]
    rows = sorted(answer.rows, key=lambda row: (_ORDER.index(verdict_of(row)), row.namespace, row.cluster))
    return [
        *gaps,
        html.Div(_mesh(answer), className="mgm-mesh"),
        _namespaces(rows, links) if rows else html.P(MESSAGES["mtls.no-namespaces"], className="mg-quiet"),
        html.H2(MESSAGES["mtls.plain"]),
        *_plain(answer.plain, links),
    ]


def _mesh(answer: MtlsAnswer) -> list[Component]:
    said = []
    for cluster, mode in answer.mesh.items():
        values = {"cluster": cluster, "mode": mode.name.lower(), "source": _source_name(mode)}
        auto = answer.auto_mtls.get(cluster)
        clients = "mtls.auto-unknown" if auto is None else "mtls.auto" if auto else "mtls.no-auto"
        said.append(html.P([fill(MESSAGES["mtls.mesh"], values), " ", MESSAGES[clients]]))
    return said


def _source_name(mode: Mode) -> str:
    one = mode.source
    return f"PeerAuthentication {one.namespace}/{one.name}" if one else MESSAGES["mtls.default"]


def _namespaces(rows: Sequence[MtlsRow], links: Links) -> Component:
    heads = ("Namespace", "Declared", "By", "Requests over mTLS", "TCP over mTLS", "")
    return _table(heads, [_namespace(row, links) for row in rows], "mgm-namespaces")


def _namespace(row: MtlsRow, links: Links) -> Component:
    where = [
        dcc.Link(row.namespace, href=links.page("/topology", namespaces=row.namespace), className="mg-link")
    ]
    if links.clusters > 1:
        where.append(html.Small(f" {row.cluster}"))
    verdict = verdict_of(row)
    words = MESSAGES[f"mtls.verdict.{verdict}"] if verdict else ""
    cells: list[Any] = [
        where,
        html.Span(
            row.declared.name.capitalize(),
            title=MESSAGES.get(f"mtls.{row.declared.name}", ""),
            className="mgm-mode",
            **{"data-mode": row.declared.name},
        ),
        [_by(row.declared, links), *_exceptions(row, links)],
        _share(row.requests, format_rate),
        _share(row.tcp, format_bytes_rate),
        html.Span(words, className="mgm-verdict", **{"data-verdict": verdict}),
    ]
    return html.Tr([html.Td(cell) for cell in cells])


def _by(mode: Mode, links: Links) -> Component:
    one = mode.source
    if one is None:
        return html.Span(MESSAGES["mtls.default"], className="mg-quiet")
    address = links.page(config_route(one.namespace, one.kind, one.name))
    return dcc.Link(f"{one.namespace}/{one.name}", href=address, className="mg-link")


def _exceptions(row: MtlsRow, links: Links) -> list[Any]:
    if not row.exceptions:
        return []
    found: list[Any] = [html.Small(" except by ")]
    for one in row.exceptions:
        address = links.page(config_route(one.namespace, one.kind, one.name))
        found += [dcc.Link(one.name, href=address, className="mg-link"), " "]
    return found


def _share(observed: Observed, text: Any) -> Component:
    """The share as a bar and in words; nothing seen is no zero."""
    share = observed.share
    if share is None:
        return html.Span(MESSAGES["mtls.nothing-seen"], className="mg-quiet")
    bar = html.Span(html.Span(style={"width": f"{share * 100:.1f}%"}), className="mgm-bar")
    return html.Div(
        [bar, html.Span(format_percent(share)), html.Small(f" of {text(observed.known_rate)}")],
        className="mgm-share",
    )


def _plain(edges: Sequence[PlainEdge], links: Links) -> list[Component]:
    if not edges:
        return [html.P(MESSAGES["mtls.no-plain"], className="mg-quiet")]
    heads = ("From", "To", "Protocol", "Plain", "Share", "Declared there")
    found: list[Component] = [_table(heads, [_edge(edge, links) for edge in edges[:MOST_EDGES]], "mgm-plain")]
    if len(edges) > MOST_EDGES:
        more = fill(MESSAGES["mtls.more-plain"], {"count": f"{len(edges) - MOST_EDGES:,}"})
        found.append(html.P(more, className="mg-quiet"))
    return found


def _edge(edge: PlainEdge, links: Links) -> Component:
    rate, share = edge.observed.plain_rate, edge.observed.share
    is_tcp = edge.protocol is Protocol.TCP
    cells: list[Any] = [
        _end(edge.source, links),
        _end(edge.destination, links),
        edge.protocol.value,
        format_bytes_rate(rate) if is_tcp else format_rate(rate),
        "" if share is None else format_percent(1 - share),
        html.Span(edge.declared.name.capitalize(), className="mgm-mode", **{"data-mode": edge.declared.name}),
    ]
    return html.Tr([html.Td(cell) for cell in cells])


def _end(key: NodeKey, links: Links) -> Component:
    if key.workload in ("", UNKNOWN):
        return html.Span(MESSAGES["mtls.unknown-caller"], className="mg-quiet")
    return dcc.Link(key_words(key), href=links.of(key), className="mg-link")


def _table(heads: Sequence[str], rows: Sequence[Component], name: str) -> Component:
    head = html.Thead(html.Tr([html.Th(text) for text in heads]))
    return html.Div(
        html.Table([head, html.Tbody(list(rows))], className=f"mgm-table {name}"), className="mgm-scroll"
    )
