"""Secrets are not shown; what only sounds like one is."""

import pytest

from mesh_graph.istio.masking import MASK, masked

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"password": "x"}, {"password": MASK}),
        (
            {"pluginConfig": {"apiKey": "x", "api_key": 7}},
            {"pluginConfig": {"apiKey": MASK, "api_key": MASK}},
        ),
        ({"clientSecret": ["a", "b"]}, {"clientSecret": [MASK, MASK]}),
        (
            {"headers": {"set": {"Authorization": "Basic eDp5"}}},
            {"headers": {"set": {"Authorization": MASK}}},
        ),
        ({"value": PEM}, {"value": MASK}),
        ({"value": "Bearer abcdefgh1234"}, {"value": MASK}),
        ({"url": "https://user:pass@example.com/x"}, {"url": MASK}),
    ],
)
def test_secret_is_masked(value, shown):
    assert masked(value) == (shown, True)


@pytest.mark.parametrize(
    "value",
    [
        {"tls": {"credentialName": "public-cert", "mode": "SIMPLE"}},
        {"imagePullSecret": "registry"},
        {"forwardOriginalToken": True},
        {"token_bucket": {"max_tokens": 500, "tokens_per_fill": 500, "fill_interval": "1s"}},
        {"consistentHash": {"httpCookie": {"name": "user", "ttl": "0s"}}},
        {"jwksUri": "https://login.example.com/keys", "issuer": "https://login.example.com"},
        {"password": ""},
        {"password": None},
        [],
        "text",
    ],
)
def test_what_is_no_secret_is_shown(value):
    assert masked(value) == (value, False)


def test_given_value_is_not_modified():
    value = {"a": [{"password": "x"}]}
    masked(value)
    assert value == {"a": [{"password": "x"}]}
