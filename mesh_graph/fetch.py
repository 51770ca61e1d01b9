"""Typed queries to replies: concurrent, cached by (query, instant), one failure at a time.

Knows nothing of graphs. A reply is shared by everyone who asks for the same query at the same instant and
must not be changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from mesh_graph import fields
from mesh_graph.cache import CacheStats, SharedCache
from mesh_graph.errors import SourceError
from mesh_graph.sources.base import MetricsSource, Reply
from mesh_graph.sources.query import MetricQuery

__all__ = ["Answer", "Fetcher", "instants", "split_answers"]

Answer = Reply | SourceError
"""What one query came to: an answer, or why there is none."""


def _reply_bytes(reply: Reply) -> int:
    return 1000 + max(reply.received_bytes, int(reply.table.memory_usage(index=False).sum()))


def instants(start: float, end: float, step_s: float) -> list[float]:
    """The instants of a range as a source evaluates them: ``start``, ``start + step_s`` … up to ``end``."""
    return [start + i * step_s for i in range(int((end - start) / step_s + 1e-9) + 1)]


class Fetcher:
    """Asks a source and remembers what it said.

    Parameters
    ----------
    source : MetricsSource
    max_bytes : int
        Bound on the replies held.
    workers : int
        Queries under way at once.
    """

    def __init__(self, source: MetricsSource, max_bytes: int, workers: int) -> None:
        self.source = source
        self._cache: SharedCache[tuple[MetricQuery, float], Reply] = SharedCache(max_bytes, _reply_bytes)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="fetch")

    def at(self, queries: Iterable[MetricQuery], at: float) -> dict[MetricQuery, Answer]:
        """Answers to all queries at one instant (Unix seconds), in the order asked; failures are values."""
        wanted = list(dict.fromkeys(queries))
        return dict(zip(wanted, self._pool.map(lambda query: self._one(query, at), wanted), strict=True))

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

    def prefetch(self, queries: Iterable[MetricQuery], start: float, end: float, step_s: float) -> None:
        """Hold the answers at every instant of a range, from one range query per query.

        Raises
        ------
        SourceError
            If one of the queries failed; the others' answers are held.
        """
        failed: SourceError | None = None
        for query, answer in self.over(queries, start, end, step_s).items():
            if isinstance(answer, SourceError):
                failed = failed or answer
                continue
            for at, reply in split_by_time(answer, instants(start, end, step_s)).items():
                self._cache.put((query, at), reply)
        if failed is not None:
            raise failed

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
