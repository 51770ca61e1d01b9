"""The command that records, and the pictures that are drawn of what it wrote."""

from __future__ import annotations

import json

import networkx as nx
import pytest

from mesh_graph.cli import main
from mesh_graph.mesh import Mesh
from mesh_graph.model import GraphType, View
from mesh_graph.settings import Settings
from mesh_graph.sources.connect import connect, connect_cluster
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.snapshot import open_snapshot

UNTIL = "2026-11-21T12:10:00Z"
END = 1_795_263_000.0
FAULT = END - 60


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("recorded") / "shop.zip"
    assert main(["record", str(path), "--namespace", "bookinfo", "--last", "4m", "--until", UNTIL]) == 0
    return path


def numbers(graph: nx.MultiDiGraph) -> dict:
    return {edge[:3]: edge[3] for edge in graph.edges(keys=True, data=True)}


@pytest.mark.parametrize("graph_type", [GraphType.VERSIONED_APP, GraphType.WORKLOAD])
@pytest.mark.parametrize("at", [END - 240, FAULT - 7.5, END])
def test_the_graph_of_a_snapshot_is_that_of_its_source_edge_by_edge(path, at, graph_type):
    view = View(namespaces=("bookinfo",), at=at, graph_type=graph_type, compare_s=0)
    with Mesh(DemoSource(clock=lambda: END)) as real, Mesh(open_snapshot(path)) as snapshot:
        expected, found = numbers(real.graph(view)), numbers(snapshot.graph(view))
    assert len(expected) > 10
    assert found.keys() == expected.keys()
    for edge, attributes in expected.items():
        for name, value in attributes.items():
            if isinstance(value, float):
                assert found[edge][name] == pytest.approx(value, rel=1e-9, nan_ok=True), (edge, name)
            else:
                assert found[edge][name] == value, (edge, name)


def test_commands_work_on_a_snapshot_and_its_present_is_its_end(path, capsysbinary):
    assert main(["graph", "bookinfo", "--snapshot", str(path)]) == 0
    written = json.loads(capsysbinary.readouterr().out)
    assert len(written["edges"]) > 10
    assert written["at"].startswith("2026-11-21T12:09:")
    assert main(["doctor", "--snapshot", str(path)]) in (0, 1)
    assert b"snapshot shop.zip of demo mesh, namespaces bookinfo" in capsysbinary.readouterr().out


def test_an_instant_outside_is_a_sentence(path, capsys):
    argv = ["graph", "bookinfo", "--snapshot", str(path), "--view", "at=2026-11-21T11:00:00Z"]
    assert main(argv) == 1
    said = capsys.readouterr().err
    assert "2026-11-21 11:00:00 UTC" in said
    assert "was not recorded, only 2026-11-21 11:55:00 to 2026-11-21 12:10:00 UTC" in said


@pytest.mark.parametrize(
    ("argv", "code", "sentence"),
    [
        (("/nowhere/shop.zip",), 2, "/nowhere is no folder"),
        (("shop.zip", "--last", "soon"), 1, "last: 'soon'"),
        (("shop.zip", "--last", "30d"), 1, "at most 24h"),
        (("shop.zip", "--until", "later"), 1, "until: 'later' is no instant"),
        (("shop.zip", "--namespace", "nowhere", "--until", UNTIL, "--last", "1m"), 1, "'nowhere'"),
        (("shop.zip", "--view", "window=soon"), 1, "window"),
        (("shop.zip", "--prometheus-url", "http://127.0.0.1:1"), 1, "127.0.0.1:1"),
    ],
)
def test_failure_is_a_sentence_and_leaves_no_file(argv, code, sentence, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["record", *argv]) == code
    assert sentence in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_snapshot_is_a_wrong_setting(tmp_path, capsys):
    path = tmp_path / "shop.zip"
    path.write_bytes(b"hello")
    assert main(["graph", "--snapshot", str(path)]) == 2
    assert "Open a file that mesh-graph record wrote." in capsys.readouterr().err


def test_settings_name_one_mesh(path, capsys):
    assert main(["graph", "--snapshot", str(path), "--prometheus-url", "http://127.0.0.1:1"]) == 2
    assert "only one of prometheus_url and snapshot" in capsys.readouterr().err
    assert main(["graph", "--snapshot", str(path), "--query-scope", 'cluster="east"']) == 2


def test_a_snapshot_has_no_cluster_and_says_what_it_is_of(path):
    settings = Settings(snapshot=path)
    assert connect_cluster(settings) is None
    source = connect(settings)
    assert source.is_demo
    assert source.name == (
        "snapshot shop.zip of demo mesh, namespaces bookinfo, 2026-11-21 11:55:00 to 2026-11-21 12:10:00 UTC"
    )
