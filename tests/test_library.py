"""What the package offers to notebooks, and the guide whose code is run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import mesh_graph
from mesh_graph import Mesh, View
from mesh_graph.errors import ConfigError
from mesh_graph.model import Box, GraphType

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs/library.md").read_text()


def test_the_guide_s_code_runs_in_its_order(capsys):
    blocks = re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 5
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "docs/library.md", "exec"), names)
    assert names["dot"].startswith(b"digraph")
    assert len(names["edges"]) == names["graph"].number_of_edges()
    assert "productpage" in capsys.readouterr().out


@pytest.mark.parametrize("name", mesh_graph.__all__)
def test_what_is_offered_can_be_had(name):
    assert getattr(mesh_graph, name).__name__ == name


def test_what_is_not_offered_is_missing_as_in_any_module():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = mesh_graph.nothing


def test_one_room_s_import_does_not_take_all_rooms():
    code = "import sys, mesh_graph.codec; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize(
    ("loose", "exact"),
    [
        ({"namespaces": ["b", "a", "b"]}, {"namespaces": ("a", "b")}),
        ({"namespaces": "a"}, {"namespaces": ("a",)}),
        ({"graph_type": "workload"}, {"graph_type": GraphType.WORKLOAD}),
        ({"boxes": ["namespace", "app"]}, {"boxes": (Box.APP, Box.NAMESPACE)}),
    ],
)
def test_views_are_equal_however_written(loose, exact):
    assert View(**loose) == View(**exact)
    assert hash(View(**loose)) == hash(View(**exact))


def test_wrong_word_is_refused_at_once():
    with pytest.raises(ValueError, match="pods"):
        View(graph_type="pods")


def test_wrong_address_is_refused_before_anything_is_asked():
    with pytest.raises(ConfigError):
        Mesh.from_prometheus("no address")


def test_mesh_closes_at_the_end_of_its_context():
    with Mesh.demo() as mesh:
        assert mesh.is_demo
    with pytest.raises(RuntimeError):
        mesh.graph(View())
