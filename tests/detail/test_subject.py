"""A subject as matchers: disjoint, escaped, complete."""

import re

from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.detail.subject import own_matchers, subject_key, subject_name, subject_scopes
from mesh_graph.model import Direction, NodeKind
from mesh_graph.sources.query import Matcher

CART = subject_key(NodeKind.APP, "shop", "cart")
IN, OUT = Direction.INBOUND, Direction.OUTBOUND


def test_a_workload_s_own_rows_name_it_at_its_end():
    cart = subject_key(NodeKind.WORKLOAD, "shop", "cart-v1", "east")
    assert own_matchers(cart, OUT) == (
        Matcher("source_workload_namespace", "=", "shop"),
        Matcher("source_workload", "=", "cart-v1"),
        Matcher("source_cluster", "=", "east"),
    )


def test_a_service_s_rows_are_those_that_called_it_whatever_the_cluster():
    cart = subject_key(NodeKind.SERVICE, "shop", "cart", "east")
    assert own_matchers(cart, IN) == own_matchers(cart, OUT)
    assert {matcher.label for matcher in own_matchers(cart, IN)} == {
        "destination_service_namespace",
        "destination_service_name",
    }


def test_a_host_without_namespace_is_asked_for_as_istio_writes_it():
    host = subject_key(NodeKind.SERVICE, "unknown", "api.example")
    assert host.namespace == ""
    assert own_matchers(host, IN)[0].value == "unknown"


def holds(matchers, labels):
    tests = {
        "=": lambda a, b: a == b,
        "!=": lambda a, b: a != b,
        "=~": lambda a, b: re.fullmatch(b, a) is not None,
    }
    return all(tests[m.op](labels.get(m.label, ""), m.value) for m in matchers)


names = st.text(min_size=1, max_size=6)


@given(app=names, called=names, services=st.lists(names, max_size=3))
def test_no_row_is_in_two_scopes(app, called, services):
    """Whatever the names hold: they are compared, never read."""
    labels = {
        "destination_workload_namespace": "shop",
        "destination_service_namespace": "shop",
        "destination_canonical_service": app,
        "destination_service_name": called,
    }
    scopes = subject_scopes(CART, IN, services)
    assert sum(holds(scope, labels) for scope in scopes) == int(app == "cart" or called in services)


def test_what_goes_out_needs_its_own_rows_alone():
    assert subject_scopes(CART, OUT, ("cart",)) == (own_matchers(CART, OUT),)


@given(st.sampled_from([NodeKind.APP, NodeKind.WORKLOAD, NodeKind.SERVICE]), names)
def test_a_name_comes_back(kind, name):
    assert subject_name(subject_key(kind, "shop", name)) == name
