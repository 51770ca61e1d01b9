"""The detail of one split: the verdict in two seconds, the evidence in twenty."""

from __future__ import annotations

import math
from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.answers.split_detail import SplitDetail
from mesh_graph.canary.split import Split
from mesh_graph.canary.verdict import Candidate, Judged, Verdict
from mesh_graph.views.messages_canary import format_points
from mesh_graph.views.numbers import format_estimate, format_percent, format_seconds
from mesh_graph.views.split_bars import colour_of, difference_plot, progress_bar, share_plot, split_bar
from mesh_graph.views.split_charts import render_distribution, render_history
from mesh_graph.views.split_rows import progress, share_rows, version_rows
from mesh_graph.views.split_tables import downstream_table, ratio_text, versions_table
from mesh_graph.views.split_words import (
    QUANTITIES,
    STATES,
    VERDICTS,
    anchor_text,
    objective_text,
    reasons_text,
    remarks_text,
    split_reasons_text,
    time_left,
    unit_text,
    verdict_text,
)
from mesh_graph.views.words import gap_text

__all__ = ["render_split"]


def render_split(detail: SplitDetail, graph_href: str, list_href: str) -> Component:
    """The whole detail.

    Parameters
    ----------
    detail : SplitDetail
    graph_href : str
        Address of the topology with this application alone.
    list_href : str
        Address of the list.
    """
    split = detail.split
    head = [_title(split, graph_href, list_href), _hero(split)]
    counted = _card("How it was counted", *_provenance(detail))
    evidence = _evidence(detail) if split.declared.baseline else []
    return html.Div([*head, *evidence, counted], className="mgc-split")


def _evidence(detail: SplitDetail) -> list[Component]:
    """What the verdict rests on, and what to do about it."""
    split = detail.split
    return [
        _pair(
            _card("Declared and observed", *_shares(split)),
            _card("Shares over time", render_history(detail.history, split)),
        ),
        *(_candidate(candidate, split) for candidate in split.judgement.candidates),
        _pair(
            _card("Versions", versions_table(version_rows(split), unit_text(split))),
            _card("Response times", render_distribution(detail.distributions, split)),
        ),
        _card("Whom each version calls", downstream_table(detail.downstream, split.versions)),
        _card("What to run", *_patches(split)),
    ]


def _pair(*cards: Component) -> Component:
    return html.Div(list(cards), className="mgc-cards")


def _card(title: str, *parts: Component) -> Component:
    return html.Section([html.H3(title), *parts], className="mgc-card")


def _title(split: Split, graph_href: str, list_href: str) -> Component:
    return html.Div(
        [
            dcc.Link("All canaries", href=list_href, className="mgc-back"),
            html.H2([split.service, html.Span(split.namespace, className="mgc-split-namespace")]),
            dcc.Link("See it in the graph", href=graph_href, className="mgc-to-graph"),
        ],
        className="mgc-split-title",
    )


def _hero(split: Split) -> Component:
    verdict = verdict_text(split)
    tone = split.judgement.verdict if split.declared.canaries else Verdict.HOLD
    reasons = [html.Li(text) for text in split_reasons_text(split)]
    baseline, *canaries = split.versions
    versus = f"{', '.join(canaries)} against {baseline}" if canaries else baseline
    facts = [
        ("Counted for", anchor_text(split.anchor, split.judgement.at)),
        ("Declared by", split.promise.route if split.promise else "nothing: observed only"),
        ("Latency objective", objective_text(split)),
    ]
    return html.Section(
        [
            html.Div(
                [
                    html.Div(verdict, className="mgc-hero-word"),
                    html.Div(versus, className="mgc-hero-versus"),
                ],
                className="mgc-hero-verdict",
            ),
            html.Ol(reasons, className="mgc-hero-reasons"),
            html.Dl(
                [html.Div([html.Dt(name), html.Dd(text)]) for name, text in facts], className="mgc-hero-facts"
            ),
        ],
        className=f"mgc-hero mgc-hero-{tone}",
        **{"aria-label": f"Verdict: {verdict}"},
    )


def _shares(split: Split) -> list[Component]:
    rows = share_rows(split)
    lines = [
        html.Div(
            [
                html.Span(
                    row.version or "no version", className=f"mgc-share-name {_colour(row.role, place)}"
                ),
                share_plot(row, place),
                html.Span(_share_text(row.observed, row.declared), className="mgc-share-text"),
                html.Span(STATES[row.state], className=f"mgc-state mgc-state-{row.state}"),
            ],
            className="mgc-share",
        )
        for place, row in enumerate(rows)
    ]
    return [split_bar(rows), html.Div(lines, className="mgc-shares")]


def _colour(role: str, place: int) -> str:
    return "mgc-vlost" if role == "lost" else colour_of(place)


def _share_text(observed: float, declared: float) -> str:
    seen = "no traffic" if math.isnan(observed) else format_percent(observed, 3)
    return seen if math.isnan(declared) else f"{seen} of {format_percent(declared, 3)} declared"


