"""Graphs as tables."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from mesh_graph.export.tables import (
    EDGE_COLUMNS,
    NODE_COLUMNS,
    RESPONSE_COLUMNS,
    edges_frame,
    nodes_frame,
    responses_frame,
)
from mesh_graph.topology.attributes import EdgeAttr, NodeAttr, Response
from tests.views.graphs import bookinfo, empty_graph

TABLES = [(nodes_frame, NODE_COLUMNS), (edges_frame, EDGE_COLUMNS), (responses_frame, RESPONSE_COLUMNS)]


@pytest.fixture
def graph():
    made = empty_graph()
    bookinfo("bookinfo", made)
    return made


@pytest.mark.parametrize(("make", "columns"), TABLES)
def test_table_has_its_columns_and_types_with_rows_and_without(make, columns, graph):
    for frame in (make(graph), make(empty_graph())):
        assert {name: dtype.name for name, dtype in frame.dtypes.items()} == dict(columns)
    assert len(make(graph)) > 0
    assert len(make(empty_graph())) == 0


def test_columns_are_attributes_of_the_contract():
    nodes = {value for name, value in vars(NodeAttr).items() if name.isupper()}
    edges = {value for name, value in vars(EdgeAttr).items() if name.isupper()}
    assert set(NODE_COLUMNS) - {"key"} <= nodes
    assert set(EDGE_COLUMNS) - {"source", "destination"} <= edges


def test_rows_are_the_graph_s_in_its_order(graph):
    assert nodes_frame(graph)["key"].tolist() == list(graph.nodes)
    frame = edges_frame(graph)
    assert list(zip(frame["source"], frame["destination"], frame["protocol"], strict=True)) == list(
        graph.edges(keys=True)
    )
    assert frame["rate"].tolist() == [data["rate"] for *_, data in graph.edges(data=True)]


def test_what_an_edge_lacks_is_not_zero():
    graph = nx.MultiDiGraph()
    graph.add_edge("a", "b", "http", protocol="http")
    row = edges_frame(graph).iloc[0]
    assert np.isnan(row["rate"])
    assert row["state"] == ""
    assert not row["is_idle"]


def test_responses_have_a_row_each():
    graph = nx.MultiDiGraph()
    responses = (Response("200", "", "h", 2.0, "ok"), Response("503", "UF", "h", 1.0, "error"))
    graph.add_edge("a", "b", "http", protocol="http", responses=responses)
    expected = pd.DataFrame(
        [
            ("a", "b", "http", "200", "", "h", "ok", 2.0),
            ("a", "b", "http", "503", "UF", "h", "error", 1.0),
        ],
        columns=list(RESPONSE_COLUMNS),
    ).astype(dict(RESPONSE_COLUMNS))
    pd.testing.assert_frame_equal(responses_frame(graph), expected)
