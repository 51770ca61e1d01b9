"""The server that speaks TLS itself."""

from __future__ import annotations

import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
import trustme

from mesh_graph.api.context import Context
from mesh_graph.api.front import Front
from mesh_graph.api.tls import TlsServer
from mesh_graph.api.ways_in import WaysIn
from mesh_graph.application import create_app
from mesh_graph.errors import ConfigError
from mesh_graph.settings import Settings
from tests.access.people import Household
from tests.api.guests import Guest
from tests.hand_mesh import HandMesh


class Files:
    """A certificate with its key, and the CA that vouches for it."""

    def __init__(self, folder) -> None:
        self.ca, self.cert, self.key = (folder / name for name in ("ca.pem", "cert.pem", "key.pem"))
        self.renew()

    def renew(self) -> None:
        ca = trustme.CA()
        issued = ca.issue_cert("127.0.0.1")
        ca.cert_pem.write_to_path(str(self.ca))
        issued.private_key_pem.write_to_path(str(self.key))
        issued.cert_chain_pems[0].write_to_path(str(self.cert))


@contextmanager
def serving(application, files: Files) -> Iterator[int]:
    server = TlsServer(
        application,
        ("127.0.0.1", 0),
        certificate=files.cert,
        key=files.key,
        threads=2,
        max_body_bytes=1000,
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server.effective_port
    server.close()
    thread.join(timeout=10)


def echo(environment, start_response):
    """Say what was heard."""
    if environment["REQUEST_METHOD"] == "POST":
        environment["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    heard = [environment["wsgi.url_scheme"], environment.get("HTTP_X_FORWARDED_USER", "nobody")]
    return [" ".join(heard).encode()]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return Files(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def port(files):
    with serving(echo, files) as port:
        yield port


def ask(port, files, **more) -> requests.Response:
    return requests.get(f"https://127.0.0.1:{port}/", verify=str(files.ca), timeout=20, **more)


def test_what_is_asked_over_tls_is_answered(port, files):
    assert ask(port, files).text == "https nobody"


def test_a_header_with_an_underscore_is_another_header(port, files):
    assert ask(port, files, headers={"X_Forwarded_User": "ada"}).text == "https nobody"
    assert ask(port, files, headers={"X-Forwarded-User": "ada"}).text == "https ada"


def test_old_versions_of_tls_are_refused(port):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", port), timeout=20) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain)


def test_clients_that_say_nothing_or_nonsense_keep_nobody_out(port, files):
    """There are two threads, and a listener that shook hands itself would wait for each in turn."""
    silent = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(5)]
    nonsense = socket.create_connection(("127.0.0.1", port), timeout=20)
    nonsense.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert ask(port, files).status_code == 200
    assert b"https" not in nonsense.recv(1000)
    for connection in (*silent, nonsense):
        connection.close()
    assert ask(port, files).status_code == 200


def test_a_request_that_is_too_long_is_refused(port, files):
    answer = requests.post(f"https://127.0.0.1:{port}/", data=b"x" * 1001, verify=str(files.ca), timeout=20)
    assert answer.status_code == 413


def test_a_new_certificate_is_taken_up_without_a_restart(tmp_path):
    files = Files(tmp_path)
    with serving(echo, files) as port:
        assert ask(port, files).status_code == 200
        old = shutil.copy(files.ca, tmp_path / "old.pem")
        files.renew()
        assert ask(port, files).status_code == 200
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"https://127.0.0.1:{port}/", verify=str(old), timeout=20)
        files.cert.write_text("nonsense")
        assert ask(port, files).status_code == 200


def test_a_key_of_another_certificate_is_told_at_the_start(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    files = Files(tmp_path / "a")
    files.key = Files(tmp_path / "b").key
    with (
        pytest.raises(ConfigError, match="tls_cert_file and tls_key_file cannot be used together"),
        serving(echo, files),
    ):
        pass


def test_the_application_keeps_browsers_with_tls(files, tmp_path):
    household = Household(tmp_path)
    application = create_app(Context(HandMesh()), WaysIn(household.keeper), Front(is_tls=True)).server
    with serving(application, files) as port:
        guest = Guest(f"https://127.0.0.1:{port}")
        guest.http.verify, guest.http.trust_env = str(files.ca), False
        done = guest.sign_in("ada")
        assert done.status_code == 303
        assert "Secure" in done.headers["Set-Cookie"]
        assert done.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert guest.get("/api/pages/namespaces").status_code == 200


def test_certificate_and_key_go_together(tmp_path):
    files = Files(tmp_path)
    with pytest.raises(ValueError, match="tls_cert_file goes with tls_key_file"):
        Settings(tls_cert_file=files.cert)
