"""A value inside an object together with its path; whatever is not there, or of another type, is nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mesh_graph.sources.cluster import EMPTY, KubeObject

__all__ = ["Place", "as_json", "plain", "spec_of"]


@dataclass(frozen=True, slots=True)
class Place:
    """A value of an object's spec; specs are hostile, so that every step may lead nowhere.

    Examples
    --------
    >>> spec = Place({"http": [{"route": [{"weight": 80}]}]}, "spec")
    >>> [(r.path, r["weight"].number) for h in spec["http"] for r in h["route"]]
    [('spec/http[0]/route[0]', 80)]
    >>> spec["http"]["route"]["weight"].number is None
    True
    """

    value: Any
    path: str

    def __getitem__(self, key: str) -> Place:
        """A mapping's value."""
        value = self.value.get(key) if isinstance(self.value, Mapping) else None
        return Place(value, f"{self.path}/{key}")

    def __iter__(self) -> Iterator[Place]:
        """A list's elements."""
        if isinstance(self.value, tuple | list):
            for index, value in enumerate(self.value):
                yield Place(value, f"{self.path}[{index}]")

    def __bool__(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    def __contains__(self, key: str) -> bool:
        """Whether a mapping has a key."""
        return isinstance(self.value, Mapping) and key in self.value

    @property
    def text(self) -> str:
        """A text; empty for anything else."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def number(self) -> int | None:
        """A whole number; None for anything else."""
        return self.value if isinstance(self.value, int) and not isinstance(self.value, bool) else None

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of a list."""
        return tuple(item.text for item in self if item.text)

    @property
    def labels(self) -> Mapping[str, str]:
        """A mapping of texts to texts; what is something else is left out."""
        if not isinstance(self.value, Mapping):
            return EMPTY
        return {key: value for key, value in self.value.items() if isinstance(value, str)}


def spec_of(one: KubeObject) -> Place:
    """The spec of an object."""
    return Place(one.spec, "spec")


def plain(value: Any) -> Any:
    """A copy of a frozen value in dicts and lists, to write it out or to change it."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain(inner) for inner in value]
    return value


def as_json(value: Any) -> str:
    """A frozen value as compact JSON."""
    return json.dumps(plain(value), separators=(",", ":"), ensure_ascii=False)
