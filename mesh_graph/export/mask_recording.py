"""A recording with pseudonyms in the place of names: the same series, the same samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mesh_graph import fields
from mesh_graph.export.mask import Mask
from mesh_graph.sources.recording import Recording

__all__ = ["SOURCE", "masked_recording"]

SOURCE = "a masked mesh"
"""What the recording says it is of, for the address of its source is a name, too."""
_PLAIN = frozenset(
    {
        fields.REPORTER,
        fields.REQUEST_PROTOCOL,
        fields.RESPONSE_CODE,
        fields.GRPC_RESPONSE_STATUS,
        fields.RESPONSE_FLAGS,
        fields.CONNECTION_SECURITY_POLICY,
        fields.LE,
    }
)
"""Labels that name nothing."""
_VERSIONS = frozenset({fields.SOURCE_CANONICAL_REVISION, fields.DESTINATION_CANONICAL_REVISION})
_PRINCIPALS = frozenset({fields.SOURCE_PRINCIPAL, fields.DESTINATION_PRINCIPAL})


def masked_recording(recording: Recording, mask: Mask) -> Recording:
    """The recording with every name masked; what its source warned of is left out."""
    places: dict[str, int] = {}
    families = {}
    for family, held in recording.families.items():
        codes = np.empty_like(held.codes)
        for row, label in enumerate(recording.labels):
            of_label = _rule(label, mask)
            own, inverse = np.unique(held.codes[row], return_inverse=True)
            masked = [of_label(recording.texts[code]) for code in own.tolist()]
            codes[row] = np.array([places.setdefault(text, len(places)) for text in masked])[inverse]
        families[family] = replace(held, codes=codes)
    about = replace(
        recording.about,
        source=SOURCE,
        namespaces=tuple(sorted(map(mask.name, recording.about.namespaces))),
        warnings=(),
    )
    return Recording(about, recording.labels, tuple(places), families)


def _rule(label: str, mask: Mask) -> Callable[[str], str]:
    if label in _PLAIN:
        return str
    if label in _VERSIONS:
        return mask.version
    return mask.principal if label in _PRINCIPALS else mask.name
