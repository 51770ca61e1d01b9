"""Configuration objects as the list shows them."""

import pytest
from dash import Dash

from mesh_graph.answers.intent_objects import ConfigRow, ObjectStatus
from mesh_graph.istio.checks import ConfigFinding, Severity
from mesh_graph.sources.cluster import KubeObject
from mesh_graph.views.addresses import Links
from mesh_graph.views.istio_rows import CONFIG_COLUMNS, config_cells
from mesh_graph.views.messages_config import CSS_STATUS, STATUSES

ONE = KubeObject("VirtualService", "east", "shop", "cart", changed_at=1000.0)
MISSING = ConfigFinding("KIA1102", Severity.ERROR, ONE, "spec/gateways[0]", (("gateway", "shop/public"),))
LONE = ConfigFinding("KIA1104", Severity.WARNING, ONE, "spec/http[0]", (("weight", "5"),))


@pytest.fixture(autouse=True)
def _app():
    Dash(__name__)


def cells(row, clusters=1):
    return config_cells(row, Links(clusters=clusters), 4600.0)


def test_row_tells_the_first_finding_and_how_many_more():
    row = cells(ConfigRow(ONE, ObjectStatus.ERROR, (MISSING, LONE, MISSING)))
    assert row["reason"] == "There is no Gateway shop/public."
    assert (row["more"], row["codes"]) == ("+2 more", "KIA1102, KIA1104")
    assert (row["status"], row["status_text"], row["changed_text"]) == ("failure", "Error", "1 h")


@pytest.mark.parametrize(
    ("status", "words"),
    [(ObjectStatus.VALID, "nothing found"), (ObjectStatus.UNCHECKED, "no rule could judge it")],
)
def test_row_without_findings_says_whether_it_was_judged(status, words):
    assert cells(ConfigRow(ONE, status))["reason"] == words


def test_address_names_the_cluster_only_of_several():
    row = ConfigRow(ONE, ObjectStatus.VALID)
    assert cells(row)["href"] == "/istio/shop/VirtualService/cart"
    assert cells(row, clusters=2)["href"] == "/istio/shop/VirtualService/cart?cluster=east"


def test_every_status_has_words_and_a_sign_of_its_own():
    assert STATUSES.keys() == CSS_STATUS.keys() == set(ObjectStatus)
    assert len(set(CSS_STATUS.values())) == len(CSS_STATUS)


def test_every_column_is_a_field_of_the_row():
    assert {column["field"] for column in CONFIG_COLUMNS} <= cells(ConfigRow(ONE, ObjectStatus.VALID)).keys()
