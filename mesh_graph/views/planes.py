"""Control planes side by side, in words and as plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from mesh_graph.istio.revisions import ControlPlane, Unassigned
from mesh_graph.views.words import fill

__all__ = ["PLANES", "plane_row", "plane_texts", "unassigned_text"]

PLANES = {
    "plane": "Control plane {revision} of {cluster}{more} for {namespaces}: {settings}.",
    "version": "version {version}",
    "tags": "also called {tags}",
    "gone": "not running",
    "unread": "its settings were not found: Istio's defaults are taken",
    "some": "{count} namespaces",
    "one": "1 namespace",
    "none": "no namespace that names it",
    "any": "unknown hosts are let through",
    "registered": "unknown hosts are blocked",
    "auto": "automatic mutual TLS is on",
    "manual": "automatic mutual TLS is off",
    "domain": "trust domain {domain}",
    "sampling": "{percent} % of requests traced",
    "unassigned": "Namespace {namespace} of {cluster} names the revision {revision}, which no control plane "
    "is called, as far as was seen: only settings that all of them share count for it.",
}
"""English words of control planes."""


def plane_texts(planes: Iterable[ControlPlane]) -> Iterator[str]:
    """A sentence for each control plane of the clusters that have several."""
    listed = list(planes)
    counts = Counter(plane.cluster for plane in listed)
    yield from (_text(plane) for plane in listed if counts[plane.cluster] > 1)


def unassigned_text(one: Unassigned) -> str:
    """A namespace whose control plane is not known, in words."""
    values = {"namespace": one.namespace, "cluster": one.cluster, "revision": one.revision}
    return fill(PLANES["unassigned"], values)


def plane_row(plane: ControlPlane) -> dict[str, Any]:
    """One control plane for programs; ``docs/istio-configuration.md`` describes it."""
    config = plane.config
    return {
        "cluster": plane.cluster,
        "revision": plane.revision,
        "tags": list(plane.tags),
        "version": plane.version or None,
        "is_running": plane.is_running,
        "has_settings": config.is_written,
        "namespaces": list(plane.namespaces),
        "outbound_policy": config.outbound_policy,
        "auto_mtls": config.auto_mtls,
        "trust_domain": config.trust_domain,
        "sampling_percent": config.sampling_percent,
    }


def _text(plane: ControlPlane) -> str:
    config, count = plane.config, len(plane.namespaces)
    told = (
        fill(PLANES["version"], {"version": plane.version}) if plane.version else "",
        fill(PLANES["tags"], {"tags": ", ".join(plane.tags)}) if plane.tags else "",
        "" if plane.is_running else PLANES["gone"],
        "" if config.is_written else PLANES["unread"],
    )
    about = ", ".join(filter(None, told))
    settings = (
        PLANES["any" if config.allows_any else "registered"],
        PLANES["auto" if config.auto_mtls else "manual"],
        fill(PLANES["domain"], {"domain": config.trust_domain}),
        fill(PLANES["sampling"], {"percent": f"{config.sampling_percent:g}"}),
    )
    values = {
        "revision": plane.revision,
        "cluster": plane.cluster,
        "more": f" ({about})" if about else "",
        "namespaces": fill(PLANES[_many(count)], {"count": f"{count:,}"}),
        "settings": ", ".join(settings),
    }
    return fill(PLANES["plane"], values)


def _many(count: int) -> str:
    return "none" if count == 0 else "one" if count == 1 else "some"
