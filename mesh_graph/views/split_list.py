"""The list of splits, the gravest first: verdict, declared against observed, the decisive difference."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.canary.split import Split
from mesh_graph.canary.verdict import Judged, State, Verdict
from mesh_graph.views.messages_canary import format_points
from mesh_graph.views.split_bars import difference_plot, progress_bar, split_bar
from mesh_graph.views.split_rows import leading, progress, share_rows
from mesh_graph.views.split_words import QUANTITIES, STATES, split_reasons_text, time_left, verdict_text

__all__ = ["render_splits", "verdict_badge"]

FALSE_ALARMS = 0.05


def verdict_badge(split: Split) -> Component:
    """The verdict as a word in its colour."""
    tone = split.judgement.verdict if split.declared.canaries else Verdict.HOLD
    return html.Span(verdict_text(split), className=f"mgc-verdict mgc-verdict-{tone}")


def render_splits(splits: Sequence[Split], address: Callable[[Split], str]) -> Component:
    """Rows of all splits, each a link to its detail; a word on false alarms below.

    Parameters
    ----------
    splits : sequence of Split
    address : callable
        Address of a split's page.
    """
    if not splits:
        return _nothing()
    rows = [dcc.Link(_row(split), href=address(split), className="mgc-split-row") for split in splits]
    expected = f"{FALSE_ALARMS * len(splits):.2g}"
    note = f"1 of 20 sound changes may be called bad by chance: of these {len(splits)}, expect {expected}."
    return html.Div(
        [html.Div(rows, className="mgc-split-rows"), html.P(note, className="mg-quiet mgc-split-note")]
    )


def _nothing() -> Component:
    return html.Div(
        [
            html.H3("No service has more than one version here"),
            html.P(
                "A split is a service that several versions answered in the last hour, or a route with more "
                "than one destination. Look at other namespaces, or at a longer window."
            ),
        ],
        className="mgc-split-empty",
    )


def _row(split: Split) -> list[Component]:
    title = html.Div(
        [
            html.B(split.service, title=split.service),
            html.Span(split.namespace, className="mgc-split-namespace"),
            html.Div([_versus(split), *_drift(split)], className="mgc-split-versus"),
        ],
        className="mgc-split-name",
    )
    reasons = split_reasons_text(split)[:1]
    return [
        html.Div(verdict_badge(split), className="mgc-split-verdict"),
        title,
        split_bar(share_rows(split)),
        _difference(leading(split)),
        html.Div(reasons, className="mgc-split-reason"),
    ]


def _versus(split: Split) -> str:
    baseline, *canaries = split.versions
    return f"{', '.join(canaries)} against {baseline}" if canaries else baseline


def _drift(split: Split) -> list[Component]:
    """A word where a share is not what was declared: it warns, whatever the verdict."""
    states = {share.state for share in split.judgement.shares}
    return [_state(State.DRIFTING)] if State.DRIFTING in states else []


def _state(state: State) -> Component:
    return html.Span(STATES[state], className=f"mgc-state mgc-state-{state}")


def _difference(judged: Judged | None) -> Component:
    if judged is None:
        return html.Div(className="mgc-split-difference")
    head = html.Div(
        [
            html.Span(f"{QUANTITIES[judged.quantity]} {format_points(judged.difference)}"),
            _state(judged.state),
        ],
        className="mgc-split-difference-head",
    )
    part = progress(judged)
    waiting = [progress_bar(part), html.Span(time_left(judged), className="mgc-soon")] if part < 1 else []
    return html.Div(
        [head, difference_plot(judged), *waiting],
        className="mgc-split-difference",
    )
