"""Every mistake in a users file is told with its place, and without its value."""

import pytest

from mesh_graph.access.roll import Roll
from mesh_graph.access.roll_text import merge_entries, parse_entries
from mesh_graph.errors import ConfigError
from tests.access.people import HASH, USERS

TOKEN = "{id: 0123456789abcdef, sha256: " + "a" * 64 + ", expires: 2027-01-31T00:00:00Z}"


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        Roll.of(parse_entries(text, "users.yaml"), "users.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("users: [", "users.yaml, line 1 is no YAML."),
        ("users: {ada: {password: !!python/object/apply:os.getcwd []}}", "users.yaml, line 1 is no YAML."),
        ("hello", "users.yaml: the file: input should be a valid"),
        ("people: {}", "users.yaml: people: extra inputs are not permitted."),
        ("users: {ada: {pasword: x}}", "users.yaml: users.ada.pasword: extra inputs are not permitted."),
        ("users: {ada: {password: hunter2}}", "users.ada.password: this is no Argon2 hash"),
        ("users: {1: {}}", "users.1: input should be a valid string."),
        ("users: {'a,b': {}}", "a name has 1 to 200 characters"),
        ("users: {ada: {rights: [everything]}}", "users.ada.rights.0: input should be 'logs', 'config'"),
        ("users: {ada: {namespaces: 7}}", "users.ada.namespaces: input should be a valid tuple."),
        ("users: {ada: {groups: [shp]}}", "users.yaml: users.ada.groups: there is no group shp."),
        ("users:\n  ada: {}\n  bob: {}\n  ada: {}\n", "users.yaml, line 4: ada stands there a second time."),
        ("users: {ada: {tokens: [{id: x}]}}", "users.ada.tokens.0.id: string should match pattern"),
        (f"users: {{ada: {{tokens: [{TOKEN}, {TOKEN}]}}}}", "the id 0123456789abcdef stands there twice."),
        (f"users: {{ada: {{tokens: [{TOKEN.replace('T00:00:00Z', '')}]}}}}", "users.ada.tokens.0.expires: "),
        ("groups: {g: {grants: [{namespaces: [b], right: logs}]}}", "groups.g.grants.0.right: extra inputs"),
        ("groups: {g: {grants: [{rights: [root]}]}}", "groups.g.grants.0.rights"),
    ],
)
def test_a_mistake_is_told_with_its_place(text, sentence):
    assert sentence in refusal(text)


def test_no_value_is_told():
    assert "hunter2" not in refusal("users: {ada: {password: hunter2}}")
    assert "hunter2" not in refusal("users: {ada: {password: [hunter2}")


def test_no_hash_is_shown():
    entries = parse_entries(USERS.replace("nil:", f"pat: {{tokens: [{TOKEN}]}}\n  nil:"), "users.yaml")
    shown = repr(entries) + repr(Roll.of(entries, "users.yaml"))
    assert HASH not in shown
    assert "a" * 64 not in shown


def test_one_name_may_stand_for_a_list():
    (user,) = parse_entries("users: {ada: {namespaces: shop}}", "f").users.values()
    assert user.namespaces == ("shop",)
    assert user.clusters == ("*",)
    assert user.rights == frozenset()


def test_an_empty_file_has_nobody():
    assert parse_entries("", "f").users == {}


def test_nobody_stands_in_two_files():
    part = parse_entries("users: {ada: {}}", "a")
    with pytest.raises(ConfigError, match=r"b: the user ada stands in another file, too\."):
        merge_entries({"a": part, "b": part})
