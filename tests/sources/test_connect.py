"""Settings of a Prometheus, as its source is told them."""

import pytest

from mesh_graph.errors import ConfigError
from mesh_graph.settings import Settings
from mesh_graph.sources.connect import (
    connect,
    connect_cluster,
    connect_traces,
    prometheus_options,
    tracing_options,
)
from mesh_graph.sources.jaeger import JaegerTraces
from mesh_graph.sources.options import LabelNaming
from mesh_graph.sources.promql import MetricKind, MetricName
from mesh_graph.sources.query import Family, Matcher
from mesh_graph.sources.tempo import TempoTraces
from mesh_graph.sources.zipkin import ZipkinTraces

URL = "http://127.0.0.1:1"


def test_without_a_url_the_mesh_is_the_demo():
    source = connect(Settings())
    assert source.is_demo
    source.close()


def test_with_a_url_the_source_is_that_prometheus():
    source = connect(Settings(prometheus_url=URL))
    assert not source.is_demo
    assert URL in source.name
    source.close()


def test_credentials_reach_the_source_in_the_clear_and_stay_out_of_its_repr():
    options = prometheus_options(
        Settings(
            prometheus_url=URL,
            prometheus_username="eve",
            prometheus_password="hunter2",
            prometheus_headers="X-Key=abc123",
        )
    )
    assert (options.credentials.username, options.credentials.password) == ("eve", "hunter2")
    assert options.headers == {"X-Key": "abc123"}
    assert "hunter2" not in repr(options)
    assert "abc123" not in repr(options)


def test_token_file_is_handed_on_as_a_path(tmp_path):
    path = tmp_path / "token"
    path.write_text("t")
    options = prometheus_options(Settings(prometheus_url=URL, prometheus_bearer_token_file=path))
    assert options.credentials.bearer_token_file == path


def test_certificates_are_handed_on(tmp_path):
    for name in ("ca", "cert", "key"):
        (tmp_path / name).write_text("")
    options = prometheus_options(
        Settings(
            prometheus_url=URL,
            prometheus_ca_file=tmp_path / "ca",
            prometheus_client_cert_file=tmp_path / "cert",
            prometheus_client_key_file=tmp_path / "key",
        )
    )
    assert options.tls.ca_file == tmp_path / "ca"
    assert (options.tls.client_cert_file, options.tls.client_key_file) == (
        tmp_path / "cert",
        tmp_path / "key",
    )
    assert not options.tls.skip_verify


def test_limits_and_scope_are_handed_on():
    options = prometheus_options(
        Settings(
            prometheus_url=URL,
            query_timeout_s=3,
            max_in_flight=2,
            max_series=100,
            max_bytes="1MiB",
            query_scope='cluster="east"',
            app_labels="app",
        )
    )
    limits = options.limits
    assert (limits.timeout_s, limits.max_in_flight, limits.max_series, limits.max_bytes) == (3, 2, 100, 2**20)
    assert options.scope == (Matcher("cluster", "=", "east"),)
    assert options.labels is LabelNaming.APP


def test_renamed_families_keep_the_others():
    options = prometheus_options(
        Settings(prometheus_url=URL, metric_names="istio_requests_total=mesh:requests:rate5m/gauge")
    )
    assert options.names[Family.REQUESTS] == MetricName("mesh:requests:rate5m", MetricKind.GAUGE)
    assert options.names[Family.TCP_SENT] == MetricName("istio_tcp_sent_bytes_total")


def test_unknown_family_is_named_with_those_there_are():
    with pytest.raises(
        ConfigError, match=r"istio_request_total, which is no family. It takes .*istio_requests_total"
    ):
        prometheus_options(Settings(prometheus_url=URL, metric_names="istio_request_total=a"))


def test_options_without_a_url_are_refused():
    with pytest.raises(ConfigError, match="prometheus_url is not set"):
        prometheus_options(Settings())


def test_demo_mesh_has_demo_clusters_and_a_prometheus_alone_has_none():
    assert connect_cluster(Settings()).is_demo
    assert connect_cluster(Settings(prometheus_url=URL)) is None


def test_manifests_are_read_beside_either(tmp_path):
    for settings in (Settings(manifests=tmp_path), Settings(manifests=tmp_path, prometheus_url=URL)):
        assert connect_cluster(settings).name == str(tmp_path)


def test_context_that_the_kubeconfig_lacks_stops_the_start(tmp_path):
    path = tmp_path / "config"
    path.write_text(
        "current-context: a\n"
        "contexts: [{name: a, context: {cluster: a, user: a}}]\n"
        "clusters: [{name: a, cluster: {server: 'https://127.0.0.1:9'}}]\n"
        "users: [{name: a, user: {}}]\n"
    )
    with pytest.raises(ConfigError, match="kube_context b is not in the kubeconfig, which has a"):
        connect_cluster(Settings(kubeconfig=path, kube_context="b"))


def test_process_outside_of_a_pod_stops_the_start():
    with pytest.raises(ConfigError, match="in_cluster is set"):
        connect_cluster(Settings(in_cluster=True))


@pytest.mark.parametrize("other", ["kube_context", "in_cluster"])
def test_only_one_configuration_is_read(tmp_path, other):
    with pytest.raises(ValueError, match="only one of"):
        Settings(manifests=tmp_path, **{other: "true"})


def test_traces_of_the_demo_mesh_are_the_demo_s():
    source = connect_traces(Settings())
    assert source is not None
    assert source.is_demo


def test_mesh_of_one_s_own_has_no_traces_unless_a_backend_is_named():
    assert connect_traces(Settings(prometheus_url=URL)) is None


@pytest.mark.parametrize(
    ("name", "kind"), [("jaeger_url", JaegerTraces), ("zipkin_url", ZipkinTraces), ("tempo_url", TempoTraces)]
)
def test_tracing_backend_is_the_one_that_is_named(name, kind):
    source = connect_traces(Settings(prometheus_url=URL, **{name: "http://127.0.0.1:2/tracing"}))
    assert isinstance(source, kind)
    assert source.name == "http://127.0.0.1:2/tracing"
    source.close()


def test_trace_file_is_opened(tmp_path):
    path = tmp_path / "traces.json"
    path.write_text('[{"traceId": "1", "id": "2", "timestamp": 3}]')
    source = connect_traces(Settings(trace_file=path))
    assert source is not None
    assert source.name == "traces.json"


def test_what_tracing_is_asked_with_is_handed_on_and_not_that_of_prometheus(tmp_path):
    for name in ("ca", "cert", "key", "token"):
        (tmp_path / name).write_text("x")
    options = tracing_options(
        Settings(
            prometheus_url=URL,
            prometheus_username="eve",
            prometheus_password="hunter2",
            jaeger_url="http://127.0.0.1:2",
            tracing_bearer_token_file=tmp_path / "token",
            tracing_headers="X-Scope-OrgID=east",
            tracing_ca_file=tmp_path / "ca",
            tracing_client_cert_file=tmp_path / "cert",
            tracing_client_key_file=tmp_path / "key",
            query_timeout_s=7,
        ),
        "http://127.0.0.1:2",
    )
    assert (options.credentials.username, options.credentials.password) == ("", "")
    assert options.credentials.bearer_token_file == tmp_path / "token"
    assert options.headers == {"X-Scope-OrgID": "east"}
    tls = options.tls
    assert (tls.ca_file, tls.client_cert_file, tls.client_key_file) == tuple(
        tmp_path / name for name in ("ca", "cert", "key")
    )
    assert options.limits.timeout_s == 7
    assert "east" not in repr(options)
