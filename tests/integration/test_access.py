"""Who may ask: credentials against a real Prometheus that wants them, headers, and proxies on the way."""

from __future__ import annotations

import pytest

from mesh_graph.errors import SourceRefused, SourceTimeout, SourceUnreachable
from mesh_graph.sources.options import Credentials, PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from tests.integration import past
from tests.integration.asked import RATE, rows, source_of
from tests.integration.faults import answers, forward
from tests.peers import free_port

pytestmark = pytest.mark.peer("prometheus")


@pytest.fixture(scope="session")
def locked(prometheus_factory, tmp_path_factory):
    """A Prometheus that wants eve's password, ``hunter2``."""
    users = tmp_path_factory.mktemp("locked") / "web.yml"
    users.write_text(
        "basic_auth_users:\n  eve: $2b$04$KiE0kTG4J7VyIDJxPiTBNuSha0lQ1mm2.VPPb6WFXVfI4gZgBBFpO\n"
    )
    return prometheus_factory(openmetrics=past.openmetrics(), arguments=[f"--web.config.file={users}"])


class TestRefused:
    def locked_source(self, url: str, **who) -> PrometheusSource:
        return PrometheusSource(PrometheusOptions(url=url, credentials=Credentials(**who)))

    def test_the_right_password_opens(self, locked):
        assert rows(self.locked_source(locked.url, username="eve", password="hunter2")) == 3

    def test_credentials_in_the_url_open_and_are_not_shown(self, locked):
        source = PrometheusSource(PrometheusOptions(url=locked.url.replace("//", "//eve:hunter2@")))
        assert rows(source) == 3
        assert source.name == locked.url
        assert "hunter2" not in repr(source)

    def test_a_wrong_password_is_refused_and_not_told(self, locked):
        source = self.locked_source(locked.url, username="eve", password="hunter3")
        with pytest.raises(SourceRefused, match="401") as caught:
            source.instant(RATE, past.END)
        assert "hunter3" not in str(caught.value) + repr(caught.value)
        assert "password" in caught.value.advice

    def test_nobody_is_refused(self, locked):
        with pytest.raises(SourceRefused, match="401"):
            source_of(locked.url).instant(RATE, past.END)

    def test_a_password_file_is_read_anew(self, locked, tmp_path):
        path = tmp_path / "password"
        path.write_text("old")
        source = self.locked_source(locked.url, username="eve", password_file=path)
        with pytest.raises(SourceRefused):
            source.instant(RATE, past.END)
        path.write_text("hunter2\n")
        assert rows(source) == 3

    def test_a_password_file_that_is_gone_is_named(self, locked, tmp_path):
        source = self.locked_source(locked.url, username="eve", password_file=tmp_path / "gone")
        with pytest.raises(SourceRefused, match=r"gone cannot be read \(no such file"):
            source.instant(RATE, past.END)

    def test_forbidden_is_refused(self, faults):
        faults.does(answers(403, b"<html>go away</html>"))
        with pytest.raises(SourceRefused, match="403"):
            source_of(faults.url).instant(RATE, past.END)


class TestHeaders:
    def test_every_request_carries_the_headers_and_the_token(self, faults, tmp_path):
        seen = []
        faults.does(lambda exchange: (seen.append(dict(exchange.headers)), forward(exchange)))
        token = tmp_path / "token"
        token.write_text("first\n")
        source = PrometheusSource(
            PrometheusOptions(
                url=faults.url,
                headers={"X-Scope-OrgID": "east"},
                credentials=Credentials(bearer_token_file=token),
            )
        )
        source.instant(RATE, past.END)
        token.write_text("second\n")
        source.label_values("reporter", (), past.START, past.END)
        assert {headers["X-Scope-OrgID"] for headers in seen} == {"east"}
        assert [headers["Authorization"] for headers in seen] == ["Bearer first", "Bearer second"]


class TestProxy:
    """The proxy of the environment, as requests finds it."""

    URL = "http://prometheus.mesh.example:9090"

    @pytest.fixture(autouse=True)
    def environment(self, faults, monkeypatch):
        monkeypatch.setenv("HTTP_PROXY", faults.url)
        monkeypatch.setenv("http_proxy", faults.url)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("no_proxy", "")

    def test_it_is_used(self, faults):
        assert rows(source_of(self.URL)) == 3
        assert faults.passed[0].path == f"{self.URL}/api/v1/query"

    def test_an_answer_that_drips_through_it_ends_at_the_time_out(self, faults):
        faults.does(lambda exchange: exchange.drip(exchange.real().content, pause_s=0.1))
        with pytest.raises(SourceTimeout):
            rows(source_of(self.URL, timeout_s=1.0))

    def test_one_that_is_down_is_said(self, monkeypatch):
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
        with pytest.raises(SourceUnreachable, match="through the proxy: connection refused"):
            rows(source_of(self.URL))
