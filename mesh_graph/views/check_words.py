"""What a rule's entry in a catalogue of words holds."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ConfigWords", "Entry"]


class ConfigWords(NamedTuple):
    """A mistake in the configuration.

    Attributes
    ----------
    what : str
        What is wrong.
    why : str
        What it does to traffic.
    mend : str
        What to change.
    """

    what: str
    why: str
    mend: str


class Entry(NamedTuple):
    """A rule's title, and its words with the parameters in braces."""

    title: str
    words: ConfigWords
    close: str = ""
    """Put before ``mend`` where a name was found that was probably meant."""
    there: str = ""
    """Put before ``mend`` where there are others to choose from."""
