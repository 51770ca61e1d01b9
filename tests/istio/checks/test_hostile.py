"""Specs of any shape: rules, routes, words and patches take them without a crash."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_graph.istio.checks import check
from mesh_graph.istio.routes import declared_routes
from mesh_graph.views.check_text import check_json, check_text
from tests.istio.declare import deployment, service, snapshot

KINDS = {
    "VirtualService": "networking.istio.io/v1",
    "DestinationRule": "networking.istio.io/v1",
    "Gateway": "networking.istio.io/v1",
    "ServiceEntry": "networking.istio.io/v1",
    "PeerAuthentication": "security.istio.io/v1",
    "HTTPRoute": "gateway.networking.k8s.io/v1",
    "GRPCRoute": "gateway.networking.k8s.io/v1",
    "RouteRule": "config.istio.io/v1alpha2",
    "Service": "v1",
    "Deployment": "apps/v1",
    "Pod": "v1",
}
KEYS = (
    "hosts", "host", "http", "tcp", "tls", "route", "destination", "subset", "subsets", "labels",
    "name", "weight", "gateways", "match", "servers", "port", "ports", "number", "protocol",
    "selector", "matchLabels", "exportTo", "rules", "backendRefs", "parentRefs", "mirror",
    "mirrors", "mirrorPercentage", "value", "delegate", "template", "metadata", "filters",
    "requestMirror", "type", "precedence",
)  # fmt: skip
TEXTS = (
    "",
    "reviews",
    "*",
    "*.",
    ".",
    "/",
    "a/b",
    "mesh",
    "v1",
    "*.svc.cluster.local",
    "\x1b[2J",
    "RequestMirror",
)
LEAVES = st.none() | st.booleans() | st.integers(-3, 101) | st.floats() | st.sampled_from(TEXTS)
ENTRY = st.fixed_dictionaries(
    {"destination": st.dictionaries(st.sampled_from(("host", "subset", "port")), LEAVES)},
    optional={"weight": LEAVES},
)
ROUTES = st.fixed_dictionaries(
    {"http": st.lists(st.fixed_dictionaries({"route": st.lists(ENTRY, max_size=3)}))}
)
SPECS = ROUTES | st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(KINDS)), SPECS), min_size=1, max_size=4))
def test_no_spec_stops_the_check(specs):
    objects = [
        {
            "apiVersion": KINDS[kind],
            "kind": kind,
            "metadata": {"name": f"{kind.lower()}-{number}", "namespace": "bookinfo"},
            "spec": spec,
        }
        for number, (kind, spec) in enumerate(specs)
    ]
    seen = snapshot(service("reviews"), deployment("reviews", "v1"), *objects)
    checked = check(seen)
    text = check_text(checked, seen.gaps)
    assert "\x1b" not in text
    assert len(check_json(checked, seen.gaps)["findings"]) == len(checked.findings)
    for route in declared_routes(seen):
        shares = [destination.share for destination in route.destinations]
        assert all(share is None or 0 <= share <= 1 for share in shares)
