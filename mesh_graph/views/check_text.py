"""Checked configuration as text for a terminal and as JSON rows for programs."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import yaml

from mesh_graph.istio.checks import Checked, ConfigFinding, Severity
from mesh_graph.istio.patch import REMOVED, patch_of
from mesh_graph.sources.cluster import ClusterGap
from mesh_graph.views.messages_istio import (
    basis_text,
    cluster_gap_text,
    cluster_gap_texts,
    config_words,
    title_of,
)

__all__ = ["check_json", "check_text", "finding_json"]

WIDTH = 100


def check_text(checked: Checked, gaps: Iterable[ClusterGap]) -> str:
    """Findings, what was not checked, and a last line that counts, for people.

    Control characters of names are shown as ``?``: they could move a terminal's cursor.
    """
    lines = [line for finding in checked.findings for line in _finding_lines(finding)]
    gaps = tuple(gaps)
    for text in cluster_gap_texts(gaps):
        lines += _wrapped(f"not seen: {text}")
    for code, kinds in checked.skipped:
        lines += _wrapped(f"not checked: {code}, for want of {', '.join(kinds)}")
    # Of a kind that is not installed there is nothing to be found.
    is_whole = not checked.skipped and all(gap.message == "cluster.not-installed" for gap in gaps)
    return "\n".join(map(_printable, (*lines, _count(checked, is_whole=is_whole)))) + "\n"


def check_json(checked: Checked, gaps: Iterable[ClusterGap]) -> dict[str, Any]:
    """``findings``, ``gaps`` and ``notChecked`` as plain values."""
    return {
        "findings": [finding_json(finding) for finding in checked.findings],
        "gaps": [
            {"id": gap.message, "cluster": gap.cluster, "kind": gap.kind, "message": cluster_gap_text(gap)}
            for gap in gaps
        ],
        "notChecked": [{"code": code, "unknownKinds": list(kinds)} for code, kinds in checked.skipped],
    }


def finding_json(finding: ConfigFinding) -> dict[str, Any]:
    """One finding as plain values."""
    one, words = finding.source, config_words(finding)
    patch = patch_of(one, finding.changes) if finding.changes else None
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "title": title_of(finding.code),
        "kind": one.kind,
        "cluster": one.cluster,
        "namespace": one.namespace,
        "name": one.name,
        "path": finding.path,
        "file": one.origin.file if one.origin else None,
        "line": finding.line,
        "message": words.what,
        "why": words.why,
        "mend": words.mend,
        "patch": {"yaml": patch.yaml or None, "kubectl": patch.kubectl or None} if patch else None,
        "proposal": finding.proposal or None,
        "basis": asdict(finding.basis) if finding.basis else None,
    }


def _finding_lines(finding: ConfigFinding) -> Iterator[str]:
    one, words = finding.source, config_words(finding)
    where = f"{one.origin.file}:{finding.line}" if one.origin else one.cluster
    what = f"{finding.severity.value} {finding.code} {one.kind} {one.namespace}/{one.name} {finding.path}"
    yield f"{where}: {what}" if where else what
    for text in (*words, *([basis_text(finding.basis)] if finding.basis else ())):
        yield from _wrapped(text, "    ")
    if finding.proposal:
        yield from textwrap.indent(finding.proposal, "    ").splitlines()
    if finding.changes:
        patch = patch_of(one, finding.changes)
        changes = "; ".join(f"{path}: {_yaml(value)}" for path, value in finding.changes.items())
        yield f"    {patch.kubectl or changes}"
    yield ""


def _yaml(value: Any) -> str:
    """A new value on one line, in quotes where it needs them."""
    if value is REMOVED:
        return str(value)
    return yaml.safe_dump(value, default_flow_style=True, width=10**6).removesuffix("...\n").strip()


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _count(checked: Checked, *, is_whole: bool) -> str:
    if not checked.findings:
        return "Nothing found." if is_whole else "Nothing found in what was checked."
    counts = Counter(finding.severity for finding in checked.findings)
    return ", ".join(f"{counts[severity]} {severity.value}" for severity in Severity if counts[severity])


def _printable(line: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in line)
