"""What the clusters tell of a subject, on its page."""

import json

import pytest
from dash import Dash
from plotly.utils import PlotlyJSONEncoder

from mesh_graph.health.assessment import Assessment, Replicas
from mesh_graph.model import NodeKey, NodeKind, Status
from mesh_graph.views.addresses import Links
from mesh_graph.views.messages_health import assessment_words, replica_words
from mesh_graph.views.overview_rows import assessment_cells
from mesh_graph.views.standing_parts import render_standing
from tests.answers.test_standing import standing

CART = NodeKey(NodeKind.WORKLOAD, "east", "shop", workload="cart-v1")
SHOP = NodeKey(NodeKind.NAMESPACE, "east", "shop")


@pytest.fixture(autouse=True)
def _app():
    Dash(__name__)


def test_services_and_configuration_are_shown_and_linked():
    shown = json.dumps(render_standing(standing(NodeKind.APP, app="cart"), Links()), cls=PlotlyJSONEncoder)
    assert '"href": "/services/shop/cart"' in shown
    assert '"href": "/istio/edge/VirtualService/route"' in shown
    assert "1 of 2 can serve" in shown


def test_nothing_declared_is_nothing_shown():
    assert render_standing(standing(NodeKind.APP, namespace="x", app="ghost"), Links()) == []


@pytest.mark.parametrize(
    ("replicas", "words"),
    [
        (Replicas(CART, Status.NOT_READY, 0, 0, 0), "scaled to zero"),
        (Replicas(CART, Status.HEALTHY, 2, 2, 2), "2 of 2 replicas can serve"),
        (Replicas(CART, Status.FAILURE, 2, 0, 0), "none of 2 replicas can serve"),
        (
            Replicas(CART, Status.DEGRADED, 4, 4, 1, (("Error", 2), ("FooBar", 1), ("Pending", 1))),
            "1 of 4 replicas can serve: 2 pods Error (ended with an error), 1 pod FooBar",
        ),
        (
            Replicas(CART, Status.FAILURE, 1, 1, 0, (("FooBar", 1),), 1_795_262_400.0),
            "none of 1 replicas can serve: 1 pod FooBar, since 2026-11-21 12:00:00 UTC",
        ),
        (Replicas(CART, Status.HEALTHY, 2, 3, 2, (), 1_795_262_400.0), "2 of 2 replicas can serve"),
    ],
)
def test_replicas_in_words(replicas, words):
    assert replica_words(replicas) == words


ILL = Assessment(Status.FAILURE, True, replicas=Replicas(CART, Status.FAILURE, 1, 1, 0, (("Pending", 1),)))


def test_status_by_replicas_says_so_in_head_and_list():
    assert assessment_words(ILL).startswith("Failure: none of 1 replicas can serve: 1 pod Pending")
    cells = assessment_cells(ILL, CART)
    assert cells["reason"].startswith("none of 1 replicas can serve")
    assert (cells["status_text"], cells["more"]) == ("Failure", "")


def test_namespace_names_the_workload_whose_replicas_are_ill():
    assert assessment_cells(ILL, SHOP)["reason"].startswith("cart-v1: none of 1 replicas")
