"""``mesh-graph rules``: recording rules for what the views ask, printed or written to a file."""

from __future__ import annotations

import argparse

from mesh_graph.codec import parse_duration
from mesh_graph.errors import InvalidRequest
from mesh_graph.export.rules import render_rules
from mesh_graph.graph_file import write_output
from mesh_graph.settings import Settings

__all__ = ["add_arguments", "write_rules"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told beside the settings."""
    parser.add_argument("--interval", default="30s", metavar="DURATION", help="how often rates are recorded")
    parser.add_argument(
        "--resource", action="store_true", help="as a PrometheusRule for the Prometheus operator"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="file to write (default: print)")


def write_rules(settings: Settings, arguments: argparse.Namespace) -> int:
    """Write rules for rates over the window that the settings name; 0.

    Raises
    ------
    MeshGraphError
        If the interval is no duration, or the file cannot be written.
    """
    try:
        interval_s = parse_duration(arguments.interval)
    except ValueError:
        interval_s = 0
    if interval_s <= 0:
        raise InvalidRequest("interval", f"{arguments.interval[:80]!r} is not understood", "It takes 30s.")
    write_output(arguments.output, render_rules(settings.window_s, interval_s, resource=arguments.resource))
    return 0
