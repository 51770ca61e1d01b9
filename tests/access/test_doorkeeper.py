"""Who is let in, who is not, what it costs to try, and what is written down."""

import json

import pytest

from mesh_graph.access.attempts import WINDOW_S
from mesh_graph.access.doorkeeper import Doorkeeper
from mesh_graph.access.identity import Way
from mesh_graph.access.refusals import NotAllowed, NotSignedIn, SignInUnavailable, TooManyAttempts
from mesh_graph.access.tokens import new_token
from mesh_graph.errors import ConfigError
from mesh_graph.scope import EVERYTHING, Grant, Right, Scope
from tests.access.people import SECRET, START, USERS

HOME = "10.0.0.1"


def lines(household) -> list[dict]:
    return [json.loads(line) for line in household.audit.read_text().splitlines()]


def with_token(household, more: str = "", days: int = 1, user: str = "bob") -> str:
    """Give a user a token; the token."""
    text, number, kept = new_token()
    entry = f"{{id: '{number}', sha256: '{kept}', expires: 2026-11-{21 + days}T12:00:00Z{more}}}"
    household.write(USERS.replace(f"  {user}:\n", f"  {user}:\n    tokens: [{entry}]\n"))
    return text


def test_the_right_password_lets_in(household):
    number = household.keeper.sign_in("ada", SECRET, HOME)
    identity = household.keeper.of_session(number, HOME)
    assert (identity.name, identity.way, identity.scope) == ("ada", Way.PASSWORD, EVERYTHING)


def test_groups_say_what_may_be_seen(household):
    number = household.keeper.sign_in("bob", SECRET, HOME)
    assert household.keeper.of_session(number, HOME).scope == Scope.of(("bookinfo",), ("*",), frozenset())


@pytest.mark.parametrize(("name", "password"), [("ada", "wrong"), ("ada", ""), ("nobody", SECRET), ("", "")])
def test_wrong_names_and_wrong_passwords_get_the_same_answer(household, name, password):
    with pytest.raises(NotSignedIn) as caught:
        household.keeper.sign_in(name, password, HOME)
    assert str(caught.value) == "Sign in first."


@pytest.mark.parametrize("name", ["ada", "nobody", "eve"])
def test_a_wrong_name_costs_what_a_wrong_password_costs(household, name):
    with pytest.raises(NotSignedIn):
        household.keeper.sign_in(name, "wrong", HOME)
    assert household.hasher.verified == 1


def test_a_thousand_bad_attempts_cost_thirty_hashes_and_do_not_keep_others_out(household):
    refused = []
    for number in range(1000):
        with pytest.raises((NotSignedIn, TooManyAttempts)) as caught:
            household.keeper.sign_in(f"user-{number % 50}", f"guess-{number}", "192.0.2.7")
        refused.append(caught.type)
    assert refused.count(NotSignedIn) == household.hasher.verified == 30
    with pytest.raises(TooManyAttempts) as caught:
        household.keeper.sign_in("ada", SECRET, "192.0.2.7")
    assert caught.value.wait_s == pytest.approx(WINDOW_S)
    assert household.keeper.sign_in("ada", SECRET, HOME)
    household.time.passed = WINDOW_S
    assert household.keeper.sign_in("ada", SECRET, "192.0.2.7")


def test_composed_and_decomposed_letters_are_one_password(household):
    household.write(f"users: {{ada: {{password: '{household.hasher.hash('café')}', namespaces: a}}}}")
    assert household.keeper.sign_in("ada", "café", HOME)


def test_whom_nothing_is_granted_is_told_so(household):
    with pytest.raises(NotAllowed, match="no namespace is granted"):
        household.keeper.sign_in("nil", SECRET, HOME)


@pytest.mark.parametrize(
    "changed",
    [
        USERS.replace("  bob:", "  rob:"),
        USERS.replace("  bob:\n    password", "  bob: {}\n  rob:\n    password"),
    ],
    ids=["taken-off", "password-taken"],
)
def test_who_is_taken_off_is_out_at_once(household, changed):
    number = household.keeper.sign_in("bob", SECRET, HOME)
    household.write(changed)
    with pytest.raises(NotSignedIn):
        household.keeper.of_session(number, HOME)
    household.write(USERS)
    with pytest.raises(NotSignedIn):
        household.keeper.of_session(number, HOME)


def test_a_new_password_ends_the_sessions_of_the_old_one(household):
    number = household.keeper.sign_in("ada", SECRET, HOME)
    household.write(f"users: {{ada: {{password: '{household.hasher.hash('another')}', namespaces: '*'}}}}")
    with pytest.raises(NotSignedIn):
        household.keeper.of_session(number, HOME)


def test_a_narrower_grant_narrows_a_session_under_way(household):
    number = household.keeper.sign_in("bob", SECRET, HOME)
    household.write(USERS.replace("[bookinfo]", "[bookinfo-test]"))
    assert household.keeper.of_session(number, HOME).scope == Scope.of(("bookinfo-test",), rights=())


def test_a_bad_users_file_ends_nothing_and_lets_nobody_in(household):
    number = household.keeper.sign_in("ada", SECRET, HOME)
    household.write("users: {")
    with pytest.raises(SignInUnavailable):
        household.keeper.of_session(number, HOME)
    with pytest.raises(SignInUnavailable):
        household.keeper.sign_in("ada", SECRET, HOME)
    household.write(USERS)
    assert household.keeper.of_session(number, HOME).name == "ada"


def test_a_bad_users_file_is_told_at_the_start(tmp_path):
    (tmp_path / "users.yaml").write_text("users: {")
    with pytest.raises(ConfigError, match=r"users\.yaml, line 1 is no YAML"):
        Doorkeeper(tmp_path / "users.yaml")


