"""Settings to the ways in; what the documents show is what is read."""

import re
from pathlib import Path

import pytest
import yaml

from mesh_graph.access.identity import Way
from mesh_graph.access.users_file import read_roll
from mesh_graph.api.front import front_of
from mesh_graph.api.ways_in import ways_in_of
from mesh_graph.errors import ConfigError
from mesh_graph.scope import EVERYTHING, Right, Scope
from mesh_graph.settings import load_settings
from tests.access.people import SECRET, USERS

TEAM = Path(__file__).parents[2] / "docs" / "team.md"


@pytest.fixture
def users(tmp_path):
    path = tmp_path / "users.yaml"
    path.write_text(USERS)
    return str(path)


def refusal(**flags) -> str:
    with pytest.raises(ConfigError) as caught:
        load_settings(flags)
    return str(caught.value)


def test_without_settings_nobody_signs_in():
    assert ways_in_of(load_settings()) is None
    assert front_of(load_settings()).trusted_proxies == ()


def test_the_example_of_the_documents_is_a_users_file(tmp_path):
    (tmp_path / "users.yaml").write_text(
        re.findall(r"```yaml\n(users:.*?)```", TEAM.read_text(), re.DOTALL)[0]
    )
    roll = read_roll(tmp_path)
    assert roll.identity("ada", Way.PASSWORD).scope == EVERYTHING
    assert roll.identity("zoe", Way.OPENID, ["shop"]).scope == Scope.of(
        ("shop", "shop-*"), ("east",), frozenset([Right.CONFIG])
    )


def test_a_mounted_secret_and_a_log_are_used(tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "users.yaml").write_text(USERS)
    log = tmp_path / "audit.log"
    ways = ways_in_of(load_settings({"users_file": str(tmp_path / "secret"), "audit_log": str(log)}))
    assert ways.keeper.sign_in("ada", SECRET, "10.0.0.1")
    assert '"what":"sign-in"' in log.read_text()


def test_a_provider_is_asked_as_the_settings_say(tmp_path):
    (tmp_path / "secret").write_text("s3cret\n")
    ways = ways_in_of(
        load_settings(
            {
                "oidc_issuer": "https://login.example/realms/acme/",
                "oidc_client_id": "mesh-graph",
                "oidc_client_secret_file": str(tmp_path / "secret"),
                "oidc_scopes": "openid,groups",
                "oidc_groups_claim": "realm_access.roles",
            }
        )
    )
    options = ways.provider.options
    assert (options.issuer, options.client_secret) == ("https://login.example/realms/acme", "s3cret")
    assert (options.scopes, options.groups_claim) == (("openid", "groups"), "realm_access.roles")


def test_a_sign_in_allows_other_addresses(users):
    assert load_settings({"host": "0.0.0.0", "users_file": users}).has_sign_in


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ({"host": "0.0.0.0"}, "there is no sign-in"),
        ({"host": "0.0.0.0", "trusted_proxies": "10.0.0.0/8"}, "there is no sign-in"),
        ({"proxy_user_header": "X-User"}, "believed of trusted_proxies alone"),
        ({"proxy_groups_header": "X-G", "trusted_proxies": "::1"}, "goes with proxy_user_header"),
        ({"proxy_user_header": "X_User", "trusted_proxies": "::1"}, "is no header name"),
        ({"trusted_proxies": "10.0.0.1/8"}, "is no address and no network"),
        ({"oidc_issuer": "https://x"}, "goes with oidc_client_id"),
        ({"oidc_issuer": "http://login.example", "oidc_client_id": "x"}, "over https only"),
        ({"oidc_issuer": "https://x", "oidc_client_id": "x", "oidc_scopes": "email"}, "lack openid"),
        ({"audit_log": "x"}, "audit_log needs a sign-in"),
        ({"users_file": "/nowhere"}, "there is no such file or folder"),
        ({"url_prefix": "/a/../b"}, "is no path of plain names"),
        ({"url_prefix": "https://x/y"}, "is no path of plain names"),
    ],
)
def test_settings_that_would_leave_a_door_open_are_refused(flags, sentence):
    assert sentence in refusal(**flags)


def test_a_sign_in_and_none_do_not_go_together(users):
    assert "insecure_no_auth is for a server without" in refusal(users_file=users, insecure_no_auth="true")


def test_rights_of_the_documents_are_those_that_there_are():
    (example,) = re.findall(r"```yaml\n(users:.*?)```", TEAM.read_text(), re.DOTALL)
    groups = yaml.safe_load(example)["groups"].values()
    grants = [grant for group in groups for grant in group.get("grants", [group])]
    assert {right for grant in grants for right in grant.get("rights", ())} == set(Right)
