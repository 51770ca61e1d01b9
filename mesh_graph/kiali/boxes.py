"""Boxes around nodes of one app, namespace or cluster, in Kiali's shape."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from hashlib import sha256
from typing import Any

from mesh_graph import fields
from mesh_graph.kiali.identity import APP, is_ok
from mesh_graph.model import Box, GraphType

__all__ = ["add_boxes"]

Data = dict[str, Any]

_SHARED = ("isOutOfMesh", "isInaccessible", "isOutside")
"""Marks that an app's box has if one of its members has it."""


def add_boxes(nodes: list[Data], graph_type: GraphType, boxes: Collection[Box]) -> None:
    """Append the boxes asked for, inner ones first, and name each member's box as its ``parent``.

    Graphs of apps are boxed by app in any case. A box has at least two members; boxes by namespace or cluster
    are drawn only if there would be two.

    Parameters
    ----------
    nodes : list of dict
        Node data; written to.
    graph_type : GraphType
    boxes : collection of Box
    """
    if Box.APP in boxes or graph_type in (GraphType.APP, GraphType.VERSIONED_APP):
        members = [node for node in nodes if is_ok(node.get("app", ""))]
        _box(nodes, _grouped(members, ("cluster", "namespace", "app")), Box.APP)
    for box, kept in ((Box.NAMESPACE, ("cluster", "namespace")), (Box.CLUSTER, ("cluster",))):
        if box in boxes:
            top = [node for node in nodes if "parent" not in node and node[box.value] != fields.UNKNOWN]
            groups = _grouped(top, kept)
            _box(nodes, groups if len(groups) > 1 else {}, box)


def _grouped(nodes: Iterable[Data], names: tuple[str, ...]) -> dict[tuple[str, ...], list[Data]]:
    groups: dict[tuple[str, ...], list[Data]] = defaultdict(list)
    for node in nodes:
        groups[tuple(node[name] for name in names)].append(node)
    return groups


def _box(nodes: list[Data], groups: dict[tuple[str, ...], list[Data]], box: Box) -> None:
    for key, members in groups.items():
        if len(members) < 2:
            continue
        name = sha256("_".join(("box", *key)).encode("utf-8", "surrogatepass")).hexdigest()
        cluster, namespace, app = (*key, "", "")[:3]
        data: Data = {"id": name, "nodeType": "box", "cluster": cluster, "namespace": namespace}
        data |= {"app": app} if app else {}
        data |= {"healthData": None, "isBox": box.value}
        if box is Box.APP:
            data |= _of_members(members)
        for member in members:
            member["parent"] = name
        nodes.append(data)


def _of_members(members: list[Data]) -> Data:
    shared: Data = {mark: True for mark in _SHARED if any(member.get(mark) for member in members)}
    health = next((member["healthData"] for member in members if member["nodeType"] == APP), None)
    return {**shared, "healthData": health}
