"""Where the way goes on after a sign-in: never to another server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.api.sign_in import safe_address


@pytest.mark.parametrize("address", ["/", "/topology?namespaces=a,b&window=5m", "/canary/a%2Fb/c?x=//y"])
@pytest.mark.parametrize("root", ["", "/mesh"])
def test_our_own_addresses_are_kept(address, root):
    assert safe_address(root + address, root) == root + address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "topology",
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "/ok\r\nSet-Cookie: x",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/" + "x" * 9000,
        "//[",
        "/ünsafe",
    ],
)
def test_other_addresses_are_not(address):
    assert safe_address(address, "") == "/"


@pytest.mark.parametrize("address", ["/", "/meshes/", "/mesh", "/topology"])
def test_what_lies_outside_of_the_prefix_is_not_ours(address):
    assert safe_address(address, "/mesh") == "/mesh/"


@given(st.text(alphabet="/\\:.@?#%&=ehvil \t\n\x00", max_size=12))
def test_whatever_is_asked_for_lies_below_our_root(text):
    address = safe_address(text, "")
    assert address[:1] == "/"
    assert address[1:2] not in ("/", "\\")
    assert address.isprintable()
