"""The pages of one application, workload or service: one skeleton with four tabs, filled by short callbacks.

The address is the state: path, ``tab``, the view's parameters, ``cluster``, and on the metrics tabs
``group``, ``told`` and ``quantile``. The time bar says when to ask; assets/detail.js asks for what is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, unquote

import dash
import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from mesh_graph.answers.detail import Detail
from mesh_graph.answers.standing import Standing
from mesh_graph.api.context import Context, current_context
from mesh_graph.api.detail import choice_of
from mesh_graph.detail.subject import subject_key
from mesh_graph.errors import SourceError
from mesh_graph.model import NodeKey, NodeKind, View
from mesh_graph.pages.answering import SHARED, failed, links_of, render_empty, render_problem
from mesh_graph.pages.detail_controls import render_choices, render_span
from mesh_graph.pages.ids import Detail as D
from mesh_graph.pages.logs import register_logs, render_logs
from mesh_graph.pages.timebar import asked_view, render_timebar, shown
from mesh_graph.scope import Right
from mesh_graph.views.addresses import LISTS, Links
from mesh_graph.views.detail_head import render_head, render_since, render_unknown
from mesh_graph.views.detail_overview import render_overview
from mesh_graph.views.links import out_links
from mesh_graph.views.messages_detail import KINDS, MESSAGES
from mesh_graph.views.metric_panels import CHART, render_metrics
from mesh_graph.views.peer_table import render_traffic
from mesh_graph.views.pods_section import render_pods
from mesh_graph.views.standing_parts import render_standing
from mesh_graph.views.trace_links import service_of_subject
from mesh_graph.views.words import fill

__all__ = [
    "TABS",
    "on_head",
    "on_metrics",
    "on_overview",
    "on_pods",
    "on_since",
    "on_traffic",
    "register",
    "render_page",
]

TABS = {
    "overview": "Overview",
    "traffic": "Traffic",
    "inbound": "Inbound metrics",
    "outbound": "Outbound metrics",
    "logs": "Logs",
}
_ABSENT = {
    NodeKind.APP: ("logs",),
    NodeKind.WORKLOAD: (),
    NodeKind.SERVICE: ("outbound", "logs"),
}
"""Tabs that a kind does not have."""
Asked = Mapping[str, Any]
Place = Mapping[str, str]


def render_page(kind: NodeKind, namespace: str = "", name: str = "", **query: str) -> Component:
    """Skeleton of a subject's page, without data."""
    context = current_context()
    place = {
        "kind": kind.value,
        "namespace": unquote(namespace),
        "name": unquote(name),
        "cluster": query.get("cluster", ""),
    }
    tabs = {tab: words for tab, words in TABS.items() if tab not in _ABSENT[kind]}
    tab = query.get("tab", "") if query.get("tab", "") in tabs else "overview"
    range_ = html.Div(
        [render_span(context.defaults, query), render_timebar(context, query, asked=D.ASKED, shown=D.SHOWN)],
        className="mg-d-range",
    )
    return html.Div(
        [
            dcc.Store(id=D.PLACE, data=place),
            *(dcc.Store(id=store) for store in D.PARTS.values()),
            html.Div([_title(kind, place, query), range_], className="mg-d-top"),
            html.Div(id=D.NOTICE, className="mg-notice", role="alert"),
            html.Div(id=D.HEAD, className="mg-d-head"),
            html.Div(id=D.SINCE, className="mg-d-since"),
            _tabs(tabs, tab),
            html.Div(id=D.OVERVIEW, className="mg-pane mg-pane-overview"),
            html.Div(id=D.PODS, className="mg-pane mg-pane-overview"),
            html.Div(id=D.TRAFFIC, className="mg-pane mg-pane-traffic"),
            html.Div([render_choices(query), html.Div(id=D.METRICS)], className="mg-pane mg-pane-metrics"),
            html.Div(render_logs(context, _subject(place), query), className="mg-pane mg-pane-logs"),
            # The charts' library loads while the overview is read.
            dcc.Graph(id=D.WARM, figure={}, className="mg-d-warm"),
        ],
        id=D.PAGE,
        className="mg-d",
        **{"data-tab": tab},
    )


