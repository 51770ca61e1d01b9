"""Folding: which nodes are drawn as one, so that a graph can be read.

Above the budget, all versions are folded into their apps; if that is not enough, whole namespaces into one
node each, in this order until the graph fits:

1. namespaces that the view did not ask for,
2. namespaces without traffic, then those without errors, then with some (0.1 % of requests), then with
   many (10 %);
3. among those alike the one with the most nodes first, so that few are folded, then by name.

So what is broken stays open, and what was broken a little while ago (``alarms``) counts as if it still were.
Rates play no part beyond those thresholds: load that comes and goes does not move the picture. Where room is
left at the end, versions are shown again, the most erroneous namespaces first. Namespaces are the coarsest
fold; hosts outside every namespace are never folded.

The namespace map is the same with every namespace folded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mesh_graph import fields
from mesh_graph.frames.codes import Ints
from mesh_graph.model import NodeKey, NodeKind
from mesh_graph.topology.columns import sums
from mesh_graph.topology.layer import Layer
from mesh_graph.topology.outcome import DEGRADED_FROM, FAILURE_FROM
from mesh_graph.topology.places import Nodes

__all__ = ["Alarms", "Load", "alarm_of", "fold_namespaces", "fold_to_budget", "no_alarms"]

Alarms = Callable[[], Mapping[tuple[str, str], int]]
"""How gravely each (cluster, namespace) failed of late; asked only where something has to be folded."""


def no_alarms() -> Mapping[tuple[str, str], int]:
    """Nothing is known of late."""
    return {}


def alarm_of(rate: float, errors: float) -> int:
    """Degree of failing: 0 without traffic, 1 without errors worth it, 2 with some, 3 with many."""
    ratio = errors / rate if rate > 0 else -1.0
    return sum(ratio >= threshold for threshold in (0.0, DEGRADED_FROM, FAILURE_FROM))


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """Requests per second, all and failed, that leave or reach each node."""

    rate: NDArray[np.float64]
    errors: NDArray[np.float64]

    @classmethod
    def of(cls, layer: Layer, nodes: int) -> Self:
        """Load of flows at each of their ends."""
        route, rate, errors = layer.route, layer.rates(fields.RATE), layer.failures()
        return cls(
            sums(route.source, rate, nodes) + sums(route.destination, rate, nodes),
            sums(route.source, errors, nodes) + sums(route.destination, errors, nodes),
        )


@dataclass(slots=True)
class _Namespace:
    """The drawn nodes of one namespace of one cluster, and how they may be folded."""

    key: NodeKey
    members: list[int] = field(default_factory=list)
    apps: dict[NodeKey, list[int]] = field(default_factory=lambda: defaultdict(list))
    is_open: bool = False

    def versions(self, unfolded: Collection[str]) -> dict[NodeKey, list[int]]:
        """Apps of more than one node that may be folded, with those nodes."""
        if self.is_open:
            return {}
        return {
            key: members
            for key, members in self.apps.items()
            if len(members) > 1 and key.text not in unfolded
        }


def fold_namespaces(nodes: Nodes, drawn: Ints, unfolded: Collection[str]) -> dict[int, int]:
    """Number of each node to the one it is drawn as: its namespace's, unless whose key is ``unfolded``."""
    stands_for: dict[int, int] = {}
    for namespace in _namespaces(nodes, drawn, unfolded):
        if not namespace.is_open:
            _fold(stands_for, nodes, namespace.key, namespace.members)
    return stands_for


def fold_to_budget(
    nodes: Nodes,
    drawn: Ints,
    load: Load,
    *,
    budget: int,
    wanted: Collection[str],
    unfolded: Collection[str],
    alarms: Alarms = no_alarms,
) -> dict[int, int]:
    """Number of each folded node to the one that it is drawn as; see the module. Empty within the budget.

    Parameters
    ----------
    nodes : Nodes
        Nodes that stand for folded ones are added to it.
    drawn : array of int64
        Numbers of the nodes to draw, ghosts included, each once.
    load : Load
        Of all nodes.
    budget : int
        Number of nodes above which the graph is folded.
    wanted : collection of str
        The view's namespaces; empty for all.
    unfolded : collection of str
        Keys of folded nodes that are to be open: a namespace with everything in it, an app with its versions.
    alarms : Alarms
    """
    stands_for: dict[int, int] = {}
    count = len(drawn)
    if count <= budget:
        return stands_for
    before = alarms()
    namespaces = sorted(
        _namespaces(nodes, drawn, unfolded),
        key=lambda namespace: _calmest_first(namespace, load, wanted, before),
    )
    versions = [namespace.versions(unfolded) for namespace in namespaces]
    count -= sum(_saved(apps) for apps in versions)
    closed = 0
    while count > budget and closed < len(namespaces):
        namespace = namespaces[closed]
        if not namespace.is_open and len(namespace.members) > 1:
            _fold(stands_for, nodes, namespace.key, namespace.members)
            count -= len(namespace.members) - _saved(versions[closed]) - 1
        closed += 1
    for apps in reversed(versions[closed:]):
        if count + _saved(apps) <= budget:
            count += _saved(apps)
        else:
            for key, members in apps.items():
                _fold(stands_for, nodes, key, members)
    return stands_for


def _namespaces(nodes: Nodes, drawn: Ints, unfolded: Collection[str]) -> list[_Namespace]:
    found: dict[tuple[str, str], _Namespace] = {}
    for number in drawn.tolist():
        key = nodes.keys[number]
        if not key.namespace:
            continue
        home = (key.cluster, key.namespace)
        if home not in found:
            own = NodeKey(NodeKind.NAMESPACE, *home)
            found[home] = _Namespace(own, is_open=own.text in unfolded)
        found[home].members.append(number)
        app = key.app or nodes.apps.get(number, "")
        if app and key.kind in (NodeKind.APP, NodeKind.WORKLOAD):
            found[home].apps[NodeKey(NodeKind.APP, *home, app=app)].append(number)
    return list(found.values())


def _calmest_first(
    namespace: _Namespace, load: Load, wanted: Collection[str], before: Mapping[tuple[str, str], int]
) -> tuple[bool, int, int, NodeKey]:
    now = alarm_of(load.rate[namespace.members].sum(), load.errors[namespace.members].sum())
    alarm = max(now, before.get((namespace.key.cluster, namespace.key.namespace), 0))
    is_wanted = not wanted or namespace.key.namespace in wanted
    return is_wanted, alarm, -len(namespace.members), namespace.key


def _saved(apps: dict[NodeKey, list[int]]) -> int:
    return sum(len(members) - 1 for members in apps.values())


def _fold(stands_for: dict[int, int], nodes: Nodes, key: NodeKey, members: list[int]) -> None:
    number = nodes.number(key)
    stands_for.update(dict.fromkeys(members, number))
