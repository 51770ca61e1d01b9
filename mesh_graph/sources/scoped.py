"""A metrics source as somebody with a scope may ask it.

Every query is narrowed to series with an allowed end, before it is asked: of others nothing is read. Of the
foreign end of a series its names are told (cluster, namespace, workload, application, service), its version,
principal and pods are not. Look-ups of label values tell what is allowed alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import pandas as pd

from mesh_graph import fields
from mesh_graph.errors import (
    NotRecorded,
    QueryRejected,
    SourceError,
    SourceRefused,
    SourceTimeout,
    SourceUnreachable,
)
from mesh_graph.scope import Right, Scope
from mesh_graph.sources.base import AsksFreely, AsksTogether, MetricsSource, Reply, name_for
from mesh_graph.sources.promql_template import FreeQuery
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery, PodFamily
from mesh_graph.sources.scope_names import listed
from mesh_graph.sources.scope_sets import DESTINATION, SOURCE, Relation, pod_relations, relations
from mesh_graph.sources.scoped_parts import Part, Sets, assembled, can_be_told, parts_of, texts_joined

__all__ = ["ScopedSource", "scoped"]

T = TypeVar("T")
Told = Sequence[tuple[Part, Reply]]

_NAMESPACES = (
    SOURCE.namespace,
    DESTINATION.namespace,
    fields.DESTINATION_SERVICE_NAMESPACE,
)
_PLAIN = (SourceUnreachable, SourceTimeout, SourceRefused, NotRecorded)
"""Failures that say nothing of what was asked."""


class ScopedSource:
    """Implements ``MetricsSource`` over another one.

    Parameters
    ----------
    source : MetricsSource
        Not closed with this one.
    scope : Scope
    inner : bool
        Whether only what stays inside the scope is told, and neighbours are not.

    Notes
    -----
    PromQL is told where the right ``queries`` is given: in all of the scope, or in the namespaces that a
    query is held to. Of a failure that could quote it nothing is told unless it is given in all of it.
    """

    def __init__(self, source: MetricsSource, scope: Scope, *, inner: bool = False) -> None:
        self._source = source
        self._scope = scope
        self._sets = relations(scope)
        if inner:
            self._sets = {Relation.BOTH: self._sets[Relation.BOTH]}
        self._pod_sets = pod_relations(scope)
        self._may_query = Right.QUERIES in scope.rights
        self._key = secrets.token_bytes(16)

    @property
    def name(self) -> str:
        """Who answers, without namespaces that may not be seen."""
        return name_for(self._source, self._scope)

    @property
    def is_demo(self) -> bool:
        """Whether the mesh is simulated."""
        return self._source.is_demo

    def now(self) -> float:
        """Present instant by the source's time, Unix seconds."""
        return self._source.now()

    def instant(self, query: MetricQuery, at: float) -> Reply:
        """Answer at one instant, of what may be seen.

        Raises
        ------
        QueryRejected
            If the query cannot be answered for a part of the mesh.
        """
        parts = self._parts(query)
        return self._reply(
            query, [(part, self._told(self._source.instant, part.query, at)) for part in parts]
        )

    def range(self, query: MetricQuery, start: float, end: float, step_s: float) -> Reply:
        """Answers over a range, of what may be seen; raises as ``instant``."""
        told = [
            (part, self._told(self._source.range, part.query, start, end, step_s))
            for part in self._parts(query)
        ]
        return self._reply(query, told, is_range=True)

    def label_values(
        self, label: str, matchers: tuple[Matcher, ...], start: float, end: float
    ) -> tuple[str, ...]:
        """Values of a label on series whose ends it tells of are allowed, sorted."""
        found: set[str] = set()
        for part in self._of_own(MetricQuery(Family.REQUESTS, Function.SERIES, (), matchers), label):
            for chosen in part.query.either or ((),):
                asked = (*part.query.matchers, *chosen)
                found.update(self._told(self._source.label_values, label, asked, start, end))
        return tuple(sorted(found))

    def _of_own(self, query: MetricQuery, label: str) -> tuple[Part, ...]:
        """Parts of a look-up: a label of one end is told of that end's own."""
        hiding = [
            end
            for end, begin in ((SOURCE, "source_"), (DESTINATION, "destination_"))
            if label.startswith(begin)
        ]
        ends = hiding or [SOURCE, DESTINATION]
        sets = {
            relation: of_relation
            for relation, of_relation in self._sets.items()
            if not any(relation.hides(end) for end in ends)
            or (relation is Relation.LOST and label in fields.SERVICE_LABELS)
        }
        return parts_of(query, sets)

    def promql(self, query: MetricQuery) -> str:
        """The query as Prometheus reads it, scope included; empty without the right to see it."""
        if not self._may_quote(query):
            return ""
        parts = (Part(query),) if self._scope.is_whole else parts_of(query, self._sets_of(query))
        return texts_joined(query, [self._source.promql(part.query) for part in parts])

    def close(self) -> None:
        """Nothing to release: the source is another's."""

    def _parts(self, query: MetricQuery) -> tuple[Part, ...]:
        if self._scope.is_whole:
            return (Part(query),)
        parts = parts_of(query, self._sets_of(query))
        if not can_be_told(query, parts):
            problem = "It mixes what may be seen with what may not, so that no answer is right."
            raise QueryRejected(self.name, "", problem)
        return parts

    def _sets_of(self, query: MetricQuery) -> Sets:
        return self._pod_sets if isinstance(query.family, PodFamily) else self._sets

    def _reply(self, query: MetricQuery, told: Told, *, is_range: bool = False) -> Reply:
        if not told:
            return Reply(_empty(query, is_range=is_range), "")
        reply = assembled(query, told, self._key)
        return reply if self._may_quote(query) else replace(reply, promql="")

    def _may_quote(self, query: MetricQuery) -> bool:
        def is_given(names: Sequence[str]) -> bool:
            return bool(names) and all(self._scope.allows(name, right=Right.QUERIES) for name in names)

        labels = (fields.NAMESPACE,) if isinstance(query.family, PodFamily) else _NAMESPACES
        held = (listed(one) for one in query.matchers if one.label in labels)
        return self._may_query or any(map(is_given, held))

    def _told(self, ask: Callable[..., T], *arguments: object) -> T:
        try:
            return ask(*arguments)
        except SourceError as error:
            raise self._plain(error) from None

    def _plain(self, error: SourceError) -> SourceError:
        """The failure without the query where it may not be seen, nor words of a server that may quote it."""
        has_right = self._may_query
        # What else was recorded is not for everybody.
        advice = "" if isinstance(error, NotRecorded) and not self._scope.is_whole else error.advice
        if has_right or isinstance(error, _PLAIN):
            return type(error)(self.name, error.request if has_right else "", error.problem, advice)
        return type(error)(self.name, "", "It did not answer the query.")


