"""Every route keeps what its description promises, asked by Schemathesis over a socket."""

import re
import threading
from datetime import timedelta

import pytest
import schemathesis
import waitress
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mesh_graph.access.tokens import new_token
from mesh_graph.api.context import Context
from mesh_graph.api.front import Front
from mesh_graph.api.openapi import openapi_document
from mesh_graph.api.ways_in import WaysIn
from mesh_graph.application import create_app
from mesh_graph.codec import PARAMETERS
from mesh_graph.demo.bookinfo import namespaces
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.spec import MeshSpec
from mesh_graph.demo.tracer import Tracer
from mesh_graph.mesh import Mesh
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_cluster import DemoCluster
from mesh_graph.sources.demo_traces import DemoTraces
from tests.access.people import START, USERS, Household
from tests.api.guests import running

NOON = 1_795_262_400.0
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
EXAMPLES = 3


@pytest.fixture(scope="module")
def application():
    books = MeshSpec.of(namespaces(1, 1, None))
    traces = DemoTraces(Tracer(books, sampling=0.05), clock=lambda: NOON)
    cluster = DemoCluster(books, clock=lambda: NOON)
    mesh = Mesh(DemoSource(Simulator(books), clock=lambda: NOON), traces=traces, cluster=cluster)
    yield create_app(Context(mesh)).server
    mesh.close()


@pytest.fixture(scope="module")
def promised(application):
    """The description, as a running server serves it."""
    server = waitress.create_server(application, host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield schemathesis.openapi.from_url(f"http://127.0.0.1:{server.effective_port}/api/openapi.json")
    server.close()
    thread.join(timeout=5)


def test_answers_are_as_described(promised):
    operations = [result.ok() for result in promised.get_all_operations()]
    # One address of each route: three kinds of object share theirs.
    routes = {
        operation.definition.raw["operationId"].partition(":")[0]: operation for operation in operations
    }
    assert len(routes) > 10
    for operation in routes.values():
        ask(operation)


def ask(operation):
    """Ask one route for what its description allows, and for what it does not."""

    @given(case=operation.as_strategy())
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def asked(case):
        case.call_and_validate(checks=list(CHECKS))

    asked()


KNOWN = {
    "/api/overview": {},
    "/api/applications": {},
    "/api/services": {},
    "/api/applications/{namespace}/{name}": {"name": "reviews"},
    "/api/workloads/{namespace}/{name}/timeline": {"name": "reviews-v2"},
    "/api/workloads/{namespace}/{name}/pods": {"name": "reviews-v2"},
    "/api/services/{namespace}/{name}/metrics": {"name": "reviews"},
    "/api/splits": {},
    "/api/splits/{namespace}/{name}": {"name": "reviews"},
    "/api/graph": {},
    "/api/istio": {},
    "/api/istio/{namespace}/{kind}/{name}": {"kind": "VirtualService", "name": "reviews"},
    "/api/mtls": {},
    "/api/traces": {},
    "/api/traces/critical-path": {},
    "/api/traces/dependencies": {},
    "/api/traces/audit": {},
    "/api/traces/services": {},
}
"""Addresses that have something to tell, so that it is told in the shape described."""


@pytest.mark.parametrize("address", KNOWN)
def test_what_is_there_is_told_in_the_shape_described(promised, address):
    (operation,) = (one for one in (r.ok() for r in promised.get_all_operations()) if one.path == address)
    places = {"namespace": "bookinfo", **KNOWN[address]} if KNOWN[address] else {}
    answer = operation.Case(path_parameters=places).call_and_validate(checks=list(CHECKS))
    assert answer.status_code == 200
    schema = operation.definition.raw["responses"]["200"]["content"]["application/json"]["schema"]
    assert len(schema["required"]) > 1


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """The description of a server with a sign-in and a proxy, and a token for it."""
    household = Household(tmp_path_factory.mktemp("household"))
    token, number, kept = new_token()
    entry = f"{{id: {number}, sha256: {kept}, expires: {START + timedelta(days=1)}}}"
    household.write(USERS.replace("  ada:\n", f"  ada:\n    tokens: [{entry}]\n"))
    with running(Context(Mesh.demo()), WaysIn(household.keeper), Front(user_header="X-User")) as url:
        headers = {"Authorization": f"Bearer {token}"}
        yield schemathesis.openapi.from_url(f"{url}/api/openapi.json", headers=headers), headers


CLOSED = ("/api/overview", "/api/graph", "/api/namespaces/graph", "/api/traces/services")
"""One address of every kind of description."""


@pytest.mark.parametrize("address", CLOSED)
def test_refusals_and_answers_behind_a_sign_in_are_as_described(closed, address):
    schema, token = closed
    (operation,) = (one for one in (r.ok() for r in schema.get_all_operations()) if one.path == address)
    case = operation.Case(query={"namespaces": "bookinfo"} if "namespaces" in address else {})
    for headers, status in ((token, 200), ({}, 401), ({"Authorization": "Bearer x"}, 401)):
        answer = case.call_and_validate(checks=list(CHECKS), headers=headers)
        assert answer.status_code == status


def test_the_ways_in_are_described_where_there_are_any(application, closed):
    document = closed[0].raw_schema
    assert document["security"] == [{"token": []}, {"session": []}, {"proxy": []}]
    schemes = document["components"]["securitySchemes"]
    assert (schemes["token"]["type"], schemes["token"]["scheme"]) == ("http", "bearer")
    assert (schemes["session"]["in"], schemes["session"]["name"]) == ("cookie", "mesh_graph_session")
    assert (schemes["proxy"]["in"], schemes["proxy"]["name"]) == ("header", "X-User")
    for path in document["paths"].values():
        assert all(operation["responses"].keys() >= {"401", "403"} for operation in path.values())
    open_to_all = openapi_document(application)
    assert (open_to_all["security"], open_to_all["components"]["securitySchemes"]) == ([], {})
    assert "401" not in open_to_all["paths"]["/api/overview"]["get"]["responses"]


def test_a_route_s_own_refusal_is_told_beside_the_entrance_s(closed):
    refused = closed[0].raw_schema["paths"]["/api/namespaces/graph"]["get"]["responses"]["403"]
    assert set(refused["content"]) == {"application/json", "application/problem+json"}


def test_every_route_of_the_api_is_described(application):
    described = openapi_document(application)["paths"]
    rules = [rule.rule for rule in application.url_map.iter_rules() if rule.rule.startswith("/api/")]
    assert rules
    for rule in rules:
        pattern = re.sub(r"<any\(([^)]*)\):\w+>", lambda m: f"({m[1].replace(', ', '|')})", rule)
        pattern = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", pattern)
        assert any(
            re.fullmatch(pattern.replace("{", r"\{").replace("}", r"\}"), path) for path in described
        ), rule


def test_every_operation_has_words_and_its_own_id(application):
    operations = [
        operation for path in openapi_document(application)["paths"].values() for operation in path.values()
    ]
    assert all(operation["summary"] for operation in operations)
    assert len({operation["operationId"] for operation in operations}) == len(operations)


def test_view_s_parameters_are_the_codec_s(application):
    described = openapi_document(application)["paths"]["/api/graph"]["get"]["parameters"]
    assert {parameter["name"] for parameter in described} == {*PARAMETERS, "format", "mask"}
