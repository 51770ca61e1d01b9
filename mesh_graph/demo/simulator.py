"""The counters of a simulated mesh at any instants, as arrays: what a perfect scrape would have read."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mesh_graph.demo.flows import flows
from mesh_graph.demo.labels import METRIC_LABELS, TARGET_LABELS, LabelSet, target_labels
from mesh_graph.demo.noise import identity
from mesh_graph.demo.series import Chosen, Contributions, Kind, Measure, group, proxies
from mesh_graph.demo.spec import MeshSpec
from mesh_graph.demo.spread import Totals
from mesh_graph.demo.tally import Tally

__all__ = ["FAMILIES", "FamilySpec", "Part", "Simulator"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Part(StrEnum):
    """A histogram's three counters; other families have ``COUNT`` only."""

    COUNT = "count"
    SUM = "sum"
    BUCKET = "bucket"


@dataclass(frozen=True, slots=True)
class FamilySpec:
    """A metric family: its set of series and, unless it counts events, what they measure."""

    kind: Kind
    measure: Measure | None = None
    is_histogram: bool = False


FAMILIES: Mapping[str, FamilySpec] = {
    "istio_requests_total": FamilySpec(Kind.REQUESTS),
    "istio_request_duration_milliseconds": FamilySpec(Kind.REQUESTS, Measure.LATENCY, True),
    "istio_request_bytes": FamilySpec(Kind.REQUESTS, Measure.REQUEST_BYTES, True),
    "istio_response_bytes": FamilySpec(Kind.REQUESTS, Measure.RESPONSE_BYTES, True),
    "istio_request_messages_total": FamilySpec(Kind.REQUEST_MESSAGES),
    "istio_response_messages_total": FamilySpec(Kind.RESPONSE_MESSAGES),
    "istio_tcp_sent_bytes_total": FamilySpec(Kind.BYTES, Measure.RESPONSE_BYTES),
    "istio_tcp_received_bytes_total": FamilySpec(Kind.BYTES, Measure.REQUEST_BYTES),
    "istio_tcp_connections_opened_total": FamilySpec(Kind.OPENED),
    "istio_tcp_connections_closed_total": FamilySpec(Kind.CLOSED),
}
"""Families by Istio's names."""


