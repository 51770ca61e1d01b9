"""What is different from an earlier time: edges, versions and applications, and statuses that turned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mesh_graph import fields
from mesh_graph.health import Assessment, Health
from mesh_graph.health.facts import DIRECTIONS, Facts
from mesh_graph.model import Direction, NodeKey, NodeKind, Status

__all__ = ["Change", "Moment", "changes_between"]

WORSE, BETTER = "change-worse", "change-better"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes
    ----------
    message : str
        ``change-worse``, ``change-better``, ``change-app-new``, ``change-app-vanished``,
        ``change-version-new``, ``change-version-vanished``, ``change-edge-new`` or ``change-edge-vanished``.
    subject : NodeKey
        Application (or workload without one) whose status, version or edge it is; of an edge the caller.
    peer : NodeKey or None
        Of an edge, what was called.
    version : str
    before, after : Status or None
        Of a status that turned.
    rate : float
        Of an edge, requests per second, now or, if it vanished, then.
    """

    message: str
    subject: NodeKey
    peer: NodeKey | None = None
    version: str = ""
    before: Status | None = None
    after: Status | None = None
    rate: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What is compared: the facts of one instant, their health, and the versions that carried traffic."""

    facts: Facts
    health: Health
    versions: Mapping[NodeKey, tuple[str, ...]]


def changes_between(earlier: Moment, now: Moment) -> tuple[Change, ...]:
    """Differences, the most telling first: statuses that got worse, versions, applications, edges, the rest.

    What came or went as a whole is told once: not its versions and edges, too.
    """
    told = _told(earlier.health), _told(now.health)
    present = _present(earlier), _present(now)
    return (
        *_statuses(*told, WORSE),
        *_versions(earlier, now, present[0] & present[1]),
        *_apps(*present),
        *_edges(earlier, now, present),
        *_statuses(*told, BETTER),
    )


def _told(health: Health) -> dict[NodeKey, Assessment]:
    """Applications, and services that are called like none."""
    found = {key: one for key, one in health.assessments.items() if key.kind is NodeKind.APP}
    names = set(map(_home, found))
    services = {
        key: one
        for key, one in health.assessments.items()
        if key.kind is NodeKind.SERVICE and _home(key) not in names
    }
    return {**found, **services}


def _statuses(
    before: Mapping[NodeKey, Assessment], after: Mapping[NodeKey, Assessment], message: str
) -> Iterator[Change]:
    """Statuses that got worse, or better; a tentative one is no news when it comes, nor when it goes."""

    def is_news(key: NodeKey) -> bool:
        worse, better = (after[key], before[key]) if message == WORSE else (before[key], after[key])
        is_turn = worse.status.severity > better.status.severity
        return is_turn and worse.is_firm and better.status is not Status.NO_DATA

    turned = [key for key, was in before.items() if key in after and was.status is not after[key].status]
    for key in sorted(filter(is_news, turned), key=lambda key: (-after[key].status.severity, key.text)):
        yield Change(message, key, before=before[key].status, after=after[key].status)


def _present(moment: Moment) -> set[NodeKey]:
    return {key for key in moment.health.assessments if key.kind is NodeKind.APP}


def _apps(before: set[NodeKey], after: set[NodeKey]) -> Iterator[Change]:
    for message, keys in (("change-app-new", after - before), ("change-app-vanished", before - after)):
        for key in sorted(keys):
            yield Change(message, key)


def _versions(earlier: Moment, now: Moment, stayed: set[NodeKey]) -> Iterator[Change]:
    turned = (key for key in stayed if earlier.versions.get(key, ()) != now.versions.get(key, ()))
    for key in sorted(turned):
        before, after = set(earlier.versions.get(key, ())), set(now.versions.get(key, ()))
        for message, versions in (
            ("change-version-new", after - before),
            ("change-version-vanished", before - after),
        ):
            for version in sorted(versions - {fields.LATEST}):
                yield Change(message, key, version=version)


def _edges(earlier: Moment, now: Moment, present: tuple[set[NodeKey], set[NodeKey]]) -> Iterator[Change]:
    both = present[0] & present[1]
    turned = {_home(key) for key in present[0] ^ present[1]}
    before, after = _calls(earlier.facts), _calls(now.facts)
    for message, gone, here in (
        ("change-edge-new", before, after),
        ("change-edge-vanished", after, before),
    ):
        pairs = here.keys() - gone.keys()
        found = [(source, peer) for source, peer in pairs if source in both and _home(peer) not in turned]
        for source, peer in sorted(found, key=lambda pair: (-here[pair], pair)):
            yield Change(message, source, peer, rate=here[source, peer])


def _home(key: NodeKey) -> tuple[str, str, str]:
    """What an application and the service that is called like it have in common."""
    return key.cluster, key.namespace, key.app or key.service


def _calls(facts: Facts) -> dict[tuple[NodeKey, NodeKey], float]:
    """Requests per second from applications to what they call; tcp connections have a place and no rate."""
    is_app = [key.kind is NodeKind.APP for key in facts.keys]
    is_out = facts.direction == DIRECTIONS.index(Direction.OUTBOUND)
    pairs: dict[tuple[int, int], float] = {}
    moving = is_out & ((facts.rate > 0) | (facts.bytes_rate > 0))
    for subject, peer, rate in zip(
        facts.subject[moving].tolist(), facts.peer[moving].tolist(), facts.rate[moving].tolist(), strict=True
    ):
        if is_app[subject]:
            pairs[subject, peer] = pairs.get((subject, peer), 0.0) + rate
    return {(facts.keys[subject], facts.keys[peer]): rate for (subject, peer), rate in pairs.items()}
