"""Declared routes → what each split was promised; knows the cluster's objects, not the traffic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from mesh_graph.answers.promise_steps import held_at, rolled_out, steps_of
from mesh_graph.canary.sample import Rules
from mesh_graph.canary.split import Promise
from mesh_graph.canary.verdict import Verdict
from mesh_graph.codec import parse_duration
from mesh_graph.errors import InvalidRequest
from mesh_graph.istio.patch import patch_for
from mesh_graph.istio.route import DeclaredRoute, Destination
from mesh_graph.istio.routes import declared_routes
from mesh_graph.model import View
from mesh_graph.sources.cluster import Snapshot

__all__ = ["ANNOTATION", "promises_at", "promises_of"]

ANNOTATION = "canary.meshgraph.io/"
"""Begins the annotations of a route that say how it is judged."""
OBJECTIVE = "latency-objective"


def _ratio(text: str) -> float:
    number = text.strip()
    value = float(number.removesuffix("%")) / (100 if number.endswith("%") else 1)
    if not 0 <= value <= 1:
        raise ValueError(f"not from 0 to 1: {text!r}")
    return value


def _count(text: str) -> int:
    if not 1 <= int(text) <= 10**9:
        raise ValueError(f"out of range: {text!r}")
    return int(text)


def _milliseconds(text: str) -> float:
    number = text.strip()
    value = float(number.removesuffix("ms")) if number.endswith("ms") else 1000.0 * parse_duration(number)
    if not 0 < value < 1e9:
        raise ValueError(f"out of range: {text!r}")
    return value


_RULES: Mapping[str, tuple[str, Callable[[str], float]]] = {
    "minimum-requests": ("minimum_requests", _count),
    "share-margin": ("share_margin", _ratio),
    "error-margin": ("error_margin", _ratio),
    "client-error-margin": ("client_error_margin", _ratio),
    "latency-margin": ("latency_margin", _ratio),
}
"""Annotation, the rule that it sets, and how it is read."""


def promises_of(
    routes: Iterable[DeclaredRoute], rules: Rules, snapshot: Snapshot | None = None
) -> dict[str, Promise]:
    """What every split was promised, by ``namespace/name`` of its service.

    Parameters
    ----------
    routes : iterable of DeclaredRoute
        All of them, those with one destination too.
    rules : Rules
        The settings'.
    snapshot : Snapshot, optional
        Where the routes are from; without it, nothing is known of what they declared before.

    Notes
    -----
    Proxies count requests by service, not by the rule that they matched. Where several rules of a service
    send to several destinations, the one without conditions is the promise, else the last, as rules are
    tried in order; the conditions of all other rules are kept with it, to be said.
    """
    by_split: dict[str, list[DeclaredRoute]] = {}
    for route in routes:
        if name := _split_of(route):
            by_split.setdefault(name, []).append(route)
    return {
        name: _promise(splits, of_name, rules, snapshot)
        for name, of_name in by_split.items()
        if (splits := [route for route in of_name if len(route.destinations) > 1])
    }


def promises_at(snapshot: Snapshot | None, rules: Rules, view: View) -> dict[str, Promise]:
    """What the splits of a view's namespaces were promised at its instant.

    What changed after that instant says nothing of it; where no journal tells what was there before, it is
    left out.
    """
    if snapshot is None:
        return {}
    present = promises_of(declared_routes(snapshot), rules, snapshot).items()
    return {
        name: held
        for name, promise in present
        if (not view.namespaces or name.partition("/")[0] in view.namespaces)
        and (held := held_at(promise, view.at or 0.0)) is not None
    }


def _split_of(route: DeclaredRoute) -> str:
    """The service that is shared out: the destinations' own, or, of several, the one that was called."""
    hosts = _hosts(route)
    called = next((f"{host.namespace}/{host.service}" for host in route.hosts if host.is_service), "")
    return hosts[0] if len(hosts) == 1 else called or next(iter(hosts), "")


def _hosts(route: DeclaredRoute) -> tuple[str, ...]:
    names = (f"{d.host.namespace}/{d.host.service}" for d in route.destinations if d.host.is_service)
    return tuple(dict.fromkeys(names))


