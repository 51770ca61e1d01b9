"""Typed queries to replies: concurrent, cached by (query, instant), one failure at a time.

Knows nothing of graphs. A reply is shared by everyone who asks for the same query at the same instant and
must not be changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from mesh_graph import fields
from mesh_graph.cache import CacheStats, SharedCache
from mesh_graph.errors import QueryRejected, SourceError, SourceRefused, SourceTimeout, SourceUnreachable
from mesh_graph.sources.base import AsksFreely, AsksTogether, MetricsSource, Reply
from mesh_graph.sources.promql_template import FreeQuery
from mesh_graph.sources.query import MetricQuery

__all__ = ["Answer", "Answers", "Fetcher", "instants", "reply_of", "split_answers", "split_by_time"]

Answer = Reply | SourceError
"""What one query came to: an answer, or why there is none."""

_OF_THE_SOURCE = (SourceUnreachable, SourceTimeout, SourceRefused)
"""Failures that asking for less at a time would not mend."""


def reply_of(answer: Answer) -> Reply:
    """The reply; raises the failure where there is none."""
    if isinstance(answer, SourceError):
        raise answer
    return answer


def _reply_bytes(reply: Reply) -> int:
    # A column holds eight bytes a row: numbers, or pointers to texts of which the answer's own size tells.
    return 1000 + max(reply.received_bytes, 8 * reply.table.size)


def instants(start: float, end: float, step_s: float) -> list[float]:
    """The instants of a range as a source evaluates them: ``start``, ``start + step_s`` … up to ``end``."""
    return [start + i * step_s for i in range(int((end - start) / step_s + 1e-9) + 1)]


class Answers(Mapping[MetricQuery, Answer]):
    """Answers that are on their way, in the order asked; to look at one is to wait for it, not for others."""

    def __init__(self, futures: Mapping[MetricQuery, Future[Mapping[MetricQuery, Answer]]]) -> None:
        self._futures = futures

    def __getitem__(self, query: MetricQuery) -> Answer:
        return self._futures[query].result()[query]

    def __iter__(self) -> Iterator[MetricQuery]:
        return iter(self._futures)

    def __len__(self) -> int:
        return len(self._futures)

    def __or__(self, other: Answers) -> Answers:
        return Answers({**self._futures, **other._futures})


class Fetcher:
    """Asks a source and remembers what it said.

    Parameters
    ----------
    source : MetricsSource
    max_bytes : int
        Bound on the replies held.
    workers : int or ThreadPoolExecutor
        Queries under way at once, or those of another fetcher.
    """

    def __init__(self, source: MetricsSource, max_bytes: int, workers: int | ThreadPoolExecutor) -> None:
        self.source = source
        self._cache: SharedCache[tuple[MetricQuery, float], Reply] = SharedCache(max_bytes, _reply_bytes)
        # Holds nothing: those who want the same bundle wait for one request.
        self._bundles: SharedCache[tuple[Sequence[MetricQuery], float], dict[MetricQuery, Answer]] = (
            SharedCache(0, lambda _: 1)
        )
        if isinstance(workers, int):
            workers = ThreadPoolExecutor(workers, thread_name_prefix="fetch")
        self._pool = workers

    def beside(self, source: MetricsSource, max_bytes: int) -> Fetcher:
        """One that asks another source, by the same workers, and remembers for itself."""
        return Fetcher(source, max_bytes, self._pool)

    def ask(self, bundles: Iterable[Sequence[MetricQuery]], at: float) -> Answers:
        """Answers to all queries at one instant (Unix seconds), on their way; failures are values.

        Parameters
        ----------
        bundles : iterable of sequence of MetricQuery
            Queries asked for in one request where the source can; different bundles at the same time, begun
            in their order.
        at : float
        """
        futures: dict[MetricQuery, Future[Mapping[MetricQuery, Answer]]] = {}
        for bundle in bundles:
            wanted = tuple(query for query in dict.fromkeys(bundle) if query not in futures)
            if wanted:
                futures.update(dict.fromkeys(wanted, self._pool.submit(self._bundle, wanted, at)))
        return Answers(futures)

    def at(self, queries: Iterable[MetricQuery], at: float) -> dict[MetricQuery, Answer]:
        """Answers to all queries at one instant (Unix seconds), each asked by itself; failures are values."""
        return dict(self.ask(((query,) for query in queries), at))

    def _bundle(self, bundle: Sequence[MetricQuery], at: float) -> Mapping[MetricQuery, Answer]:
        missing = tuple(query for query in bundle if self._cache.peek((query, at)) is None)
        told: dict[MetricQuery, Answer] = {}
        if len(missing) > 1 and isinstance(self.source, AsksTogether):
            told = self._together(self.source, missing, at)
        return {query: told[query] if query in told else self._one(query, at) for query in bundle}

    def _together(
        self, source: AsksTogether, bundle: Sequence[MetricQuery], at: float
    ) -> dict[MetricQuery, Answer]:
        """Answers from one request; none where each had better be asked by itself."""

        def ask() -> dict[MetricQuery, Answer]:
            replies = source.together(bundle, at)
            for query, reply in zip(bundle, replies, strict=True):
                self._cache.put((query, at), reply)
            return dict(zip(bundle, replies, strict=True))

        try:
            return self._bundles.get((bundle, at), ask)
        except _OF_THE_SOURCE as error:
            return dict.fromkeys(bundle, error)
        except SourceError:
            return {}

    def _one(self, query: MetricQuery, at: float) -> Answer:
        try:
            return self._cache.get((query, at), lambda: self.source.instant(query, at))
        except SourceError as error:
            return error

    def over(
        self, queries: Iterable[MetricQuery], start: float, end: float, step_s: float
    ) -> dict[MetricQuery, Answer]:
        """Answers to all queries over a range, one range query each; not held."""
        wanted = list(dict.fromkeys(queries))

        def ask(query: MetricQuery) -> Answer:
            try:
                return self.source.range(query, start, end, step_s)
            except SourceError as error:
                return error

        return dict(zip(wanted, self._pool.map(ask, wanted), strict=True))

    def freely(
        self, queries: Iterable[FreeQuery], start: float, end: float, step_s: float
    ) -> dict[FreeQuery, Answer]:
        """Answers over a range to queries that people wrote; not held. Not every source reads PromQL."""
        wanted, source = list(dict.fromkeys(queries)), self.source

        def ask(query: FreeQuery) -> Answer:
            if not isinstance(source, AsksFreely):
                return QueryRejected(source.name, query.text(), "It answers no PromQL, only what pages ask.")
            try:
                return source.free_range(query, start, end, step_s)
            except SourceError as error:
                return error

        return dict(zip(wanted, self._pool.map(ask, wanted), strict=True))

    def prefetch(
        self, queries: Iterable[MetricQuery], start: float, end: float, step_s: float
    ) -> dict[float, dict[MetricQuery, Answer]]:
        """Answers at every instant of a range, from one range query per query; all but failures are held."""
        steps = split_answers(self.over(queries, start, end, step_s), instants(start, end, step_s))
        for at, answers in steps.items():
            for query, answer in answers.items():
                if not isinstance(answer, SourceError):
                    self._cache.put((query, at), answer)
        return steps

    def held(self, queries: Iterable[MetricQuery], at: float) -> list[Reply] | None:
        """Answers to all queries at one instant if none of them needs to be asked, else None."""
        replies = [self._cache.peek((query, at)) for query in queries]
        return None if None in replies else [reply for reply in replies if reply is not None]

    @property
    def stats(self) -> CacheStats:
        """Counts of the frame cache."""
        return self._cache.stats

    def close(self) -> None:
        """Ask no more and close the source."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.source.close()


