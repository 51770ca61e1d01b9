"""Values that must not be shown: secrets that people write into configuration."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["MASK", "masked"]

MASK = "********"
_SECRET_KEY = re.compile(
    r"pass(word|wd|phrase)|secret|token|api[-_]?key|private[-_]?key|credential|authorization|cookie", re.I
)
_HARMLESS = re.compile(
    r"(credentialNames?|imagePullSecrets?|forwardOriginalToken|secretName|tokenBucket|token_bucket|"
    r"(max|fill|tokens?)_?(tokens?|per_?fill|interval)|httpCookie|cookie|jwtHeaders?)$",
    re.I,
)
"""Fields of Istio and Envoy whose names sound like secrets, and which only name or count something."""
_SECRET_TEXT = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bbearer\s+\S{8,}|://[^/\s:@]+:[^/\s@]+@", re.I
)
"""A private key, a bearer token, a URL with a password."""


def masked(value: Any) -> tuple[Any, bool]:
    """A copy of plain values with every secret masked, and whether there was one.

    Texts and numbers under a name that is a secret's, and texts that are one by their form, anywhere.
    """
    found: list[bool] = []
    return _masked(value, False, found), bool(found)


def _masked(value: Any, is_secret: bool, found: list[bool]) -> Any:
    if isinstance(value, dict):
        return {key: _masked(inner, _is_secret(str(key)), found) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, is_secret, found) for inner in value]
    is_value = isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""
    if is_value and (is_secret or (isinstance(value, str) and _SECRET_TEXT.search(value))):
        found.append(True)
        return MASK
    return value


def _is_secret(key: str) -> bool:
    return bool(_SECRET_KEY.search(key)) and not _HARMLESS.fullmatch(key)
