"""Traffic and tolerances to health: an object fares as its worst check, a namespace as its worst object."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from mesh_graph.frames.codes import Bools, Ints
from mesh_graph.health.assessment import UNRATED, Assessment, Check, Health, Reason, Replicas
from mesh_graph.health.checks import Cells, Leading, Outcomes, Ranking, check_tolerance, name_leading
from mesh_graph.health.facts import DIRECTIONS, KINDS, Facts, read_facts
from mesh_graph.health.profiles import DEFAULT, Profile
from mesh_graph.health.replicas import joined
from mesh_graph.model import Direction, NodeKey, NodeKind, Protocol, Status
from mesh_graph.topology.traffic import Traffic

__all__ = ["assess", "assess_facts", "name_of", "statuses_of"]

_BY_SEVERITY = {status.severity: status for status in Status}
_PROTOCOLS = {protocol.value: protocol for protocol in Protocol}
_UNRATED = Assessment(note=UNRATED)
NOTHING_KNOWN: Mapping[NodeKey, Replicas] = MappingProxyType({})


def assess(traffic: Traffic, window_s: float, profile: Profile = DEFAULT) -> Health:
    """Health of every application, workload, service and namespace of the traffic.

    Parameters
    ----------
    traffic : Traffic
        Merged by the canonical rule.
    window_s : float
        Seconds over which its rates were taken.
    profile : Profile

    Returns
    -------
    Health
        Of traffic without rows: nothing is assessed, and whatever is asked of it has no data.

    Notes
    -----
    Services are assessed by what comes in alone. What never reached a workload counts as ``health.facts``
    says.
    """
    return assess_facts(read_facts(traffic), window_s, profile)


def assess_facts(
    facts: Facts,
    window_s: float,
    profile: Profile = DEFAULT,
    replicas: Mapping[NodeKey, Replicas] = NOTHING_KNOWN,
) -> Health:
    """Health of the objects that the facts, or the replicas, are about; as ``assess``."""
    objects = _objects(facts)
    cells, checked, deciding = _hold(facts, objects, window_s, profile)
    found: dict[int, list[tuple[Check, Reason | None]]] = defaultdict(list)
    for outcomes, is_deciding in zip(checked, deciding, strict=True):
        for subject, check, reason in _checks(facts, cells, outcomes, is_deciding):
            found[subject].append((check, reason))
    assessed = joined({facts.keys[at]: _assessment(found[at]) for at in objects}, replicas)
    inside = _inside(assessed)
    namespaces = {key: _worst([assessment for _, assessment in members]) for key, members in inside.items()}
    counts = {key: _counts(members) for key, members in inside.items()}
    return Health(profile.name, window_s, assessed | namespaces, counts)


def statuses_of(facts: Facts, window_s: float, profile: Profile = DEFAULT) -> Health:
    """Statuses of applications, workloads and services: as ``assess``, without the why and the counts."""
    objects = _objects(facts)
    cells, checked, deciding = _hold(facts, objects, window_s, profile)
    found = dict.fromkeys(objects, _UNRATED)
    for outcomes, is_deciding in zip(checked, deciding, strict=True):
        rows = np.flatnonzero(is_deciding)
        severities, firm = outcomes.severity[rows].tolist(), outcomes.is_firm[rows].tolist()
        subjects = cells.subject[outcomes.cell[rows]].tolist()
        found.update(zip(subjects, map(_bare, severities, firm), strict=True))
    statuses = {facts.keys[at]: assessment for at, assessment in found.items()}
    return Health(profile.name, window_s, statuses)


@lru_cache
def _bare(severity: int, is_firm: bool) -> Assessment:
    return Assessment(_BY_SEVERITY[severity], is_firm, note="")


def _hold(
    facts: Facts, objects: list[int], window_s: float, profile: Profile
) -> tuple[Cells, list[Outcomes], list[Bools]]:
    """Every tolerance held against what it is for: what comes of each, and which of its checks decide."""
    cells = Cells.of(facts)
    places = _places(facts, objects, profile)[cells.subject] if len(cells.rate) else cells.subject
    checked = [
        check_tolerance(facts, cells, tolerance, profile, applies=places == place, window_s=window_s)
        for place, tolerances in enumerate(profile.sets())
        for tolerance in tolerances
    ]
    return cells, checked, Ranking.of(cells, checked).deciding()


def _objects(facts: Facts) -> list[int]:
    return [at for at in facts.subjects().tolist() if facts.keys[at].kind in KINDS]


def _places(facts: Facts, objects: list[int], profile: Profile) -> Ints:
    """Per key, the place of its tolerances in the profile's sets."""
    places = np.full(len(facts.keys), -1, dtype=np.int64)
    if not profile.rules:
        places[objects] = 0
        return places
    for at in objects:
        key = facts.keys[at]
        places[at] = profile.place(key.namespace, key.kind.value, name_of(key))
    return places


