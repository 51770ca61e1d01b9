"""Everything that can be set: one typed table, read once at start and passed down, never a global.

    flags  >  environment MESH_GRAPH_*  >  YAML file  >  defaults

``values`` reads what people write, ``model`` declares every setting, ``table`` lists them for people, and
``load`` joins the layers and words the mistakes.
"""

from mesh_graph.settings.load import load_settings
from mesh_graph.settings.model import Settings
from mesh_graph.settings.table import Row, rows
from mesh_graph.settings.tolerances import Tolerance, ToleranceRule
from mesh_graph.settings.values import MetricName, ScopeMatcher

__all__ = [
    "MetricName",
    "Row",
    "ScopeMatcher",
    "Settings",
    "Tolerance",
    "ToleranceRule",
    "load_settings",
    "rows",
]
