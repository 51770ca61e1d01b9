"""The table of settings: complete, documented, and every name of it used."""

import ast
import re
from pathlib import Path

import pytest

from mesh_graph.settings import Settings, load_settings, rows

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/configuration.md"


def documented() -> dict[str, list[str]]:
    lines = DOCUMENT.read_text().splitlines()
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines if line.startswith("| `")]
    return {row[0].strip(" `"): [cell.strip() for cell in row[1:]] for row in cells}


def test_every_setting_is_documented_in_order():
    assert list(documented()) == list(Settings.model_fields)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.name)
def test_documented_type_unit_and_help_are_the_model_s(row):
    kind, _, unit, text = documented()[row.name]
    assert (kind, unit, text) == (row.takes.type, row.unit, row.help)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.name)
def test_documented_default_reads_back_as_the_model_s(row):
    default = documented()[row.name][1].strip("`")
    if default == "":
        assert row.default in (None, (), {})
    else:
        assert getattr(load_settings({row.name: default}), row.name) == row.default


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.name)
def test_unit_ends_the_name_of_every_quantity(row):
    assert (row.takes.type == "duration") == row.name.endswith("_s")
    assert (row.takes.type == "size") == row.name.endswith("_bytes")


def read_names() -> set[str]:
    """Attributes taken from a name ``settings`` anywhere outside the settings themselves."""
    sources = [p for p in (ROOT / "mesh_graph").rglob("*.py") if p.parent.name != "settings"]
    nodes = [node for path in sources for node in ast.walk(ast.parse(path.read_text()))]
    return {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "settings"
    }


def test_every_setting_is_read_somewhere():
    read_while_loading = {"config", "insecure_no_auth"}
    assert set(Settings.model_fields) - read_names() == read_while_loading
