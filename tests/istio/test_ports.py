"""Protocol selection, by the table of Istio's documentation."""

import pytest

from mesh_graph.istio.ports import ports_of
from tests.istio.declare import service, snapshot


@pytest.mark.parametrize(
    ("port", "protocol", "told_by"),
    [
        ({"name": "http"}, "http", "name"),
        ({"name": "http-web"}, "http", "name"),
        ({"name": "HTTP2-x"}, "http2", "name"),
        ({"name": "grpc-web-api"}, "grpc-web", "name"),
        ({"name": "grpc-api"}, "grpc", "name"),
        ({"name": "web"}, "auto", ""),
        ({"name": "httpweb"}, "auto", ""),
        ({}, "auto", ""),
        ({"name": "http", "appProtocol": "grpc"}, "grpc", "appProtocol"),
        ({"name": "http", "appProtocol": "kubernetes.io/h2c"}, "http2", "appProtocol"),
        ({"name": "http", "appProtocol": "example.com/own"}, "http", "name"),
        ({"name": "http", "protocol": "UDP"}, "udp", ""),
        ({"name": 7, "appProtocol": ["x"]}, "auto", ""),
    ],
)
def test_protocol_of_a_port(port, protocol, told_by):
    raw = service("cart")
    raw["spec"]["ports"] = [{"port": 80, **port}]
    (found,) = ports_of(snapshot(raw).objects("Service")[0])
    assert (found.number, found.protocol, found.told_by) == (80, protocol, told_by)
