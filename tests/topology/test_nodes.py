import pytest

from mesh_graph.model import View
from mesh_graph.topology.build import build_graph
from mesh_graph.topology.nodes import legible
from tests.topology.traffic_table import call, destination, report, source, traffic

THERE = (source("page"), destination("legacy"))
BACK = (source("legacy"), destination("db"))
BOTH = {"source_rate": 1.0, "destination_rate": 1.0}


def without_sidecar(rows, reports):
    graph = build_graph(traffic(*rows, reports=reports), View(boxes=(), services=False))
    return {node["workload"] for _, node in graph.nodes(data=True) if node.get("has_no_sidecar")}


@pytest.mark.parametrize(
    ("rows", "reports", "expected"),
    [
        # both ends report
        ([call(*THERE)], [report(*THERE, **BOTH)], set()),
        # only the caller's proxy reports what it called
        ([call(*THERE, reported_by="source")], [report(*THERE, source_rate=1.0)], {"legacy"}),
        # only the called one's proxy reports its caller
        ([call(*THERE)], [report(*THERE, destination_rate=1.0)], {"page"}),
        # it speaks as a source, so it has a proxy
        (
            [call(*THERE, reported_by="source"), call(*BACK)],
            [report(*THERE, source_rate=1.0), report(*BACK, **BOTH)],
            set(),
        ),
        # requests that never arrived are no evidence
        (
            [call(*THERE, reported_by="source", arrived=False, flags="UF", outcome="error")],
            [report(*THERE, source_rate=1.0)],
            set(),
        ),
        # a waypoint reports for nodes of the ambient mesh
        (
            [call(*THERE, reported_by="waypoint"), call(*THERE, reported_by="source")],
            [report(*THERE, source_rate=1.0)],
            set(),
        ),
    ],
)
def test_missing_sidecar_is_told_from_who_reports(rows, reports, expected):
    assert without_sidecar(rows, reports) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("reviews", "reviews"),
        ("a|b%20c", "a|b%20c"),
        ("<b>🕸", "<b>🕸"),
        ("a\x00b\n", "a\\x00b\\n"),
        ("\ud800", "\\ud800"),
        ("\uffff", "\\uffff"),
    ],
)
def test_illegible_characters_are_spelled_out(text, expected):
    assert legible(text) == expected
