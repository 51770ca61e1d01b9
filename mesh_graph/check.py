"""``mesh-graph check``: mistakes in Istio configuration, as text or JSON, with an exit code for pipelines."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing

import orjson

from mesh_graph.errors import ConfigError
from mesh_graph.istio.checks import Severity, check
from mesh_graph.settings import Settings
from mesh_graph.sources.connect import connect_cluster
from mesh_graph.views.check_text import check_json, check_text

__all__ = ["CANNOT_CHECK", "FINDINGS", "FINE", "add_arguments", "check_configuration"]

FINE = 0
FINDINGS = 1
CANNOT_CHECK = 2
FIRST_READ_S = 60.0
"""How long the first reading of a cluster may take."""
READ_IN_PART = ("manifests.refused", "manifests.too-many", "cluster.unreachable", "cluster.waiting")
"""Gaps behind which mistakes may hide."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the check is told beside the settings."""
    parser.add_argument("--format", choices=("text", "json"), default="text", help="what to write")
    parser.add_argument(
        "--fail-on",
        choices=[severity.value for severity in Severity],
        default=Severity.ERROR.value,
        help="least severity that fails the check (default: error)",
    )


def check_configuration(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print what is wrong; the exit code: ``FINE``, ``FINDINGS``, or ``CANNOT_CHECK``: a part was not seen.

    Raises
    ------
    ConfigError
        If no cluster and no folder is set.
    """
    source = connect_cluster(settings)
    if source is None:
        raise ConfigError("There is nothing to check: set manifests, kubeconfig, kube_context or in_cluster.")
    with closing(source):
        source.wait(FIRST_READ_S)
        snapshot = source.snapshot()
    checked = check(snapshot, settings.ignored_checks)
    if arguments.format == "json":
        rows = check_json(checked, snapshot.gaps)
        sys.stdout.write(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        sys.stdout.write(f"Checked {source.name}\n\n" + check_text(checked, snapshot.gaps))
    worst = Severity(arguments.fail_on).rank
    if any(finding.severity.rank <= worst for finding in checked.findings):
        return FINDINGS
    is_partial = any(gap.message in READ_IN_PART for gap in snapshot.gaps)
    return CANNOT_CHECK if checked.skipped or is_partial else FINE
