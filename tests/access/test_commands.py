"""``passwd`` and ``token`` as people call them: what they print lets in, and shows no secret."""

import os
import pty
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from mesh_graph.access.passwords import Passwords
from mesh_graph.access.roll import Roll
from mesh_graph.access.roll_text import parse_entries
from mesh_graph.cli import main
from mesh_graph.scope import Scope
from tests.access.people import USERS

PASSWORD = "correct horse battery"
ALONE = """
import argparse, sys
from mesh_graph.access.commands import add_passwd_arguments, write_passwd
from mesh_graph.errors import ConfigError
parser = argparse.ArgumentParser()
add_passwd_arguments(parser)
try:
    write_passwd(None, parser.parse_args(["bob"]))
except ConfigError as error:
    sys.exit(str(error))
"""
"""The command without the rest of ``mesh-graph``, which takes seconds to load."""


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch):
    for name in [name for name in os.environ if name.startswith("MESH_GRAPH_")]:
        monkeypatch.delenv(name)


def at_a_terminal(*answers: str) -> tuple[str, str, int]:
    """Answer the questions of ``passwd bob`` at a terminal: printed output, what was seen, exit code."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", ALONE],
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    os.close(theirs)
    seen = b""
    for number, answer in enumerate(answers, start=1):
        while seen.count(b": ") < number:  # the question clears what was typed before it
            seen += os.read(ours, 1000)
        os.write(ours, answer.encode() + b"\n")
    printed = process.communicate(timeout=60)[0]
    with suppress(OSError):
        seen += os.read(ours, 1000)
    os.close(ours)
    return printed, seen.decode(), process.returncode


def test_a_password_is_asked_for_twice_and_never_shown():
    printed, seen, code = at_a_terminal(PASSWORD, PASSWORD)
    assert code == 0
    assert PASSWORD not in seen + printed
    known = Roll.of(parse_entries(printed, "f"), "f").hash_of("bob")
    assert Passwords().is_right(known, PASSWORD)


def test_two_different_passwords_make_no_entry():
    printed, seen, code = at_a_terminal(PASSWORD, PASSWORD + "x")
    assert (printed, code) == ("", 1)
    assert "The second password is another one." in seen


def test_a_script_hands_a_password_in(capsys, monkeypatch, tmp_path):
    (tmp_path / "in").write_text(f"{PASSWORD}\n")
    with (tmp_path / "in").open() as opened:
        monkeypatch.setattr(sys, "stdin", opened)
        assert main(["passwd", "bob", "--group", "shop", "--group", "sre", "--stdin"]) == 0
    entry = yaml.safe_load(capsys.readouterr().out)["users"]["bob"]
    assert entry["groups"] == ["shop", "sre"]
    assert Passwords().is_right(entry["password"], PASSWORD)


def test_a_short_password_is_refused(capsys, monkeypatch, tmp_path):
    (tmp_path / "in").write_text("hunter2\n")
    with (tmp_path / "in").open() as opened:
        monkeypatch.setattr(sys, "stdin", opened)
        assert main(["passwd", "bob", "--stdin"]) == 2
    printed = capsys.readouterr()
    assert "A password has 10 to 1024 characters." in printed.err
    assert "hunter2" not in printed.err + printed.out


def test_a_password_is_not_taken_on_the_command_line(capsys):
    assert main(["passwd", "bob", PASSWORD]) == 2


def test_a_token_lets_in_and_its_entry_does_not_hold_it(capsys):
    assert main(["token", "bob", "--expires", "7d", "--namespaces", "bookinfo,other", "--note", "ci"]) == 0
    printed = capsys.readouterr()
    token = printed.err.splitlines()[1]
    assert token not in printed.out
    (entry,) = yaml.safe_load(printed.out)
    assert entry["note"] == "ci"
    users = yaml.safe_load(USERS)
    users["users"]["bob"]["tokens"] = [entry]
    roll = Roll.of(parse_entries(yaml.safe_dump(users), "f"), "f")
    now = datetime.now(UTC)
    assert roll.identity_of_token(token, now + timedelta(days=6)).scope == Scope.of(("bookinfo",), rights=())
    with pytest.raises(Exception, match="Sign in first"):
        roll.identity_of_token(token, now + timedelta(days=8))


def test_a_token_is_for_a_user_that_there_is(capsys, tmp_path):
    (tmp_path / "users.yaml").write_text(USERS)
    assert main(["token", "bob", "--users-file", str(tmp_path / "users.yaml")]) == 0
    assert main(["token", "rob", "--users-file", str(tmp_path / "users.yaml")]) == 2
    assert "there is no user rob" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--expires", "never"], "expires: 'never' is no time up to 366d."),
        (["--expires", "0"], "is no time up to 366d"),
        (["--expires", "10y"], "is no time up to 366d"),
        (["--expires", "400d"], "is no time up to 366d"),
        (["--rights", "logs,root"], "rights: 'root' is none. There are logs, config, queries."),
    ],
)
def test_a_token_without_end_or_with_unknown_rights_is_not_made(capsys, arguments, sentence):
    assert main(["token", "bob", *arguments]) == 1
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert printed.out == ""
