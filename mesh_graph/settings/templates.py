"""URL templates of other tools, checked when they are set: later, a wrong one would be found by a click."""

from __future__ import annotations

from string import Formatter

__all__ = ["PLACE_HOLDERS", "check_template"]

PLACE_HOLDERS = (
    "kind",
    "name",
    "namespace",
    "cluster",
    "app",
    "workload",
    "service",
    "from_ms",
    "to_ms",
    "from_s",
    "to_s",
)
"""What a template may hold in braces."""


def check_template(name: str, template: str) -> None:
    """Let a template pass that is a web address with known place-holders.

    Raises
    ------
    ValueError
        If it is not; the message says why.
    """
    if not template.startswith(("https://", "http://")):
        raise ValueError(f"the address of {name} does not begin with https:// or http://")
    try:
        held = [(field, spec, conversion) for _, field, spec, conversion in Formatter().parse(template)]
    except ValueError:
        raise ValueError(f"the address of {name} has a brace that is not closed") from None
    for field, spec, conversion in held:
        if field is not None and (field not in PLACE_HOLDERS or spec or conversion):
            raise ValueError(f"{{{field}}} in the address of {name} is none of {', '.join(PLACE_HOLDERS)}")
