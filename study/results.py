"""Finished rows of a study, kept so that one that was broken off goes on; never of two versions of code."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Found", "Results", "digest_of"]


@dataclass(frozen=True)
class Found:
    """What a row came to: the share of trials, of those that could be asked."""

    name: str
    share: float
    trials: int


class Results:
    """Rows by name in a file of JSON lines; those of other code are not seen.

    Parameters
    ----------
    path : Path
    digest : str
        Of the code, as ``digest_of`` gives it.
    """

    def __init__(self, path: Path, digest: str) -> None:
        self._path, self._digest = path, digest
        lines = path.read_text().splitlines() if path.exists() else []
        records = [json.loads(line) for line in lines]
        self._found = {
            record["name"]: Found(record["name"], record["share"], record["trials"])
            for record in records
            if record["digest"] == digest
        }

    def get(self, name: str) -> Found | None:
        """A row that was finished."""
        return self._found.get(name)

    def keep(self, found: Found) -> None:
        """Add a row, at once."""
        self._found[found.name] = found
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as file:
            file.write(json.dumps({"digest": self._digest, **asdict(found)}) + "\n")


def digest_of(*packages: str) -> str:
    """Digest of the source of all modules that are loaded of some packages."""
    names = sorted(name for name in sys.modules if name.startswith(packages))
    files = [getattr(sys.modules[name], "__file__", None) for name in names]
    text = b"".join(Path(file).read_bytes() for file in files if file)
    return hashlib.sha256(text).hexdigest()[:16]
