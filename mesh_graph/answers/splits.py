"""Splits: which there are in a view, since when each is counted, and what they come to.

route that answers several versions ──► anchor ──► counts since then ──► judgement
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.promises import promises_at
from mesh_graph.answers.split_counts import (
    BUCKET_LABELS,
    Counted,
    Plan,
    count_requests,
    count_timed,
    of_services,
)
from mesh_graph.canary.assemble import sample_of
from mesh_graph.canary.counts import Grid
from mesh_graph.canary.naming import SPLIT, Naming
from mesh_graph.canary.objective import bucket_shares, choose_objective, nearest_edge
from mesh_graph.canary.sample import UNATTRIBUTED, VERSION, Declared, Rules
from mesh_graph.canary.split import (
    Anchor,
    AnchorKind,
    Objective,
    Promise,
    Split,
    declared_of,
    read_anchor,
    severity,
)
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answer
from mesh_graph.model import View
from mesh_graph.plan import belongs
from mesh_graph.sources.query import Family, Function, MetricQuery
from mesh_graph.topology.identity import is_known

__all__ = ["SplitRules", "split_of", "splits_of"]

PAST_S = 3600
"""Versions that answered in this time make a split; the objective is chosen from as long a time."""
LIKELY_SCRAPE_S = 15.0
_VERSION_LABELS = (
    fields.DESTINATION_SERVICE_NAMESPACE,
    fields.DESTINATION_SERVICE,
    fields.DESTINATION_SERVICE_NAME,
    fields.DESTINATION_WORKLOAD_NAMESPACE,
    fields.DESTINATION_WORKLOAD,
    fields.DESTINATION_CANONICAL_REVISION,
    fields.SOURCE_WORKLOAD_NAMESPACE,
)
_CALLER_LABELS = tuple(label for label in fields.SOURCE_LABELS if label not in _VERSION_LABELS)


@dataclass(frozen=True, slots=True)
class SplitRules:
    """How splits are judged where no route says otherwise.

    Attributes
    ----------
    rules : Rules
    objective_ms : float or None
        Latency objective; None is chosen from the baseline's past.
    settle_s : float
        Time after a route's change that is not counted, seconds.
    """

    rules: Rules = field(default_factory=Rules)
    objective_ms: float | None = None
    settle_s: float = 60.0

    def settle(self, anchor: Anchor) -> float:
        """Seconds after an anchor that are not counted: a change takes a while to reach every proxy."""
        return self.settle_s if anchor.kind is AnchorKind.ROUTE else 0.0


def splits_of(desk: Desk, view: View, rules: SplitRules, since: str = "") -> tuple[Split, ...]:
    """Every service of a view with at least two versions, the gravest first.

    Parameters
    ----------
    desk : Desk
    view : View
        With its instant.
    rules : SplitRules
    since : str
        Anchor that the user chose for all of them, as ``read_anchor`` reads it.

    Raises
    ------
    SourceError
        If the source did not answer for the requests.
    InvalidRequest
        If the anchor cannot be read, or there is more to count than the source may send.
    """
    promises = _promises(desk, view, rules)
    hosts = {name: promise.hosts for name, promise in promises.items()}
    names = {**_observed(desk, view, promises), **hosts}
    asked = _Asked(names, promises, read_anchor(since, view.at or 0.0))
    return tuple(sorted(_count(desk, view, rules, asked), key=severity))


def split_of(desk: Desk, view: View, rules: SplitRules, *, name: str, since: str = "") -> Split:
    """One service (``namespace/name``), judged as in the list, however many versions it has.

    Raises
    ------
    SourceError, InvalidRequest
        As ``splits_of``.
    """
    own = replace(view, namespaces=())
    promise = _promises(desk, own, rules).get(name)
    promises = {name: promise} if promise else {}
    asked = _Asked({name: promise.hosts if promise else ()}, promises, read_anchor(since, view.at or 0.0))
    (found,) = _count(desk, own, rules, asked)
    return found


def _promises(desk: Desk, view: View, rules: SplitRules) -> dict[str, Promise]:
    return promises_at(desk.cluster.snapshot() if desk.cluster else None, rules.rules, view)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Splits by name with their hosts, what was promised of them, and the user's anchor."""

    hosts: Mapping[str, tuple[str, ...]]
    promises: Mapping[str, Promise]
    since: float | None

    def services(self, names: Iterable[str]) -> dict[str, str]:
        """Split of every service of some splits."""
        return {service: name for name in names for service in (self.hosts[name] or (name,))}

    def anchor(self, name: str, view: View) -> Anchor:
        """Since when a split is counted."""
        at = view.at or 0.0
        if self.since is not None:
            return Anchor(min(self.since, at), AnchorKind.CHOSEN)
        changed = self.promises[name].changed_at if name in self.promises else None
        if changed is not None and changed < at:
            return Anchor(changed, AnchorKind.ROUTE)
        return Anchor(at - view.window_s, AnchorKind.WINDOW)


