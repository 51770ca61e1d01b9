"""Pseudonyms: the same for the same, different for the different, and of the same form."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.errors import ConfigError
from mesh_graph.export.mask import KEPT, Mask
from mesh_graph.model import NodeKey, NodeKind
from mesh_graph.topology.identity import is_external_service

MASK = Mask(b"a key of the test")
NAMES = st.text(alphabet="abcz019-", min_size=1, max_size=12)


@given(NAMES, NAMES)
def test_a_name_has_one_pseudonym_and_shares_it_with_no_other(one, other):
    assert (MASK.name(one) == MASK.name(other)) is (one == other)
    assert one in KEPT or one not in (masked := MASK.name(one)) or len(one) < 4, masked


def test_another_key_gives_other_pseudonyms():
    assert MASK.name("reviews") != Mask(b"another key of it").name("reviews")


@pytest.mark.parametrize("name", [*sorted(KEPT), "InboundPassthroughClusterIpv4"])
def test_istios_own_words_stay(name):
    assert MASK.name(name) == name


def test_host_of_a_service_keeps_its_form():
    service, namespace, rest = MASK.name("reviews.shop.svc.cluster.local").split(".", 2)
    assert (service, namespace) == (MASK.name("reviews"), MASK.name("shop"))
    assert rest == "svc.cluster.local"


def test_a_domain_of_ones_own_is_masked_too():
    assert "acme" not in MASK.name("reviews.shop.svc.acme.corp")


@pytest.mark.parametrize(
    "host", ["api.example.com", "*.example.com", "10.1.2.3", "10.1.2.3:8080", "[::1]:80"]
)
def test_what_is_outside_stays_outside(host):
    masked = MASK.name(host)
    assert masked != host
    assert "example" not in masked
    for name in (host, masked):
        assert is_external_service(NodeKey(NodeKind.SERVICE, "", "", service=name))


def test_an_address_becomes_an_address_that_nobody_has():
    masked, _, port = MASK.name("10.1.2.3:8080").partition(":")
    assert ip_address(masked).is_reserved
    assert port == "8080"
    assert MASK.name("10.1.2.3") == masked


def test_a_principal_keeps_its_form():
    masked = MASK.principal("spiffe://acme.corp/ns/shop/sa/reviews")
    assert masked == f"spiffe://{MASK.name('acme.corp')}/ns/{MASK.name('shop')}/sa/{MASK.name('reviews')}"
    assert MASK.principal("spiffe://cluster.local/ns/istio-system/sa/ztunnel").startswith(
        "spiffe://cluster.local/"
    )
    assert MASK.principal("reviews") == MASK.name("reviews")


@pytest.mark.parametrize(
    ("version", "kept"), [("v1", True), ("2.10.3", True), ("latest", True), ("shop-green", False)]
)
def test_versions_that_are_numbers_stay(version, kept):
    assert (MASK.version(version) == version) is kept


def test_a_short_key_is_refused():
    with pytest.raises(ConfigError, match="has 5 bytes"):
        Mask(b"short")


def test_the_key_is_not_told():
    assert "key" not in repr(MASK)
