"""One config object in full: its document, the lines of its findings, what it names and who names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from mesh_graph.answers.intent_objects import ConfigRow
from mesh_graph.istio.masking import masked
from mesh_graph.istio.place import plain
from mesh_graph.istio.references import Reference, Referring, references
from mesh_graph.istio.subsets import Registry
from mesh_graph.sources.cluster import KubeObject
from mesh_graph.sources.manifest_text import documents

__all__ = ["ObjectDetail", "detail_of_object", "document_of"]


@dataclass(frozen=True, slots=True, eq=False)
class ObjectDetail:
    """Answer of ``detail_of_object``; shared, not to be modified.

    Attributes
    ----------
    row : ConfigRow
        The object with status and findings.
    document : dict
        The object as it is written, without what the server manages; secret values are masked.
    yaml : str
        The document as YAML.
    lines : mapping of str to int
        Line (from 1) of that YAML for each path: ``{"spec/http[0]": 7}``.
    is_masked : bool
        Whether something was masked, so that the document is not to be applied.
    refers_to : tuple of Reference
    referred_by : tuple of Referring
    """

    row: ConfigRow
    document: Mapping[str, Any]
    yaml: str
    lines: Mapping[str, int]
    is_masked: bool
    refers_to: tuple[Reference, ...]
    referred_by: tuple[Referring, ...]

    def line_of(self, path: str) -> int:
        """Line of a path; where the object lacks it, of the nearest part above it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("/"), path.rfind("["), 0)]
        return self.lines.get(path, 1)


def detail_of_object(
    registry: Registry, row: ConfigRow, referred_by: tuple[Referring, ...] = ()
) -> ObjectDetail:
    """Everything about one object of a snapshot, with those that name it."""
    document = document_of(row.source)
    shown, is_masked = masked(document)
    text = yaml.safe_dump(shown, sort_keys=False, allow_unicode=True)
    return ObjectDetail(
        row,
        shown,
        text,
        _lines(text),
        is_masked,
        references(registry, row.source),
        tuple(one for one in referred_by if one.source is not row.source),
    )


def document_of(one: KubeObject) -> dict[str, Any]:
    """An object as people write it: what the server adds to its metadata is left out."""
    metadata: dict[str, Any] = {"name": one.name}
    if one.namespace:
        metadata["namespace"] = one.namespace
    for name, values in (("labels", one.labels), ("annotations", one.annotations)):
        if values:
            metadata[name] = dict(values)
    document = {"apiVersion": one.api_version, "kind": one.api_kind, "metadata": metadata}
    for name, content in (("spec", one.spec), ("status", one.status)):
        if content:
            document[name] = plain(content)
    return document


def _lines(text: str) -> Mapping[str, int]:
    (document,) = documents(text)
    return document.lines()
