import base64

import pytest
import requests

from mesh_graph.sources.credentials import CredentialsUnreadable, Login
from mesh_graph.sources.options import Credentials


def header(**who) -> str | None:
    request = requests.Request("GET", "http://p", auth=Login(Credentials(**who))).prepare()
    return request.headers.get("Authorization")


def test_nobody_sends_nothing():
    assert header() is None


def test_nobody_does_not_send_what_netrc_holds(tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine p login eve password hunter2\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    session = requests.Session()
    assert "Authorization" in session.prepare_request(requests.Request("GET", "http://p")).headers
    session.auth = Login(Credentials())
    assert "Authorization" not in session.prepare_request(requests.Request("GET", "http://p")).headers


@pytest.mark.parametrize("password", ["hunter2", "p:w", "pässwörd ☃"])
def test_basic_is_utf8_in_base64(password):
    kind, _, pair = header(username="eve", password=password).partition(" ")
    assert (kind, base64.b64decode(pair).decode()) == ("Basic", f"eve:{password}")


def test_secrets_in_files_are_read_anew_and_stripped(tmp_path):
    path = tmp_path / "token"
    path.write_text(" one\n")
    login = Login(Credentials(bearer_token_file=path))
    sent = []
    for token in ("one", "two"):
        path.write_text(f"{token}\n")
        sent.append(requests.Request("GET", "http://p", auth=login).prepare().headers["Authorization"])
    assert sent == ["Bearer one", "Bearer two"]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b" \n", "is empty"), (b"\xff\xfe", "not text"), (b"a\nb", "control")],
)
def test_a_file_without_a_usable_secret_is_named(tmp_path, content, words):
    path = tmp_path / "token"
    path.write_bytes(content)
    with pytest.raises(CredentialsUnreadable, match=words) as caught:
        header(bearer_token_file=path)
    assert str(path) in str(caught.value)


def test_a_folder_is_no_secret(tmp_path):
    with pytest.raises(CredentialsUnreadable, match="is a directory"):
        header(bearer_token_file=tmp_path)


def test_a_token_that_no_header_can_carry_is_not_shown():
    with pytest.raises(CredentialsUnreadable) as caught:
        header(bearer_token="tökén")
    assert "tökén" not in str(caught.value)


def test_a_secret_with_a_line_break_cannot_add_headers():
    with pytest.raises(CredentialsUnreadable):
        header(bearer_token="a\r\nX-Evil: b")
