"""``Tracing``: the facade over the traces of one mesh: exact view, cache, answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from mesh_graph.answers.desk import Desk
from mesh_graph.answers.state import MeshState
from mesh_graph.answers.trace_list import FoundList, TraceAsk, found_list
from mesh_graph.answers.trace_view import TraceView, trace_view
from mesh_graph.cache import SharedCache
from mesh_graph.errors import UnknownTrace
from mesh_graph.model import View
from mesh_graph.scope import EVERYTHING, Scope
from mesh_graph.sources.trace_source import TraceSource

__all__ = ["Tracing"]

TRACE_EVERY_S = 15
"""A trace is asked for anew once in this time: spans still come in."""
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

    def find(self, view: View, ask: TraceAsk) -> FoundList:
        """Traces in the time that the view looks back (``span_s``); as ``answers.trace_list.found_list``."""
        exact = self._time(view)
        key = (exact, ask, self._scope)
        return self._lists.get(key, lambda: found_list(self._source, exact, ask, self._scope))

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
        view = None if found is None else trace_view(found, scope=self._scope)
        if view is None:
            raise UnknownTrace(trace_id)
        return view

    def close(self) -> None:
        """Ask no more."""
        self._source.close()

    def _time(self, view: View) -> View:
        """The exact view with nothing but its time, so that all who ask share an answer."""
        exact = self._desk.exact(view)
        return View(at=exact.at, span_s=exact.span_s, window_s=exact.window_s)
