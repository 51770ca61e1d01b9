"""The ``mesh-graph`` command: one parser whose flags are the settings, one function per subcommand."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, get_origin

from mesh_graph import check, doctor, gate, graph_file, record, rules
from mesh_graph.access import commands
from mesh_graph.errors import ConfigError, MeshGraphError
from mesh_graph.server import serve
from mesh_graph.settings import Row, Settings, load_settings, rows
from mesh_graph.settings.load import did_you_mean, flag_of
from mesh_graph.settings.model import ENV_PREFIX
from mesh_graph.version import installed_version

__all__ = ["COMMANDS", "Command", "main"]

BAD_CONFIGURATION = 2
FAILED = 1


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand.

    Attributes
    ----------
    help : str
        What it does, as a sentence.
    run : callable
        Takes the settings and the command's own arguments, returns the exit code.
    add_arguments : callable
        Adds the command's own arguments to its parser.
    """

    help: str
    run: Callable[[Settings, argparse.Namespace], int]
    add_arguments: Callable[[argparse.ArgumentParser], None] = lambda parser: None


COMMANDS: dict[str, Command] = {
    "serve": Command("Serve the dashboard.", lambda settings, _: serve(settings)),
    "check": Command(
        "Find mistakes in the Istio configuration of clusters or of a folder of manifests.",
        check.check_configuration,
        check.add_arguments,
    ),
    "canary": Command(
        "Judge a new version against the old one; for people and for pipelines.",
        gate.judge_split,
        gate.add_arguments,
    ),
    "doctor": Command(
        "Say why a graph is empty, and why a picture may be wrong.", doctor.diagnose, doctor.add_arguments
    ),
    "graph": Command(
        "Write the graph of a view as JSON, CSV or DOT.", graph_file.write_graph, graph_file.add_arguments
    ),
    "passwd": Command(
        "Ask for a password and print the user's entry for the users file.",
        commands.write_passwd,
        commands.add_passwd_arguments,
    ),
    "record": Command(
        "Save what views need over some time as a file, to look at anywhere with --snapshot.",
        record.record_views,
        record.add_arguments,
    ),
    "rules": Command("Write recording rules for what the views ask.", rules.write_rules, rules.add_arguments),
    "token": Command(
        "Make a token for programs and print its entry for the users file.",
        commands.write_token,
        commands.add_token_arguments,
    ),
}
"""Every subcommand by its name."""


class _Parser(argparse.ArgumentParser):
    """A parser that reports mistakes as ``ConfigError``."""

    def error(self, message: str) -> NoReturn:
        raise ConfigError(f"{message}. {self.prog} --help lists what there is.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line; the exit code: 0, 1 where the command failed, 2 where a setting is wrong."""
    try:
        arguments = _parse(sys.argv[1:] if argv is None else list(argv))
        given = vars(arguments).pop("settings", None) or {}
        return COMMANDS[arguments.command].run(load_settings(given), arguments)
    except MeshGraphError as error:
        print(f"mesh-graph: {error}", file=sys.stderr)
        return BAD_CONFIGURATION if isinstance(error, ConfigError) else FAILED


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = _Parser(prog="mesh-graph", description="A live, trustworthy picture of an Istio mesh.")
    parser.add_argument("--version", action="version", version=installed_version())
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    for name, command in COMMANDS.items():
        usage = f"{parser.prog} {name} [SETTING ...]"
        child = commands.add_parser(
            name, help=command.help, description=command.help, usage=usage, allow_abbrev=False
        )
        command.add_arguments(child)
        _add_settings(child)
    arguments, unknown = parser.parse_known_args(argv)
    if unknown:
        raise ConfigError(_about_unknown(unknown[0]))
    return arguments


class _StoreSetting(argparse.Action):
    """Collects the settings that were given, under the one name ``settings``; a repeated list grows."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option: str | None = None,
    ) -> None:
        given = dict(getattr(namespace, "settings", None) or {})
        name = self.dest
        if self.nargs == 0:
            given[name] = "false" if option and option.startswith("--no-") else "true"
        elif self.const is list:
            given[name] = [*given.get(name, []), values]
        else:
            given[name] = values
        namespace.settings = given


def _add_settings(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "settings", "also in the environment or a file: see docs/configuration.md"
    )
    for row in rows():
        if not row.is_secret:
            _add_setting(group, row)


def _add_setting(group: argparse._ArgumentGroup, row: Row) -> None:
    flag = flag_of(row.name)
    field = Settings.model_fields[row.name]
    text = row.help.replace("%", "%%").replace("`", "")
    if field.annotation is bool:
        negated = flag.replace("--", "--no-", 1)
        group.add_argument(flag, negated, dest=row.name, action=_StoreSetting, nargs=0, help=text)
        return
    if row.default_text:
        text += f" (default: {row.default_text})"
    kind = list if get_origin(field.annotation) in (tuple, dict) else None
    metavar = row.takes.type.upper().replace(" ", "_")
    group.add_argument(flag, dest=row.name, action=_StoreSetting, const=kind, metavar=metavar, help=text)


def _about_unknown(argument: str) -> str:
    flag = argument.partition("=")[0]
    secrets = {flag_of(row.name): ENV_PREFIX + row.name.upper() for row in rows() if row.is_secret}
    if flag in secrets:
        return (
            f"{flag} is not taken on the command line, where every user of this machine can read it. "
            f"Set {secrets[flag]} or {flag}-file."
        )
    known = [flag_of(row.name) for row in rows() if not row.is_secret]
    return f"{argument} is no option.{did_you_mean(flag, known)}"
