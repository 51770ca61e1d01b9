"""What a route declared before, by the journal, and when its versions were rolled out, by ReplicaSets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mesh_graph.canary.split import Promise, Step
from mesh_graph.istio.route import DeclaredRoute, shares
from mesh_graph.sources.cluster import Change, Snapshot

__all__ = ["held_at", "rolled_out", "steps_of"]

POD_TEMPLATE_HASH = "pod-template-hash"
"""A ReplicaSet with this label was made for one state of a workload's pods: their image, their settings."""


def steps_of(route: DeclaredRoute, names: Sequence[str], changes: Sequence[Change]) -> tuple[Step, ...]:
    """Shares that a route declared, ascending in time; none where nobody kept them.

    Parameters
    ----------
    route : DeclaredRoute
        As it is now.
    names : sequence of str
        Version of every destination.
    changes : sequence of Change
        Of its object. A state of it that differs in more than weights has shares that are not known, for its
        destinations may be others. What changes nothing of this route is no step.
    """
    found: list[Step] = []
    for change in changes:
        is_alike = bool(change.shape) and change.shape == changes[-1].shape
        step = Step(change.at, _weights(route, names, change) if is_alike else {})
        if not found or found[-1].weights != step.weights or not step.weights:
            found.append(step)
    return tuple(found)


def _weights(route: DeclaredRoute, names: Sequence[str], change: Change) -> dict[str, float]:
    declared = [change.weights.get(to.path, to.declared) for to in route.destinations]
    weights: dict[str, float] = {}
    for name, share in zip(names, shares(declared), strict=True):
        if share is None:
            return {}
        weights[name] = weights.get(name, 0.0) + share
    return weights if sum(weights.values()) > 0 else {}


def rolled_out(snapshot: Snapshot, route: DeclaredRoute) -> tuple[float, ...]:
    """When pods of a new kind began to answer for the route's versions, ascending, Unix seconds.

    A workload gets a new ReplicaSet when its image or anything else of its pods changes. Those without
    replicas are of the past, or to come.
    """
    wanted = {(to.host.namespace, workload) for to in route.destinations for workload in to.workloads}
    return tuple(
        sorted(
            one.created_at
            for one in snapshot.objects("ReplicaSet")
            if one.cluster == route.cluster
            and one.owner is not None
            and (one.namespace, one.owner[1]) in wanted
            and POD_TEMPLATE_HASH in one.labels
            and one.spec.get("replicas") != 0
            and one.created_at is not None
        )
    )


def held_at(promise: Promise, at: float) -> Promise | None:
    """What was promised at an instant; None where nobody knows.

    What changed after it says nothing of it, unless the journal tells what was there before.
    """
    past = [step for step in promise.steps if step.at < at]
    known = replace(promise, steps=tuple(past), rolled_out=tuple(t for t in promise.rolled_out if t < at))
    if promise.changed_at is None or promise.changed_at < at:
        return known
    if not past or not past[-1].weights:
        return None
    return replace(known, weights=past[-1].weights, changed_at=past[-1].at, patches={})