class _ScopedTogether(ScopedSource):
    """The same over a source that can be asked for several queries at once."""

    def __init__(self, source: MetricsSource, together: AsksTogether, scope: Scope, *, inner: bool) -> None:
        super().__init__(source, scope, inner=inner)
        self._together = together

    def together(self, queries: Sequence[MetricQuery], at: float) -> list[Reply]:
        """Answers to several queries at one instant, in their order; raises as ``instant``."""
        parts = [self._parts(query) for query in queries]
        asked = [part.query for of_query in parts for part in of_query]
        replies = iter(self._told(self._together.together, asked, at) if asked else ())
        return [
            self._reply(query, [(part, next(replies)) for part in of_query])
            for query, of_query in zip(queries, parts, strict=True)
        ]


class _ScopedServer(_ScopedTogether):
    """The same over a source that reads PromQL besides."""

    def __init__(
        self, source: MetricsSource, together: AsksTogether, freely: AsksFreely, scope: Scope, *, inner: bool
    ) -> None:
        super().__init__(source, together, scope, inner=inner)
        self._freely = freely

    def free_range(self, query: FreeQuery, start: float, end: float, step_s: float) -> Reply:
        """Answers over a range to a query that people wrote, where what it is held to may be seen.

        Raises
        ------
        QueryRejected
            If it is held to no allowed namespace, or clusters are told apart, which its labels may not; and
            to those who may not see queries.
        """
        named = [matcher.value for matcher in query.matchers if matcher.op == "="]
        if not any(self._scope.allows_everywhere(name, Right.QUERIES) for name in named):
            raise QueryRejected(self.name, "", "It is not known to be of what may be seen.")
        return self._told(self._freely.free_range, query, start, end, step_s)


def scoped(source: MetricsSource, scope: Scope, *, inner: bool = False) -> MetricsSource:
    """The source as somebody with that scope may ask it; it can do what the source can."""
    if isinstance(source, AsksTogether) and isinstance(source, AsksFreely):
        return _ScopedServer(source, source, source, scope, inner=inner)
    if isinstance(source, AsksTogether):
        return _ScopedTogether(source, source, scope, inner=inner)
    return ScopedSource(source, scope, inner=inner)


def _empty(query: MetricQuery, *, is_range: bool) -> pd.DataFrame:
    numbers = [fields.VALUE, *([fields.TIME] if is_range or query.function.is_raw else [])]
    columns = {
        **{label: pd.Series(dtype="str") for label in query.by},
        **{name: pd.Series(dtype="float64") for name in numbers},
    }
    if query.function.is_raw:
        columns[fields.SERIES] = pd.Series(dtype="int64")
    return pd.DataFrame(columns)
