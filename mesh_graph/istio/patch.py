"""A change of an object, as the object to apply and as one ``kubectl`` command to copy; nothing is run."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import yaml

from mesh_graph.errors import InvalidRequest
from mesh_graph.istio.masking import masked
from mesh_graph.istio.place import plain
from mesh_graph.istio.route import DeclaredRoute
from mesh_graph.sources.cluster import KubeObject

__all__ = ["REMOVED", "Patch", "patch_for", "patch_of"]


class _Removed(Enum):
    VALUE = "removed"

    def __str__(self) -> str:
        return self.value


REMOVED = _Removed.VALUE
"""New value of a field that is to be taken away."""
_STEP = re.compile(r"([^/\[\]]+)|\[(\d+)\]")
Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Patch:
    """A change to copy.

    Attributes
    ----------
    yaml : str
        The whole object with the change, without what the server adds; empty where it holds a secret.
    kubectl : str
        A command that makes the change alone, and refuses where what it changes is no longer what it was;
        empty for an object of a folder.
    """

    yaml: str
    kubectl: str


def patch_for(route: DeclaredRoute, weights: Sequence[int]) -> Patch:
    """New weights for a route's destinations, in their order.

    The command tests that the destinations are still those, and leaves everything else as it is.

    Raises
    ------
    InvalidRequest
        If there are not as many weights as destinations, one is below 0, or all are 0.
    """
    if len(weights) != len(route.destinations):
        raise InvalidRequest("weights", f"are {len(weights)} for {len(route.destinations)} destinations")
    if any(weight < 0 for weight in weights) or not any(weights):
        raise InvalidRequest("weights", "are not 0 or more, with one above 0")
    changed = plain(route.source.spec)
    operations = []
    for destination, weight in zip(route.destinations, weights, strict=True):
        steps = _steps(destination.path)
        entry = _at({"spec": changed}, steps)
        operations += [
            _operation("test", (*steps, key), value) for key, value in entry.items() if key != "weight"
        ]
        operations.append(_operation("add", (*steps, "weight"), weight))
        entry["weight"] = weight
    return _patch(route.source, changed, operations)


def patch_of(one: KubeObject, changes: Mapping[str, Any]) -> Patch:
    """New values for fields of an object, by their paths: ``{"spec/gateways[0]": "public"}``.

    A field that is not there is added, with those above it; ``REMOVED`` takes one away. The command tests
    that the fields still have the values that the object has.
    """
    changed = plain(one.spec)
    operations: list[dict[str, Any]] = []
    for path, value in changes.items():
        steps, content = _from_first_missing({"spec": changed}, _steps(path), value)
        *above, last = steps
        parent = _at({"spec": changed}, above)
        if content is REMOVED:
            operations += [
                _operation("test", steps, parent[last]),
                {"op": "remove", "path": _pointer(steps)},
            ]
            del parent[last]
            continue
        is_there = isinstance(last, int) or last in parent
        if is_there:
            operations.append(_operation("test", steps, parent[last]))
        operations.append(_operation("replace" if is_there else "add", steps, content))
        parent[last] = content
    return _patch(one, changed, operations)


def _from_first_missing(whole: Any, steps: Steps, value: Any) -> tuple[Steps, Any]:
    """The steps down to the first part that is not there, and what has to be put in its place.

    A part that cannot hold the next step, such as a list where a mapping belongs, is not there either.
    """
    parent = whole
    for number, step in enumerate(steps[:-1], start=1):
        holder = list if isinstance(steps[number], int) else dict
        if isinstance(parent, dict) and not isinstance(parent.get(step), holder):
            for below in reversed(steps[number:]):
                value = {below: value}
            return steps[:number], value
        parent = parent[step]
    return steps, value


def _steps(path: str) -> Steps:
    return tuple(name if name else int(index) for name, index in _STEP.findall(path))


def _at(value: Any, steps: Sequence[str | int]) -> Any:
    for step in steps:
        value = value[step]
    return value


def _operation(name: str, steps: Steps, value: Any) -> dict[str, Any]:
    """An operation of a JSON patch (RFC 6902), its path a JSON pointer (RFC 6901)."""
    return {"op": name, "path": _pointer(steps), "value": value}


def _pointer(steps: Steps) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _patch(one: KubeObject, spec: Any, operations: list[dict[str, Any]]) -> Patch:
    whole = {
        "apiVersion": one.api_version,
        "kind": one.api_kind,
        "metadata": {"name": one.name, "namespace": one.namespace},
        "spec": spec,
    }
    written = yaml.safe_dump(whole, sort_keys=False, allow_unicode=True)
    has_secret = masked(whole)[1]
    return Patch("" if has_secret else written, "" if one.origin else _command(one, operations))


def _command(one: KubeObject, operations: list[dict[str, Any]]) -> str:
    group, slash, _ = one.api_version.partition("/")
    kind = one.api_kind.lower() + (f".{group}" if slash else "")
    words = [
        "kubectl", "patch", kind, one.name, "--namespace", one.namespace,
        "--type=json", "--patch", json.dumps(operations, separators=(",", ":"), ensure_ascii=False),
    ]  # fmt: skip
    return shlex.join(words)
