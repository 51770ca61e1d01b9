"""New weights for a route, as the object to apply and as one ``kubectl`` command to copy; nothing is run."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from mesh_graph.errors import InvalidRequest
from mesh_graph.istio.place import plain
from mesh_graph.istio.route import DeclaredRoute

__all__ = ["Patch", "patch_for"]

_STEP = re.compile(r"([^/\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Patch:
    """A change to copy.

    Attributes
    ----------
    yaml : str
        The whole object with the new weights, without what the server adds.
    kubectl : str
        A command that changes the weights alone, and refuses where a destination has changed meanwhile; empty
        for an object of a folder.
    """

    yaml: str
    kubectl: str


def patch_for(route: DeclaredRoute, weights: Sequence[int]) -> Patch:
    """New weights for a route's destinations, in their order.

    Raises
    ------
    InvalidRequest
        If there are not as many weights as destinations, one is below 0, or all are 0.
    """
    if len(weights) != len(route.destinations):
        raise InvalidRequest("weights", f"are {len(weights)} for {len(route.destinations)} destinations")
    if any(weight < 0 for weight in weights) or not any(weights):
        raise InvalidRequest("weights", "are not 0 or more, with one above 0")
    spec = plain(route.source.spec)
    operations = []
    for destination, weight in zip(route.destinations, weights, strict=True):
        steps = _steps(destination.path)
        entry = _at({"spec": spec}, steps)
        kept = {key: value for key, value in entry.items() if key != "weight"}
        operations += [
            {"op": "test", "path": _pointer((*steps, key)), "value": value} for key, value in kept.items()
        ]
        operations.append({"op": "add", "path": _pointer((*steps, "weight")), "value": weight})
        entry["weight"] = weight
    return Patch(_manifest(route, spec), "" if route.source.origin else _command(route, operations))


def _steps(path: str) -> tuple[str | int, ...]:
    return tuple(name if name else int(index) for name, index in _STEP.findall(path))


def _at(value: Any, steps: Sequence[str | int]) -> Any:
    for step in steps:
        value = value[step]
    return value


def _pointer(steps: Sequence[str | int]) -> str:
    """RFC 6901."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _manifest(route: DeclaredRoute, spec: Any) -> str:
    source = route.source
    whole = {
        "apiVersion": source.api_version,
        "kind": source.kind,
        "metadata": {"name": source.name, "namespace": source.namespace},
        "spec": spec,
    }
    return yaml.safe_dump(whole, sort_keys=False, allow_unicode=True)


def _command(route: DeclaredRoute, operations: list[dict[str, Any]]) -> str:
    group = route.source.api_version.partition("/")[0]
    words = [
        "kubectl", "patch", f"{route.kind.lower()}.{group}", route.name, "--namespace", route.namespace,
        "--type=json", "--patch", json.dumps(operations, separators=(",", ":"), ensure_ascii=False),
    ]  # fmt: skip
    return shlex.join(words)
