"""TLS against a real Prometheus, with certificates made for the test."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import trustme

from mesh_graph.errors import SourceReplyInvalid, SourceUnreachable
from mesh_graph.sources.options import PrometheusOptions, Tls
from mesh_graph.sources.prometheus import PrometheusSource
from tests.integration import asked, past

pytestmark = [
    pytest.mark.peer("prometheus"),
    pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning"),
]


class Certificates:
    """A CA, a server that it vouches for, and a client that another CA vouches for."""

    def __init__(self, folder: Path) -> None:
        self.ca, self.client_ca = folder / "ca.pem", folder / "client-ca.pem"
        self.server, self.stranger, self.expired = (
            folder / f"{n}.pem" for n in ("server", "stranger", "expired")
        )
        self.client, self.client_key = folder / "client.pem", folder / "client-key.pem"
        ours, theirs = trustme.CA(), trustme.CA()
        ours.cert_pem.write_to_path(str(self.ca))
        theirs.cert_pem.write_to_path(str(self.client_ca))
        past_date = datetime.datetime(2001, 1, 1)
        for path, certificate in (
            (self.server, ours.issue_cert("127.0.0.1")),
            (self.stranger, ours.issue_cert("prometheus.example")),
            (self.expired, ours.issue_cert("127.0.0.1", not_after=past_date)),
        ):
            certificate.private_key_and_cert_chain_pem.write_to_path(str(path))
        client = theirs.issue_cert("meshgraph@example.org")
        client.cert_chain_pems[0].write_to_path(str(self.client))
        client.private_key_pem.write_to_path(str(self.client_key))
        self.client_both = folder / "client-both.pem"
        client.private_key_and_cert_chain_pem.write_to_path(str(self.client_both))


@pytest.fixture(scope="session")
def certificates(tmp_path_factory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def secured(prometheus_factory, tmp_path_factory):
    """Start a Prometheus that shows a certificate, and wants one if ``client_ca`` is given."""

    def start(certificate: Path, client_ca: Path | None = None, **options):
        config = f"tls_server_config:\n  cert_file: {certificate}\n  key_file: {certificate}\n"
        if client_ca:
            config += f"  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: {client_ca}\n"
        path = tmp_path_factory.mktemp("secured") / "web.yml"
        path.write_text(config)
        return prometheus_factory(
            openmetrics=past.openmetrics(),
            arguments=[f"--web.config.file={path}"],
            scheme="https",
            **options,
        )

    return start


@pytest.fixture(scope="session")
def server(secured, certificates):
    return secured(certificates.server)


@pytest.fixture(scope="session")
def mutual(secured, certificates):
    return secured(certificates.server, certificates.client_ca, client_cert=certificates.client_both)


def rows(url: str, **tls) -> int:
    source = PrometheusSource(PrometheusOptions(url=url, tls=Tls(**tls)))
    try:
        return asked.rows(source)
    finally:
        source.close()


def test_a_server_of_an_own_ca_is_trusted_by_that_ca(server, certificates):
    assert rows(server.url, ca_file=certificates.ca) == 3


def test_a_server_of_an_unknown_ca_is_not_trusted(server, certificates):
    with pytest.raises(SourceUnreachable, match=r"certificate is not accepted: .*issuer") as caught:
        rows(server.url)
    assert "CA" in caught.value.advice
    with pytest.raises(SourceUnreachable, match="certificate is not accepted"):
        rows(server.url, ca_file=certificates.client_ca)


def test_checking_can_be_skipped(server):
    assert rows(server.url, skip_verify=True) == 3


def test_an_environment_wide_ca_does_not_undo_the_skip(server, certificates, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.client_ca))
    assert rows(server.url, skip_verify=True) == 3
    assert rows(server.url, ca_file=certificates.ca) == 3


def test_a_certificate_for_another_name_is_not_accepted(secured, certificates):
    stranger = secured(certificates.stranger)
    with pytest.raises(SourceUnreachable, match=r"not accepted: .*127\.0\.0\.1"):
        rows(stranger.url, ca_file=certificates.ca)


def test_an_expired_certificate_is_not_accepted(secured, certificates):
    expired = secured(certificates.expired)
    with pytest.raises(SourceUnreachable, match="not accepted: certificate has expired"):
        rows(expired.url, ca_file=certificates.ca)


def test_a_client_certificate_opens(mutual, certificates):
    certificate = {"client_cert_file": certificates.client, "client_key_file": certificates.client_key}
    assert rows(mutual.url, ca_file=certificates.ca, **certificate) == 3
    assert rows(mutual.url, ca_file=certificates.ca, client_cert_file=certificates.client_both) == 3


def test_without_a_client_certificate_the_handshake_fails(mutual, certificates):
    with pytest.raises(SourceUnreachable) as caught:
        rows(mutual.url, ca_file=certificates.ca)
    assert "certificate" in caught.value.advice + caught.value.problem


@pytest.mark.parametrize("wrong", ["ca_file", "client_cert_file"])
def test_a_certificate_file_that_is_gone_is_said(server, certificates, wrong, tmp_path):
    files = {"ca_file": certificates.ca, wrong: tmp_path / "gone.pem"}
    with pytest.raises(SourceUnreachable, match="could not be made"):
        rows(server.url, **files)


def test_plain_http_to_a_tls_port_asks_to_check_the_url(server):
    with pytest.raises(SourceReplyInvalid, match="answered 400") as caught:
        rows(server.url.replace("https", "http"))
    assert "http or https" in caught.value.advice


def test_tls_to_a_plain_port_fails_in_the_handshake(prometheus):
    with pytest.raises(SourceUnreachable, match="TLS failed: "):
        rows(prometheus.url.replace("http", "https"))
