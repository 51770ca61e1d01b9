"""Who is believed in front of the application, and what lies under the prefix."""

import pytest

from mesh_graph.api.front import OUTSIDE, PROXY_GROUPS, PROXY_USER, Front, in_front
from mesh_graph.settings import Settings

TRUSTED = Settings(trusted_proxies="10.0.0.0/8,::1").trusted_proxies
FRONT = Front("", TRUSTED, "X-Forwarded-User", "X-Forwarded-Groups")
HEADERS = {
    "HTTP_X_FORWARDED_FOR": "198.51.100.7",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "mesh.example",
    "HTTP_X_FORWARDED_USER": "ada",
    "HTTP_X_FORWARDED_GROUPS": "shop,sre",
}


def seen(front: Front, **environment) -> dict:
    """What the application sees of a request."""
    found = {}
    whole = {
        "REMOTE_ADDR": "10.1.2.3",
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "pod:8050",
        "PATH_INFO": "/x",
        "SCRIPT_NAME": "",
    }
    in_front(lambda seen, _: found.update(seen) or [], front)(whole | environment, None)
    return found


def test_a_listed_proxy_is_believed():
    found = seen(FRONT, **HEADERS)
    assert found["REMOTE_ADDR"] == "198.51.100.7"
    assert found["wsgi.url_scheme"] == "https"
    assert found["HTTP_HOST"] == "mesh.example"
    assert (found[PROXY_USER], found[PROXY_GROUPS]) == ("ada", "shop,sre")


@pytest.mark.parametrize("address", ["192.0.2.1", "11.0.0.1", "", "unix", "10.0.0.1.evil"])
def test_nobody_else_is(address):
    found = seen(FRONT, REMOTE_ADDR=address, **HEADERS)
    assert found["REMOTE_ADDR"] == address
    assert (found["wsgi.url_scheme"], found["HTTP_HOST"]) == ("http", "pod:8050")
    assert not [name for name in found if "FORWARDED" in name or name in (PROXY_USER, PROXY_GROUPS)]


def test_an_address_of_ipv4_in_ipv6_is_the_same_proxy():
    assert seen(FRONT, REMOTE_ADDR="::ffff:10.1.2.3", **HEADERS)["HTTP_HOST"] == "mesh.example"


def test_without_a_list_nobody_is_believed():
    assert PROXY_USER not in seen(Front(user_header="X-Forwarded-User"), **HEADERS)


def test_the_header_of_a_name_is_no_header_to_the_application():
    assert "HTTP_X_FORWARDED_USER" not in seen(FRONT, **HEADERS)


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, 10.9.9.9", "198.51.100.7"),
        ("203.0.113.1, 198.51.100.7, 10.9.9.9, ::1", "198.51.100.7"),
        ("10.1.1.1, 10.2.2.2", "10.1.1.1"),
        ("nonsense, 10.2.2.2", "10.2.2.2"),
        ("198.51.100.7, nonsense", "10.1.2.3"),
        ("", "10.1.2.3"),
    ],
)
def test_the_client_is_the_last_that_is_no_proxy(chain, client):
    assert seen(FRONT, HTTP_X_FORWARDED_FOR=chain)["REMOTE_ADDR"] == client


@pytest.mark.parametrize(
    ("path", "root", "rest"),
    [("/mesh/topology", "/mesh", "/topology"), ("/mesh/", "/mesh", "/"), ("/mesh//x", "/mesh", "//x")],
)
def test_the_prefix_is_taken_off(path, root, rest):
    found = seen(Front("/mesh"), PATH_INFO=path)
    assert (found["SCRIPT_NAME"], found["PATH_INFO"], OUTSIDE in found) == (root, rest, False)


@pytest.mark.parametrize("path", ["/", "/meshes/x", "/topology", "/x/mesh/", "/../mesh/", "", "//mesh/"])
def test_what_lies_elsewhere_is_outside(path):
    assert OUTSIDE in seen(Front("/mesh"), PATH_INFO=path)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_need_no_prefix(path):
    assert OUTSIDE not in seen(Front("/mesh"), PATH_INFO=path)
