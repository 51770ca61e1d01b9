"""A line per peer and protocol, from short tables of calls."""

import numpy as np
import pytest

from mesh_graph.detail.peers import peers_of, totals_of, versions_of
from mesh_graph.detail.subject import subject_key
from mesh_graph.model import Direction, NodeKind
from tests.topology.traffic_table import call, destination, lost, report, source, stream, traffic

WEB, BATCH = source("web-v1", "web"), source("batch-v1", "batch")
CART_1, CART_2 = destination("cart-v1", "cart"), destination("cart-v2", "cart", "v2")
CART = subject_key(NodeKind.APP, "shop", "cart")
IN = Direction.INBOUND
ERROR = {"code": "503", "outcome": "error"}


def test_most_errors_come_first_and_endings_add_up():
    told = traffic(
        call(WEB, CART_1, 9.0),
        call(BATCH, CART_1, 1.0),
        call(BATCH, CART_2, 0.5, **ERROR),
        call(BATCH, CART_1, 0.5, **ERROR),
    )
    batch, web = peers_of(told, CART, IN)
    assert (batch.key.app, batch.rate, batch.errors, batch.error_ratio) == ("batch", 2.0, 1.0, 0.5)
    assert [(e.code, e.rate) for e in batch.endings] == [("503", 1.0), ("200", 1.0)]
    assert (web.errors, web.error_ratio) == (0.0, 0.0)


def test_what_is_not_known_is_none():
    (web,) = peers_of(traffic(call(WEB, CART_1, 9.0)), CART, IN)
    assert (web.sent, web.received, web.opened, web.messages_sent, web.mtls_share) == (None,) * 5
    assert web.latency_ms == {}


def test_tcp_has_bytes_both_ways_and_its_closed_connections_can_fail():
    told = traffic(
        tcp=[
            stream(WEB, CART_1, 100.0, received_bytes_rate=900.0, opened_rate=0.5, closed_rate=0.3),
            stream(WEB, CART_1, 0.0, flags="UF", outcome="error", closed_rate=0.1),
        ]
    )
    (web,) = peers_of(told, CART, IN)
    assert (web.protocol, web.sent, web.received, web.opened) == ("tcp", 100.0, 900.0, 0.5)
    assert (web.rate, web.error_ratio) == (pytest.approx(0.4), pytest.approx(0.25))


def test_mutual_tls_is_the_share_of_what_is_known():
    reports = [
        report(WEB, CART_1, mtls_rate=3.0, mtls_known_rate=4.0, source_rate=np.nan),
        report(BATCH, CART_1),
    ]
    told = traffic(call(WEB, CART_1, 4.0), call(BATCH, CART_1, 1.0), reports=reports)
    shares = {peer.key.app: peer.mtls_share for peer in peers_of(told, CART, IN)}
    assert shares == {"web": 0.75, "batch": None}


def test_versions_are_of_what_answered_only():
    told = traffic(
        call(WEB, CART_1, 3.0),
        call(WEB, CART_2, 1.0, **ERROR),
        call(WEB, lost("cart"), 5.0, arrived=False, **ERROR),
    )
    versions = [(v.version, v.workload, v.rate, v.errors) for v in versions_of(told, CART)]
    assert versions == [("v1", "cart-v1", 3.0, 0.0), ("v2", "cart-v2", 1.0, 1.0)]
    totals = totals_of(told, CART, IN)
    assert (totals.rate, totals.error_ratio) == (9.0, pytest.approx(6 / 9))


def test_nothing_is_no_ratio():
    totals = totals_of(traffic(), CART, IN)
    assert (totals.rate, totals.error_ratio) == (0.0, None)
    assert peers_of(traffic(), CART, IN) == ()
