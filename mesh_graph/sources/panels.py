"""Panels that a team adds to the detail pages: a YAML file of named queries, read and checked at start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mesh_graph.errors import ConfigError
from mesh_graph.model import Direction
from mesh_graph.sources.promql_template import PromqlTemplate

__all__ = ["CustomPanel", "CustomQuery", "read_panels"]

MOST_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class CustomQuery:
    """One query of a panel.

    Attributes
    ----------
    promql : PromqlTemplate
    legend : str
        What its lines are called: ``{label}`` is that label's value; empty for all labels of a series.
    """

    promql: PromqlTemplate
    legend: str = ""


@dataclass(frozen=True, slots=True)
class CustomPanel:
    """One chart of a team's own.

    Attributes
    ----------
    title : str
    unit : str
    direction : Direction
        The tab that it stands on.
    namespace_label : str
        Label of its metrics that holds the namespace; ``$scope`` says that it is the page's.
    queries : tuple of CustomQuery
    """

    title: str
    unit: str
    direction: Direction
    namespace_label: str
    queries: tuple[CustomQuery, ...]

    @property
    def names(self) -> frozenset[str]:
        """What a page must know for the panel to be shown on it, of ``promql_template.NAMES``."""
        return frozenset[str]().union(*(query.promql.names for query in self.queries))


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _WrittenQuery(_Written):
    promql: str = Field(min_length=1, max_length=10_000)
    legend: str = ""


class _WrittenPanel(_Written):
    title: str = Field(min_length=1, max_length=100)
    unit: str = Field("", max_length=20)
    tab: Literal["inbound", "outbound"] = "inbound"
    namespace_label: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    queries: list[_WrittenQuery] = Field(min_length=1, max_length=10)


class _WrittenFile(_Written):
    panels: list[_WrittenPanel] = Field(max_length=100)


def read_panels(path: Path) -> tuple[CustomPanel, ...]:
    """The panels of a file, in its order.

    Raises
    ------
    ConfigError
        If the file cannot be read, or something in it is not what its place takes: a line for each mistake.
    """
    written = _read(path)
    mistakes: list[str] = []
    panels = [_panel(panel, mistakes) for panel in written.panels]
    titles = [panel.title for panel in panels]
    mistakes += [
        f"two panels are called {title!r}" for title in sorted({t for t in titles if titles.count(t) > 1})
    ]
    if mistakes:
        raise ConfigError("\n".join(f"{path}: {mistake}." for mistake in mistakes))
    return tuple(panels)


def _read(path: Path) -> _WrittenFile:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigError(f"{path} is larger than 1 MiB, which no file of panels is.")
        return _WrittenFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        lines = (
            f"{path}: {_place(one['loc'])}: {one['msg'][:1].lower()}{one['msg'][1:]}."
            for one in error.errors()
        )
        raise ConfigError("\n".join(lines)) from None
    except (OSError, UnicodeDecodeError, RecursionError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} is no YAML file of panels: {' '.join(str(error).split())}") from None


def _place(loc: tuple[Any, ...]) -> str:
    """Where a mistake is: ``panels[2].unit``; people count from one."""
    return (
        "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".")
        or "the file"
    )


def _panel(written: _WrittenPanel, mistakes: list[str]) -> CustomPanel:
    queries = tuple(_queries(written, mistakes))
    return CustomPanel(written.title, written.unit, Direction(written.tab), written.namespace_label, queries)


def _queries(written: _WrittenPanel, mistakes: list[str]) -> Iterator[CustomQuery]:
    for number, query in enumerate(written.queries, 1):
        try:
            yield CustomQuery(PromqlTemplate(query.promql), query.legend)
        except ValueError as error:
            mistakes.append(f"query {number} of panel {written.title!r}: {error}")
