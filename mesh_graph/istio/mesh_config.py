"""Istio's own settings: the mesh's configuration in ConfigMaps, and istiod's environment, by revision.

What is not written has Istio's default. Source: istio.io, "Global Mesh Options" and pilot-discovery's
environment variables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mesh_graph.istio.place import Place, spec_of
from mesh_graph.sources.cluster import EMPTY, KubeObject, Snapshot
from mesh_graph.sources.manifest_text import ManifestInvalid, documents
from mesh_graph.sources.revisions import DEFAULT, SETTINGS, environment_of, revision_of, settings_of

__all__ = ["MeshConfig", "lenient", "mesh_config", "revisions_of"]

ALLOW_ANY = "ALLOW_ANY"
ROOT_NAMESPACE = "istio-system"
TRUST_DOMAIN = "cluster.local"
DEFAULT_SAMPLING = 1.0
"""Percent of the requests that are traced where nothing says how many."""
SCOPED_GATEWAYS = "PILOT_SCOPE_GATEWAY_TO_NAMESPACE"
SAMPLING = "PILOT_TRACE_SAMPLING"


@dataclass(frozen=True, slots=True)
class MeshConfig:
    """What one control plane is told.

    Attributes
    ----------
    is_written : bool
        Whether a mesh configuration was found and could be read; the rest is Istio's defaults without it.
    root_namespace : str
        Whose objects hold for the whole mesh.
    outbound_policy : str
        ``ALLOW_ANY`` or ``REGISTRY_ONLY``.
    auto_mtls : bool
    trust_domain : str
    trust_domain_aliases : tuple of str
    sampling_percent : float
        Of requests that are traced where no Telemetry says otherwise.
    sampling_from : str
        Who says so: ``mesh-config``, ``istiod``, or ``default`` for Istio itself.
    scopes_gateways : bool
        Whether a Gateway takes proxies of its own namespace only.
    environment : mapping of str to str
        Of istiod, the plain values.
    """

    is_written: bool = False
    root_namespace: str = ROOT_NAMESPACE
    outbound_policy: str = ALLOW_ANY
    auto_mtls: bool = True
    trust_domain: str = TRUST_DOMAIN
    trust_domain_aliases: tuple[str, ...] = ()
    sampling_percent: float = DEFAULT_SAMPLING
    sampling_from: str = "default"
    scopes_gateways: bool = False
    environment: Mapping[str, str] = field(default_factory=lambda: EMPTY)

    @property
    def allows_any(self) -> bool:
        """Whether requests to hosts that nobody registered leave the mesh."""
        return self.outbound_policy == ALLOW_ANY


def revisions_of(snapshot: Snapshot, cluster: str) -> tuple[str, ...]:
    """Revisions of a cluster's control planes, sorted: those that run, and those that have settings."""
    planes = [one for one in snapshot.objects("Istiod") if one.cluster == cluster]
    running = {revision_of(one) for one in planes}
    shared = {name for one in planes for name in settings_of(one)[:-1]}
    written = {
        one.name.removeprefix(SETTINGS).removeprefix("-") or DEFAULT
        for one in _maps(snapshot, cluster)
        if one.name not in shared and one.name.startswith(SETTINGS) and _read(one) is not None
    }
    return tuple(sorted(running | written))


def mesh_config(snapshot: Snapshot, cluster: str, revision: str = DEFAULT) -> MeshConfig:
    """The settings of a cluster's control plane; Istio's defaults for what is not told."""
    planes = [
        one for one in snapshot.objects("Istiod") if one.cluster == cluster and revision_of(one) == revision
    ]
    environment = {name: value for one in planes for name, value in environment_of(one).items()}
    written = _merged(snapshot, cluster, revision, planes)
    mesh = Place(written or {}, "mesh")
    policy = mesh["outboundTrafficPolicy"]["mode"].text
    percent, origin = _sampling(
        mesh["defaultConfig"]["tracing"]["sampling"].value, environment.get(SAMPLING, "")
    )
    return MeshConfig(
        is_written=written is not None,
        root_namespace=mesh["rootNamespace"].text or ROOT_NAMESPACE,
        outbound_policy=policy or ALLOW_ANY,
        auto_mtls=mesh["enableAutoMtls"].value is not False,
        trust_domain=mesh["trustDomain"].text or TRUST_DOMAIN,
        trust_domain_aliases=mesh["trustDomainAliases"].texts,
        sampling_percent=percent,
        sampling_from=origin,
        scopes_gateways=environment.get(SCOPED_GATEWAYS, "").lower() == "true",
        environment=environment,
    )


def lenient(configs: list[MeshConfig]) -> MeshConfig:
    """Of several settings that may hold, those under which least is wrong; there is one at least."""
    if all(config == configs[0] for config in configs):
        return configs[0]
    domains = {name for c in configs for name in (c.trust_domain, *c.trust_domain_aliases)}
    return MeshConfig(
        is_written=all(config.is_written for config in configs),
        root_namespace=configs[0].root_namespace,
        outbound_policy=ALLOW_ANY if any(c.allows_any for c in configs) else configs[0].outbound_policy,
        auto_mtls=any(config.auto_mtls for config in configs),
        trust_domain=configs[0].trust_domain,
        trust_domain_aliases=tuple(sorted(domains - {configs[0].trust_domain})),
        sampling_percent=configs[0].sampling_percent,
        sampling_from=configs[0].sampling_from,
        scopes_gateways=all(config.scopes_gateways for config in configs),
    )


def _merged(
    snapshot: Snapshot, cluster: str, revision: str, planes: list[KubeObject]
) -> dict[str, Any] | None:
    """What a control plane reads: its own settings over those that it shares."""
    own = SETTINGS if revision == DEFAULT else f"{SETTINGS}-{revision}"
    names = dict.fromkeys((*(name for one in planes for name in settings_of(one)), own))
    maps = _maps(snapshot, cluster)
    read = (next((_read(one) for one in maps if one.name == name), None) for name in names)
    merged: dict[str, Any] | None = None
    for mesh in read:
        if mesh is not None:
            merged = _over(merged or {}, mesh)
    return merged


def _over(below: Any, above: Any) -> Any:
    """One value over another; of mappings every part by itself."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return {**below, **{name: _over(below.get(name), value) for name, value in above.items()}}


def _maps(snapshot: Snapshot, cluster: str) -> list[KubeObject]:
    """ConfigMaps of a cluster; of several of a name that of Istio's own namespace first."""
    found = [one for one in snapshot.objects("ConfigMap") if one.cluster == cluster]
    return sorted(found, key=lambda one: one.namespace != ROOT_NAMESPACE)


def _read(one: KubeObject) -> dict[str, Any] | None:
    text = spec_of(one)["mesh"].text
    try:
        read = documents(text) if text else []
    except ManifestInvalid:
        return None
    return read[0].value if read else None


def _sampling(configured: object, variable: str) -> tuple[float, str]:
    """Percent, and who says so; what is no percentage says nothing."""
    if isinstance(configured, int | float) and not isinstance(configured, bool) and 0 <= configured <= 100:
        return float(configured), "mesh-config"
    try:
        percent = float(variable)
    except ValueError:
        percent = -1.0
    return (percent, "istiod") if 0 <= percent <= 100 else (DEFAULT_SAMPLING, "default")