def _promise(
    splits: list[DeclaredRoute], of_name: list[DeclaredRoute], rules: Rules, snapshot: Snapshot | None
) -> Promise:
    chosen = next((route for route in splits if not route.matches), splits[-1])
    names = _versions(chosen)
    weights: dict[str, float] = {}
    for name, destination in zip(names, chosen.destinations, strict=True):
        weights[name] = weights.get(name, 0.0) + (destination.share or 0.0)
    others = [match for route in of_name if route is not chosen for match in route.matches]
    read, objective_ms, unread = _annotated(chosen.source.annotations, rules)
    changes = snapshot.changes.get(chosen.source.identity, ()) if snapshot else ()
    steps = steps_of(chosen, names, changes)
    is_known = all(destination.share is not None for destination in chosen.destinations)
    return Promise(
        route=f"{chosen.kind} {chosen.namespace}/{chosen.name}",
        weights=weights if is_known and sum(weights.values()) > 0 else {},
        changed_at=steps[-1].at if steps else chosen.changed_at,
        hosts=_hosts(chosen),
        rules=read,
        objective_ms=objective_ms,
        is_mirrored=bool(chosen.mirrors),
        matches=tuple(dict.fromkeys([*chosen.matches, *others])),
        patches=_Patches(chosen, names) if is_known else {},
        unread=unread,
        steps=steps,
        rolled_out=rolled_out(snapshot, chosen) if snapshot else (),
    )


def _versions(route: DeclaredRoute) -> list[str]:
    """Version of every destination, by the name that traffic has."""
    several = len(_hosts(route)) > 1

    def name(destination: Destination) -> str:
        if several and destination.host.is_service:
            return destination.host.service
        workload = destination.workloads[0] if len(destination.workloads) == 1 else ""
        return destination.version or workload or destination.subset or destination.host.name

    return [name(destination) for destination in route.destinations]


def _annotated(annotations: Mapping[str, str], rules: Rules) -> tuple[Rules, float | None, tuple[str, ...]]:
    """The rules with what annotations say otherwise; the objective; the annotations that cannot be read."""
    changes: dict[str, float] = {}
    objective_ms, unread = None, []
    for key, text in annotations.items():
        name = key.removeprefix(ANNOTATION)
        if name == key:
            continue
        try:
            if name == OBJECTIVE:
                objective_ms = _milliseconds(text)
            else:
                rule, read = _RULES[name]
                changes[rule] = read(text)
        except (KeyError, ValueError):
            unread.append(key)
    return replace(rules, **changes), objective_ms, tuple(unread)  # type: ignore[arg-type]


class _Patches(Mapping[tuple[Verdict, str], tuple[str, str]]):
    """For each version but the one that gets most: everything to it, and nothing to it.

    Written when somebody looks: a list of splits shows none of them.
    """

    def __init__(self, route: DeclaredRoute, names: list[str]) -> None:
        self._route, self._names = route, names

    def __getitem__(self, key: tuple[Verdict, str]) -> tuple[str, str]:
        return self._written[key]

    def __iter__(self) -> Iterator[tuple[Verdict, str]]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)

    @cached_property
    def _written(self) -> dict[tuple[Verdict, str], tuple[str, str]]:
        return _patches(self._route, self._names)


def _patches(route: DeclaredRoute, names: list[str]) -> dict[tuple[Verdict, str], tuple[str, str]]:
    declared = [destination.declared or 0 for destination in route.destinations]
    if len(set(names)) < len(names) or not any(declared):
        return {}
    baseline = max(range(len(names)), key=lambda place: declared[place])
    found: dict[tuple[Verdict, str], tuple[str, str]] = {}
    for place, name in enumerate(names):
        if place == baseline:
            continue
        promoted = [sum(declared) if other == place else 0 for other in range(len(names))]
        back = [0 if other == place else weight for other, weight in enumerate(declared)]
        back[baseline] += declared[place]
        for verdict, weights in ((Verdict.PROMOTE, promoted), (Verdict.ROLL_BACK, back)):
            try:
                patch = patch_for(route, weights)
            except InvalidRequest:
                continue
            found[verdict, name] = (patch.yaml, patch.kubectl)
    return found
