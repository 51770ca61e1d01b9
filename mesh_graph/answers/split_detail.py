"""One split in full: beside the judgement, its history, its response times, and whom its versions call."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.split_counts import BUCKET_LABELS, of_services
from mesh_graph.canary.downstream import DOWNSTREAM, Workload, downstream_calls
from mesh_graph.canary.history import share_history
from mesh_graph.canary.naming import SPLIT, Naming
from mesh_graph.canary.objective import EDGE_MS, SHARE, bucket_shares
from mesh_graph.canary.sample import END, START, TOTAL, UNATTRIBUTED, VERSION
from mesh_graph.canary.split import Split
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answer
from mesh_graph.frames.messages import MESSAGES
from mesh_graph.frames.requests import parse_requests
from mesh_graph.frames.tcp import TCP
from mesh_graph.model import View
from mesh_graph.sources.query import Family, Function, MetricQuery, any_of
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.merge import merge

__all__ = ["PART_FAILED", "SplitDetail", "split_detail"]

PART_FAILED = "split-part-failed"
_WORKLOAD_LABELS = (
    fields.DESTINATION_SERVICE_NAMESPACE,
    fields.DESTINATION_SERVICE_NAME,
    fields.DESTINATION_WORKLOAD_NAMESPACE,
    fields.DESTINATION_WORKLOAD,
    fields.DESTINATION_CANONICAL_REVISION,
)
_SHORTEST_S = 60


@dataclass(frozen=True, slots=True, eq=False)
class SplitDetail:
    """One split in full.

    Attributes
    ----------
    split : Split
    history : pandas.DataFrame
        As ``share_history`` gives it.
    distributions : pandas.DataFrame
        Response times since the anchor, as ``bucket_shares`` gives them.
    downstream : pandas.DataFrame
        As ``downstream_calls`` gives it.
    gaps : tuple of Gap
        What beside the judgement could not be had.
    """

    split: Split
    history: pd.DataFrame
    distributions: pd.DataFrame
    downstream: pd.DataFrame
    gaps: tuple[Gap, ...]


def split_detail(desk: Desk, view: View, split: Split) -> SplitDetail:
    """The detail of a split that was judged; what cannot be read is a gap."""
    at = view.at or 0.0
    span_s = max(_SHORTEST_S, round(at - split.anchor.at))
    hosts = (split.promise.hosts if split.promise else ()) or (split.name,)
    services = dict.fromkeys(hosts, split.name)
    matchers = of_services(services)
    buckets = MetricQuery(
        Family.REQUEST_DURATION, Function.BUCKET_RATE, BUCKET_LABELS, matchers, window_s=span_s
    )
    family = Family.TCP_OPENED if split.is_tcp else Family.REQUESTS
    workloads = MetricQuery(family, Function.RATE, _WORKLOAD_LABELS, matchers, window_s=span_s)
    answers = desk.fetcher.at([buckets, workloads], at)
    gaps = [gap for answer in answers.values() if (gap := _gap(answer))]
    versions = _versions(answers[workloads], services)
    calls, gap = _downstream(desk, at, split, versions, span_s)
    return SplitDetail(
        split,
        share_history(split.sample),
        _distributions(answers[buckets], services, split.name),
        calls,
        (*gaps, *([gap] if gap else [])),
    )


def _gap(answer: Answer) -> Gap | None:
    return Gap(PART_FAILED, (("reason", str(answer)),)) if isinstance(answer, SourceError) else None


def _distributions(answer: Answer, services: dict[str, str], name: str) -> pd.DataFrame:
    if isinstance(answer, SourceError):
        empty = {VERSION: pd.Series(dtype="str")} | {c: pd.Series(dtype="float64") for c in (EDGE_MS, SHARE)}
        return pd.DataFrame(empty)
    shares = bucket_shares(answer.table, Naming.of(answer.table, services))
    return shares[(shares[SPLIT] == name).to_numpy(dtype=bool)].drop(columns=SPLIT).reset_index(drop=True)


def _versions(answer: Answer, services: dict[str, str]) -> dict[Workload, str]:
    """Version of every workload that answered for the split."""
    if isinstance(answer, SourceError) or answer.table.empty:
        return {}
    rows = answer.table
    named = Naming.of(rows, services).name(rows.assign(**dict.fromkeys(fields.SOURCE_LABELS, "")))
    named = named[(named[VERSION] != UNATTRIBUTED).to_numpy(dtype=bool)]
    ends = zip(*(named[label] for label in _WORKLOAD_LABELS[2:]), strict=True)
    return dict(zip(ends, named[VERSION], strict=True))


def _downstream(
    desk: Desk, at: float, split: Split, versions: dict[Workload, str], span_s: int
) -> tuple[pd.DataFrame, Gap | None]:
    nothing = pd.DataFrame(columns=list(DOWNSTREAM))
    if not versions:
        return nothing, None
    matchers = (
        any_of(fields.SOURCE_WORKLOAD_NAMESPACE, {namespace for namespace, _, _ in versions}),
        any_of(fields.SOURCE_WORKLOAD, {workload for _, workload, _ in versions}),
    )
    query = MetricQuery(Family.REQUESTS, Function.RATE, fields.REQUEST_LABELS, matchers, window_s=span_s)
    answer = desk.fetcher.at([query], at)[query]
    if isinstance(answer, SourceError):
        return nothing, _gap(answer)
    scrapes = desk.scrapes_per_window(span_s, matchers, at)
    flows = merge(parse_requests(answer), TCP.empty(), MESSAGES.empty(), scrapes).flows
    frame = split.sample.frame
    counted_s = frame[END].max() - frame[START].min()
    answered = frame.groupby(VERSION)[TOTAL].sum() / counted_s
    return downstream_calls(flows, versions, {str(k): float(v) for k, v in answered.items()}), None
