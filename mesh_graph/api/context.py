"""What the doors need to answer: the mesh, its defaults. One small object on the Flask app, no globals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from secrets import token_bytes
from threading import Event
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import networkx as nx
import pandas as pd
from flask import Flask, current_app, g

from mesh_graph.answers.classic import ClassicAsk
from mesh_graph.answers.detail import Detail
from mesh_graph.answers.inventory import Inventory
from mesh_graph.answers.kiali import KialiGraph
from mesh_graph.answers.metrics import Metrics
from mesh_graph.answers.overview import Overview
from mesh_graph.answers.pods import Pods
from mesh_graph.answers.replay import Frames
from mesh_graph.answers.since import Timeline
from mesh_graph.answers.split_detail import SplitDetail
from mesh_graph.api.places import Places
from mesh_graph.api.telemetry import Telemetry
from mesh_graph.canary.split import Split
from mesh_graph.detail.choice import Choice
from mesh_graph.diagnosis.report import Finding, Report
from mesh_graph.export.mask import Mask
from mesh_graph.intent import Intent
from mesh_graph.kiali.options import Options
from mesh_graph.model import NodeKey, NodeKind, View
from mesh_graph.pod_logs import PodLogs
from mesh_graph.scope import EVERYTHING, Scope
from mesh_graph.tracing import Tracing

__all__ = ["Context", "MeshAnswers", "attach_context", "current_context", "server_context", "set_scope"]

_EXTENSION = "meshgraph"
_SCOPE = "meshgraph_scope"


class MeshAnswers(Protocol):
    """The answers of ``Mesh`` that the topology page shows."""

    @property
    def source_name(self) -> str:
        """Who holds the numbers, for people."""
        ...

    @property
    def is_demo(self) -> bool:
        """Whether the mesh is simulated."""
        ...

    def now(self) -> float:
        """Present instant by the source's time, Unix seconds."""
        ...

    @property
    def intent(self) -> Intent | None:
        """What the clusters declare; None without a cluster."""
        ...

    @property
    def logs(self) -> PodLogs:
        """What pods write, for those who may read it."""
        ...

    @property
    def tracing(self) -> Tracing | None:
        """Answers about the traces of its requests; None where nobody is asked for them."""
        ...

    def seen_by(self, scope: Scope) -> MeshAnswers:
        """The same mesh as somebody with that scope may see it."""
        ...

    def graph(self, view: View) -> nx.MultiDiGraph[str]:
        """The graph of a view; shared, not to be modified."""
        ...

    def edge_history(self, view: View, source: str, destination: str, protocol: str) -> pd.DataFrame:
        """An edge over time up to the view's instant; columns as ``render_charts`` takes them."""
        ...

    def node_history(self, view: View, key: str) -> pd.DataFrame:
        """What comes into a node over time (what goes out where nothing comes in); columns as above."""
        ...

    def replay(self, view: View, frames: Frames) -> pd.DataFrame:
        """Totals of a view at every frame; its graphs then ask the source nothing."""
        ...

    def detail(self, view: View, subject: NodeKey) -> Detail:
        """One application, workload or service at the view's instant."""
        ...

    def pods(self, view: View, subject: NodeKey) -> Pods:
        """Its pods: how they stand and what they use."""
        ...

    def timeline(self, view: View, subject: NodeKey) -> Timeline:
        """How it fared over the last hours, and since when it fares as it does."""
        ...

    def metrics(self, view: View, subject: NodeKey, choice: Choice) -> Metrics:
        """Its charts up to the view's instant."""
        ...

    def overview(self, view: View) -> Overview:
        """How every namespace fares, the extremes and the changes; shared, not to be modified."""
        ...

    def inventory(self, view: View, kind: NodeKind) -> Inventory:
        """All applications, workloads or services; shared, not to be modified."""
        ...

    def trust(self, view: View) -> tuple[Finding, ...]:
        """Reasons to doubt the picture of a view, looked into at low frequency."""
        ...

    def examine(self, view: View) -> Report:
        """Why a view has nothing to draw."""
        ...

    def kiali_graph(self, options: Options) -> KialiGraph:
        """Graph by Kiali's rules and in its shape."""
        ...

    def unknown_namespaces(self, names: Sequence[str], at: float | None = None) -> tuple[str, ...]:
        """Those of the names that the mesh does not know."""
        ...

    def classic_calls(self, ask: ClassicAsk) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Calls as Istio's ServiceGraph told them: requests, and received bytes."""
        ...

    def last_seen_namespaces(self, names: Sequence[str], at: float) -> dict[str, float]:
        """When each had samples last, Unix seconds."""
        ...

    def splits(self, view: View, since: str = "") -> tuple[Split, ...]:
        """Every route with several versions, the gravest first; ``since`` an instant or a duration."""
        ...

    def split(self, view: View, name: str, since: str = "") -> SplitDetail:
        """One of them, ``namespace/name``, in full."""
        ...

    def namespaces(self) -> tuple[str, ...]:
        """Namespaces of the mesh, sorted."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What the doors need to answer.

    Attributes
    ----------
    mesh : MeshAnswers
    defaults : View
        What a request does not name.
    refresh_s : int
        Refresh interval that the page begins with, seconds.
    allowed_hosts : tuple of str
        Host names besides loopback under which the dashboard is served.
    links : mapping of name to URL template
        The team's own tools, for the detail pages.
    recording : str
        Name of the file that is shown in the place of a live mesh; empty where there is none.
    scope : Scope
        What ``mesh`` shows. On the server: what a request may see of which no sign-in has said more.
    encoded : WeakKeyDictionary
        Payloads already rendered, by graph and view. They live and die with the graphs that ``Mesh`` keeps,
        so that a hundred viewers of one view cost one rendering.
    places : Places
        Where nodes stood last.
    mask : Mask
        Gives the pseudonyms of masked answers: the same ones as long as the server runs.
    telemetry : Telemetry
        What we count about ourselves.
    was_ready : Event
        Set once the source has answered.
    """

    mesh: MeshAnswers
    defaults: View = field(default_factory=View)
    refresh_s: int = 15
    allowed_hosts: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    recording: str = ""
    scope: Scope = EVERYTHING
    encoded: WeakKeyDictionary[nx.MultiDiGraph[str], dict[View, bytes]] = field(
        default_factory=WeakKeyDictionary, repr=False, compare=False
    )
    places: Places = field(default_factory=Places, repr=False, compare=False)
    mask: Mask = field(default_factory=lambda: Mask(token_bytes(32)), repr=False, compare=False)
    telemetry: Telemetry = field(default_factory=Telemetry, repr=False, compare=False)
    was_ready: Event = field(default_factory=Event, repr=False, compare=False)


def attach_context(server: Flask, context: Context) -> None:
    """Keep the context on the server, for ``current_context``."""
    server.extensions[_EXTENSION] = context


def set_scope(scope: Scope) -> None:
    """What whoever sends the present request may see; for the sign-in, before anything is answered."""
    setattr(g, _SCOPE, scope)


def current_context() -> Context:
    """Context of the present request: its mesh is what whoever asks may see of the mesh.

    Doors ask here and nowhere else, so that none of them can answer with more than that.
    """
    context = server_context()
    scope: Scope = g.get(_SCOPE, context.scope)
    if scope.is_everything:
        return context
    return replace(context, mesh=context.mesh.seen_by(scope), scope=scope)


def server_context() -> Context:
    """Context of the server with the whole mesh, whoever asks: for probes, which tell nothing of it."""
    context: Any = current_app.extensions[_EXTENSION]
    if not isinstance(context, Context):
        raise TypeError("no context attached to this server")
    return context
