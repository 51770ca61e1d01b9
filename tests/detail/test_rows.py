"""Which rows are a subject's own, and whom they are with."""

import pandas as pd
import pytest

from mesh_graph.detail.rows import PEER, its_rows, served_by
from mesh_graph.detail.subject import subject_key
from mesh_graph.model import Direction, NodeKind
from tests.topology.traffic_table import call, destination, lost, source

WEB, BATCH = source("web-v1", "web"), source("batch-v1", "batch")
CART_1, CART_2 = destination("cart-v1", "cart"), destination("cart-v2", "cart", "v2")
CART = subject_key(NodeKind.APP, "shop", "cart")
CART_V1 = subject_key(NodeKind.WORKLOAD, "shop", "cart-v1")
SERVICE = subject_key(NodeKind.SERVICE, "shop", "cart")
IN, OUT = Direction.INBOUND, Direction.OUTBOUND


def rates(rows, subject, direction=IN):
    (found,) = its_rows([pd.DataFrame(rows)], subject, direction)
    return dict(zip(found[PEER], found["rate"], strict=True))


def app(name, cluster="east"):
    return subject_key(NodeKind.APP, "shop", name, cluster).text


def workload(name):
    return subject_key(NodeKind.WORKLOAD, "shop", name, "east").text


def test_an_application_is_called_by_applications_on_all_its_versions():
    rows = [call(WEB, CART_1, 2.0), call(BATCH, CART_2, 1.0), call(WEB, destination("tax-v1", "tax"), 9.0)]
    assert rates(rows, CART) == {app("web"): 2.0, app("batch"): 1.0}


def test_a_workload_is_called_by_workloads_on_itself_alone():
    assert rates([call(WEB, CART_1, 2.0), call(WEB, CART_2, 1.0)], CART_V1) == {workload("web-v1"): 2.0}


def test_a_lost_request_is_the_application_s_that_alone_serves():
    rows = [call(WEB, CART_1, 2.0), call(BATCH, lost("cart"), 0.5, arrived=False)]
    assert rates(rows, CART) == {app("web"): 2.0, app("batch"): 0.5}
    assert rates(rows, CART_V1) == {workload("web-v1"): 2.0, workload("batch-v1"): 0.5}


def test_a_lost_request_is_no_workload_s_where_several_serve():
    rows = [call(WEB, CART_1, 2.0), call(WEB, CART_2, 1.0), call(BATCH, lost("cart"), 0.5, arrived=False)]
    assert rates(rows, CART_V1) == {workload("web-v1"): 2.0}
    assert rates(rows, CART)[app("batch")] == 0.5


def test_a_lost_request_to_a_service_that_nobody_answers_is_its_namesake_s():
    assert rates([call(WEB, lost("cart"), 0.5, arrived=False)], CART) == {app("web"): 0.5}
    assert rates([call(WEB, lost("cart"), 0.5, arrived=False)], CART_V1) == {}


def test_a_service_has_all_that_was_sent_to_it_and_passes_on_what_arrived():
    rows = [call(WEB, CART_1, 2.0), call(WEB, CART_2, 1.0), call(BATCH, lost("cart"), 0.5, arrived=False)]
    inbound = its_rows([pd.DataFrame(rows)], SERVICE, IN)[0]
    assert inbound.groupby(PEER)["rate"].sum().to_dict() == {
        workload("web-v1"): 3.0,
        workload("batch-v1"): 0.5,
    }
    assert rates(rows, SERVICE, OUT)[workload("cart-v1")] == 2.0


def test_what_goes_out_is_with_the_service_that_was_called():
    rows = [call(WEB, CART_1, 2.0), call(WEB, lost("cart"), 0.5, arrived=False)]
    (found,) = its_rows([pd.DataFrame(rows)], subject_key(NodeKind.APP, "shop", "web"), OUT)
    assert set(found[PEER]) == {subject_key(NodeKind.SERVICE, "shop", "cart", "east").text}
    assert found["rate"].sum() == 2.5


def test_a_subject_of_a_cluster_is_not_its_twin_in_another():
    rows = [call(WEB, CART_1, 2.0), call(WEB, destination("cart-v1", "cart", cluster="west"), 1.0)]
    assert rates(rows, subject_key(NodeKind.APP, "shop", "cart", "west")) == {app("web"): 1.0}
    found = its_rows([pd.DataFrame(rows)], CART, IN)[0]
    assert found["rate"].sum() == 3.0


def test_a_frame_without_rows_keeps_its_columns():
    empty = pd.DataFrame([call(WEB, CART_1)]).iloc[:0]
    (found,) = its_rows([empty], CART, IN)
    assert list(found.columns) == [*empty.columns, PEER]
    assert len(found) == 0


def test_the_frame_that_came_in_is_left_as_it_was():
    frame = pd.DataFrame([call(WEB, CART_1, 2.0)])
    before = frame.copy()
    its_rows([frame], CART, IN)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [(CART, ("basket", "cart")), (CART_V1, ("basket", "cart")), (SERVICE, ())],
    ids=["app", "workload", "service"],
)
def test_services_served_are_those_by_which_it_was_reached(subject, expected):
    basket = {
        **CART_1,
        "destination_service": "basket.shop.svc.cluster.local",
        "destination_service_name": "basket",
    }
    assert served_by(pd.DataFrame([call(WEB, CART_1), call(WEB, basket)]), subject) == expected