class Simulator:
    """A mesh in time; a pure function of its declaration, the seed and the instant. Thread-safe.

    Parameters
    ----------
    mesh : MeshSpec
    seed : int
        Another seed gives other noise around the same rates.
    """

    def __init__(self, mesh: MeshSpec, seed: int = 0) -> None:
        self._flows = flows(mesh)
        self.workloads = mesh.workloads
        self.pods = proxies(mesh.workloads)
        self.targets: tuple[LabelSet, ...] = tuple(target_labels(*pod) for pod in self.pods)
        keys = np.array([identity(*flow.name) for flow in self._flows], dtype=np.uint64)
        rates = np.array([flow.rate for flow in self._flows])
        self._tally = Tally(rates, [flow.curves for flow in self._flows], keys, seed)
        lives = [workload.pod_life(replica) for workload, replica in self.pods]
        self._period, self._phase, self._on = (
            np.array([getattr(life, name) for life in lives], dtype=np.float64)
            for name in ("period_s", "phase_s", "on_s")
        )
        self._groups: dict[Kind, Contributions] = {}
        self._totals: dict[tuple[Kind, Measure], tuple[Totals, Ints]] = {}
        self._at_birth: dict[Kind, tuple[Floats, Ints]] = {}
        self._lock = threading.RLock()

    def series(self, family: str) -> tuple[list[LabelSet], Ints]:
        """Metric labels of a family's series, and the index of each one's pod in ``pods`` and ``targets``."""
        contributions = self._group(FAMILIES[family].kind)
        return contributions.labels, contributions.pods

    def labels(self, family: str) -> dict[str, NDArray[np.object_]]:
        """Label columns of a family's series, target labels included; ``""`` where a label is absent."""
        metric, pods = self.series(family)
        rows = [(*labels, *self.targets[pod]) for labels, pod in zip(metric, pods.tolist(), strict=True)]
        columns = zip(*rows, strict=True) if rows else [()] * (len(METRIC_LABELS) + len(TARGET_LABELS))
        names = (*METRIC_LABELS, *TARGET_LABELS)
        return {n: np.array(column, dtype=object) for n, column in zip(names, columns, strict=True)}

    def read(self, family: str, part: Part, times: Floats, rows: Ints | None = None) -> Floats:
        """Counters at instants.

        Parameters
        ----------
        family : str
            One of ``FAMILIES``.
        part : Part
            ``COUNT`` for families that are no histograms.
        times : array of float
            Unix seconds, ascending.
        rows : array of int, optional
            Series wanted, ascending; all by default.

        Returns
        -------
        array of float64
            Shape (series, instants), for ``BUCKET`` (series, edges, instants). NaN where the series is
            absent: its pod is down, or has seen no such event since it was born.
        """
        spec = FAMILIES[family]
        chosen = self._group(spec.kind).choose(rows)
        births = self._births(times)
        events = self._events(spec.kind, chosen, births, times)
        values = self._measured(spec, part, chosen, events)
        is_there = chosen.add_up(events) > 0
        is_there &= (times - births < self._on[:, None])[chosen.pods]
        mask = is_there[:, None, :] if part is Part.BUCKET else is_there
        return np.where(mask, values, np.nan)

    def is_up(self, at: float) -> NDArray[np.bool_]:
        """Whether each pod runs at an instant."""
        up: NDArray[np.bool_] = (at - self._births(np.array([at])))[:, 0] < self._on
        return up

    def _group(self, kind: Kind) -> Contributions:
        with self._lock:
            if kind not in self._groups:
                self._groups[kind] = group(kind, self._flows, self.pods)
            return self._groups[kind]

    def _births(self, times: Floats) -> Floats:
        """When the incarnation of each pod at each instant was born, shape (pods, instants)."""
        since = times - self._phase[:, None]
        return self._phase[:, None] + np.floor(since / self._period[:, None]) * self._period[:, None]

    def _events(self, kind: Kind, chosen: Chosen, births: Floats, times: Floats) -> Ints:
        """Events per contribution since its pod was born, shape (contributions, instants)."""
        counts = np.empty((len(chosen.flow), len(times)), dtype=np.int64)
        for lag in np.unique(chosen.lag_s).tolist():
            here = np.flatnonzero(chosen.lag_s == lag)
            counts[here] = self._tally.at(times - lag)[chosen.flow[here]]
        # What lags, closed connections, starts from zero too: a pod's connections end with it.
        since_birth = np.maximum(chosen.dealt(counts) - self._before(kind, chosen, births), 0)
        events: Ints = since_birth + chosen.seen
        return events

    def _before(self, kind: Kind, chosen: Chosen, births: Floats) -> Ints:
        """Events per contribution before its pod's birth, shape (contributions, instants or 1)."""
        if not births.size:
            return np.zeros((len(chosen.flow), births.shape[1]), dtype=np.int64)
        first = self._before_births(kind, births[:, 0].copy())[chosen.index]
        restarted = np.flatnonzero((births != births[:, :1]).any(axis=1)[chosen.owners])
        if not len(restarted):
            return first[:, None]
        before = np.repeat(first[:, None], births.shape[1], axis=1)
        for column in np.flatnonzero((births[:, 1:] != births[:, :-1]).any(axis=0)) + 1:
            later = self._before_births(kind, births[:, column].copy())[chosen.index]
            before[restarted, column:] = later[restarted, None]
        return before

    def _before_births(self, kind: Kind, births: Floats) -> Ints:
        """Events of every contribution of a kind before its pod's birth, shape (contributions,)."""
        contributions = self._group(kind)
        with self._lock:
            never: tuple[Floats, Ints] = (
                np.full(len(births), np.nan),
                np.zeros(len(contributions.flow), dtype=np.int64),
            )
            known, counted = self._at_birth.get(kind, never)
            born = np.flatnonzero(known != births)
            if len(born):
                newly = contributions.choose(np.flatnonzero(np.isin(contributions.pods, born)))
                counts = self._tally.each_at(newly.flow, births[newly.owners])
                counted = counted.copy()
                counted[newly.index] = newly.dealt(counts[:, None])[:, 0]
                self._at_birth[kind] = (births, counted)
            return counted

    def _measured(self, spec: FamilySpec, part: Part, chosen: Chosen, events: Ints) -> Ints:
        if spec.measure is None or (spec.is_histogram and part is Part.COUNT):
            return chosen.add_up(events)
        totals, which = self._totals_of(spec.kind, spec.measure)
        if part is Part.BUCKET:
            return chosen.add_up(totals.buckets(which[chosen.index], events)).transpose(0, 2, 1)
        return chosen.add_up(totals.sums(which[chosen.index], events))

    def _totals_of(self, kind: Kind, measure: Measure) -> tuple[Totals, Ints]:
        """Running totals of what is measured, and which of them each contribution takes."""
        with self._lock:
            if (kind, measure) not in self._totals:
                wanted = self._group(kind).draws[measure]
                order = {draw: number for number, draw in enumerate(dict.fromkeys(wanted))}
                totals = Totals([spread.values() + added for spread, added in order])
                which = np.array([order[draw] for draw in wanted], dtype=np.int64)
                self._totals[kind, measure] = (totals, which)
            return self._totals[kind, measure]
