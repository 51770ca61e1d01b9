"""``mesh-graph canary``: the verdict on one split as text or JSON, with an exit code for pipelines."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from urllib.parse import parse_qsl, urlsplit

import orjson

from mesh_graph.api.splits import SPLIT_WINDOW_S
from mesh_graph.canary.split import Split
from mesh_graph.canary.verdict import Verdict
from mesh_graph.codec import view_from_query
from mesh_graph.errors import ConfigError, SourceError
from mesh_graph.model import View
from mesh_graph.server import open_mesh
from mesh_graph.settings import Settings
from mesh_graph.views.split_json import split_document
from mesh_graph.views.split_text import split_text

__all__ = ["CANNOT_SAY", "PROMOTE", "ROLL_BACK", "WAIT", "add_arguments", "exit_code", "judge_split"]

PROMOTE, ROLL_BACK, WAIT, CANNOT_SAY = 0, 1, 2, 3
"""Exit codes of ``--gate``; ``WAIT`` is hold, too."""
_CODES: dict[str, int] = {
    Verdict.PROMOTE: PROMOTE,
    Verdict.ROLL_BACK: ROLL_BACK,
    Verdict.WAIT: WAIT,
    Verdict.HOLD: WAIT,
}
DECLARED_S = 10.0
"""How long to wait for what the cluster declares."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told beside the settings."""
    parser.add_argument("split", metavar="NAMESPACE/NAME", help="the service whose versions are compared")
    parser.add_argument(
        "--gate", action="store_true", help="exit with 0 promote, 1 roll back, 2 wait or hold, 3 cannot say"
    )
    parser.add_argument(
        "--anchor", default="", metavar="SINCE", help="since when to count: an instant, or 30m"
    )
    parser.add_argument("--view", default="", metavar="URL", help="address of a page: its instant and window")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print the verdict")


def judge_split(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print the verdict on a split; the exit code: 0, or with ``--gate`` what the verdict says.

    Raises
    ------
    MeshGraphError
        If a setting or a parameter cannot be used, or, without ``--gate``, the source does not answer.
    """
    if arguments.split.count("/") != 1:
        raise ConfigError(f"{arguments.split} is no split. It takes NAMESPACE/NAME, such as shop/cart.")
    try:
        with closing(open_mesh(settings)) as mesh:
            mesh.wait_for_declared(DECLARED_S)
            split = mesh.split(_view(arguments), arguments.split, arguments.anchor).split
    except SourceError as error:
        if not arguments.gate:
            raise
        sys.stderr.write(f"mesh-graph: {error}\n")
        return CANNOT_SAY
    sys.stdout.write(_printed(split, arguments.format) + "\n")
    return exit_code(split) if arguments.gate else 0


def exit_code(split: Split) -> int:
    """What a pipeline is told."""
    return _CODES.get(split.answer, CANNOT_SAY)


def _printed(split: Split, form: str) -> str:
    if form == "json":
        return orjson.dumps(split_document(split), option=orjson.OPT_INDENT_2).decode()
    return split_text(split)


def _view(arguments: argparse.Namespace) -> View:
    query = urlsplit(arguments.view).query or arguments.view.removeprefix("?")
    return view_from_query(dict(parse_qsl(query)), View(window_s=SPLIT_WINDOW_S))
