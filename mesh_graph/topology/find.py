"""Find and hide: a small language over nodes and edges, and plain text search.

The language is described for users in ``docs/find-and-hide.md``; ``OPERANDS`` is its vocabulary.
"""

from __future__ import annotations

from mesh_graph.topology.find_language import Expression, parse
from mesh_graph.topology.find_match import Matches, hide, matches
from mesh_graph.topology.find_operands import OPERANDS, Operand
from mesh_graph.topology.find_search import search

__all__ = ["OPERANDS", "Expression", "Matches", "Operand", "hide", "matches", "parse", "search"]
