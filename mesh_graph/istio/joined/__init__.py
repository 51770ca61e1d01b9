"""The rules that hold what is declared beside what was counted, and the check by all of them. Pure.

Each says over which window, and on how many requests it rests. No data is not a finding: without traffic no
rule says anything, and an object that changed within the window is judged when it has held for all of it.
"""

from __future__ import annotations

from collections.abc import Collection

from mesh_graph.istio.checks.judging import IGNORED, Checked, checked_by
from mesh_graph.istio.joined.evidence import Evidence, JoinedRule, LongPast
from mesh_graph.istio.joined.limits import MULTIPLYING_RETRIES, TIGHT_TIMEOUT
from mesh_graph.istio.joined.one_sided import ONE_SIDED
from mesh_graph.istio.joined.outside import UNNAMED_HOST, UNUSED_ENTRY
from mesh_graph.istio.joined.plain_text import PLAIN_UNDER_STRICT
from mesh_graph.istio.joined.routes import SILENT_DESTINATION, UNNAMED_VERSION
from mesh_graph.istio.subsets import Registry

__all__ = ["JOINED_RULES", "Evidence", "JoinedRule", "LongPast", "join"]

JOINED_RULES: tuple[JoinedRule, ...] = (
    SILENT_DESTINATION,
    UNNAMED_VERSION,
    TIGHT_TIMEOUT,
    MULTIPLYING_RETRIES,
    PLAIN_UNDER_STRICT,
    UNUSED_ENTRY,
    UNNAMED_HOST,
    ONE_SIDED,
)
"""Every rule that joins configuration and telemetry."""


def join(registry: Registry, evidence: Evidence, ignored: Collection[str] = IGNORED) -> Checked:
    """What declared and counted say together, as ``checks.check_all``."""
    return checked_by(registry.snapshot, JOINED_RULES, lambda rule: rule.find(registry, evidence), ignored)
