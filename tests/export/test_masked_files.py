"""What commands write with ``--mask``: no name is left in it, and nothing else is different."""

from __future__ import annotations

import json
import zipfile

import networkx as nx
import pytest

from mesh_graph import fields
from mesh_graph.cli import main
from mesh_graph.export.formats import FORMATS
from mesh_graph.export.mask import KEPT, Mask
from mesh_graph.export.mask_graph import masked_graph
from mesh_graph.mesh import Mesh
from mesh_graph.model import GraphType, NodeKey, View
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.snapshot import open_snapshot

END = 1_795_263_000.0
UNTIL = "2026-11-21T12:10:00Z"
KEY = b"a key of the test"
SOURCE = DemoSource(clock=lambda: END)
NAMING = (
    *(fields.SOURCE_WORKLOAD, fields.SOURCE_WORKLOAD_NAMESPACE, fields.SOURCE_CANONICAL_SERVICE),
    *(fields.DESTINATION_WORKLOAD, fields.DESTINATION_WORKLOAD_NAMESPACE, fields.DESTINATION_SERVICE),
    *(fields.DESTINATION_SERVICE_NAME, fields.SOURCE_PRINCIPAL, fields.DESTINATION_PRINCIPAL),
    *(fields.SOURCE_CLUSTER, fields.POD, fields.INSTANCE),
)


@pytest.fixture(scope="module")
def names() -> set[bytes]:
    """Every name of the demo mesh, but for Istio's own and those that are a word of ours."""
    found = {name for label in NAMING for name in SOURCE.label_values(label, (), END - 3600, END)}
    parts = {part for name in found if ".svc." in name for part in name.split(".")[:2]}
    ours = {*KEPT, "east", "west", "media", "legacy", "batch"}
    names = {name for name in found | parts if "/ns/istio-system/" not in name} - ours
    assert {"bookinfo", "reviews-v3", "ratings"} <= names
    return {name.encode() for name in names}


@pytest.fixture(scope="module")
def key_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("key") / "key"
    path.write_bytes(KEY + b"\n")
    return path


def numbers(graph: nx.MultiDiGraph, mask: Mask | None = None) -> dict:
    def name(text: str) -> str:
        return text if mask is None else mask.key(NodeKey.parse(text)).text

    return {
        (name(source), name(destination), protocol): {
            attribute: value for attribute, value in row.items() if isinstance(value, bool | int | float)
        }
        for source, destination, protocol, row in graph.edges(keys=True, data=True)
    }


@pytest.mark.parametrize("name", FORMATS)
def test_no_name_is_left_in_a_graph(tmp_path, names, name):
    path = tmp_path / "mesh"
    argv = ["graph", "--view", f"at={UNTIL}", "--format", name, "-o", str(path), "--mask"]
    assert main(argv) == 0
    written = path.read_bytes()
    assert [one for one in names if one in written] == []
    assert len(written) > 5000


def test_a_graph_without_a_mask_has_the_names(tmp_path, names):
    path = tmp_path / "mesh.json"
    assert main(["graph", "--view", f"at={UNTIL}", "-o", str(path)]) == 0
    assert len([one for one in names if one in path.read_bytes()]) > 20


@pytest.mark.parametrize("graph_type", GraphType)
def test_a_masked_graph_has_the_same_structure_and_numbers(graph_type):
    mask = Mask(KEY)
    view = View(at=END, graph_type=graph_type, boxes=("cluster", "namespace", "app"), budget=50)
    with Mesh(SOURCE) as mesh:
        graph = mesh.graph(view)
    masked = masked_graph(graph, mask)
    assert numbers(masked) == numbers(graph, mask)
    assert len(masked) == len(graph)
    for text, row in graph.nodes(data=True):
        other = masked.nodes[mask.key(NodeKey.parse(text)).text]
        assert other.keys() <= row.keys()
        assert all(other[name] == value for name, value in row.items() if isinstance(value, bool | float))
        assert ("parent" in other) == ("parent" in row)
        assert other.get("parent", "") in {"", *masked}
    total = ("request_rate", "error_rate", "tcp_bytes_rate")
    assert [masked.graph[name] for name in total] == [graph.graph[name] for name in total]


@pytest.fixture(scope="module")
def recordings(tmp_path_factory, key_file):
    folder = tmp_path_factory.mktemp("masked")
    common = ["--namespace", "bookinfo", "--last", "2m", "--until", UNTIL]
    plain, masked = folder / "plain.zip", folder / "masked.zip"
    assert main(["record", str(plain), *common]) == 0
    assert main(["record", str(masked), *common, "--mask-key-file", str(key_file)]) == 0
    return plain, masked


def held(path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return path.read_bytes() + b"".join(archive.read(name) for name in archive.namelist())


def test_no_name_is_left_in_a_recording(recordings, names):
    plain, masked = map(held, recordings)
    assert [one for one in names if one in masked] == []
    assert sum(one in plain for one in names) > 10
    for label in NAMING:
        values = [set(open_snapshot(path).label_values(label, (), END - 600, END)) for path in recordings]
        told = {value for value in values[0] & values[1] if "istio-" not in value}
        assert told <= KEPT, label


def test_the_picture_of_a_masked_recording_is_the_same_but_for_its_names(recordings):
    mask = Mask(KEY)
    plain, masked = (Mesh(open_snapshot(path)) for path in recordings)
    view = View(at=END, budget=10_000, compare_s=0)
    with plain, masked:
        expected, found = numbers(plain.graph(view), mask), numbers(masked.graph(view))
        assert masked.namespaces() == tuple(sorted(map(mask.name, plain.namespaces())))
    assert len(expected) > 10
    assert found.keys() == expected.keys()
    for edge, row in expected.items():
        assert found[edge] == pytest.approx(row, nan_ok=True), edge


def test_without_a_key_pseudonyms_are_others_every_time(tmp_path):
    written = []
    for name in ("one.json", "two.json"):
        path = tmp_path / name
        assert main(["graph", "bookinfo", "--view", f"at={UNTIL}", "-o", str(path), "--mask"]) == 0
        written.append(
            {node["service"] for node in json.loads(path.read_bytes())["nodes"] if "service" in node}
        )
    assert len(written[0]) == len(written[1]) > 3
    assert written[0].isdisjoint(written[1])


@pytest.mark.parametrize(("content", "problem"), [(b"short", "16"), (None, "cannot be read")])
def test_a_key_that_cannot_be_used_is_a_sentence(tmp_path, capsys, content, problem):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    assert main(["graph", "bookinfo", "--mask-key-file", str(path)]) == 2
    assert problem in capsys.readouterr().err
