"""Traffic and tolerances to health: an object fares as its worst check, a namespace as its worst object."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from mesh_graph.frames.codes import Bools, Ints
from mesh_graph.health.assessment import UNRATED, Assessment, Check, Health, Reason
from mesh_graph.health.checks import Cells, Leading, Outcomes, Ranking, check_tolerance, name_leading
from mesh_graph.health.facts import DIRECTIONS, KINDS, Facts, read_facts
from mesh_graph.health.profiles import DEFAULT, Profile
from mesh_graph.model import Direction, NodeKey, NodeKind, Protocol, Status
from mesh_graph.topology.traffic import Traffic

__all__ = ["assess", "assess_facts", "name_of", "namespace_of"]

_BY_SEVERITY = {status.severity: status for status in Status}


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


def assess_facts(facts: Facts, window_s: float, profile: Profile = DEFAULT) -> Health:
    """Health of the objects that the facts are about; as ``assess``."""
    cells = Cells.of(facts)
    places = _places(facts, profile)[cells.subject] if len(cells.rate) else cells.subject
    checked = [
        check_tolerance(facts, cells, tolerance, profile, applies=places == place, window_s=window_s)
        for place, tolerances in enumerate(profile.sets())
        for tolerance in tolerances
    ]
    ranking = Ranking.of(cells, checked)
    deciding = ranking.deciding()
    found: dict[int, list[tuple[Check, Reason | None]]] = defaultdict(list)
    for number, outcomes in enumerate(checked):
        for subject, check, reason in _checks(facts, cells, outcomes, deciding[number]):
            found[subject].append((check, reason))
    objects = {facts.keys[at]: _assessment(found[at]) for at in _objects(facts)}
    return Health(profile.name, window_s, objects | _namespaces(objects), _counts(objects))


def _objects(facts: Facts) -> list[int]:
    return [at for at in facts.subjects().tolist() if facts.keys[at].kind in KINDS]


def _places(facts: Facts, profile: Profile) -> Ints:
    """Per key, the place of its tolerances in the profile's sets."""
    places = np.full(len(facts.keys), -1, dtype=np.int64)
    for at in _objects(facts):
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
    for at in np.flatnonzero(is_ill | is_deciding).tolist():
        cell = int(checked.cell[at])
        check = Check(
            DIRECTIONS[cells.direction[cell]],
            Protocol(cells.protocol[cell]),
            checked.tolerance,
            _BY_SEVERITY[int(checked.severity[at])],
            bool(checked.is_firm[at]),
            float(cells.rate[cell]),
            float(checked.error_rate[at]),
            float(checked.requests[at]),
            float(checked.errors[at]),
            (float(checked.low[at]), float(checked.high[at])),
        )
        subject, most = int(cells.subject[cell]), leading.get(cell)
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
        return Assessment(note=UNRATED)
    worst = max((check for check, _ in found), key=_check_rank)
    reasons = [reason for _, reason in found if reason]
    reasons.sort(key=lambda reason: _check_rank(reason.check), reverse=True)
    # Two tolerances may speak of the same errors: the worse one tells it.
    told: dict[object, Reason] = {}
    for r in reasons:
        told.setdefault((r.message, r.check.protocol, r.code, r.flags, r.peer), r)
    return Assessment(worst.status, worst.is_firm, worst, tuple(told.values()), "")


def _namespaces(objects: Mapping[NodeKey, Assessment]) -> dict[NodeKey, Assessment]:
    """Namespaces as their objects fare, worst of them first."""
    inside: dict[NodeKey, list[Assessment]] = defaultdict(list)
    for key, assessment in objects.items():
        if key.namespace:
            inside[namespace_of(key)].append(assessment)
    return {key: _worst(found) for key, found in inside.items()}


def namespace_of(key: NodeKey) -> NodeKey:
    """Key of an object's namespace."""
    return NodeKey(NodeKind.NAMESPACE, key.cluster, key.namespace)


def _worst(found: list[Assessment]) -> Assessment:
    worst = max(found, key=lambda one: one.rank)
    reasons = [reason for one in found for reason in one.reasons]
    reasons.sort(key=_reason_order)
    check = reasons[0].check if reasons else worst.check
    return Assessment(worst.status, worst.is_firm, check, tuple(reasons), worst.note)


def _reason_order(reason: Reason) -> tuple[float | int | str, ...]:
    """Worst and surest first; of these what came in, then the most errors, then apps before their parts."""
    severity, is_firm, is_inbound, *_ = _check_rank(reason.check)
    kind = KINDS.index(reason.subject.kind)
    return (-severity, -is_firm, -is_inbound, -reason.check.error_rate, kind, reason.subject.text)


def _counts(objects: Mapping[NodeKey, Assessment]) -> dict[NodeKey, dict[NodeKind, Counter[Status]]]:
    counts: dict[NodeKey, dict[NodeKind, Counter[Status]]] = {}
    for key, assessment in objects.items():
        if key.namespace:
            kinds = counts.setdefault(namespace_of(key), {kind: Counter() for kind in KINDS})
            kinds[key.kind][assessment.status] += 1
    return counts
