"""One configuration object → its page: its YAML, what is wrong and how to mend it, references."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.answers.intent_object import ObjectDetail
from mesh_graph.answers.intent_objects import CONFIG_KINDS, ObjectStatus
from mesh_graph.istio.checks import ConfigFinding
from mesh_graph.istio.patch import patch_of
from mesh_graph.model import NodeKey, NodeKind
from mesh_graph.views import panel_parts as parts
from mesh_graph.views.addresses import Links, config_route
from mesh_graph.views.messages_config import CSS_STATUS, MESSAGES, STATUSES
from mesh_graph.views.messages_istio import config_words, title_of
from mesh_graph.views.numbers import format_seconds
from mesh_graph.views.words import fill
from mesh_graph.views.yaml_lines import LineNote, line_id, render_yaml

__all__ = ["render_object"]


def render_object(detail: ObjectDetail, links: Links, now: float) -> list[Component]:
    """Body of the page; ``now`` (Unix seconds) is what ages are told by."""
    masked = [html.P(MESSAGES["config.masked"], className="mgi-masked")] if detail.is_masked else []
    text = html.Div([_head(detail, now), *masked, render_yaml(detail.yaml, _notes(detail))])
    findings = [_finding(detail, finding, at) for at, finding in enumerate(detail.row.findings)]
    side = [*(findings or [_clear(detail)]), *_references(detail, links)]
    return [html.Div([text, html.Div(side, className="mgi-side")], className="mgi-columns")]


def _head(detail: ObjectDetail, now: float) -> Component:
    one, status = detail.row.source, detail.row.status
    changed = None
    if one.changed_at is not None:
        changed = fill(MESSAGES["config.changed"], {"age": format_seconds(max(now - one.changed_at, 0.0))})
    told: list[Any] = [
        html.Span(
            [html.Span(className="mg-status-mark", **{"aria-hidden": "true"}), STATUSES[status]],
            className="mg-status",
            **{"data-status": CSS_STATUS[status], "data-firm": "1"},
        ),
        html.Span(" · ".join(part for part in (one.api_version, changed) if part), className="mg-quiet"),
        dmc.CopyButton(
            "Copy YAML", copiedChildren="Copied", value=detail.yaml, size="compact-xs", variant="light"
        ),
    ]
    return html.Div(told, className="mgi-head")


def _notes(detail: ObjectDetail) -> dict[int, list[LineNote]]:
    notes: dict[int, list[LineNote]] = defaultdict(list)
    for finding in detail.row.findings:
        words = config_words(finding).what
        notes[detail.line_of(finding.path)].append(LineNote(_css(finding), finding.code, words))
    return notes


def _css(finding: ConfigFinding) -> str:
    return CSS_STATUS[ObjectStatus(finding.severity.value)]


def _finding(detail: ObjectDetail, finding: ConfigFinding, order: int) -> Component:
    words, line = config_words(finding), detail.line_of(finding.path)
    body: list[Any] = [
        html.H3(
            [
                html.Span(finding.code, className="mgi-code"),
                html.A(
                    fill(MESSAGES["config.line"], {"line": str(line)}),
                    href=f"#{line_id(line)}",
                    className="mg-link mgi-jump",
                ),
            ]
        ),
        html.P(title_of(finding.code), className="mg-quiet"),
        html.P(words.what, className="mgi-what"),
    ]
    for title, text in (("config.why", words.why), ("config.mend", words.mend)):
        if text:
            body += [html.H4(MESSAGES[title]), html.P(text)]
    if finding.basis is not None:
        basis = {"count": f"{finding.basis.count:,}", "window": format_seconds(finding.basis.window_s)}
        body.append(html.P(fill(MESSAGES["config.basis"], basis), className="mg-quiet"))
    body += _changes(detail, finding)
    return html.Section(
        body, className="mgi-finding", **{"data-status": _css(finding), "data-order": str(order)}
    )


def _changes(detail: ObjectDetail, finding: ConfigFinding) -> list[Component]:
    """Texts to copy: the change as a command and as the whole object, or an object to create."""
    found: list[Component] = []
    if finding.changes:
        patch = patch_of(finding.source, finding.changes)
        texts = [("kubectl", patch.kubectl), ("YAML", "" if detail.is_masked else patch.yaml)]
        found.append(html.H4(MESSAGES["config.patch"]))
        found += [_copyable(name, text) for name, text in texts if text]
        if detail.is_masked:
            found.append(html.P(MESSAGES["config.masked-patch"], className="mg-quiet"))
    if finding.proposal:
        found += [html.H4(MESSAGES["config.proposal"]), _copyable("YAML", finding.proposal)]
    return found


def _copyable(name: str, text: str) -> Component:
    button = dmc.CopyButton(
        "Copy", copiedChildren="Copied", value=text, size="compact-xs", variant="light", className="mgi-copy"
    )
    return html.Details(
        [html.Summary([name, button]), html.Pre(text)], className="mgi-patch", open=name != "YAML"
    )


def _clear(detail: ObjectDetail) -> Component:
    message = "config.all-clear" if detail.row.status is ObjectStatus.VALID else "config.not-judged"
    words = fill(MESSAGES[message], {"kind": detail.row.source.kind})
    return html.Section(
        html.P(words), className="mgi-finding", **{"data-status": CSS_STATUS[detail.row.status]}
    )


def _references(detail: ObjectDetail, links: Links) -> list[Component]:
    cluster = detail.row.source.cluster
    named = [
        _reference((one.kind, one.namespace, one.name), cluster, links, is_missing=one.exists is False)
        for one in detail.refers_to
    ]
    naming = dict.fromkeys((o.source.kind, o.source.namespace, o.source.name) for o in detail.referred_by)
    return [
        parts.section(MESSAGES["config.refers-to"], _list(named)),
        parts.section(
            MESSAGES["config.referred-by"], _list([_reference(one, cluster, links) for one in naming])
        ),
    ]


def _list(items: Sequence[Component]) -> Component:
    return html.Ul(list(items) or [html.Li(MESSAGES["config.no-references"], className="mg-quiet")])


def _reference(
    identity: tuple[str, str, str], cluster: str, links: Links, *, is_missing: bool = False
) -> Component:
    kind, namespace, name = identity
    address = "" if is_missing else _address(identity, cluster, links)
    shown = dcc.Link(name, href=address, className="mg-link") if address else html.Span(name)
    missing = [html.Span(MESSAGES["config.missing"], className="mgi-missing")] if is_missing else []
    return html.Li([html.Small(f"{kind} "), shown, html.Small(f" {namespace}"), *missing])


def _address(identity: tuple[str, str, str], cluster: str, links: Links) -> str:
    kind, namespace, name = identity
    if kind in CONFIG_KINDS:
        more = {"cluster": cluster} if links.clusters > 1 else {}
        return links.page(config_route(namespace, kind, name), **more)
    if kind == "Service":
        return links.of(NodeKey(NodeKind.SERVICE, "", namespace, service=name))
    if kind == "Workload":
        return links.of(NodeKey(NodeKind.WORKLOAD, cluster, namespace, workload=name))
    return ""
