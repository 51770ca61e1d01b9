"""How programs prove to the API who asks, and how they are refused, in the words of OpenAPI."""

from __future__ import annotations

from typing import Any

from flask import Flask

from mesh_graph.api.schemas import Schema

__all__ = ["REFUSALS", "describe_proofs", "proofs_of"]

_EXTENSION = "meshgraph-proofs"
REFUSALS: dict[int, str] = {
    401: "Nobody is known by this proof, or there is none.",
    403: "Whoever asks may see nothing, or the request comes from another site.",
    429: "There were too many wrong tokens from this address.",
    503: "Nobody can sign in now.",
}
"""Answers of the entrance to whoever is not let in; their bodies are problem documents."""
_TOKEN: Schema = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token that `mesh-graph token` made. It sees what its user sees, or less, and ends.",
}


def describe_proofs(server: Flask, cookie: str, user_header: str | None) -> None:
    """Say of a server with a sign-in what it takes as a proof.

    Parameters
    ----------
    server : flask.Flask
    cookie : str
        Name of the session's cookie.
    user_header : str or None
        Header in which a trusted proxy names who asks.
    """
    session = "Given to a browser that signed in, by password or at the OpenID provider."
    schemes = {
        "token": _TOKEN,
        "session": {"type": "apiKey", "in": "cookie", "name": cookie, "description": session},
    }
    if user_header:
        words = "Who asks, as a trusted proxy says; from anywhere else it is dropped."
        schemes["proxy"] = {"type": "apiKey", "in": "header", "name": user_header, "description": words}
    server.extensions[_EXTENSION] = schemes


def proofs_of(server: Flask) -> dict[str, Schema]:
    """Security schemes by name, of which one is enough; none where everybody is let in."""
    found: Any = server.extensions.get(_EXTENSION, {})
    return dict(found)
