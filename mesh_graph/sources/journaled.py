"""A cluster source that remembers: what declared routes were before is kept in a journal."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from mesh_graph.sources.cluster import Change, ClusterSource, Identity, KubeObject, Snapshot
from mesh_graph.sources.journal import Journal
from mesh_graph.sources.log_source import LogSource

__all__ = ["KEPT", "JournaledCluster", "change_of"]

KEPT = ("VirtualService", "DestinationRule", "HTTPRoute", "GRPCRoute", "RouteRule")
"""Kinds that share traffic out."""
EVERY_S = 2.0
"""Time between two looks where nobody asks."""
_MOST_WEIGHTS = 1000
_LOG = logging.getLogger(__name__)


class JournaledCluster:
    """Implements ``ClusterSource`` over another one, whose snapshots it completes with ``changes``.

    Every state that a snapshot shows is kept, whoever asks for it; a thread asks where nobody does. Two
    changes between two looks are one. Where the journal cannot be written, that is logged once, and what it
    held stays.

    Parameters
    ----------
    source : ClusterSource
        Closed with this one.
    journal : Journal
        Closed with this one.
    clock : callable
        Present instant, Unix seconds.
    every_s : float
        Time between two looks, seconds.
    """

    def __init__(
        self,
        source: ClusterSource,
        journal: Journal,
        clock: Callable[[], float] = time.time,
        *,
        every_s: float = EVERY_S,
    ) -> None:
        self._source = source
        self._journal = journal
        self._clock = clock
        self._every_s = every_s
        self._lock = threading.Lock()
        self._seen: dict[Identity, tuple[KubeObject, Change]] = {}
        self._last: tuple[Snapshot, Snapshot] | None = None
        self._fails = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal of declared routes", daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        """Who answers, for people."""
        return self._source.name

    @property
    def is_demo(self) -> bool:
        """Whether the clusters are simulated."""
        return self._source.is_demo

    @property
    def logs(self) -> LogSource:
        """Whoever can be asked for the logs of its pods."""
        return self._source.logs

    def wait(self, timeout_s: float) -> bool:
        """Wait until every kind has been read; whether that came about in time."""
        return self._source.wait(timeout_s)

    def snapshot(self) -> Snapshot:
        """The newest state, and what is known of those before."""
        with self._lock:
            whole, last = self._source.snapshot(), self._last
            if last is None or last[0].version != whole.version:
                self._keep(whole)
            if last is None or last[0] is not whole:
                self._last = last = whole, replace(whole, changes=self._journal.changes)
            return last[1]

    def close(self) -> None:
        """Stop looking; the file is free for another process."""
        self._stopping.set()
        self._thread.join()
        self._source.close()
        with self._lock:
            self._journal.close()

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            self.snapshot()

    def _keep(self, whole: Snapshot) -> None:
        if self._stopping.is_set():
            return
        found = dict(self._changed(whole))
        if not found:
            return
        try:
            self._journal.record(found)
            self._fails = False
        except OSError as error:
            if not self._fails:
                _LOG.warning("%s; changes are not kept until it can.", error)
            self._fails = True

    def _changed(self, whole: Snapshot) -> Iterator[tuple[Identity, Change]]:
        """Objects whose spec is not the last that is known; those that are gone."""
        known = self._journal.changes
        for kind in KEPT:
            present = {one.identity: one for one in whole.objects(kind)}
            for identity, one in present.items():
                change, before = self._change(one), known.get(identity, ())
                if not before or before[-1].digest != change.digest:
                    yield identity, _dated(change, before[-1] if before else None, one.changed_at)
            if whole.is_known(kind) and not any(gap.kind in ("", kind) for gap in whole.gaps):
                yield from self._gone(kind, whole, present)

    def _gone(
        self, kind: str, whole: Snapshot, present: Mapping[Identity, KubeObject]
    ) -> Iterator[tuple[Identity, Change]]:
        now = self._clock()
        for identity, changes in self._journal.changes.items():
            if identity[1] == kind and identity not in present and identity[0] in whole.clusters:
                self._seen.pop(identity, None)
                if changes[-1].digest:
                    yield identity, Change(now, now, "", "")

    def _change(self, one: KubeObject) -> Change:
        """The present state of an object; worked out once, for objects are never changed."""
        held = self._seen.get(one.identity)
        if held is None or held[0] is not one:
            held = self._seen[one.identity] = one, change_of(one, self._clock())
        return held[1]


def _dated(change: Change, before: Change | None, changed_at: float | None) -> Change:
    """A change with the instant since when it holds; the server's, unless that was known of another spec."""
    if changed_at is not None and (before is None or changed_at > before.at):
        return replace(change, at=changed_at)
    return change


def change_of(one: KubeObject, now: float) -> Change:
    """The spec of an object as a change that was seen now."""
    weights: dict[str, int] = {}
    shape = _without_weights(one.spec, "spec", weights)
    if len(weights) > _MOST_WEIGHTS:
        weights = {}
    return Change(now, now, one.resource_version, _digest(one.spec), _digest(shape), weights)


def _without_weights(value: Any, path: str, weights: dict[str, int]) -> Any:
    """A value without the numbers of its weights, which are put down by where they stand."""
    if isinstance(value, Mapping):
        bare = {key: _without_weights(part, f"{path}/{key}", weights) for key, part in value.items()}
        weight = value.get("weight")
        if isinstance(weight, int) and not isinstance(weight, bool):
            weights[path] = weight
            bare["weight"] = None
        return bare
    if isinstance(value, tuple | list):
        return [_without_weights(part, f"{path}[{n}]", weights) for n, part in enumerate(value)]
    return value


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)
