"""Filters of the pages that list things: by name, status and cluster, kept in the address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

import dash
from dash import ClientsideFunction, Dash, Input, dcc, html
from dash.development.base_component import Component

from mesh_graph.model import Status
from mesh_graph.pages.list_inputs import chips, render_chips, render_names, render_search
from mesh_graph.views.messages_health import STATUSES

__all__ = [
    "FilterIds",
    "Filters",
    "filter_inputs",
    "register_filters",
    "render_filters",
    "render_only",
    "status_chips",
]

ANY_CLUSTER = ""


@dataclass(frozen=True, slots=True)
class FilterIds:
    """Ids of a page's three filters."""

    name: str
    status: str
    cluster: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What is chosen.

    Attributes
    ----------
    name : str
        Words that namespace, name or reason hold, all of them, in any case.
    statuses : frozenset of str
        Empty is all.
    cluster : str
        Empty is all.
    """

    name: str = ""
    statuses: frozenset[str] = frozenset()
    cluster: str = ANY_CLUSTER

    @classmethod
    def of(cls, name: str | None, statuses: Sequence[str] | None, cluster: str | None) -> Self:
        """Filters as the components hold them."""
        return cls(name or "", frozenset(statuses or ()), cluster or ANY_CLUSTER)

    def keep(self, row: Mapping[str, Any]) -> bool:
        """Whether a row of ``views.overview_rows`` is shown."""
        if self.statuses and row["status"] not in self.statuses:
            return False
        if self.cluster and row["cluster"] != self.cluster:
            return False
        said = f"{row.get('name', '')} {row['namespace']} {row['reason']}".casefold()
        return all(word in said for word in self.name.casefold().split())


def render_filters(ids: FilterIds, query: Mapping[str, str], what: str) -> list[Component]:
    """The filters as the address has them.

    Parameters
    ----------
    ids : FilterIds
    query : mapping
        Parameters of the address: ``q``, ``status``, ``cluster``.
    what : str
        What is listed, in the plural.
    """
    statuses = [status for status in query.get("status", "").split(",") if status in set(Status)]
    return [
        render_search(ids.name, query.get("q", ""), f"{what}, reasons"),
        render_chips(ids.status, "Status", status_chips(()), statuses),
        render_names(ids.cluster, "Cluster", query.get("cluster", ""), width=130),
    ]


def render_only(path: str, query: Mapping[str, str]) -> list[Component]:
    """What the address narrows the page to, and the way out; nothing where it shows all namespaces."""
    names = [name for name in query.get("namespaces", "").split(",") if name]
    if not names:
        return []
    shown = names[0] if len(names) == 1 else f"{len(names)} namespaces"
    rest = urlencode({name: text for name, text in query.items() if name != "namespaces"})
    address = dash.get_relative_path(path) + (f"?{rest}" if rest else "")
    words = ["Only ", html.B(shown, title=", ".join(names)), " · ", dcc.Link("show all", href=address)]
    return [html.Div(words, className="mg-only")]


def status_chips(statuses: Iterable[Status]) -> list[Component]:
    """Chips of the statuses with how many have each."""
    counted = Counter(statuses)
    return chips(
        (status.value, STATUSES[status], counted[status])
        for status in Status
        if counted[status] or status is not Status.NOT_READY
    )


def filter_inputs(ids: FilterIds) -> dict[str, Input]:
    """The filters as inputs of a callback, for ``Filters.of``."""
    return {
        "name": Input(ids.name, "value"),
        "statuses": Input(ids.status, "value"),
        "cluster": Input(ids.cluster, "value"),
    }


def register_filters(app: Dash, ids: FilterIds, *mode: Input) -> None:
    """Keep the filters in the address, and with them the mode of the page, if it has any."""
    app.clientside_callback(
        ClientsideFunction("meshgraph", "onFilters"),
        *filter_inputs(ids).values(),
        *mode,
        prevent_initial_call=True,
    )
