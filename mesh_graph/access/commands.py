"""``mesh-graph passwd`` and ``mesh-graph token``: entries for the users file, printed to be put there.

What goes into the file is printed to the standard output; what is shown once, and to people alone, to the
standard error.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import yaml

from mesh_graph.access.passwords import MOST_CHARACTERS, Passwords
from mesh_graph.access.tokens import new_token
from mesh_graph.access.users_file import read_roll
from mesh_graph.codec import parse_duration
from mesh_graph.errors import ConfigError, InvalidRequest
from mesh_graph.scope import Right
from mesh_graph.settings import Settings

__all__ = ["add_passwd_arguments", "add_token_arguments", "write_passwd", "write_token"]

FEWEST_CHARACTERS = 10
LONGEST_S = 366 * 86400


def add_passwd_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``passwd`` is told beside the settings."""
    parser.add_argument("name", help="name of the user")
    parser.add_argument("--group", action="append", default=[], metavar="GROUP", help="group of the user")
    parser.add_argument("--stdin", action="store_true", help="read the password as one line, without asking")


def write_passwd(_settings: Settings, arguments: argparse.Namespace) -> int:
    """Ask for a password twice and print the user's entry; 0.

    Raises
    ------
    ConfigError
        If the password is too short or too long, or the second one is another.
    """
    password = _read_line() if arguments.stdin else _ask_twice(arguments.name)
    if not FEWEST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise ConfigError(f"A password has {FEWEST_CHARACTERS} to {MOST_CHARACTERS} characters.")
    entry: dict[str, Any] = {"password": Passwords().hash(password)}
    if arguments.group:
        entry["groups"] = arguments.group
    _print_yaml({"users": {arguments.name: entry}})
    return 0


def _read_line() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _ask_twice(name: str) -> str:
    password = getpass.getpass(f"Password of {name}: ", sys.stderr)
    if getpass.getpass("Once more: ", sys.stderr) != password:
        raise ConfigError("The second password is another one. Nothing was written.")
    return password


def add_token_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``token`` is told beside the settings."""
    parser.add_argument("name", help="name of the user whose token it is")
    parser.add_argument(
        "--expires", default="30d", metavar="DURATION", help="time until it ends, 366d at most"
    )
    for name, what in (("namespaces", "namespaces or globs"), ("clusters", "clusters or globs")):
        parser.add_argument(
            f"--{name}", metavar="NAMES", help=f"{what} that it may see, of what the user may"
        )
    rights = ", ".join(Right)
    parser.add_argument("--rights", metavar="RIGHTS", help=f"of {rights}: those that it has, of the user's")
    parser.add_argument("--note", metavar="TEXT", help="what it is for")


def write_token(settings: Settings, arguments: argparse.Namespace) -> int:
    """Make a token, show it once, and print its entry; 0.

    Raises
    ------
    ConfigError
        If the users file that is set does not have the user.
    InvalidRequest
        If time or rights cannot be used.
    """
    if settings.users_file and arguments.name not in read_roll(settings.users_file).users:
        raise ConfigError(f"{settings.users_file}: there is no user {arguments.name}.")
    expires = datetime.now(UTC) + timedelta(seconds=_seconds(arguments.expires))
    text, number, kept = new_token()
    entry: dict[str, Any] = {"id": number, "sha256": kept, "expires": expires.replace(microsecond=0)}
    for name in ("namespaces", "clusters", "rights"):
        if getattr(arguments, name) is not None:
            entry[name] = [part.strip() for part in getattr(arguments, name).split(",") if part.strip()]
    if strange := set(entry.get("rights", ())) - set(Right):
        raise InvalidRequest("rights", f"{min(strange)!r} is none", f"There are {', '.join(Right)}.")
    if arguments.note:
        entry["note"] = arguments.note
    sys.stderr.write(
        f"The token, shown this once:\n{text}\nInto the users file, users.{arguments.name}.tokens:\n"
    )
    _print_yaml([entry])
    return 0


def _seconds(text: str) -> float:
    try:
        seconds = parse_duration(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= LONGEST_S:
        raise InvalidRequest("expires", f"{text[:80]!r} is no time up to 366d", "It takes 12h, 30d, 52w.")
    return seconds


def _print_yaml(entry: Any) -> None:
    sys.stdout.write(yaml.safe_dump(entry, sort_keys=False, width=1000))
