"""Meshgraph: a live, trustworthy picture of an Istio mesh.

    settings ─► sources ─► frames ─► topology ─► Mesh ─► views ─► pages | api | cli

``errors``, ``model`` and ``fields`` hold the words that all rooms share; ``demo`` simulates a mesh. A room
imports only rooms to its left.
"""
