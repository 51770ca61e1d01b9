"""What routes and rules do to services, one manifest per feature."""

import pytest

from mesh_graph.istio.features import service_configs
from mesh_graph.istio.subsets import Registry
from mesh_graph.topology.declared import Feature
from tests.istio.declare import service, snapshot

VIRTUAL_SERVICE = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews}
spec: {hosts: [reviews], %s}
"""
RULE = """
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews}
spec: {host: reviews, %s}
"""
ONE = "route: [{destination: {host: reviews}}]"
TWO = "route: [{destination: {host: reviews, subset: v1}}, {destination: {host: reviews, subset: v2}}]"


def configs(*objects):
    return service_configs(Registry(snapshot(*objects)))


@pytest.mark.parametrize(
    ("spec", "more"),
    [
        (f"http: [{{{ONE}}}]", set()),
        (f"http: [{{{TWO}}}]", {Feature.TRAFFIC_SHIFTING}),
        (f"tcp: [{{{TWO}}}]", {Feature.TCP_SHIFTING}),
        (f"tls: [{{{TWO}}}]", {Feature.TCP_SHIFTING}),
        (f"http: [{{{ONE}, match: [{{uri: {{prefix: /a}}}}]}}]", {Feature.REQUEST_ROUTING}),
        (f"http: [{{{ONE}, match: [{{}}]}}]", set()),
        (f"http: [{{{ONE}, timeout: 3s}}]", {Feature.TIMEOUT}),
        (f"http: [{{{ONE}, timeout: 0s}}]", set()),
        (f"http: [{{{ONE}, fault: {{abort: {{httpStatus: 500}}}}}}]", {Feature.FAULT_INJECTION}),
        (f"http: [{{{ONE}, fault: {{delay: {{fixedDelay: 1s}}}}}}]", {Feature.FAULT_INJECTION}),
        (f"http: [{{{ONE}, fault: {{}}}}]", set()),
        (f"http: [{{{ONE}, mirror: {{host: ratings}}}}]", {Feature.MIRRORING}),
        (f"http: [{{{ONE}, mirrors: [{{destination: {{host: ratings}}}}]}}]", {Feature.MIRRORING}),
        (f"http: [{{{ONE}, timeout: 12, match: all, fault: no}}]", set()),
    ],
)
def test_virtual_service_has_the_features_of_its_routes(spec, more):
    config = configs(VIRTUAL_SERVICE % spec)["bookinfo", "reviews"]
    assert config.features == {Feature.VIRTUAL_SERVICE, *more}
    assert config.config == {("bookinfo", "VirtualService", "reviews")}


def test_route_concerns_who_is_called_and_whom_it_sends_to_but_nobody_else():
    other = "{route: [{destination: {host: ratings}}], fault: {abort: {}}}"
    manifest = VIRTUAL_SERVICE % f"http: [{{{ONE}, timeout: 3s}}, {other}]"
    found = configs(manifest)
    assert found.keys() == {("bookinfo", "reviews"), ("bookinfo", "ratings")}
    assert Feature.TIMEOUT not in found["bookinfo", "ratings"].features
    assert {Feature.TIMEOUT, Feature.FAULT_INJECTION} <= found["bookinfo", "reviews"].features


def test_hosts_of_a_gateway_route_are_those_of_the_service_it_sends_to():
    manifest = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: site}
spec: {hosts: [shop.example.com], gateways: [public], http: [{route: [{destination: {host: page}}]}]}
"""
    assert configs(manifest)["bookinfo", "page"].hosts == {"shop.example.com"}


@pytest.mark.parametrize(
    ("spec", "is_broken", "breakers"),
    [
        ("trafficPolicy: {outlierDetection: {consecutive5xxErrors: 5}}", True, []),
        ("trafficPolicy: {connectionPool: {tcp: {maxConnections: 1}}}", True, []),
        ("trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}", False, []),
        (
            "subsets: [{name: v1, labels: {version: v1}, trafficPolicy: {outlierDetection: {}}}, {name: v2}]",
            True,
            [{"version": "v1"}],
        ),
    ],
)
def test_circuit_breaker_is_a_pool_or_an_ejection_of_the_host_or_a_subset(spec, is_broken, breakers):
    config = configs(RULE % spec)["bookinfo", "reviews"]
    assert (Feature.CIRCUIT_BREAKER in config.features, config.breakers) == (is_broken, breakers)


def test_wildcard_rule_concerns_the_services_it_covers():
    rule = """
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: all}
spec: {host: "*.shop.svc.cluster.local", trafficPolicy: {outlierDetection: {}}}
"""
    assert configs(rule, service("cart", "shop"), service("page")).keys() == {("shop", "cart")}


def test_route_of_the_gateway_api_shifts_routes_and_mirrors():
    route = """
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: split}
spec:
  parentRefs: [{kind: Service, name: reviews, group: ""}]
  rules:
  - matches: [{path: {value: /a}}]
    backendRefs: [{name: reviews-v1, port: 80}, {name: reviews-v2, port: 80}]
    filters: [{type: RequestMirror, requestMirror: {backendRef: {name: ratings}}}]
"""
    config = configs(route)["bookinfo", "reviews"]
    assert config.features == {
        Feature.VIRTUAL_SERVICE,
        Feature.TRAFFIC_SHIFTING,
        Feature.REQUEST_ROUTING,
        Feature.MIRRORING,
    }
