"""What a source is asked, remembered, so that a bare client can ask the very same."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

import orjson
import requests
from requests.adapters import HTTPAdapter

from mesh_graph.sources.base import Reply
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.sources.query import Matcher, MetricQuery
from mesh_graph.sources.together import joined, packs

__all__ = ["Asked", "BareClient", "Recorder"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to the query API: its path and its form."""

    path: str
    form: tuple[tuple[str, str], ...]


class Recorder:
    """A source that remembers what it was asked, in the order it was, while it listens.

    Parameters
    ----------
    source : PrometheusSource
        Who answers.
    """

    is_demo = False

    def __init__(self, source: PrometheusSource) -> None:
        self._source = source
        self._lock = Lock()
        self.asked: list[Asked] = []
        self.is_listening = True

    @property
    def name(self) -> str:
        """The name of who answers."""
        return self._source.name

    def now(self) -> float:
        """Present instant of who answers."""
        return self._source.now()

    def instant(self, query: MetricQuery, at: float) -> Reply:
        """Answer at one instant."""
        self._remember("query", [query], time=at)
        return self._source.instant(query, at)

    def together(self, queries: Sequence[MetricQuery], at: float) -> list[Reply]:
        """Answers to several queries at one instant."""
        self._remember("query", queries, time=at)
        return self._source.together(queries, at)

    def range(self, query: MetricQuery, start: float, end: float, step_s: float) -> Reply:
        """Answers over a range."""
        self._remember("query_range", [query], start=start, end=end, step=step_s)
        return self._source.range(query, start, end, step_s)

    def label_values(
        self, label: str, matchers: tuple[Matcher, ...], start: float, end: float
    ) -> tuple[str, ...]:
        """Values of a label; not remembered, for they do not belong to one view."""
        return self._source.label_values(label, matchers, start, end)

    def promql(self, query: MetricQuery) -> str:
        """The query as text."""
        return self._source.promql(query)

    def close(self) -> None:
        """End the connections of who answers."""
        self._source.close()

    def _remember(self, path: str, queries: Sequence[MetricQuery], **times: float) -> None:
        if not self.is_listening:
            return
        texts = [self.promql(query) for query in queries]
        requests = [joined(texts[pack]) for pack in packs(texts)] if len(texts) > 1 else texts
        fixed = tuple((name, f"{value:.3f}") for name, value in times.items())
        with self._lock:
            self.asked += [Asked(path, (("query", text), *fixed)) for text in requests]


class BareClient:
    """The floor: requests sent at once by a plain session, answers decoded and thrown away.

    Parameters
    ----------
    url : str
        Of the Prometheus.
    in_flight : int
        Requests under way at once, as many as ours.
    """

    def __init__(self, url: str, in_flight: int) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.mount(url, HTTPAdapter(pool_maxsize=in_flight))
        self._pool = ThreadPoolExecutor(in_flight)

    def ask(self, asked: Sequence[Asked]) -> None:
        """Wait for the decoded answers to all of them.

        Raises
        ------
        requests.HTTPError
            If one of them failed: what was measured then says nothing.
        """
        list(self._pool.map(self._ask, asked))

    def close(self) -> None:
        """End its connections."""
        self._pool.shutdown()
        self._session.close()

    def _ask(self, asked: Asked) -> None:
        answer = self._session.post(f"{self._url}/api/v1/{asked.path}", data=dict(asked.form), timeout=120)
        answer.raise_for_status()
        orjson.loads(answer.content)
