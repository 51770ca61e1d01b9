import pytest

from mesh_graph.errors import ConfigError
from mesh_graph.sources.options import Credentials, PrometheusOptions


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://prometheus:9090", "http://prometheus:9090"),
        ("http://prometheus:9090/", "http://prometheus:9090"),
        ("https://eve:p%40ss@mimir.example/prometheus/", "https://mimir.example/prometheus"),
        ("http://eve@[::1]:9090", "http://[::1]:9090"),
        ("http://eve:a@b@host", "http://host"),
    ],
)
def test_the_name_is_the_url_without_credentials(url, name):
    assert PrometheusOptions(url=url).name == name


@pytest.mark.parametrize(
    "url",
    [
        "",
        "prometheus:9090",
        "ftp://prometheus",
        "http://",
        "http://host:port",
        "http://host:99999",
        "http://[::1",
        "http://eve:hunter2@host?token=hunter2",
        "http://eve:hunter2@host#hunter2",
        "eve:hunter2@host",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_its_secrets(url):
    with pytest.raises(ConfigError) as caught:
        PrometheusOptions(url=url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "b\r\nX-C: d"},
        {"X A": "ok\n"},
        {"X-A": "snow☃"},
        {"X-A": " padded"},
        {"": "hunter2"},
        {"a:b": "hunter2"},
    ],
)
def test_headers_that_http_cannot_carry_are_refused_without_their_values(headers):
    with pytest.raises(ConfigError) as caught:
        PrometheusOptions(url="http://p", headers=headers)
    assert not any(value in str(caught.value) for value in headers.values())


def test_no_secret_is_in_the_repr():
    options = PrometheusOptions(
        url="http://eve:hunter2@p",
        headers={"X-Key": "hunter2"},
        credentials=Credentials(username="eve", password="hunter2", bearer_token="hunter2"),
    )
    assert "hunter2" not in repr(options)


def test_credentials_in_the_url_are_used_where_no_others_are_set():
    assert PrometheusOptions(url="http://e%40ve:p%2Fw@p").login == Credentials(
        username="e@ve", password="p/w"
    )
    own = Credentials(bearer_token="t")
    assert PrometheusOptions(url="http://eve:pw@p", credentials=own).login == own
    assert PrometheusOptions(url="http://p").login == Credentials()