def _observed(desk: Desk, view: View, promises: Mapping[str, Promise]) -> dict[str, tuple[str, ...]]:
    """Services of the view that several versions answered of late, but for those that a route has as one."""
    past = max(PAST_S, view.window_s)
    queries = [
        MetricQuery(Family.REQUESTS, Function.RATE, _VERSION_LABELS, scope, past)
        for scope in desk.scopes(view)
    ]
    answers = [_table(answer) for answer in desk.fetcher.at(queries, view.at or 0.0).values()]
    rows = belongs(pd.concat(answers, ignore_index=True), view.namespaces)
    rows = rows[rows[fields.DESTINATION_SERVICE_NAMESPACE].map(is_known).to_numpy(dtype=np.bool_)]
    named = Naming.of(rows).name(rows.assign(**dict.fromkeys(_CALLER_LABELS, "")))
    named = named[(named[VERSION] != UNATTRIBUTED).to_numpy(dtype=np.bool_)]
    several = named.groupby(SPLIT)[VERSION].nunique()
    taken = {host for promise in promises.values() for host in promise.hosts}
    return {str(name): () for name in several.index[several > 1] if name not in taken}


def _table(answer: Answer) -> pd.DataFrame:
    if isinstance(answer, SourceError):
        raise answer
    return answer.table


def _count(desk: Desk, view: View, rules: SplitRules, asked: _Asked) -> list[Split]:
    """Splits with their counts: requests, then, by whom is compared with whom, those that took too long."""
    at = view.at or 0.0
    anchors = {name: asked.anchor(name, view) for name in asked.hosts}
    if not anchors:
        return []
    services = asked.services(anchors)
    scrape = desk.scrape_interval(of_services(services), at) or LIKELY_SCRAPE_S
    grids = {
        name: Grid.over(anchor.at, at, scrape_s=scrape, settle_s=rules.settle(anchor))
        for name, anchor in anchors.items()
    }
    plan = Plan(services, grids)
    counted = count_requests(desk, plan)
    baselines = {name: _declared(each, asked.promises.get(name)).baseline for name, each in counted.items()}
    objectives = _objectives(desk, rules, asked, anchors, baselines)
    edges = {name: objective.edge_ms for name, objective in objectives.items()}
    counted = count_timed(desk, plan, counted, edges)
    return [
        _judged(
            name,
            each,
            grids[name],
            at=at,
            anchor=anchors[name],
            rules=rules,
            promise=asked.promises.get(name),
            objective=objectives.get(name),
        )
        for name, each in counted.items()
    ]


def _declared(counted: Counted, promise: Promise | None) -> Declared:
    return declared_of(counted.evidence.drawn, promise)


def _objectives(
    desk: Desk, rules: SplitRules, asked: _Asked, anchors: Mapping[str, Anchor], baselines: Mapping[str, str]
) -> dict[str, Objective]:
    """Latency objective of every split that has one: set, or kept by its baseline before the anchor."""
    together: dict[float, list[str]] = defaultdict(list)
    for name, anchor in anchors.items():
        together[anchor.at].append(name)
    found: dict[str, Objective] = {}
    for anchor_at, names in together.items():
        services = asked.services(names)
        query = MetricQuery(
            Family.REQUEST_DURATION, Function.BUCKET_RATE, BUCKET_LABELS, of_services(services), PAST_S
        )
        rates = _table(desk.fetcher.at([query], anchor_at)[query])
        shares = bucket_shares(rates, Naming.of(rates, services))
        for name in names:
            own = shares[(shares[SPLIT] == name).to_numpy(dtype=np.bool_)]
            promise = asked.promises.get(name)
            wanted = promise.objective_ms if promise and promise.objective_ms else rules.objective_ms
            edge = nearest_edge(own, wanted) if wanted else choose_objective(own, baselines[name])
            if edge is not None:
                found[name] = Objective(edge, chosen=not wanted)
    return found


def _judged(
    name: str,
    counted: Counted,
    grid: Grid,
    *,
    at: float,
    anchor: Anchor,
    rules: SplitRules,
    promise: Promise | None,
    objective: Objective | None,
) -> Split:
    is_mirrored = promise is not None and promise.is_mirrored
    sample = sample_of(counted.evidence, grid, anchor=anchor.at, at=at, is_mirrored=is_mirrored)
    declared = _declared(counted, promise)
    from mesh_graph.canary.judge import judge

    judgement = judge(sample, declared, promise.rules if promise else rules.rules)
    return Split(
        name, declared, promise, anchor, judgement, sample, counted.evidence, objective, counted.queries
    )
