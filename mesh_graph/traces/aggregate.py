"""The critical paths of many traces → who owns how much of their median and of their slowest.

An owner is a service and an operation. Its share of a trace is the part of the root's duration that the root
waited for the owner's own work; the shares of one trace add up to 1. Its share of a quantile is the mean of
its shares in the traces whose duration is around that quantile, so these add up to 1 as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor

from mesh_graph.traces.calls import calls_of
from mesh_graph.traces.clocks import timeline_of
from mesh_graph.traces.critical_path import critical_path, critical_us
from mesh_graph.traces.interval import Interval, mean_interval, quantile_ranks
from mesh_graph.traces.model import Trace
from mesh_graph.traces.question import is_named
from mesh_graph.traces.saving import duration_if_us
from mesh_graph.traces.summary import QUANTILES
from mesh_graph.traces.tree import SpanTree, span_tree
from mesh_graph.traces.waits import Windows, windows_of

__all__ = ["Aggregate", "Around", "Owner", "OwnerShare", "aggregate"]

HALF_WIDTH = 0.05
"""A band reaches so far to either side of its quantile, of all traces, and no farther than to the slowest."""
FEWEST = 5
"""Traces that a band has at least, if there are so many."""
MOST_OWNERS = 20
"""Of so many owners is told what half of their time would save, those with the most first."""
MOST_SPANS = 400_000
"""Traces beyond so many spans together are left out, the shortest and the longest alike."""
FACTOR = 0.5

Owner = tuple[str, str]
"""Service and operation."""


@dataclass(frozen=True, slots=True)
class Around:
    """The traces around one quantile of the root's duration.

    Attributes
    ----------
    quantile : float
    duration_us : int
        The shortest duration that so great a part of the traces does not exceed.
    low_us, high_us : int or None
        95 % interval of the quantile; None where there are too few traces to bound it on that side.
    traces : int
        Traces in the band.
    """

    quantile: float
    duration_us: int
    low_us: int | None
    high_us: int | None
    traces: int


@dataclass(frozen=True, slots=True)
class OwnerShare:
    """What one owner has of all the critical paths.

    Attributes
    ----------
    service, operation : str
    traces : int
        Traces on whose critical path it is.
    shares : tuple of float
        By quantile, 0..1: mean share of the root's duration in the band.
    intervals : tuple of (Interval or None)
        95 % of each share by Student's t, within 0..1; None of fewer than two traces in the band.
    saved_us : tuple of float, or None
        By quantile: how much shorter the root's quantile were if its own work took half; None where that was
        not worked out.
    """

    service: str
    operation: str
    traces: int
    shares: tuple[float, ...]
    intervals: tuple[Interval | None, ...]
    saved_us: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Who owns the time of many traces.

    Attributes
    ----------
    traces : int
        Traces that were counted: those with such a root, that took time.
    left_out : int
        Traces without one, or beyond ``MOST_SPANS``.
    around : tuple of Around
        By quantile; empty of no traces.
    owners : tuple of OwnerShare
        The largest share of the slowest quantile first, then of the one before, then by name.
    """

    traces: int
    left_out: int
    around: tuple[Around, ...]
    owners: tuple[OwnerShare, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Path:
    windows: Windows
    root: int
    duration_us: int
    spans: dict[Owner, list[int]]
    shares: dict[Owner, float]


def aggregate(
    traces: Sequence[Trace],
    route: Owner = ("", ""),
    quantiles: Sequence[float] = QUANTILES,
    *,
    caller: str = "",
) -> Aggregate:
    """Aggregate of the critical paths of traces that answer one question.

    Parameters
    ----------
    traces : sequence of Trace
    route : (str, str)
        Service and operation whose duration it is about: of each trace the first such span, depth first, is
        its root. An empty name is any; with both empty it is the first of the tree's roots, and what hangs
        from missing parents is not counted.
    quantiles : sequence of float
        0..1, rising.
    caller : str
        Service whose span is directly above the route's; empty for any.

    Notes
    -----
    Of n traces in order of duration, the band of a quantile q are those whose ranks r, 1..n, fulfil
    ``q - w <= (r - 0.5) / n <= q + w`` with ``w = min(0.05, 1 - q)``: of p50 those from the 45th to the 55th
    part of a hundred, of p95 the slowest tenth, of p99 the slowest fiftieth. A band of fewer than five is
    filled with the nearest ranks.

    Source: the idea of attributing a percentile by the critical paths of the traces around it is CRISP's
    (Zhang et al., USENIX ATC 2022, section 5); the bands, intervals and savings are ours.
    """
    paths = sorted(_paths(traces, route, caller), key=lambda path: path.duration_us)
    if not paths:
        return Aggregate(0, len(traces), (), ())
    bands = [_band(quantile, len(paths)) for quantile in quantiles]
    around = tuple(_around(paths, *one) for one in zip(quantiles, bands, strict=True))
    owners = {owner for path in paths for owner in path.shares}
    shares = [_owner_share(owner, paths, bands) for owner in owners]
    shares.sort(key=lambda row: (*(-share for share in reversed(row.shares)), row.service, row.operation))
    saved = [
        _with_saving(row, paths, quantiles) if number < MOST_OWNERS else row
        for number, row in enumerate(shares)
    ]
    return Aggregate(len(paths), len(traces) - len(paths), around, tuple(saved))


def _paths(traces: Iterable[Trace], route: Owner, caller: str) -> Iterator[_Path]:
    seen = 0
    for trace in traces:
        seen += len(trace.spans)
        if seen > MOST_SPANS:
            return
        path = _path(trace, route, caller)
        if path is not None:
            yield path


def _path(trace: Trace, route: Owner, caller: str) -> _Path | None:
    tree = span_tree(trace)
    root = next((place for place in tree.order if _is_on(tree, place, route, caller)), None)
    if root is None or tree.spans[root].duration_us <= 0:
        return None
    timeline = timeline_of(tree, calls_of(tree))
    windows = windows_of(timeline, root)
    duration = tree.spans[root].duration_us
    spans: dict[Owner, list[int]] = defaultdict(list)
    for place, span in enumerate(tree.spans):
        spans[span.service, span.name].append(place)
    shares: dict[Owner, float] = defaultdict(float)
    for place, time_us in critical_us(critical_path(timeline, root, windows)).items():
        shares[tree.spans[place].service, tree.spans[place].name] += time_us / duration
    return _Path(windows, root, duration, spans, shares)


def _is_on(tree: SpanTree, place: int, route: Owner, caller: str) -> bool:
    (service, operation), span, above = route, tree.spans[place], tree.parent(place)
    if not (operation in ("", span.name) and (not service or is_named(span, service))):
        return False
    return not caller or (above is not None and is_named(above, caller))


def _band(quantile: float, count: int) -> range:
    """Places, from 0, of the traces around a quantile."""
    width = min(HALF_WIDTH, 1 - quantile)
    low = max(0, ceil(count * (quantile - width) - 0.5 - 1e-9))
    high = min(count, floor(count * (quantile + width) + 0.5 + 1e-9))
    middle = min(count - 1, max(0, ceil(count * quantile) - 1))
    low, high = min(low, middle), max(high, middle + 1)
    while high - low < min(FEWEST, count):
        if low > 0 and (high == count or middle - low <= high - 1 - middle):
            low -= 1
        else:
            high += 1
    return range(low, high)


def _quantile(durations: Sequence[float], quantile: float) -> float:
    """The smallest of sorted durations that so great a part does not exceed."""
    return durations[max(0, ceil(len(durations) * quantile - 1e-9) - 1)]


def _around(paths: Sequence[_Path], quantile: float, band: range) -> Around:
    durations = [path.duration_us for path in paths]
    low, high = quantile_ranks(quantile, len(paths))
    return Around(
        quantile,
        int(_quantile(durations, quantile)),
        None if low is None else durations[low],
        None if high is None else durations[high],
        len(band),
    )


def _owner_share(owner: Owner, paths: Sequence[_Path], bands: Sequence[range]) -> OwnerShare:
    shares, intervals = [], []
    for band in bands:
        values = [paths[place].shares.get(owner, 0.0) for place in band]
        shares.append(sum(values) / len(values))
        known = mean_interval(values)
        within = Interval(max(0.0, known.low), min(1.0, known.high))
        intervals.append(within if len(values) > 1 else None)
    count = sum(owner in path.shares for path in paths)
    return OwnerShare(*owner, count, tuple(shares), tuple(intervals), None)


def _with_saving(row: OwnerShare, paths: Sequence[_Path], quantiles: Sequence[float]) -> OwnerShare:
    owner = row.service, row.operation
    # Who is not on the critical path of a trace cannot make it shorter, so that most are as they were.
    after = sorted(
        duration_if_us(path.windows, path.root, set(path.spans[owner]), FACTOR)
        if owner in path.shares
        else float(path.duration_us)
        for path in paths
    )
    before = [path.duration_us for path in paths]
    saved = tuple(_quantile(before, quantile) - _quantile(after, quantile) for quantile in quantiles)
    return OwnerShare(row.service, row.operation, row.traces, row.shares, row.intervals, saved)