def split_by_time(reply: Reply, times: list[float]) -> dict[float, Reply]:
    """A range's reply as one instant reply per step; a step without rows has the empty table.

    Parameters
    ----------
    reply : Reply
        Answer of ``MetricsSource.range``, with column ``time``.
    times : list of float
        The steps, Unix seconds, ascending.
    """
    table = reply.table.drop(columns=fields.TIME)
    # Sources print instants to the millisecond, so the nearest step is the one that was asked for.
    steps = np.asarray(times)
    nearest = np.searchsorted((steps[1:] + steps[:-1]) / 2, reply.table[fields.TIME].to_numpy())
    order = np.argsort(nearest, kind="stable")
    bounds = np.searchsorted(nearest[order], np.arange(len(times) + 1))
    return {
        at: replace(
            reply,
            table=table.take(order[bounds[i] : bounds[i + 1]]).reset_index(drop=True),
            series=int(bounds[i + 1] - bounds[i]),
            received_bytes=reply.received_bytes // len(times),
        )
        for i, at in enumerate(times)
    }


def split_answers(
    answers: Mapping[MetricQuery, Answer], times: list[float]
) -> dict[float, dict[MetricQuery, Answer]]:
    """Answers over a range as the answers at each of its steps; a failure is one at every step."""
    steps: dict[float, dict[MetricQuery, Answer]] = {at: {} for at in times}
    for query, answer in answers.items():
        parts = None if isinstance(answer, SourceError) else split_by_time(answer, times)
        for at, then in steps.items():
            then[query] = answer if parts is None else parts[at]
    return steps
