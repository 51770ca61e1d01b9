"""Claims to a name and groups."""

import pytest

from mesh_graph.access.openid import claimed
from mesh_graph.access.refusals import NotSignedIn


@pytest.mark.parametrize(
    ("claims", "paths", "found"),
    [
        ({"sub": "7", "groups": ["a", "b"]}, ("sub", "groups"), ("7", ("a", "b"))),
        ({"sub": "7", "groups": "a"}, ("sub", "groups"), ("7", ("a",))),
        ({"sub": "7"}, ("sub", "groups"), ("7", ())),
        ({"sub": "7", "groups": ["a", 1, None]}, ("sub", "groups"), ("7", ("a",))),
        ({"sub": "7", "groups": 1}, ("sub", "groups"), ("7", ())),
        ({"u": "x", "realm_access": {"roles": ["a"]}}, ("u", "realm_access.roles"), ("x", ("a",))),
        (
            {"u": "x", "https://acme.example/groups": ["a"]},
            ("u", "https://acme.example/groups"),
            ("x", ("a",)),
        ),
        ({"email": "a@b", "email_verified": True}, ("email", "groups"), ("a@b", ())),
    ],
)
def test_name_and_groups_stand_where_the_settings_say(claims, paths, found):
    assert claimed(claims, *paths) == found


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"name": ""},
        {"name": 7},
        {"name": ["ada"]},
        {"name": "a\nb"},
        {"name": "x" * 201},
    ],
)
def test_who_has_no_name_is_nobody(claims):
    with pytest.raises(NotSignedIn):
        claimed(claims, "name", "groups")


def test_an_address_that_was_never_verified_is_no_name():
    with pytest.raises(NotSignedIn):
        claimed({"email": "ada@acme.example", "email_verified": False}, "email", "groups")