def test_who_signed_out_is_out(household):
    number = household.keeper.sign_in("ada", SECRET, HOME)
    household.keeper.sign_out(number, HOME)
    with pytest.raises(NotSignedIn):
        household.keeper.of_session(number, HOME)


def test_a_token_sees_what_its_user_sees(household):
    token = with_token(household)
    identity = household.keeper.of_token(token, HOME)
    assert (identity.name, identity.way, identity.is_ambient) == ("bob", Way.TOKEN, False)
    assert identity.scope == Scope.of(("bookinfo",), ("*",), frozenset())


def test_a_token_may_see_less_than_its_user(household):
    token = with_token(household, ", namespaces: ['shop-*'], rights: [logs]", user="ada")
    assert household.keeper.of_token(token, HOME).scope == Scope.of(("shop-*",), rights=[Right.LOGS])


def test_a_token_never_sees_more_than_its_user(household):
    token = with_token(household, ", namespaces: [bookinfo, payments], rights: [queries]")
    assert household.keeper.of_token(token, HOME).scope == Scope.of(("bookinfo",), ("*",), frozenset())


def test_a_token_whose_time_is_over_is_refused(household):
    token = with_token(household)
    household.time.passed = 86400 - 1
    assert household.keeper.of_token(token, HOME)
    household.time.passed = 86400
    with pytest.raises(NotSignedIn):
        household.keeper.of_token(token, HOME)


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t + "x", lambda t: "", lambda t: t.swapcase()]
)
def test_what_is_nearly_a_token_is_none(household, change):
    token = with_token(household)
    with pytest.raises(NotSignedIn):
        household.keeper.of_token(change(token), HOME)


def test_guessing_tokens_is_slowed_down_and_does_not_stop_the_right_one(household):
    token = with_token(household)
    for _ in range(100):
        with pytest.raises((NotSignedIn, TooManyAttempts)) as caught:
            household.keeper.of_token("mgt_0123456789abcdef_" + "a" * 43, HOME)
    assert caught.type is TooManyAttempts
    assert household.keeper.of_token(token, HOME).name == "bob"


def test_whom_a_proxy_names_sees_what_the_groups_say(household):
    bookinfo = Scope.of(("bookinfo",), rights=())
    assert household.keeper.of_proxy("zoe", ["shop"]).scope == bookinfo
    assert household.keeper.of_proxy("eve", []).scope == bookinfo
    with pytest.raises(NotAllowed):
        household.keeper.of_proxy("zoe", ["strangers"])


def test_a_name_at_the_provider_does_not_give_the_rights_of_a_local_user(household):
    with pytest.raises(NotAllowed):
        household.keeper.of_proxy("ada", [])
    with pytest.raises(NotAllowed):
        household.keeper.sign_in_proved("ada", [], HOME)
    number = household.keeper.sign_in_proved("ada", ["shop"], HOME)
    assert household.keeper.of_session(number, HOME).scope == Scope.of(("bookinfo",), rights=())


def test_each_group_gives_its_own_and_nothing_of_anothers(household):
    household.write("""groups:
  a: {namespaces: x, clusters: east, rights: logs}
  b: {grants: [{namespaces: y, clusters: west}, {namespaces: z, rights: config}]}
""")
    scope = household.keeper.of_proxy("zoe", ["a", "b"]).scope
    assert scope == Scope(
        (
            Grant(("x",), ("east",), {Right.LOGS}),
            Grant(("y",), ("west",), ()),
            Grant(("z",), rights={Right.CONFIG}),
        )
    )


def test_who_came_and_went_is_written_down(household):
    with pytest.raises(NotSignedIn):
        household.keeper.sign_in("ada", "hunter2", HOME)
    number = household.keeper.sign_in("ada", SECRET, HOME)
    household.time.passed = 5
    household.keeper.sign_out(number, HOME)
    who = {"who": "ada", "way": "password", "from": HOME}
    at = START.isoformat(timespec="milliseconds")
    assert lines(household) == [
        {"at": at, "what": "sign-in-refused", **who, "reason": "wrong password"},
        {"at": at, "what": "sign-in", **who},
        {"at": at.replace("12:00:00", "12:00:05"), "what": "sign-out", **who},
    ]


def test_no_secret_is_written_down(household):
    token = with_token(household)
    for name, password in (("ada", "hunter2"), ("hunter2", "ada")):
        with pytest.raises(NotSignedIn):
            household.keeper.sign_in(name, password, HOME)
    with pytest.raises(NotSignedIn):
        household.keeper.of_token(token[:-1] + "-", HOME)
    number = household.keeper.sign_in("ada", SECRET, HOME)
    written = household.audit.read_text()
    assert written.count("sign-in-refused") == 3
    for secret in ("hunter2", SECRET, number, token[:-1]):
        assert secret not in written


def test_the_audit_log_is_its_owners_alone_and_one_line_an_event(household):
    household.keeper.audit.write("answered", who="a\nb\x00", query="q" * 9000)
    (line,) = lines(household)
    assert line["who"] == "a\nb\x00"
    assert len(line["query"]) == 2000
    assert household.audit.stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_written_down_is_not_allowed(household):
    household.audit.unlink()
    household.audit.mkdir()
    with pytest.raises(SignInUnavailable):
        household.keeper.sign_in("ada", SECRET, HOME)


def test_an_audit_log_that_cannot_be_written_is_told_at_the_start(tmp_path):
    with pytest.raises(ConfigError, match="audit_log"):
        Doorkeeper(audit_log=tmp_path / "nowhere" / "audit.log")
