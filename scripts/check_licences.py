"""Fail if a package that the dashboard runs with forbids what Apache-2.0 allows.

Reads the installed metadata of everything in ``requirements.txt``; a line that does not apply to this machine
is passed over. Licences are told by SPDX expression, else by classifier, by the licence field,
or by the first line of the licence's text.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

PERMISSIVE = re.compile(
    r"\b(MIT|0?BSD|ISCL?|Apache|PSF|Python Software Foundation|Zope|ZPL|MPL|Mozilla|Unlicense|HPND|Zlib)\b",
    re.IGNORECASE,
)
COPYLEFT = re.compile(r"\b[AL]?GPL|GNU ", re.IGNORECASE)


def licence_of(package: Distribution) -> str:
    """Licence in the package's own words; empty where it says nothing."""
    metadata = package.metadata
    classifiers = [c for c in metadata.get_all("Classifier", []) if c.startswith("License ::")]
    said = metadata.get("License-Expression") or "; ".join(classifiers) or metadata.get("License") or ""
    return (said.strip() or _title_of_file(package)).split("\n")[0]


def _title_of_file(package: Distribution) -> str:
    """First line of the licence's text that the package carries; empty where it carries none."""
    named = package.metadata.get_all("License-File", [])
    texts = [file.read_text() for file in package.files or () if file.name in named]
    return next((text.strip() for text in texts if text.strip()), "")


def is_compatible(licence: str) -> bool:
    """Whether one of the choices that a licence text offers is permissive, and nothing in it copyleft."""
    choices = re.split(r"\s+OR\s+", licence)
    return any(PERMISSIVE.search(choice) and not COPYLEFT.search(choice) for choice in choices)


def main() -> str | None:
    """Complaints, None if there are none."""
    lines = Path(__file__).parent.parent.joinpath("requirements.txt").read_text().splitlines()
    requirements = [Requirement(line) for line in lines if line[:1].isalnum()]
    applying = [r.name for r in requirements if r.marker is None or r.marker.evaluate()]
    try:
        licences = {name: licence_of(distribution(name)) for name in applying}
    except PackageNotFoundError as error:
        return f"{error.name} is not installed: run make test"
    complaints = [
        f"{name}: {said or 'names none'}" for name, said in licences.items() if not is_compatible(said)
    ]
    if complaints:
        return "Licences that do not go with Apache-2.0:\n" + "\n".join(complaints)
    print(f"The licences of {len(applying)} packages go with Apache-2.0.")
    return None


if __name__ == "__main__":
    sys.exit(main())
