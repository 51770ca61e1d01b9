"""MSH0001: a value of a type that its field does not take."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.place import Place, as_json, spec_of
from mesh_graph.istio.shapes import SHAPES, TEXT, mismatches
from mesh_graph.istio.subsets import Registry

__all__ = ["WRONG_TYPE"]

MOST_SHOWN = 40


def _find(registry: Registry, kind: str) -> Iterator[ConfigFinding]:
    for one in registry.snapshot.objects(kind):
        for place, expected in mismatches(spec_of(one), SHAPES[kind]):
            parameters = (("value", as_json(place.value)[:MOST_SHOWN]), ("expected", expected))
            yield ConfigFinding(
                "MSH0001", Severity.ERROR, one, place.path, parameters, _mended(place, expected)
            )


def _mended(place: Place, expected: str) -> dict[str, Any]:
    """A whole number where a text belongs only lacks its quotes; a lone text lacks its list.

    Of 1.1 it is not known whether `1.10` was written, of true whether `on`.
    """
    if expected == TEXT and place.number is not None:
        return {place.path: as_json(place.value)}
    if expected == "list of texts" and place.text:
        return {place.path: [place.text]}
    return {}


WRONG_TYPE = tuple(Rule("MSH0001", (kind,), partial(_find, kind=kind)) for kind in SHAPES)
