"""Hosts mean what Istio takes them for."""

import pytest

from mesh_graph.istio.hosts import Host, covers, host_of


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("reviews", Host("reviews.bookinfo.svc.cluster.local", "bookinfo", "reviews")),
        ("Reviews", Host("reviews.bookinfo.svc.cluster.local", "bookinfo", "reviews")),
        ("cart.shop.svc.cluster.local", Host("cart.shop.svc.cluster.local", "shop", "cart")),
        ("cart.shop.svc.corp.example", Host("cart.shop.svc.corp.example", "shop", "cart")),
        ("cart.shop", Host("cart.shop")),
        ("api.example.com", Host("api.example.com")),
        ("*.shop.svc.cluster.local", Host("*.shop.svc.cluster.local")),
        ("*", Host("*")),
        ("", Host("")),
    ],
)
def test_written_host_means(written, host):
    assert host_of(written, "bookinfo") == host


@pytest.mark.parametrize(
    ("pattern", "name", "is_covered"),
    [
        ("a.example.com", "a.example.com", True),
        ("a.example.com", "b.example.com", False),
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "a.b.example.com", True),
        ("*.example.com", "*.b.example.com", True),
        ("*.example.com", "*.example.com", True),
        ("*.example.com", "example.com", False),
        ("*", "example.com", True),
    ],
)
def test_pattern_covers_name(pattern, name, is_covered):
    assert covers(pattern, name) is is_covered
