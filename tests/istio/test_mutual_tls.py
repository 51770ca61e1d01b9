"""Which mode holds where: the narrowest that says one, the older of two."""

import pytest

from mesh_graph.istio.mutual_tls import PeerModes
from tests.istio.checks.security_cases import mesh
from tests.istio.declare import snapshot


def peer(mode: str, namespace: str = "shop", name: str = "default", more: str = "", year: int = 2025) -> str:
    """A PeerAuthentication; without a mode it says none."""
    mtls = f"mtls: {{mode: {mode}}}" if mode else "mtls: {}"
    return f"""
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {{name: {name}, namespace: {namespace}, creationTimestamp: "{year}-01-01T00:00:00Z"}}
spec: {{{mtls}{more}}}
"""


OF_CART = ", selector: {matchLabels: {app: cart}}"
CART = {"app": "cart", "version": "v1"}


@pytest.mark.parametrize(
    ("objects", "of_the_mesh", "of_the_namespace", "of_the_workload"),
    [
        ([], "PERMISSIVE", "PERMISSIVE", "PERMISSIVE"),
        ([peer("STRICT", "istio-system")], "STRICT", "STRICT", "STRICT"),
        ([peer("STRICT")], "PERMISSIVE", "STRICT", "STRICT"),
        ([peer("STRICT", "istio-system"), peer("DISABLE")], "STRICT", "DISABLE", "DISABLE"),
        ([peer("STRICT", "istio-system"), peer("")], "STRICT", "STRICT", "STRICT"),
        ([peer("STRICT", "istio-system"), peer("UNSET")], "STRICT", "STRICT", "STRICT"),
        ([peer("STRICT"), peer("DISABLE", name="cart", more=OF_CART)], "PERMISSIVE", "STRICT", "DISABLE"),
        ([peer("STRICT", "other")], "PERMISSIVE", "PERMISSIVE", "PERMISSIVE"),
        ([peer("STRICT", name="b", year=2024), peer("DISABLE")], "PERMISSIVE", "STRICT", "STRICT"),
        ([peer("STRICT", "mesh"), mesh("rootNamespace: mesh")], "STRICT", "STRICT", "STRICT"),
    ],
)
def test_narrowest_that_says_a_mode_decides(objects, of_the_mesh, of_the_namespace, of_the_workload):
    modes = PeerModes(snapshot(*objects))
    assert modes.mesh("east").name == of_the_mesh
    assert modes.namespace("east", "shop").name == of_the_namespace
    assert modes.workload("east", "shop", CART).name == of_the_workload


def test_mode_says_who_declares_it_and_a_default_nobody():
    modes = PeerModes(snapshot(peer("STRICT", "istio-system", "wide")))
    assert modes.namespace("east", "shop").source.name == "wide"
    assert modes.namespace("west", "shop").source is None


def test_ports_with_modes_of_their_own_are_told():
    modes = PeerModes(snapshot(peer("STRICT", more=OF_CART + ", portLevelMtls: {8080: {mode: DISABLE}}")))
    assert modes.has_port_modes("east", "shop", CART)
    assert not modes.has_port_modes("east", "shop", {"app": "other"})
