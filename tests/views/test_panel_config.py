"""What is declared for a node, in the side panel."""

import json

import pytest
from dash import Dash
from plotly.utils import PlotlyJSONEncoder

from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.views.panel_config import render_config


@pytest.fixture(autouse=True)
def _app():
    Dash(__name__)


def text(node):
    return json.dumps(render_config(node), cls=PlotlyJSONEncoder)


def test_nothing_declared_is_no_section():
    assert render_config({N.KIND: "app", N.PODS: 3}) == []


def test_features_hosts_and_objects_are_told_and_linked():
    shown = text(
        {
            N.FEATURES: ("timeout", "virtual_service"),
            N.HOSTS: ("*", "shop.example.com"),
            N.CONFIG: ("shop/VirtualService/c%rt",),
        }
    )
    assert "Requests are cut off after a time-out" in shown
    assert "any host, shop.example.com" in shown
    assert '"href": "/istio/shop/VirtualService/c%25rt"' in shown


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (
            {N.ENTRY: "pay/api", N.LOCATION: "MESH_EXTERNAL"},
            "Registered as a host outside the mesh by pay/api",
        ),
        ({N.ENTRY: "pay/api", N.LOCATION: "MESH_INTERNAL"}, "Registered as a part of the mesh by pay/api"),
        ({N.WORKLOAD_ENTRIES: ("vm-1", "vm-2")}, "Stands for machines outside Kubernetes: vm-1, vm-2"),
        ({N.PODS: 3, N.BARE_PODS: 1}, "1 of 3 pods have no proxy"),
    ],
)
def test_each_fact_is_a_sentence(node, words):
    assert words in text(node)


def test_many_hosts_are_cut_short():
    assert "and 4 more" in text(
        {N.CONFIG: ("a/Gateway/b",), N.HOSTS: tuple(f"h{n}.example" for n in range(12))}
    )
