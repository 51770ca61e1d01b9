"""How everything in a mesh fares, and why: merged traffic and tolerances to assessments. Pure.

Traffic ─► facts (who was asked, by whom, how it ended) ─► checks (one per tolerance) ─► assessments
"""

from mesh_graph.health.assess import assess
from mesh_graph.health.assessment import Assessment, Check, Health, Reason
from mesh_graph.health.profiles import Profile, profile_named

__all__ = ["Assessment", "Check", "Health", "Profile", "Reason", "assess", "profile_named"]
