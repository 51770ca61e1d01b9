"""Splits: which there are in a view, since when each is counted, and what they come to.

route that answers several versions ──► anchor ──► counts since then ──► judgement
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.promises import promises_at
from mesh_graph.answers.split_asked import Asked, SplitRules
from mesh_graph.answers.split_connections import count_connections
from mesh_graph.answers.split_counts import (
    BUCKET_LABELS,
    Counted,
    count_requests,
    count_timed,
    of_services,
)
from mesh_graph.answers.split_plan import Plan
from mesh_graph.canary.assemble import sample_frames
from mesh_graph.canary.connections import INAPPLICABLE
from mesh_graph.canary.judge import judge
from mesh_graph.canary.naming import SPLIT, Naming
from mesh_graph.canary.objective import bucket_shares, choose_objective, nearest_edge
from mesh_graph.canary.sample import OVER_OBJECTIVE, TIMED, UNATTRIBUTED, VERSION, Sample
from mesh_graph.canary.split import (
    Objective,
    Promise,
    Split,
    read_anchor,
    severity,
)
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answer, Answers
from mesh_graph.model import View
from mesh_graph.plan import belongs
from mesh_graph.sources.query import Family, Function, MetricQuery
from mesh_graph.topology.identity import is_known

__all__ = ["SplitRules", "split_of", "splits_of"]

PAST_S = 3600
"""Versions that answered in this time make a split; the objective is chosen from as long a time."""
LONGEST_PAST_S = 86_400
LIKELY_SCRAPE_S = 15.0
_COUNTED = (Family.REQUESTS, Family.TCP_OPENED)
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
    found = {**_observed(desk, view, promises), **hosts}
    names = {name: of_name for name, of_name in found.items() if desk.scope.allows(name.partition("/")[0])}
    asked = Asked(names, promises, view, rules, read_anchor(since, view.at or 0.0))
    return tuple(sorted(_count(desk, asked), key=severity))


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
    hosts = {name: promise.hosts if promise else ()}
    asked = Asked(hosts, promises, own, rules, read_anchor(since, view.at or 0.0))
    (found,) = _count(desk, asked)
    return found


def _promises(desk: Desk, view: View, rules: SplitRules) -> dict[str, Promise]:
    return promises_at(desk.cluster.snapshot() if desk.cluster else None, rules.rules, view)


def _observed(desk: Desk, view: View, promises: Mapping[str, Promise]) -> dict[str, tuple[str, ...]]:
    """Services of the view that several versions answered of late, but for those that a route has as one."""
    past = min(max(PAST_S, view.window_s), LONGEST_PAST_S)
    bundles = [
        [MetricQuery(family, Function.RATE, _VERSION_LABELS, scope, past) for family in _COUNTED]
        for scope in desk.scopes(view)
    ]
    answers = [_table(answer) for answer in desk.fetcher.ask(bundles, view.at or 0.0).values()]
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


def _count(desk: Desk, asked: Asked) -> list[Split]:
    """Splits with their counts: requests, then, by whom is compared with whom, those that took too long."""
    if not asked.hosts:
        return []
    services = asked.services(asked.hosts)
    scrape = desk.scrape_interval(of_services(services), asked.at) or LIKELY_SCRAPE_S
    plan = Plan(services, {name: asked.grid(name, scrape) for name in asked.hosts})
    before = _ask_before(desk, asked)
    counted = count_connections(desk, plan, count_requests(desk, plan))
    try:
        objectives = _objectives(asked, counted, before)
        edges = {name: objective.edge_ms for name, objective in objectives.items()}
        counted = count_timed(desk, plan, counted, edges)
    except SourceError:
        # Without response times they are "not measured"; what requests say stands.
        objectives = {}
    mirrored = {name for name, promise in asked.promises.items() if promise.is_mirrored}
    frames = {
        name: frame
        for part in plan.together()
        for name, frame in sample_frames(
            {name: counted[name].evidence for name in part.starts}, part.grid, mirrored
        ).items()
    }
    return [
        _judged(asked, name, counted[name], objectives.get(name), (plan.grids[name].step_s, frame))
        for name, frame in frames.items()
    ]


def _ask_before(desk: Desk, asked: Asked) -> dict[float, tuple[tuple[str, ...], MetricQuery, Answers]]:
    """Response times of the hour before each anchor, on their way: the splits, the query, the answer."""
    together: dict[float, list[str]] = defaultdict(list)
    for name in asked.hosts:
        together[asked.anchor(name).at].append(name)
    found = {}
    for at, names in together.items():
        matchers = of_services(asked.services(names))
        query = MetricQuery(Family.REQUEST_DURATION, Function.BUCKET_RATE, BUCKET_LABELS, matchers, PAST_S)
        found[at] = (tuple(names), query, desk.fetcher.ask([[query]], at))
    return found


def _objectives(
    asked: Asked,
    counted: Mapping[str, Counted],
    before: Mapping[float, tuple[tuple[str, ...], MetricQuery, Answers]],
) -> dict[str, Objective]:
    """Latency objective of every split that has one: set, or kept by its baseline before the anchor."""
    found: dict[str, Objective] = {}
    for names, query, answers in before.values():
        rates = _table(answers[query])
        shares = bucket_shares(rates, Naming.of(rates, asked.services(names)))
        by_split = dict(tuple(shares.groupby(SPLIT, sort=False)))
        for name in names:
            own = by_split.get(name)
            if own is None or counted[name].is_tcp:
                continue
            wanted = asked.objective_ms(name)
            baseline = asked.declared(name, counted[name].evidence).baseline
            edge = nearest_edge(own, wanted) if wanted else choose_objective(own, baseline)
            if edge is not None:
                found[name] = Objective(edge, chosen=not wanted)
    return found


def _judged(
    asked: Asked,
    name: str,
    counted: Counted,
    objective: Objective | None,
    sampled: tuple[float, pd.DataFrame],
) -> Split:
    """A split of its counts: the length of an interval, and the frame."""
    promise, anchor, evidence = asked.promises.get(name), asked.anchor(name), counted.evidence
    absent = frozenset[str]() if objective else frozenset({TIMED, OVER_OBJECTIVE})
    step_s, frame = sampled
    inapplicable = INAPPLICABLE if counted.is_tcp else frozenset[str]()
    sample = Sample(frame, anchor.at, asked.at, step_s, absent, inapplicable)
    declared = asked.declared(name, evidence)
    judgement = judge(sample, declared, asked.rules_of(name))
    return Split(name, declared, promise, anchor, judgement, sample, evidence, objective, counted.queries)
