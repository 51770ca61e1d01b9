"""Known hosts only, same origin only, security headers everywhere."""

import pytest
from flask import Flask

from mesh_graph.api.guard import add_guard, host_name, is_known_host


@pytest.fixture
def client():
    server = Flask("guarded")
    server.add_url_rule("/", "root", lambda: "in")
    server.add_url_rule("/post", "post", lambda: "in", methods=["POST"])
    add_guard(server, ("mesh.example",), lambda: ("'sha256-abc'",))
    return server.test_client()


@pytest.mark.parametrize(
    ("authority", "name"),
    [
        ("localhost:8050", "localhost"),
        ("LOCALHOST.", "localhost"),
        ("[::1]:8050", "::1"),
        ("127.0.0.1", "127.0.0.1"),
        ("", ""),
        ("[::1", ""),
    ],
)
def test_host_of_an_authority(authority, name):
    assert host_name(authority) == name


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "::1", "mesh.example"])
def test_loopback_and_configured_hosts_are_known(host):
    assert is_known_host(host, ("Mesh.Example",))


@pytest.mark.parametrize(
    "host", ["", "evil.example", "localhost.evil.example", "10.0.0.1", "0x7f.1", "mesh.example.evil"]
)
def test_other_hosts_are_not(host):
    assert not is_known_host(host, ("mesh.example",))


@pytest.mark.parametrize("host", ["localhost:8050", "127.0.0.1:8050", "[::1]:8050", "mesh.example"])
def test_known_hosts_are_let_in(client, host):
    assert client.get("/", headers={"Host": host}).status_code == 200


def test_a_name_that_resolves_to_loopback_is_refused(client):
    answer = client.get("/", headers={"Host": "rebound.example:8050"})
    assert answer.status_code == 421
    assert answer.json["type"] == "refused-host"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:9999"])
def test_another_origin_is_refused(client, origin):
    answer = client.post("/post", headers={"Host": "localhost:8050", "Origin": origin})
    assert answer.status_code == 403
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("origin", ["http://localhost:8050", "https://localhost:8050"])
def test_the_own_origin_is_let_in(client, origin):
    assert client.post("/post", headers={"Host": "localhost:8050", "Origin": origin}).status_code == 200


@pytest.mark.parametrize("host", ["localhost", "evil.example"])
def test_every_answer_has_the_security_headers(client, host):
    headers = client.get("/", headers={"Host": host}).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "script-src 'self' 'sha256-abc';" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