def _title(kind: NodeKind, place: Place, query: Mapping[str, str]) -> Component:
    links = Links({name: query[name] for name in (*SHARED, "refresh") if name in query})
    crumbs = [
        dcc.Link(f"{KINDS[kind]}s", href=links.page(LISTS[kind]), className="mg-link"),
        html.Span("›", **{"aria-hidden": "true"}),
        html.Span(place["namespace"]),
        *([html.Span(f"in cluster {place['cluster']}")] if place["cluster"] else []),
    ]
    name = html.H1([place["name"], html.Small(KINDS[kind].lower())], title=place["name"])
    return html.Div([html.Div(crumbs, className="mg-d-crumbs"), name], className="mg-d-title")


def _tabs(tabs: Mapping[str, str], tab: str) -> Component:
    items = [dmc.TabsTab(words, value=name) for name, words in tabs.items()]
    return dmc.Tabs([dmc.TabsList(items)], id=D.TABS, value=tab, className="mg-d-tabs")


def _subject(place: Place) -> NodeKey:
    return subject_key(NodeKind(place["kind"]), place["namespace"], place["name"], place["cluster"])


def on_head(asked: Asked | None, place: Place) -> dict[str, Any]:
    """How the subject fares, and of which instant that is; a failure in words."""
    answer: dict[str, Any] = {"head": no_update, "notice": no_update, "shown": no_update}
    if not asked:
        return answer
    context = current_context()
    try:
        detail = context.mesh.detail(view := asked_view(context, asked), _subject(place))
        if detail.has_traffic:
            links = _links(context, asked, place)
            head = [*render_head(detail, links), *_traces(context, detail, links)]
        else:
            head = [*render_unknown(detail), *([] if detail.is_known else _why(context, view))]
    except Exception as error:  # noqa: BLE001 - the edge: what fails is told, and what is shown stays
        return answer | failed(asked, error)
    return {"head": head, "notice": [], "shown": shown(asked, detail.at)}


def _traces(context: Context, detail: Detail, links: Links) -> list[Component]:
    """The way to the subject's traces; none where nobody is asked for them."""
    service = service_of_subject(detail.subject, (one.version for one in detail.versions))
    if context.mesh.tracing is None or not service:
        return []
    return [dcc.Link("Traces", href=links.page("/traces", service=service), className="mg-link mg-traces")]


def _why(context: Context, view: View) -> list[Component]:
    """Why nothing of the name is there: the mesh's own trouble, or that the name may be wrong."""
    if context.mesh.examine(view).cause is None:
        return [html.P(MESSAGES["others"], className="mg-quiet")]
    return [html.Div(render_empty(context, view))]


def _links(context: Context, asked: Asked, place: Place) -> Links:
    return links_of(context, asked["query"], (place["cluster"],))


Render = Callable[[Context, Asked, Place], list[Component]]


def _part(render: Render, asked: Asked | None, place: Place) -> Any:
    """One part of the page. Where the source fails the head says so, and what was there stays."""
    if not asked:
        return no_update
    try:
        return render(current_context(), asked, place)
    except SourceError:
        return no_update
    except Exception as error:  # noqa: BLE001 - the edge
        return render_problem(error, None)


def _since(context: Context, asked: Asked, place: Place) -> list[Component]:
    view, subject = asked_view(context, asked), _subject(place)
    if not context.mesh.detail(view, subject).is_known:
        return []
    try:
        return render_since(context.mesh.timeline(view, subject))
    except SourceError as error:
        return [html.P(fill(MESSAGES["since.unknown"], {"reason": error.problem}), className="mg-since")]


def _overview(context: Context, asked: Asked, place: Place) -> list[Component]:
    view, subject = asked_view(context, asked), _subject(place)
    detail, links = context.mesh.detail(view, subject), _links(context, asked, place)
    if not detail.has_traffic:
        return []
    outside = out_links(context.links, subject, (detail.at - view.span_s, detail.at))
    return render_overview(detail, links, outside)