def _candidate(candidate: Candidate, split: Split) -> Component:
    """One canary's guardrails, each a difference to the baseline."""
    verdict = html.Span(VERDICTS[candidate.verdict], className=f"mgc-verdict mgc-verdict-{candidate.verdict}")
    strongest = reasons_text(candidate.reasons, 1, is_tcp=split.is_tcp)
    head = html.P([verdict, *strongest], className="mgc-candidate")
    scale = html.Div(
        [
            html.Span(),
            html.Span([html.Span(w) for w in ("better", "0", "worse")], className="mgc-scale-words"),
        ],
        className="mgc-guardrail mgc-guardrail-head",
    )
    guardrails = [_guardrail(judged, unit_text(split)) for judged in candidate.guardrails]
    return _card(f"Is {candidate.version} good?", head, scale, *guardrails)


def _guardrail(judged: Judged, unit: str) -> Component:
    bounds = judged.interval
    interval = (
        f"[{format_points(bounds.lower)}, {format_points(bounds.upper)}]" if bounds else "no interval yet"
    )
    part = progress(judged)
    left = [] if part >= 1 else [progress_bar(part), html.Span(_left(judged, unit))]
    return html.Div(
        [
            html.Span(QUANTITIES[judged.quantity], className="mgc-guardrail-name"),
            difference_plot(judged),
            html.Span(
                [html.B(format_points(judged.difference)), html.Span(interval)],
                className="mgc-guardrail-diff",
            ),
            html.Span(
                f"{ratio_text(judged.value)} against {ratio_text(judged.reference)}",
                className="mgc-guardrail-ratio",
            ),
            html.Span(STATES[judged.state], className=f"mgc-state mgc-state-{judged.state}"),
            html.Span(left, className="mgc-guardrail-left"),
        ],
        className="mgc-guardrail",
        title=_basis(judged, unit),
    )


def _left(judged: Judged, unit: str) -> str:
    more = judged.more_requests
    if progress(judged) >= 1 or not (more >= 1 or math.isnan(more)):
        return ""
    time = time_left(judged)
    if not time.startswith("about"):
        return time
    return f"about {float(f'{more:.2g}'):,.0f} {unit} more, {format_estimate(judged.more_seconds)}"


def _basis(judged: Judged, unit: str) -> str:
    """What the interval rests on, for those who ask."""
    parts = [f"margin {format_points(judged.margin)}"] if not math.isnan(judged.margin) else []
    parts.append(f"{judged.requests:,} {unit} against {judged.reference_requests:,}")
    if judged.batches and not math.isnan(judged.batch_s):
        parts.append(f"{judged.batches} batches of {format_seconds(judged.batch_s)}")
    if not math.isnan(judged.dispersion):
        parts.append(f"{judged.dispersion:.2g} times the variance of independent {unit}")
    if judged.one_look is not None:
        look = judged.one_look
        parts.append(f"as one look [{format_points(look.lower)}, {format_points(look.upper)}]")
    if judged.stratified:
        parts.append("callers compared with themselves")
    return " · ".join(parts)


def _patches(split: Split) -> list[Component]:
    patches = split.promise.patches if split.promise else {}
    if not patches:
        words = "No route that declares this split is known: there is nothing to change."
        return [html.P(words, className="mg-quiet")]
    wanted = {(candidate.verdict, candidate.version) for candidate in split.judgement.candidates}
    order = sorted(patches, key=lambda key: (key not in wanted, key[1], key[0]))
    return [_patch(*key, *patches[key], opened=key in wanted) for key in order]


def _patch(verdict: Verdict, version: str, manifest: str, command: str, *, opened: bool) -> Component:
    whole = _copy("The whole object", manifest)
    command_first = (
        [_copy("kubectl", command), html.Details([html.Summary("YAML"), whole])] if command else [whole]
    )
    return html.Details(
        [html.Summary(f"{VERDICTS[verdict]} {version}"), *command_first], className="mgc-patch", open=opened
    )


def _copy(name: str, text: str) -> Component:
    button = dmc.CopyButton("Copy", copiedChildren="Copied", value=text, size="compact-xs", variant="light")
    return html.Div([html.Div([html.Span(name), button]), html.Pre(html.Code(text))], className="mgc-copy")


def _provenance(detail: SplitDetail) -> list[Component]:
    split = detail.split
    remarks = [*remarks_text(split), *_masked(split), *(gap_text(gap) for gap in detail.gaps)]
    usual = html.P("Nothing unusual about the counts.", className="mg-quiet")
    texts = [_copy("PromQL", text) for text in split.queries]
    return [
        html.Ul([html.Li(text) for text in remarks]) if remarks else usual,
        _copy(
            "In a pipeline: exit code 0 promote, 1 roll back, 2 wait or hold, 3 cannot say",
            f"mesh-graph canary {split.name} --gate",
        ),
        html.Details([html.Summary("Queries behind these numbers"), *texts], className="mgc-patch"),
    ]


def _masked(split: Split) -> Sequence[str]:
    """Failed attempts that callers did not see, and requests that no route split, as sentences."""
    words = []
    for row in version_rows(split):
        if row.masked:
            words.append(
                f"{row.masked:,} attempts at {row.version} failed and were tried again: its proxies counted "
                f"{ratio_text(row.error_ratio)} errors, "
                f"its callers saw {ratio_text(row.callers_error_ratio)}."
            )
        if row.unrouted:
            words.append(
                f"{row.unrouted:,} {unit_text(split)} to {row.version} came from callers without a proxy: "
                "they were not split by the route, and are not in the shares."
            )
    return words
