"""An answer's bytes as a response that can be kept: tagged, and not sent again to whom it is not news."""

from __future__ import annotations

import hashlib

from flask import Response, request

__all__ = ["json_reply", "tagged_reply"]


def tagged_reply(body: bytes, mimetype: str) -> Response:
    """The bytes with an ``ETag``; to a request that names it, ``304`` without a body."""
    response = Response(body, mimetype=mimetype)
    response.set_etag(hashlib.blake2b(body, digest_size=12).hexdigest())
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


def json_reply(body: bytes) -> Response:
    """JSON that can be kept."""
    return tagged_reply(body, "application/json")
