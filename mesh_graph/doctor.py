"""``mesh-graph doctor``: the diagnosis of one view as text, with an exit code for scripts."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack, closing
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from mesh_graph.codec import view_from_query
from mesh_graph.diagnosis import examine, trust
from mesh_graph.model import View
from mesh_graph.settings import Settings
from mesh_graph.sources.connect import connect
from mesh_graph.views.diagnosis_text import diagnosis_text

__all__ = ["CANNOT_ASK", "FINDINGS", "FINE", "add_arguments", "diagnose"]

FINE = 0
FINDINGS = 1
CANNOT_ASK = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the doctor is told beside the settings."""
    parser.add_argument(
        "namespaces", nargs="*", metavar="NAMESPACE", help="namespaces looked at; none is all"
    )
    parser.add_argument(
        "--view",
        default="",
        metavar="URL",
        help="address of a page, or its query string: the view to examine",
    )
    parser.add_argument("--verbose", action="store_true", help="show what was asked for what held, too")


def diagnose(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print both lists for a view; the exit code: ``FINE``, ``FINDINGS`` or ``CANNOT_ASK``.

    Raises
    ------
    MeshGraphError
        If a setting or a parameter of the view cannot be used.
    """
    view = _view(settings, arguments)
    interval_s = settings.scrape_interval_s
    with ExitStack() as stack:
        source = stack.enter_context(closing(connect(settings)))
        unscoped = None
        if settings.query_scope:
            unscoped = stack.enter_context(closing(connect(settings.model_copy(update={"query_scope": ()}))))
        report = examine(source, view, interval_s=interval_s, unscoped=unscoped)
        doubts = () if report.failure else trust(source, view, report.at, interval_s=interval_s)
    sys.stdout.write(diagnosis_text(report, doubts, verbose=arguments.verbose))
    if report.failure is not None:
        return CANNOT_ASK
    return FINDINGS if report.findings or doubts else FINE


def _view(settings: Settings, arguments: argparse.Namespace) -> View:
    query = urlsplit(arguments.view).query or arguments.view.removeprefix("?")
    view = view_from_query(dict(parse_qsl(query)), View(window_s=settings.window_s))
    return (
        replace(view, namespaces=tuple(sorted(set(arguments.namespaces)))) if arguments.namespaces else view
    )
