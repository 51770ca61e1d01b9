"""The order of the rooms, the sizes and the names that the whole package keeps to."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "mesh_graph"
MODULES = sorted(PACKAGE.rglob("*.py"))
MODULE_LINES = 400
FUNCTION_LINES = 50
POSITIONAL_ARGUMENTS = 4
SHAPELESS_NAMES = {"utils", "util", "helpers", "common", "lib", "core", "misc"}
IMPORTED_AS = {"pyyaml": "yaml", "argon2_cffi": "argon2", "google_re2": "re2"}
SPEAKING = [path for path in MODULES if path.name not in ("__init__.py", "__main__.py")]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]


def lines_without_docstring(function: ast.FunctionDef) -> int:
    first = function.body[0]
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    documented = first.end_lineno - first.lineno + 1 if has_docstring else 0
    return function.end_lineno - function.lineno + 1 - documented


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of a folder that holds a ``mesh_graph`` and our ``pyproject.toml``."""
    checker = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([checker], cwd=folder, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def rooms(tmp_path):
    """A copy of the package whose modules may be spoilt."""
    shutil.copytree(PACKAGE, tmp_path / "mesh_graph", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("frames/spoilt.py", "import mesh_graph.topology.attributes", "A room imports only"),
        ("errors.py", "import mesh_graph.model", "A room imports only"),
        ("topology/spoilt.py", "import dash", "know Dash"),
        ("topology/spoilt.py", "import requests", "Only sources talk to servers"),
        ("frames/spoilt.py", "import threading", "are pure"),
        ("attic/__init__.py", "", "A room imports only"),
    ],
)
def test_import_against_the_order_breaks_its_contract(rooms, module, line, contract):
    spoilt = rooms / "mesh_graph" / module
    spoilt.parent.mkdir(exist_ok=True)
    with spoilt.open("a") as text:
        text.write(f"\n{line}\n")
    checked = lint_imports(rooms)
    assert checked.returncode == 1
    broken = [words for words in checked.stdout.splitlines() if " BROKEN" in words]
    assert any(contract in words for words in broken), checked.stdout


def test_app_knows_the_command_line_only():
    tree = ast.parse((ROOT / "app.py").read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"mesh_graph.cli"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_can_be_read_in_one_sitting(path):
    assert len(path.read_text().splitlines()) <= MODULE_LINES
    long = {
        f.name: lines_without_docstring(f)
        for f in functions(path)
        if lines_without_docstring(f) > FUNCTION_LINES
    }
    assert long == {}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_public_functions_take_few_positional_arguments(path):
    counts = {
        function.name: len(
            [a for a in (*function.args.posonlyargs, *function.args.args) if a.arg not in ("self", "cls")]
        )
        for function in functions(path)
        if not function.name.startswith("_") and not function.decorator_list
    }
    assert {name: count for name, count in counts.items() if count > POSITIONAL_ARGUMENTS} == {}


@pytest.mark.parametrize("path", SPEAKING, ids=name_of)
def test_module_heads_with_what_it_gives(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree)
    assigned = {
        t.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for t in node.targets
        if isinstance(t, ast.Name)
    }
    assert "__all__" in assigned or path.name == "fields.py"


def test_no_module_is_named_for_nothing():
    assert {part for path in MODULES for part in (path.stem, path.parent.name)} & SHAPELESS_NAMES == set()


def test_every_package_is_installed_and_the_assets_with_them():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in PACKAGE.rglob("__init__.py")}
    assert set(listed) == found | {"mesh_graph.assets"}


def test_what_is_imported_is_what_is_depended_on():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[>\[]", text)[0].replace("-", "_") for text in project["dependencies"]}
    nodes = [node for path in MODULES for node in ast.walk(ast.parse(path.read_text()))]
    imports = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imports |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    foreign = {name.split(".")[0] for name in imports} - sys.stdlib_module_names - {"mesh_graph"}
    assert foreign == {IMPORTED_AS.get(name, name) for name in names}
