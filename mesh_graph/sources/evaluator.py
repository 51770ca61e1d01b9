"""Queries to replies over a store of raw counters: what the demo and recorded snapshots have in common."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mesh_graph.errors import InvalidRequest, QueryRejected
from mesh_graph.fields import TIME
from mesh_graph.sources.base import Reply
from mesh_graph.sources.counters import choose, evaluate
from mesh_graph.sources.matching import Selection, matching_rows
from mesh_graph.sources.promql import render, selector
from mesh_graph.sources.query import AnyFamily, Family, Matcher, MetricQuery
from mesh_graph.sources.store import CounterStore, Floats, Ints

__all__ = ["Evaluator", "SearchableStore", "steps"]

_LABELLED = (Family.REQUESTS, Family.TCP_SENT, Family.TCP_RECEIVED, Family.TCP_OPENED, Family.TCP_CLOSED)


class SearchableStore(CounterStore, Protocol):
    """A store that tells which series there were."""

    def is_present(self, family: AnyFamily, rows: Ints, start: float, end: float) -> NDArray[np.bool_]:
        """Whether each series has a sample between two instants."""
        ...


def steps(start: float, end: float, step_s: float) -> Floats:
    """The instants ``start``, ``start + step_s`` … up to ``end``, both ends included.

    Raises
    ------
    InvalidRequest
        If the step is not positive or the end comes before the start.
    """
    if step_s <= 0 or end < start:
        raise InvalidRequest("range", f"{start} to {end} by {step_s} s has no steps")
    # Prometheus counts in milliseconds: a step that should fall on the end does.
    count = int((round(end * 1000) - round(start * 1000)) // round(step_s * 1000))
    return start + step_s * np.arange(count + 1, dtype=np.float64)


class Evaluator:
    """Answers typed queries from a store.

    Parameters
    ----------
    store : SearchableStore
    name : str
        Of the source, for errors.
    """

    def __init__(self, store: SearchableStore, name: str) -> None:
        self._store = store
        self._name = name
        self._choose = lru_cache(maxsize=256)(self._choose_afresh)

    def instant(self, query: MetricQuery, at: float) -> Reply:
        """Answer at one instant (Unix seconds)."""
        return self._reply(query, np.array([at], dtype=np.float64), is_range=False)

    def range(self, query: MetricQuery, ats: Floats) -> Reply:
        """Answers at instants, ascending, at least one."""
        return self._reply(query, ats, is_range=True)

    def label_values(
        self, label: str, matchers: tuple[Matcher, ...], start: float, end: float
    ) -> tuple[str, ...]:
        """Values of a label on the requests and TCP families between two instants, sorted."""
        found: set[str] = set()
        for family in _LABELLED:
            labels = self._store.labels(family)
            try:
                rows = matching_rows(labels, matchers)
            except ValueError as error:
                raise self._rejected(selector(family, matchers), error) from error
            if label in labels and len(rows):
                found.update(labels[label][rows[self._store.is_present(family, rows, start, end)]])
        return tuple(sorted(found - {""}))

    def _reply(self, query: MetricQuery, ats: Floats, *, is_range: bool) -> Reply:
        began = time.perf_counter()
        chosen = self._choose(query)
        table, series = evaluate(self._store, query, ats, chosen)
        if not is_range and not query.function.is_raw:
            table = table.drop(columns=TIME)
        return Reply(table, render(query), series=series, seconds=time.perf_counter() - began)

    def _choose_afresh(self, query: MetricQuery) -> Selection:
        try:
            return choose(self._store, query)
        except ValueError as error:
            raise self._rejected(render(query), error) from error

    def _rejected(self, request: str, error: ValueError) -> QueryRejected:
        return QueryRejected(self._name, request, f"The query has a bad matcher: {error}.")
