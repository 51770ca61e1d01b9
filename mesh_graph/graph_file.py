"""``mesh-graph graph``: the graph of a view as a file, or on the standard output."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from mesh_graph.codec import view_from_query
from mesh_graph.errors import ConfigError, MeshGraphError, UnknownNamespace
from mesh_graph.export.formats import FORMATS, format_for
from mesh_graph.export.mask_graph import masked_graph
from mesh_graph.export.masking import add_mask_arguments, mask_of
from mesh_graph.model import View
from mesh_graph.server import open_mesh
from mesh_graph.settings import Settings

__all__ = ["UNFOLDED", "add_arguments", "write_graph", "write_output"]

UNFOLDED = 100_000
"""Nodes above which a graph is folded all the same."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told beside the settings."""
    parser.add_argument(
        "namespaces", nargs="*", metavar="NAMESPACE", help="namespaces in the graph; none is all"
    )
    parser.add_argument(
        "--view", default="", metavar="URL", help="address of a page, or its query string: the view to write"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="file to write; its ending names the format (default: print)"
    )
    formats = "; ".join(f"{name}: {format.help} ({format.suffix})" for name, format in FORMATS.items())
    parser.add_argument("--format", choices=tuple(FORMATS), help=formats)
    add_mask_arguments(parser)


def write_graph(settings: Settings, arguments: argparse.Namespace) -> int:
    """Write the graph; 0.

    Raises
    ------
    MeshGraphError
        If a parameter cannot be used, a namespace is unknown, the source does not answer, or the file cannot
        be written.
    """
    chosen = FORMATS[_format_name(arguments)]
    view, mask = _view(settings, arguments), mask_of(arguments)
    with closing(open_mesh(settings)) as mesh:
        if unknown := mesh.unknown_namespaces(view.namespaces, view.at):
            raise UnknownNamespace(unknown[0])
        graph = mesh.graph(view)
        body = chosen.render(graph if mask is None else masked_graph(graph, mask))
    write_output(arguments.output, body)
    return 0


def _format_name(arguments: argparse.Namespace) -> str:
    if arguments.format:
        return str(arguments.format)
    if not arguments.output:
        return "json"
    found = format_for(arguments.output)
    if found is None:
        endings = ", ".join(format.suffix for format in FORMATS.values())
        raise ConfigError(
            f"{arguments.output} has no ending of a format ({endings}). Name one with --format."
        )
    return found


def _view(settings: Settings, arguments: argparse.Namespace) -> View:
    query = urlsplit(arguments.view).query or arguments.view.removeprefix("?")
    defaults = View(window_s=settings.window_s, budget=UNFOLDED, compare_s=0)
    view = view_from_query(dict(parse_qsl(query)), defaults)
    return replace(view, namespaces=tuple(arguments.namespaces)) if arguments.namespaces else view


def write_output(output: str | None, body: bytes) -> None:
    """Write bytes to a file, or where none is named to the standard output.

    Raises
    ------
    MeshGraphError
        If the file cannot be written.
    """
    if output is None:
        sys.stdout.buffer.write(body)
        return
    try:
        Path(output).write_bytes(body)
    except OSError as error:
        raise MeshGraphError(f"{output} cannot be written: {error.strerror}.") from error
