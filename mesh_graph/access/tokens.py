"""Bearer tokens of the API: made once, kept as a hash, for a time, for the scope of a user or less."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

__all__ = ["PREFIX", "matches", "new_token", "token_id"]

PREFIX = "mgt"
"""Begins every token, so that scanners for leaked secrets can know it."""
_TOKEN = re.compile(rf"{PREFIX}_([0-9a-f]{{16}})_[A-Za-z0-9_-]{{43}}")


def new_token() -> tuple[str, str, str]:
    """A new token, its id, and the hash to keep.

    The hash needs no salt and no effort: the token is 256 random bits, which nobody guesses.
    """
    number = secrets.token_hex(8)
    text = f"{PREFIX}_{number}_{secrets.token_urlsafe(32)}"
    return text, number, _hash(text)


def token_id(text: str) -> str | None:
    """The id in a token; None where the text cannot be one."""
    found = _TOKEN.fullmatch(text)
    return found[1] if found else None


def matches(kept: str, text: str) -> bool:
    """Whether a text is the token of a hash, told in the same time whatever is wrong with it."""
    return hmac.compare_digest(kept, _hash(text))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
