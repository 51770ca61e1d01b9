"""The configuration: every object that the clusters declare, and what is wrong with it, the worst first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import dash
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from mesh_graph.answers.intent_objects import Objects, ObjectStatus
from mesh_graph.api.context import Context, current_context
from mesh_graph.api.istio import nothing_declared
from mesh_graph.pages.answering import failed, links_of
from mesh_graph.pages.filters import render_only
from mesh_graph.pages.grid import render_grid
from mesh_graph.pages.ids import Istio as I
from mesh_graph.pages.list_inputs import chips, named, render_chips, render_names, render_search
from mesh_graph.pages.timebar import asked_view, pictured_view, register_shown, render_timebar, shown
from mesh_graph.views.addresses import ISTIO
from mesh_graph.views.istio_rows import CONFIG_COLUMNS, config_cells
from mesh_graph.views.messages_config import MESSAGES, STATUSES
from mesh_graph.views.messages_istio import cluster_gap_texts
from mesh_graph.views.planes import plane_texts, unassigned_text
from mesh_graph.views.words import fill, gap_text

__all__ = ["ConfigFilters", "on_asked", "on_filters", "register", "render_nothing", "render_page"]


@dataclass(frozen=True, slots=True)
class ConfigFilters:
    """What is chosen; empty is all.

    Attributes
    ----------
    words : str
        All of which a name, namespace, kind, code or finding holds, in any case.
    statuses : frozenset of str
    kind, namespace, cluster : str
    """

    words: str = ""
    statuses: frozenset[str] = frozenset()
    kind: str = ""
    namespace: str = ""
    cluster: str = ""

    @classmethod
    def of(cls, words: str | None, statuses: Sequence[str] | None, **more: str | None) -> Self:
        """Filters as the components hold them."""
        return cls(
            words or "", frozenset(statuses or ()), **{name: text or "" for name, text in more.items()}
        )

    def keep(self, row: Mapping[str, Any]) -> bool:
        """Whether a row of ``views.istio_rows.config_cells`` is shown."""
        if self.statuses and row["object_status"] not in self.statuses:
            return False
        chosen = {"kind": self.kind, "namespace": self.namespace, "cluster": self.cluster}
        if any(text and row[name] != text for name, text in chosen.items()):
            return False
        said = " ".join(
            (row["name"], row["namespace"], row["kind"], row["codes"], *row["reasons"])
        ).casefold()
        return all(word in said for word in self.words.casefold().split())


def render_page(**query: str) -> Component:
    """Skeleton as the address has it, without data."""
    bar = render_timebar(current_context(), query, asked=I.ASKED, shown=I.SHOWN)
    what = [
        *_filters(query),
        html.Div(id=I.COUNT, className="mg-list-count", role="status"),
        *render_only(ISTIO, query),
    ]
    return html.Div(
        [
            dcc.Store(id=I.PICTURE),
            html.Div([html.Div(what, className="mg-toolbar-left"), bar], className="mg-toolbar"),
            html.Div(id=I.NOTICE, className="mg-notice", role="alert"),
            html.Div(id=I.LINES, className="mg-trust", role="status"),
            html.Div(id=I.EMPTY, className="mg-nothing", role="status"),
            html.Div(
                html.Div(render_grid(I.TABLE, CONFIG_COLUMNS), className="mg-main"), className="mg-columns"
            ),
        ],
        id=I.ROOT,
        className="mg-board mg-board-table",
    )


def _filters(query: Mapping[str, str]) -> list[Component]:
    chosen = [status for status in query.get("status", "").split(",") if status in set(ObjectStatus)]
    return [
        render_search(I.NAME, query.get("q", ""), "names, rules, findings"),
        render_chips(I.STATUS, "Status", _status_chips({}), chosen),
        render_names(I.KIND, "Kind", query.get("kind", ""), width=115),
        render_names(I.NAMESPACE, "Namespace", query.get("in", ""), width=115),
        render_names(I.CLUSTER, "Cluster", query.get("cluster", ""), width=90),
    ]


def _status_chips(counts: Mapping[ObjectStatus, int]) -> list[Component]:
    return chips((status.value, words, counts.get(status, 0)) for status, words in STATUSES.items())


_OUTPUT = {
    "notice": Output(I.NOTICE, "children"),
    "lines": Output(I.LINES, "children"),
    "empty": Output(I.EMPTY, "children"),
    "statuses": Output(I.STATUS, "children"),
    "kinds": Output(I.KIND, "data"),
    "namespaces": Output(I.NAMESPACE, "data"),
    "clusters": Output(I.CLUSTER, "data"),
    "picture": Output(I.PICTURE, "data"),
    "shown": Output(I.SHOWN, "data"),
}
_CHOSEN = {
    "kind": State(I.KIND, "value"),
    "namespace": State(I.NAMESPACE, "value"),
    "cluster": State(I.CLUSTER, "value"),
}
_ROWS = {"rows": Output(I.TABLE, "rowData"), "count": Output(I.COUNT, "children")}


def on_asked(
    asked: dict[str, Any] | None, picture: dict[str, Any] | None, chosen: Mapping[str, str | None]
) -> dict[str, Any]:
    """All that the page shows of the view that is asked for, but for its rows."""
    answer: dict[str, Any] = dict.fromkeys(_OUTPUT, no_update)
    if not asked or asked["path"] != dash.get_relative_path(ISTIO):
        return answer
    context, picture = current_context(), picture or {}
    try:
        view = asked_view(context, asked)
        intent = context.mesh.intent
        if intent is None:
            return answer | {
                "empty": render_nothing(),
                "notice": [],
                "shown": shown(asked, None),
            }
        found = intent.objects(view)
    except Exception as error:  # noqa: BLE001 - the edge: what fails is told, and what is shown stays
        return answer | failed(asked, error, picture.get("at"))
    return {
        "notice": [],
        "lines": _lines(found),
        "empty": [] if found.rows else [html.Div(MESSAGES["config.none"], className="mg-line")],
        "statuses": _status_chips(found.counts),
        "kinds": named((row.source.kind for row in found.rows), chosen["kind"]),
        "namespaces": named((row.source.namespace for row in found.rows), chosen["namespace"]),
        "clusters": named((row.source.cluster for row in found.rows), chosen["cluster"]),
        "picture": {"at": found.view.at, "query": asked["query"]},
        "shown": shown(asked, found.view.at),
    }


def render_nothing() -> list[Component]:
    """What is to be done where no cluster is connected, or may be looked into."""
    title, advice = nothing_declared()
    return [html.Div(title, className="mg-line mg-line-title"), html.Div(advice, className="mg-line")]


def _lines(found: Objects) -> list[Component]:
    """Control planes side by side; what could not be seen, and rules that could not judge for want of it."""
    by_kinds: dict[tuple[str, ...], list[str]] = {}
    for code, kinds in found.skipped:
        by_kinds.setdefault(kinds, []).append(code)
    skipped = [
        fill(MESSAGES["config.skipped"], {"kinds": ", ".join(kinds), "codes": ", ".join(codes)})
        for kinds, codes in by_kinds.items()
    ]
    unassigned = map(unassigned_text, found.unassigned)
    texts = [*cluster_gap_texts(found.unseen), *map(gap_text, found.gaps), *unassigned, *skipped]
    planes = [html.Div(text, className="mg-line") for text in plane_texts(found.planes)]
    return [*planes, *(html.Div(text, className="mg-line mg-line-gap") for text in texts)]


def on_filters(picture: dict[str, Any] | None, filters: Mapping[str, Any]) -> dict[str, Any]:
    """Rows of what is shown, as the filters leave them, and how many of how many they are."""
    answer: dict[str, Any] = dict.fromkeys(_ROWS, no_update)
    context = current_context()
    intent = context.mesh.intent
    if not picture or intent is None:
        return answer
    rows = _rows(context, intent.objects(pictured_view(context, picture)), picture["query"])
    kept = [row for row in rows if ConfigFilters.of(**filters).keep(row)]
    values = {"shown": f"{len(kept):,}", "all": f"{len(rows):,}"}
    return {"rows": kept, "count": fill(MESSAGES["config.count"], values)}


def _rows(context: Context, found: Objects, query: str) -> list[dict[str, Any]]:
    links = links_of(context, query, (row.source.cluster for row in found.rows))
    return [config_cells(row, links, found.confirmed_at) for row in found.rows]


def register(app: Dash) -> None:
    """Register the page and its callbacks on the app."""
    dash.register_page("istio", path=ISTIO, title="Configuration · Meshgraph", layout=render_page)
    register_shown(app, I.SHOWN)
    app.callback(
        output=_OUTPUT,
        inputs={"asked": Input(I.ASKED, "data"), "picture": State(I.PICTURE, "data"), "chosen": _CHOSEN},
        prevent_initial_call=True,
    )(on_asked)
    filters = {
        "words": Input(I.NAME, "value"),
        "statuses": Input(I.STATUS, "value"),
        "kind": Input(I.KIND, "value"),
        "namespace": Input(I.NAMESPACE, "value"),
        "cluster": Input(I.CLUSTER, "value"),
    }
    app.callback(output=_ROWS, inputs={"picture": Input(I.PICTURE, "data"), "filters": filters})(on_filters)
    app.clientside_callback(
        ClientsideFunction("meshgraph", "onConfigFilters"), *filters.values(), prevent_initial_call=True
    )
