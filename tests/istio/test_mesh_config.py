"""Istio's own settings, and its defaults for what is not written."""

import pytest

from mesh_graph.istio.mesh_config import MeshConfig, mesh_config
from tests.istio.checks.security_cases import mesh
from tests.istio.declare import snapshot


def istiod(**variables: str) -> dict:
    """Istiod's Deployment with an environment."""
    env = [{"name": name, "value": value} for name, value in variables.items()]
    container = {"name": "discovery", "env": env}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "istiod", "namespace": "istio-system", "labels": {"app": "istiod"}},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }


def test_nothing_written_is_istios_defaults():
    config = mesh_config(snapshot(), "east")
    assert config == MeshConfig()
    assert (config.auto_mtls, config.allows_any, config.trust_domain) == (True, True, "cluster.local")
    assert (config.root_namespace, config.sampling_percent, config.is_written) == ("istio-system", 1.0, False)


def test_what_is_written_is_read():
    text = """
rootNamespace: mesh
trustDomain: shop.example
trustDomainAliases: [old.example]
enableAutoMtls: false
outboundTrafficPolicy: {mode: REGISTRY_ONLY}
defaultConfig: {tracing: {sampling: 12.5}}
"""
    config = mesh_config(snapshot(mesh(text)), "east")
    assert config.is_written
    assert (config.root_namespace, config.trust_domain) == ("mesh", "shop.example")
    assert config.trust_domain_aliases == ("old.example",)
    assert (config.auto_mtls, config.allows_any, config.sampling_percent) == (False, False, 12.5)


def test_settings_are_of_their_cluster():
    seen = snapshot(mesh("enableAutoMtls: false"))
    assert not mesh_config(seen, "east").auto_mtls
    assert mesh_config(seen, "west").auto_mtls


@pytest.mark.parametrize(
    ("written", "variable", "percent"),
    [("{}", "25", 25.0), ("{}", "much", 1.0), ("defaultConfig: {tracing: {sampling: 0}}", "25", 0.0)],
)
def test_sampling_is_of_the_configuration_before_the_environment(written, variable, percent):
    seen = snapshot(mesh(written), istiod(PILOT_TRACE_SAMPLING=variable))
    assert mesh_config(seen, "east").sampling_percent == percent


@pytest.mark.parametrize(("value", "scoped"), [("true", True), ("True", True), ("false", False), ("", False)])
def test_environment_says_whether_gateways_take_proxies_of_their_namespace_only(value, scoped):
    seen = snapshot(istiod(PILOT_SCOPE_GATEWAY_TO_NAMESPACE=value))
    assert mesh_config(seen, "east").scopes_gateways is scoped


def test_another_config_map_of_the_name_does_not_stand_before_istios_own():
    other = mesh("trustDomain: other.example")
    other["metadata"]["namespace"] = "a-team"
    own = mesh("trustDomain: own.example")
    assert mesh_config(snapshot(other, own), "east").trust_domain == "own.example"