def _pods(context: Context, asked: Asked, place: Place) -> list[Component]:
    """Pods with what they use, and what the clusters declare of the subject now."""
    view, subject, links = asked_view(context, asked), _subject(place), _links(context, asked, place)
    standing = _standing(context, subject)
    declared = [] if standing is None else render_standing(standing, links)
    return [*render_pods(context.mesh.pods(view, subject), standing, links), *declared]


def _standing(context: Context, subject: NodeKey) -> Standing | None:
    """What the clusters tell of the subject now; None without a cluster, or the right to see it."""
    may_see = context.scope.allows(subject.namespace, right=Right.CONFIG)
    intent = context.mesh.intent if may_see else None
    return None if intent is None else intent.standing(subject)


def _traffic(context: Context, asked: Asked, place: Place) -> list[Component]:
    detail = context.mesh.detail(asked_view(context, asked), _subject(place))
    return render_traffic(detail, _links(context, asked, place))


def _metrics(context: Context, asked: Asked, place: Place) -> list[Component]:
    params = dict(parse_qsl(asked["query"].lstrip("?")))
    choice = choice_of({**params, "direction": asked["tab"]})
    return render_metrics(context.mesh.metrics(asked_view(context, asked), _subject(place), choice))


def on_since(asked: Asked | None, place: Place) -> Any:
    """Since when the subject fares so."""
    return _part(_since, asked, place)


def on_overview(asked: Asked | None, place: Place) -> Any:
    """The overview tab."""
    return _part(_overview, asked, place)


def on_pods(asked: Asked | None, place: Place) -> Any:
    """Pods and declared things, below the overview."""
    return _part(_pods, asked, place)


def on_traffic(asked: Asked | None, place: Place) -> Any:
    """The traffic tab."""
    return _part(_traffic, asked, place)


def on_metrics(asked: Asked | None, place: Place) -> Any:
    """One of the metrics tabs."""
    return _part(_metrics, asked, place)


def register(app: Dash) -> None:
    """Register the three pages and their callbacks on the app."""
    for kind, path in LISTS.items():
        dash.register_page(
            f"detail-{kind}",
            path_template=f"{path}/<namespace>/<name>",
            title=f"{KINDS[kind]} · Meshgraph",
            layout=partial(render_page, kind),
        )
    place = State(D.PLACE, "data")
    app.callback(
        output={
            "head": Output(D.HEAD, "children"),
            "notice": Output(D.NOTICE, "children"),
            "shown": Output(D.SHOWN, "data"),
        },
        inputs=[Input(D.PARTS["head"], "data"), place],
        prevent_initial_call=True,
    )(on_head)
    parts = {D.SINCE: ("head", on_since), D.OVERVIEW: ("overview", on_overview)}
    parts |= {D.PODS: ("overview", on_pods)}
    parts |= {D.TRAFFIC: ("traffic", on_traffic), D.METRICS: ("metrics", on_metrics)}
    for part, (store, callback) in parts.items():
        asked = Input(D.PARTS[store], "data")
        app.callback(Output(part, "children"), asked, place, prevent_initial_call=True)(callback)
    _register_browser(app)


def _register_browser(app: Dash) -> None:
    register_logs(app, D.PARTS["logs"])
    app.clientside_callback(
        ClientsideFunction("meshgraph", "onDetail"),
        *(Output(store, "data") for store in D.PARTS.values()),
        Input(D.ASKED, "data"),
        *(Input(control, "value") for control in (D.TABS, D.GROUP, D.TOLD, D.QUANTILE, D.SPAN)),
        State(D.PLACE, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("meshgraph", "onDetailZoom"), Input({"type": CHART, "name": ALL}, "relayoutData")
    )
    app.clientside_callback(
        ClientsideFunction("meshgraph", "onDetailTraces"), Input({"type": CHART, "name": ALL}, "clickData")
    )
