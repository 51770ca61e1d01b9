"""Layers, mistakes and secrets: settings as a process reads them at start."""

import os

import pytest

from mesh_graph.errors import ConfigError
from mesh_graph.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch):
    for name in [name for name in os.environ if name.startswith("MESH_GRAPH_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def file(tmp_path):
    def write(text: str) -> str:
        path = tmp_path / "mesh-graph.yaml"
        path.write_text(text)
        return str(path)

    return write


def refusal(flags=None) -> str:
    with pytest.raises(ConfigError) as caught:
        load_settings(flags)
    return str(caught.value)


def test_flag_beats_environment_beats_file_beats_default(monkeypatch, file):
    path = file("port: 1001\nnode_budget: 11\nmax_in_flight: 3\n")
    monkeypatch.setenv("MESH_GRAPH_PORT", "1002")
    monkeypatch.setenv("MESH_GRAPH_NODE_BUDGET", "12")
    settings = load_settings({"config": path, "port": "1003"})
    assert (settings.port, settings.node_budget, settings.max_in_flight) == (1003, 12, 3)
    assert settings.refresh_s == 15


def test_environment_names_the_file(monkeypatch, file):
    monkeypatch.setenv("MESH_GRAPH_CONFIG", file("port: 1001"))
    assert load_settings().port == 1001


def test_empty_variable_is_no_variable(monkeypatch):
    monkeypatch.setenv("MESH_GRAPH_PROMETHEUS_URL", "")
    assert load_settings().prometheus_url is None


def test_empty_file_sets_nothing(file):
    assert load_settings({"config": file("")}).port == 8050


def test_file_takes_lists_mappings_and_quoted_texts(file):
    settings = load_settings(
        {
            "config": file(
                """
                allowed_hosts: [mesh.example, mesh.corp]
                query_scope: [cluster="east"]
                prometheus_headers: {X-Scope-OrgID: east}
                metric_names:
                  istio_requests_total: {name: "mesh:requests:rate5m", kind: gauge}
                max_bytes: 64MiB
                window_s: 10m
                """
            )
        }
    )
    assert settings.allowed_hosts == ("mesh.example", "mesh.corp")
    assert settings.query_scope == (("cluster", "=", "east"),)
    assert settings.prometheus_headers["X-Scope-OrgID"].get_secret_value() == "east"
    assert settings.metric_names["istio_requests_total"].kind == "gauge"
    assert (settings.max_bytes, settings.window_s) == (64 * 2**20, 600)


def test_variables_of_a_kubernetes_service_are_passed_over(monkeypatch):
    monkeypatch.setenv("MESH_GRAPH_PORT", "tcp://10.0.0.7:8050")
    monkeypatch.setenv("MESH_GRAPH_SERVICE_HOST", "10.0.0.7")
    monkeypatch.setenv("MESH_GRAPH_SERVICE_PORT_HTTP", "8050")
    monkeypatch.setenv("MESH_GRAPH_PORT_8050_TCP_ADDR", "10.0.0.7")
    monkeypatch.setenv("MESH_GRAPH_REDIS_PORT", "tcp://10.0.0.8:6379")
    assert load_settings().port == 8050


def test_unknown_variable_is_refused_with_the_nearest_name(monkeypatch):
    monkeypatch.setenv("MESH_GRAPH_PROMETEUS_URL", "http://a")
    assert refusal() == (
        "The environment sets MESH_GRAPH_PROMETEUS_URL, which is no setting. "
        "Did you mean MESH_GRAPH_PROMETHEUS_URL?"
    )


def test_unknown_name_in_the_file_is_refused_with_the_nearest_name(file):
    path = file("prometheus_ulr: http://a")
    assert refusal({"config": path}) == (
        f"{path} sets prometheus_ulr, which is no setting. Did you mean prometheus_url?"
    )


@pytest.mark.parametrize("text", ["- a\n- b", "a: [b", "just words", "\0", "1: 2"])
def test_file_that_holds_no_settings_is_refused_by_name(file, text):
    path = file(text)
    assert path in refusal({"config": path})


def test_missing_file_is_refused_by_name():
    assert "/nowhere/mesh-graph.yaml" in refusal({"config": "/nowhere/mesh-graph.yaml"})


def test_wrong_value_names_where_it_was_written_and_what_is_taken(monkeypatch, file):
    monkeypatch.setenv("MESH_GRAPH_MAX_SERIES", "lots")
    path = file("window_s: 5 m")
    lines = refusal({"port": "99999", "config": path}).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "--port 99999",
        "MESH_GRAPH_MAX_SERIES=lots",
        f"window_s in {path}",
    ]
    assert lines[0].endswith("It takes a port, 0 to 65535; 0 chooses a free one.")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "mesh.example"])
def test_address_that_others_reach_needs_the_insecure_switch(host):
    sentence = refusal({"host": host})
    assert host in sentence
    assert "--insecure-no-auth" in sentence
    assert load_settings({"host": host, "insecure_no_auth": "true"}).host == host


@pytest.mark.parametrize(
    ("flags", "word"),
    [
        ({"prometheus_username": "eve"}, "prometheus_password"),
        ({"prometheus_password": "p"}, "prometheus_username"),
        (
            {"prometheus_bearer_token": "t", "prometheus_password": "p", "prometheus_username": "u"},
            "only one of",
        ),
        ({"prometheus_client_key_file": __file__}, "prometheus_client_cert_file"),
        (
            {"prometheus_ca_file": __file__, "prometheus_tls_skip_verify": "true"},
            "prometheus_tls_skip_verify",
        ),
        ({"tracing_username": "eve"}, "tracing_password"),
        ({"tracing_bearer_token": "t", "tracing_bearer_token_file": __file__}, "only one of"),
        ({"tracing_client_key_file": __file__}, "tracing_client_cert_file"),
        ({"tracing_ca_file": __file__, "tracing_tls_skip_verify": "true"}, "tracing_tls_skip_verify"),
        ({"jaeger_url": "http://j", "zipkin_url": "http://z"}, "tempo_url and trace_file"),
        ({"tempo_url": "http://t", "trace_file": __file__}, "tempo_url and trace_file"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(flags, word):
    assert word in refusal(flags)


SECRET = "correct-horse"


@pytest.mark.parametrize(
    "flags",
    [
        {"prometheus_username": "eve", "prometheus_password": SECRET},
        {"prometheus_bearer_token": SECRET},
        {"prometheus_headers": [f"Authorization=Bearer {SECRET}"]},
    ],
)
def test_secrets_are_never_shown(flags):
    settings = load_settings(flags)
    assert isinstance(settings, Settings)
    assert SECRET not in repr(settings) + str(settings) + settings.model_dump_json()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MESH_GRAPH_PROMETHEUS_URL", f"http://eve:{SECRET}@prometheus"),
        ("MESH_GRAPH_PROMETHEUS_HEADERS", f"Authorization: {SECRET}"),
        ("MESH_GRAPH_PROMETHEUS_PASSWORD", SECRET),
    ],
)
def test_secrets_are_not_in_the_words_of_a_mistake(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    assert SECRET not in refusal()


@pytest.mark.parametrize("text", [f"prometheus_password: [{SECRET}]", f"prometheus_headers: [{SECRET}]"])
def test_secrets_in_the_file_are_not_in_the_words_of_a_mistake(file, text):
    assert SECRET not in refusal({"config": file(text)})


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1
