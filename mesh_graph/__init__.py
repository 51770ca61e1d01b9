"""Meshgraph: a live, trustworthy picture of an Istio mesh.

    settings ─► sources ─► frames ─► topology ─► answers ─► Mesh ─► views ─► pages | api | cli

``errors``, ``model`` and ``fields`` hold the words that all rooms share; ``demo`` simulates a mesh;
``health``, ``detail``, ``diagnosis``, ``canary``, ``istio`` and ``kiali`` judge what answers are made
of. A room imports only rooms to its left.

As a library (docs/library.md)::

    from mesh_graph import Mesh, View, edges_frame

    edges_frame(Mesh.from_prometheus("http://prometheus:9090").graph(View(namespaces=["bookinfo"])))
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["GraphType", "Mesh", "View", "edges_frame", "nodes_frame", "responses_frame"]

_HOMES = {
    "GraphType": "model",
    "Mesh": "mesh",
    "View": "model",
    "edges_frame": "export.tables",
    "nodes_frame": "export.tables",
    "responses_frame": "export.tables",
}


def __getattr__(name: str) -> Any:
    """What the library offers, imported when it is first used: a room's import does not take them all."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
