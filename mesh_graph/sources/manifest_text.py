"""The text of one YAML file → its documents, with the line of every part; hostile text is refused early.

Bounds are kept before anything is built: nesting while the text is parsed, and the size that aliases unfold
to on the graph of nodes, where sharing is still sharing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

__all__ = ["Document", "ManifestInvalid", "documents"]

MAX_DEPTH = 48
MAX_NODES = 200_000
"""Values in one file, aliases unfolded."""
_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_MERGE = "tag:yaml.org,2002:merge"


class ManifestInvalid(ValueError):
    """A file that is not read; the text says why, as a clause."""


@dataclass(frozen=True, slots=True)
class Document:
    """One object of a file.

    Attributes
    ----------
    value : dict
    node : yaml.Node
        Knows where in the text every part stands.
    """

    value: dict[str, Any]
    node: yaml.Node

    @property
    def line(self) -> int:
        """Line of the object, from 1."""
        return int(self.node.start_mark.line) + 1

    def lines(self) -> dict[str, int]:
        """Line (from 1) of every path below the object: ``spec/http[0]/route[1]``; ``""`` is the object."""
        lines: dict[str, int] = {}
        todo = [("", self.node, self.line, 0)]
        while todo:
            path, node, line, depth = todo.pop()
            lines[path] = line
            if depth < MAX_DEPTH:
                todo += [(*below, depth + 1) for below in _parts(path, node)]
        return lines


class _Loader(yaml.CSafeLoader):
    """Safe, and dates stay texts, as in JSON."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def documents(text: str) -> list[Document]:
    """The objects of a file; the items of a ``List`` one by one, what is no mapping left out.

    Raises
    ------
    ManifestInvalid
        If it is no YAML, or nested deeper or larger than any real manifest.
    """
    try:
        _check_nesting(text)
        return [document for root in _roots(text) for document in _objects(root)]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" (line {mark.line + 1})" if mark else ""
        raise ManifestInvalid(f"is no YAML: {error.problem or error.context}{where}") from None
    except (yaml.YAMLError, ValueError, OverflowError, TypeError) as error:
        if isinstance(error, ManifestInvalid):
            raise
        raise ManifestInvalid(f"is no YAML: {' '.join(str(error).split())[:200]}") from None


def _check_nesting(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise ManifestInvalid(f"is nested deeper than {MAX_DEPTH} levels")


def _roots(text: str) -> Iterator[tuple[yaml.Node, Any]]:
    """Each document's node and value."""
    loader = _Loader(text)
    left = MAX_NODES
    try:
        while loader.check_node():
            root: yaml.Node = loader.get_node()  # type: ignore[assignment]
            left -= _size(root, {}, ())
            if left < 0:
                raise ManifestInvalid(f"holds more than {MAX_NODES:,} values, aliases unfolded")
            yield root, loader.construct_document(root)
    finally:
        loader.dispose()


def _size(node: yaml.Node, known: dict[int, int], above: tuple[int, ...]) -> int:
    """Values below a node with aliases unfolded, itself included; one look at each node."""
    if id(node) in above:
        raise ManifestInvalid("holds an alias of what it is part of")
    _check_keys(node)
    if id(node) not in known:
        inner = (*above, id(node))
        known[id(node)] = 1 + sum(_size(child, known, inner) for child in _children(node))
    return known[id(node)]


def _check_keys(node: yaml.Node) -> None:
    """Refuse a mapping with a key twice: YAML allows none, and whichever is taken may be the wrong one."""
    keys = [key for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
    seen: set[tuple[str, str]] = set()
    for key in keys:
        if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
            if (key.tag, key.value) in seen:
                line = key.start_mark.line + 1
                raise ManifestInvalid(f"holds the key {key.value[:60]} twice (line {line})")
            seen.add((key.tag, key.value))


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _objects(root: tuple[yaml.Node, Any]) -> Iterator[Document]:
    node, value = root
    if not isinstance(value, dict):
        return
    kind, items = value.get("kind"), value.get("items")
    if not (isinstance(kind, str) and kind.endswith("List") and isinstance(items, list)):
        yield Document(value, node)
        return
    for key, inner in node.value:
        if key.value == "items" and isinstance(inner, yaml.SequenceNode):
            for item, below in zip(items, inner.value, strict=True):
                yield from _objects((below, item))


def _parts(path: str, node: yaml.Node) -> Iterator[tuple[str, yaml.Node, int]]:
    """Path, node and line of the parts of a node."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            yield f"{path}/{name}" if path else name, value, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield f"{path}[{index}]", value, value.start_mark.line + 1
