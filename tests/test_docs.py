"""What the documents say exists, and what exists is in the documents."""

import re
from pathlib import Path

import pytest
import yaml

from mesh_graph.settings import Settings, load_settings
from mesh_graph.sources.query import Family

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
ARCHITECTURE = ROOT / "docs/architecture.md"
CONFIGURATION = ROOT / "docs/configuration.md"


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def fences(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(document):
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text())
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_make_targets_that_are_named_exist(document):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text(), re.MULTILINE))
    assert named - targets == set()


def test_every_room_is_described():
    rooms = {
        path.stem
        for path in (ROOT / "mesh_graph").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    } - {"__init__", "__main__"}
    described = set(re.findall(r"`(?:mesh_graph/)?(\w+)(?:/|\.py)`", ARCHITECTURE.read_text()))
    assert rooms - described == set()


def test_files_that_the_architecture_names_exist():
    named = re.findall(r"`((?:mesh_graph|tests|scripts|docs|assets)/[\w./-]+)`", ARCHITECTURE.read_text())
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("example", fences(CONFIGURATION, "yaml"))
def test_example_files_can_be_loaded(example, tmp_path):
    values = yaml.safe_load(example)
    values |= {name: __file__ for name in values if name.endswith("_file")}
    path = tmp_path / "example.yaml"
    path.write_text(yaml.safe_dump(values))
    loaded = load_settings({"config": str(path)})
    assert all(
        getattr(loaded, name) != Settings.model_fields[name].default or name == "window_s" for name in values
    )


def test_families_that_can_be_renamed_are_all_named():
    listed = CONFIGURATION.read_text().split("The families:")[1].split("##")[0]
    assert set(re.findall(r"`(\w+)`", listed)) == {family.value for family in Family}


def test_licence_is_apache_2_and_whole():
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
