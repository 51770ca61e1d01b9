"""Pods → a table, the worst first: how each stands, and what its containers use of what they may.

A row a container; a pod's own cells stand beside all of its containers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.answers.pods import PodRow
from mesh_graph.detail.pod_notes import CLOSE_TO_LIMIT, THROTTLED
from mesh_graph.detail.pods import ContainerUse
from mesh_graph.istio.sidecars import PROXY
from mesh_graph.istio.standing import STARTING, ContainerStanding
from mesh_graph.views import panel_parts as parts
from mesh_graph.views.messages_health import POD_TROUBLES
from mesh_graph.views.messages_pods import MESSAGES, cores_words
from mesh_graph.views.numbers import format_bytes, format_clock, format_percent, format_significant
from mesh_graph.views.words import fill

__all__ = ["pod_table"]

MOST_PODS = 60
UNTOLD = "–"
_HEADS = (
    "pods.pod",
    "pods.state",
    "pods.container",
    "pods.cpu",
    "pods.throttled-share",
    "pods.memory",
    "pods.restarts",
)
Row = tuple[ContainerUse | None, ContainerStanding | None]


def pod_table(rows: Sequence[PodRow], logs: Callable[[PodRow], str] | None = None) -> list[Component]:
    """The table, and how many more there are; words where there are none.

    Parameters
    ----------
    rows : sequence of PodRow
    logs : callable or None
        Gives the address of a pod's logs; None where there are no such pages.
    """
    if not rows:
        return [html.P(MESSAGES["pods.none"], className="mg-quiet")]
    head = html.Thead(html.Tr([html.Th(MESSAGES[name]) for name in _HEADS]))
    bodies = [html.Tbody(list(_pod(row, logs))) for row in rows[:MOST_PODS]]
    found: list[Component] = [
        html.Div(html.Table([head, *bodies], className="mg-rows mgp"), className="mgp-wide")
    ]
    if len(rows) > MOST_PODS:
        more = fill(MESSAGES["pods.more"], {"count": f"{len(rows) - MOST_PODS:,}"})
        found.append(html.P(more, className="mg-quiet"))
    return found


def _pod(row: PodRow, logs: Callable[[PodRow], str] | None) -> Iterator[Component]:
    containers = list(_containers(row)) or [(None, None)]
    first = [
        html.Td(_name(row, logs), rowSpan=len(containers)),
        html.Td(_state(row), rowSpan=len(containers)),
    ]
    for number, (use, standing) in enumerate(containers):
        yield html.Tr([*(first if number == 0 else []), *_container(use, standing)])


def _containers(row: PodRow) -> Iterator[Row]:
    """Each container, as metrics and as the cluster tell of it; the proxy last."""
    uses = {one.name: one for one in row.containers}
    standings = {one.name: one for one in row.standing.containers if not one.is_done} if row.standing else {}
    for name in sorted({**standings, **uses}, key=lambda name: (name == PROXY, name)):
        yield uses.get(name), standings.get(name)


def _name(row: PodRow, logs: Callable[[PodRow], str] | None) -> list[Component]:
    node = row.standing.node if row.standing else ""
    link = [dcc.Link(MESSAGES["pods.logs"], href=logs(row), className="mg-link mgp-logs")] if logs else []
    return [html.Span(row.name, className="mgs-name"), *link, *([html.Small(node)] if node else [])]


def _state(row: PodRow) -> Component:
    if row.is_ready is None:
        return html.Span([parts.level_mark("idle"), MESSAGES["pods.untold"]], className="mgs-state")
    level = "ok" if row.is_ready else "warn" if row.reason in STARTING else "err"
    words = MESSAGES["pods.ready"] if row.is_ready else row.reason
    since = row.standing.since if row.standing else None
    told = [
        POD_TROUBLES.get(row.reason, ""),
        "" if since is None else fill(MESSAGES["pods.since"], {"at": format_clock(since)}),
    ]
    small = [html.Small(text) for text in told if text]
    return html.Div([html.Span([parts.level_mark(level), words], className="mgs-state"), *small])


def _container(use: ContainerUse | None, standing: ContainerStanding | None) -> list[Component]:
    name = use.name if use else standing.name if standing else ""
    cells: list[Any] = [
        html.Span(name or MESSAGES["pods.whole"], className="mgp-container"),
        UNTOLD if use is None else _cpu(use),
        UNTOLD if use is None else _throttled(use),
        UNTOLD if use is None else _memory(use),
        _restarts(use, standing),
    ]
    return [html.Td(cell) for cell in cells]


def _cpu(use: ContainerUse) -> Any:
    if use.cpu is None:
        return UNTOLD
    words = (format_significant(use.cpu), _limit(use.cpu_limit, cores_words, use))
    return _used(words, use.cpu_share, _asked(use.cpu_request, cores_words), is_high=False)


def _memory(use: ContainerUse) -> Any:
    if use.memory is None:
        return UNTOLD
    words = (format_bytes(use.memory), _limit(use.memory_limit, format_bytes, use))
    is_high = (use.memory_share or 0.0) >= CLOSE_TO_LIMIT
    return _used(words, use.memory_share, _asked(use.memory_request, format_bytes), is_high=is_high)


def _limit(limit: float | None, words: Callable[[float], str], use: ContainerUse) -> str:
    if limit is not None:
        return fill(MESSAGES["pods.of"], {"limit": words(limit)})
    return MESSAGES["pods.no-limit" if use.knows_limits else "pods.limit-untold"]


def _asked(request: float | None, words: Callable[[float], str]) -> str | None:
    return None if request is None else fill(MESSAGES["pods.asked"], {"request": words(request)})


def _used(words: tuple[str, str], share: float | None, asked: str | None, *, is_high: bool) -> Component:
    """An amount and its limit in words, and a bar of their share; no bar without a limit."""
    used, limit = words
    bars = [] if share is None else [_bar(share, is_high=is_high)]
    return html.Div([html.Div([used, html.Small(f" {limit}")]), *bars], className="mgp-used", title=asked)


def _bar(share: float, *, is_high: bool) -> Component:
    inner = html.Span(style={"width": f"{100 * min(max(share, 0.0), 1.0):.1f}%"})
    return html.Div(inner, className="mgp-bar mgp-high" if is_high else "mgp-bar", **{"aria-hidden": "true"})


def _throttled(use: ContainerUse) -> Any:
    if use.throttled is not None:
        words = html.Div(format_percent(use.throttled))
        return html.Div(
            [words, _bar(use.throttled, is_high=use.throttled >= THROTTLED)], className="mgp-used"
        )
    if use.knows_limits and use.cpu_limit is None:
        return html.Span(MESSAGES["pods.never"], title=MESSAGES["pods.never.why"], className="mg-quiet")
    return UNTOLD


def _restarts(use: ContainerUse | None, standing: ContainerStanding | None) -> Any:
    """How often it began anew, in the window too, and why it ended last."""
    count = standing.restarts if standing else use.restarts if use else None
    if count is None:
        return UNTOLD
    lately = use.restarted if use else None
    words = fill(MESSAGES["pods.restarted-in-window"], {"times": str(lately)}) if lately else ""
    last = _last_end(standing) if standing else use.last_reason if use else ""
    more = [html.Div(html.Small(text)) for text in (words, last) if text]
    return [html.Span(f"{count:,}" if count else "0"), *more]


def _last_end(one: ContainerStanding) -> str:
    if not one.last_reason:
        return ""
    code = "" if one.exit_code is None else f" ({one.exit_code})"
    when = "" if one.last_end is None else f", {format_clock(one.last_end)}"
    return f"{one.last_reason}{code}{when}"
