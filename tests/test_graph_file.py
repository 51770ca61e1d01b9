"""The command that writes a graph."""

import json

import networkx as nx
import pandas as pd
import pytest

from mesh_graph.cli import main
from tests.peers import free_port

NOON = "at=2023-11-14T12:00:07Z"


def run(*argv):
    return main(["graph", *argv])


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("mesh.json", lambda path: len(json.loads(path.read_bytes())["edges"])),
        (
            "mesh.node-link.json",
            lambda path: nx.node_link_graph(json.loads(path.read_bytes()), edges="links").number_of_edges(),
        ),
        ("mesh.csv", lambda path: len(pd.read_csv(path))),
        ("mesh.gv", lambda path: path.read_text().count(" -> ")),
    ],
)
def test_file_s_ending_names_its_format(tmp_path, name, count):
    path = tmp_path / name
    assert run("bookinfo", "--view", NOON, "-o", str(path)) == 0
    assert count(path) > 10


def test_without_a_file_the_graph_is_printed(capsysbinary):
    assert run("bookinfo", "--view", NOON, "--format", "dot") == 0
    assert capsysbinary.readouterr().out.startswith(b"digraph")


def test_address_of_a_page_names_the_view(capsysbinary):
    address = f"http://127.0.0.1:8050/topology?namespaces=bookinfo&window=10m&graph_type=app&{NOON}"
    assert run("--view", address) == 0
    written = json.loads(capsysbinary.readouterr().out)
    assert (written["window_s"], written["graph_type"]) == (600, "app")
    assert written["at"] == "2023-11-14T12:00:07Z"


@pytest.mark.parametrize(
    ("argv", "code", "sentence"),
    [
        (("-o", "mesh.pdf"), 2, "no ending of a format"),
        (("nowhere", "--view", NOON), 1, "'nowhere'"),
        (("--view", "window=soon"), 1, "window"),
        (("--view", NOON, "-o", "/nowhere/mesh.json"), 1, "cannot be written"),
        (("--format", "pdf"), 2, "pdf"),
    ],
)
def test_failure_is_a_sentence_and_an_exit_code(argv, code, sentence, capsys):
    assert run(*argv) == code
    assert sentence in capsys.readouterr().err


def test_source_that_is_away_is_a_failure(capsys, tmp_path):
    path = tmp_path / "mesh.json"
    assert run("--prometheus-url", f"http://127.0.0.1:{free_port()}", "-o", str(path)) == 1
    assert "127.0.0.1" in capsys.readouterr().err
    assert not path.exists()
