"""``Tracing``: the facade over the traces of one mesh: exact view, cache, answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import ceil
from typing import Self

from mesh_graph.answers.desk import Desk
from mesh_graph.answers.state import MeshState
from mesh_graph.answers.trace_list import FoundList, TraceAsk, found_list
from mesh_graph.answers.trace_many import (
    TraceAudit,
    TraceDependencies,
    TracePaths,
    known_edges,
    trace_audit,
    trace_dependencies,
    trace_paths,
)
from mesh_graph.answers.trace_measured import measured_edges
from mesh_graph.answers.trace_view import TraceView, trace_view
from mesh_graph.cache import SharedCache
from mesh_graph.errors import MeshGraphError, UnknownTrace
from mesh_graph.model import View
from mesh_graph.scope import EVERYTHING, Scope
from mesh_graph.sources.trace_source import TraceSource
from mesh_graph.traces.sight import may_see_service, seen_trace

__all__ = ["Tracing"]

TRACE_EVERY_S = 15
"""A trace is asked for anew once in this time: spans still come in."""
AUDIT_EVERY_S = 60
ROW_BYTES = 1_000
"""What a span, or a row of a list, takes."""


class Tracing:
    """Answers about the traces of one mesh; what is handed out is shared and must not be modified.

    Parameters
    ----------
    source : TraceSource
    desk : Desk
        Of the mesh, for what its metrics and its configuration say.
    state : callable
        Gives the state of a view with its instant.
    cache_bytes : int
        Bound on what is held.
    """

    def __init__(
        self,
        source: TraceSource,
        desk: Desk,
        state: Callable[[View], MeshState],
        cache_bytes: int = 2**26,
    ) -> None:
        self._source = source
        self._desk = desk
        self._state = state
        self._scope = EVERYTHING
        self._lists: SharedCache[object, FoundList] = SharedCache(
            cache_bytes // 4, lambda found: ROW_BYTES * (10 + len(found.rows))
        )
        self._paths: SharedCache[object, TracePaths] = SharedCache(
            cache_bytes // 16, lambda paths: ROW_BYTES * (10 + len(paths.aggregate.owners))
        )
        self._dependencies: SharedCache[object, TraceDependencies] = SharedCache(
            cache_bytes // 16, lambda found: ROW_BYTES * (10 + len(found.rows))
        )
        self._audits: SharedCache[object, TraceAudit] = SharedCache(
            cache_bytes // 16, lambda told: ROW_BYTES * (10 + len(told.audit.services))
        )
        self._views: SharedCache[object, TraceView] = SharedCache(
            cache_bytes // 2, lambda view: ROW_BYTES * (1 + len(view.rows))
        )

    @property
    def source_name(self) -> str:
        """Who holds the traces, for people."""
        return self._source.name

    @property
    def is_demo(self) -> bool:
        """Whether the traces are simulated."""
        return self._source.is_demo

    def seen_by(self, scope: Scope) -> Self:
        """The same traces as somebody with that scope may see them."""
        seen = object.__new__(type(self))
        seen.__dict__ = self.__dict__ | {"_scope": scope}
        return seen

    def services(self) -> tuple[str, ...]:
        """Names of the services that report spans, sorted; those that may be seen.

        A name does not tell the cluster: who may not see all clusters is told of what is counted in theirs.
        """
        names = [name for name in self._source.services() if may_see_service(name, self._scope)]
        told = {name for name in names if may_see_service(name, self._scope, everywhere=True)}
        counted = self._counted() if len(told) < len(names) else frozenset[str]()
        return tuple(name for name in names if name in told or name in counted)

    def _counted(self) -> frozenset[str]:
        """The applications that the mesh counts now, and may be seen, as traces call them."""
        try:
            state = self._state(self._time(View()))
        except MeshGraphError:
            return frozenset()
        return frozenset(
            f"{key.app}.{key.namespace}" for key in state.figures if key.app and state.shows(key)
        )

    def operations(self, service: str) -> tuple[str, ...]:
        """Names of a service's operations, sorted; none of one that is not known, or may not be seen.

        A name does not tell the cluster: who may not see all clusters is told none.
        """
        may_see = may_see_service(service, self._scope, everywhere=True)
        return self._source.operations(service) if may_see else ()

    def find(self, view: View, ask: TraceAsk) -> FoundList:
        """Traces in the time that the view looks back (``span_s``); as ``answers.trace_list.found_list``."""
        exact = self._time(view)
        return self._lists.get((exact, ask, self._scope), lambda: self._find(exact, ask))

    def _find(self, exact: View, ask: TraceAsk) -> FoundList:
        return found_list(
            self._source, exact, ask, partial(known_edges, self._state, exact), scope=self._scope
        )

    def paths(self, view: View, ask: TraceAsk) -> TracePaths:
        """Who owns the time of the traces found; as ``answers.trace_many.trace_paths``."""
        exact = self._time(view)
        key = (exact, ask, self._scope)
        return self._paths.get(key, lambda: trace_paths(self._source, exact, ask, self._scope))

    def dependencies(self, view: View, ask: TraceAsk) -> TraceDependencies:
        """Who calls whom in the traces found; as ``answers.trace_many.trace_dependencies``."""
        exact = self._time(view)
        return self._dependencies.get(
            (exact, ask, self._scope),
            lambda: trace_dependencies(self._source, self._state, exact, ask, scope=self._scope),
        )

    def audit(self, view: View) -> TraceAudit:
        """Where traces fall apart; as ``answers.trace_many.trace_audit``; live, anew once a minute."""
        exact, cluster = self._time(view), self._desk.cluster
        if view.at is None and exact.at is not None:
            exact = replace(exact, at=exact.at // AUDIT_EVERY_S * AUDIT_EVERY_S)
        declared = cluster.snapshot() if cluster is not None else None
        key = (exact, declared.version if declared else 0, self._scope)
        return self._audits.get(
            key, lambda: trace_audit(self._source, self._state, exact, declared, scope=self._scope)
        )

    def trace(self, trace_id: str) -> TraceView:
        """One trace in full; as ``answers.trace_view.trace_view``.

        Raises
        ------
        InvalidRequest
            If the text is no trace id.
        UnknownTrace
            If nobody holds it, or it may not be seen.
        """
        tick = int(self._source.now() // TRACE_EVERY_S)
        return self._views.get((trace_id, tick, self._scope), lambda: self._trace(trace_id))

    def _trace(self, trace_id: str) -> TraceView:
        found = self._source.trace(trace_id)
        seen = None if found is None else seen_trace(found, self._scope)
        if found is None or seen is None or not seen.spans:
            raise UnknownTrace(trace_id)
        measured, gaps = measured_edges(self._desk, seen)
        view = trace_view(found, measured, self._scope, gaps)
        if view is None:
            raise UnknownTrace(trace_id)
        return view

    def close(self) -> None:
        """Ask no more."""
        self._source.close()

    def _time(self, view: View) -> View:
        """The exact view with nothing but its time, so that all who ask share an answer.

        A live view is of no later instant than the traces: those of a file stand still.
        """
        at = self._desk.exact(view).at
        if view.at is None and at is not None:
            at = min(at, float(ceil(self._source.now())))
        return View(at=at, span_s=view.span_s, window_s=view.window_s)