def name_of(key: NodeKey) -> str:
    """Name of an app, workload or service."""
    return key.app or key.workload or key.service


def _checks(
    facts: Facts, cells: Cells, checked: Outcomes, is_deciding: Bools
) -> Iterator[tuple[int, Check, Reason | None]]:
    """The checks that decide, and those that are worse than healthy, with what they are about."""
    is_ill = checked.severity > Status.HEALTHY.severity
    leading = name_leading(facts, cells, checked.is_error & cells.among(checked.cell[is_ill])[cells.of_row])
    rows = np.flatnonzero(is_ill | is_deciding)
    at = checked.cell[rows]
    of_cells = (column[at].tolist() for column in (cells.subject, cells.direction, cells.rate))
    of_checks = (
        column[rows].tolist()
        for column in (checked.severity, checked.is_firm, checked.error_rate, checked.requests)
    )
    evidence = (column[rows].tolist() for column in (checked.errors, checked.low, checked.high))
    for cell, subject, way, rate, severity, is_firm, error_rate, requests, errors, low, high in zip(
        at.tolist(), *of_cells, *of_checks, *evidence, strict=True
    ):
        check = Check(
            DIRECTIONS[way],
            _PROTOCOLS[cells.protocol[cell]],
            checked.tolerance,
            _BY_SEVERITY[severity],
            is_firm,
            rate,
            error_rate,
            requests,
            errors,
            (low, high),
        )
        most = leading.get(cell)
        yield subject, check, None if most is None else _reason(facts, subject, check, most)


def _reason(facts: Facts, subject: int, check: Check, most: Leading) -> Reason:
    ending = facts.endings[most.ending]
    return Reason(
        f"health-{check.direction}",
        facts.keys[subject],
        check,
        ending.code,
        ending.flags,
        ending.outcome,
        most.endings,
        facts.keys[most.peer],
        most.peers,
    )


def _check_rank(check: Check) -> tuple[float, ...]:
    """Orders checks: the worst and surest highest, then what came in, then by the strictest limits."""
    is_ill = check.status.severity > Status.HEALTHY.severity
    return (
        check.status.severity,
        is_ill and check.is_firm,
        check.direction is Direction.INBOUND,
        -check.tolerance.degraded,
        check.error_ratio,
        check.requests,
    )


def _assessment(found: list[tuple[Check, Reason | None]]) -> Assessment:
    if not found:
        return _UNRATED
    if len(found) == 1:
        ((check, reason),) = found
        return Assessment(check.status, check.is_firm, check, (reason,) if reason else (), "")
    worst = max((check for check, _ in found), key=_check_rank)
    reasons = [reason for _, reason in found if reason]
    reasons.sort(key=lambda reason: _check_rank(reason.check), reverse=True)
    # Two tolerances may speak of the same errors: the worse one tells it.
    told: dict[object, Reason] = {}
    for r in reasons:
        told.setdefault((r.message, r.check.protocol, r.code, r.flags, r.peer), r)
    return Assessment(worst.status, worst.is_firm, worst, tuple(told.values()), "")


def _inside(objects: Mapping[NodeKey, Assessment]) -> dict[NodeKey, list[tuple[NodeKind, Assessment]]]:
    """Namespaces and the objects in them."""
    inside: dict[tuple[str, str], list[tuple[NodeKind, Assessment]]] = defaultdict(list)
    for key, assessment in objects.items():
        if key.namespace:
            inside[key.cluster, key.namespace].append((key.kind, assessment))
    return {NodeKey(NodeKind.NAMESPACE, *place): members for place, members in inside.items()}


def _worst(found: list[Assessment]) -> Assessment:
    worst = max(found, key=lambda one: one.rank)
    reasons = [reason for one in found for reason in one.reasons]
    reasons.sort(key=_reason_order)
    check = reasons[0].check if reasons else worst.check
    told = [one.replicas for one in found if one.replicas is not None and one.replicas.is_ill]
    replicas = max(told, key=lambda one: (one.status.severity, one.subject), default=None)
    return Assessment(worst.status, worst.is_firm, check, tuple(reasons), worst.note, replicas)


def _reason_order(reason: Reason) -> tuple[float | int | str, ...]:
    """Worst and surest first; of these what came in, then the most errors, then apps before their parts."""
    severity, is_firm, is_inbound, *_ = _check_rank(reason.check)
    kind = KINDS.index(reason.subject.kind)
    return (-severity, -is_firm, -is_inbound, -reason.check.error_rate, kind, reason.subject.text)


def _counts(members: list[tuple[NodeKind, Assessment]]) -> dict[NodeKind, Counter[Status]]:
    counts: dict[NodeKind, Counter[Status]] = {kind: Counter() for kind in KINDS}
    for kind, assessment in members:
        counts[kind][assessment.status] += 1
    return counts
