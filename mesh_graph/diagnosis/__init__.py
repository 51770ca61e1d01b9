"""Why there is nothing to draw, and why the picture may be wrong.

    source, view ─► examine ─► Report      the ladder of the empty-graph doctor
                 └► trust ───► findings    beside every picture

Pure but for the typed queries that it puts to a ``MetricsSource``. It knows message ids and parameters, no
words.
"""

from mesh_graph.diagnosis.ladder import examine
from mesh_graph.diagnosis.report import Evidence, Finding, Report, Step, Verdict
from mesh_graph.diagnosis.trust import trust

__all__ = ["Evidence", "Finding", "Report", "Step", "Verdict", "examine", "trust"]
