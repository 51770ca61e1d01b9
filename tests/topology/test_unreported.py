"""Which services' response times only their clients can tell."""

import pytest

from mesh_graph.topology.unreported import unreported_hosts
from tests.topology.traffic_table import call, destination, lost, source, traffic

PAGE, ADMIN = source("page"), source("admin")
CART, STOCK = destination("cart"), destination("stock")
CART_HOST, STOCK_HOST = "cart.shop.svc.cluster.local", "stock.shop.svc.cluster.local"
BY_CLIENT = {"reported_by": "source"}


@pytest.mark.parametrize(
    ("rows", "hosts"),
    [
        ([], ()),
        ([call(PAGE, CART)], ()),
        ([call(PAGE, CART, **BY_CLIENT), call(PAGE, STOCK)], (CART_HOST,)),
        ([call(PAGE, STOCK, **BY_CLIENT), call(PAGE, CART, **BY_CLIENT)], (CART_HOST, STOCK_HOST)),
        ([call(PAGE, CART, reported_by="waypoint")], (CART_HOST,)),
        # Another client's edge, and another protocol, is another edge.
        ([call(PAGE, CART), call(ADMIN, CART, **BY_CLIENT)], (CART_HOST,)),
        ([call(PAGE, CART), call(PAGE, CART, protocol="grpc", **BY_CLIENT)], (CART_HOST,)),
        # The server reports part of an edge.
        ([call(PAGE, CART), call(PAGE, CART, code="503", flags="UF", **BY_CLIENT)], ()),
    ],
)
@pytest.mark.parametrize("to_services", [True, False])
def test_hosts_of_edges_that_no_server_reports(rows, hosts, to_services):
    assert unreported_hosts(traffic(*rows).flows, to_services=to_services) == hosts


def test_what_was_lost_on_the_way_to_a_service_lies_on_the_edge_of_what_was_not():
    never = call(PAGE, lost("cart"), arrived=False, flags="UF", **BY_CLIENT)
    flows = traffic(call(PAGE, CART), never).flows
    assert unreported_hosts(flows, to_services=True) == ()
    assert unreported_hosts(flows, to_services=False) == (CART_HOST,)


def test_a_service_that_nothing_reached_is_known_to_its_clients_alone():
    never = call(PAGE, lost("cart"), arrived=False, flags="UF", **BY_CLIENT)
    other = call(ADMIN, CART)
    assert unreported_hosts(traffic(never, other).flows, to_services=True) == (CART_HOST,)
